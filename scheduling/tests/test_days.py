"""The calendar of days: what the notice says, who may change it, and a sheet that is wrong."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import make_person
from duty.models import Line, Role
from scheduling.calendar_seed import known_days, seed
from scheduling.models import CalendarYear, Day, DayKind
from scheduling.models.days import days_between
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db

# From the State Council's notices: 2025 (国办发明电〔2024〕12号) and 2026.
OFFICIAL = [
    ("2025-01-26", "makeup"), ("2025-01-27", "workday"), ("2025-01-28", "holiday"), ("2025-02-03", "rest"), ("2025-02-08", "makeup"),
    ("2025-05-02", "holiday"), ("2025-05-05", "rest"), ("2025-09-28", "makeup"), ("2025-10-01", "holiday"), ("2025-10-11", "makeup"),
    ("2026-01-02", "rest"), ("2026-01-04", "makeup"), ("2026-02-14", "makeup"), ("2026-02-17", "holiday"), ("2026-04-05", "holiday"),
    ("2026-04-06", "rest"), ("2026-10-10", "makeup"), ("2026-11-21", "rest"), ("2026-11-23", "workday"),
]  # fmt: skip


@pytest.fixture
def planner(house):
    return make_person("排班管理员", house["top"], Role.MANAGER)


def sheet(rows, name="notice.xlsx") -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


@pytest.mark.parametrize(("date", "kind"), OFFICIAL)
def test_a_seeded_year_is_as_the_notice_says(date, kind):
    day = dt.date.fromisoformat(date)
    seed(day.year)
    assert days_between(day, day)[day].kind == kind


def test_a_year_whose_notice_is_not_out_is_provisional():
    assert not known_days(2026).is_provisional and known_days(2027).is_provisional
    assert known_days(2027).days[dt.date(2027, 10, 1)][0] == DayKind.HOLIDAY


def test_seeding_again_changes_nothing():
    assert seed(2026)
    Day.objects.filter(date="2026-10-10").update(kind="workday", name="改过")
    assert not seed(2026)
    assert Day.objects.get(date="2026-10-10").name == "改过"


def test_everyone_sees_the_year_and_only_who_plans_for_all_may_change_it(as_, planner, officer, manager, outsider):
    seed(2026)
    for person in (officer, manager, outsider):  # `manager` plans for one department
        page = Page(as_(person).get("/days/?year=2026"))
        assert page.status == 200 and "国庆节" in page.text
        assert "/days/notice/" not in page.links
        client = as_(person)
        for path in ("/days/2026/confirm/", "/days/2027/begin/", "/days/2026-10-01/", "/days/notice/"):
            assert client.post(path, {"kind": "workday", "name": ""}).status_code == 403
    assert "/days/notice/" in Page(as_(planner).get("/days/?year=2026")).links
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_year_is_begun_once_and_confirmed_once(as_, planner):
    client = as_(planner)
    for _turn in range(2):
        assert client.post("/days/2027/begin/").status_code == 302
        assert client.post("/days/2027/confirm/").status_code == 302
    assert not CalendarYear.objects.get(year=2027).is_provisional
    assert Line.objects.filter(verb__startswith="duty.register.").count() == 2


def test_a_day_is_changed_by_hand_and_leaves_a_line(as_, planner):
    assert as_(planner).post("/days/2026-12-01/", {"kind": "rest", "name": "停电检修"}).status_code == 302
    day = Day.objects.get()
    assert (day.kind, day.name) == ("rest", "停电检修") and day.is_moved
    line = Line.objects.get(verb="duty.register.changed")
    assert line.who == planner and "2026-12-01" in line.text
    as_(planner).post("/days/2026-12-01/", {"kind": "rest", "name": "停电检修"})
    assert Line.objects.filter(verb="duty.register.changed").count() == 1


def test_the_page_of_a_day_names_it_as_each_language_does(as_, planner):
    for tongue, words in (("en", "Thu 1 Oct 2026"), ("zh-hans", "2026年10月1日 周四")):
        assert words in Page(as_(planner).get("/days/2026-10-01/", headers={"accept-language": tongue})).text


@pytest.mark.parametrize(
    "typed", [{"kind": "", "name": ""}, {"kind": "feast", "name": ""}, {"kind": "rest", "name": "长" * 21}]
)
def test_a_wrong_day_is_refused_beside_the_field(as_, planner, typed):
    page = Page(as_(planner).post("/days/2026-12-01/", typed))
    assert page.status == 422 and page.errors and not Day.objects.exists()


@pytest.mark.parametrize(
    "path", ["/days/2026-02-30/", "/days/x/", "/days/1899-01-01/", "/days/?year=1899", "/days/?year=9999"]
)
def test_days_that_are_not_are_not_found(as_, planner, path):
    assert as_(planner).get(path).status_code == 404


def test_a_notice_is_compared_first_and_written_after(as_, planner):
    seed(2026)
    rows = [
        ("日期", "类型", "名称"),
        ("2027-02-07", "班", ""),
        (dt.datetime(2027, 2, 12), "休息日", "春节"),
        ("2026-10-10", "调休上班", ""),
    ]
    page = as_(planner).post("/days/notice/", {"sheet": sheet(rows)})
    assert page.status_code == 200 and not Day.objects.filter(date__year=2027).exists(), "nothing is written by reading"
    assert [row.date for _day, row in page.context["found"]] == [dt.date(2027, 2, 7), dt.date(2027, 2, 12)]
    for _turn in range(2):
        assert as_(planner).post("/days/notice/", {"rows": page.context["rows"]}).status_code == 302
    assert list(Day.objects.filter(date__year=2027).values_list("kind", "name")) == [("makeup", ""), ("rest", "春节")]
    assert Line.objects.filter(verb="duty.register.changed").count() == 2


def test_what_is_wrong_with_a_sheet_is_told_by_row(as_, planner):
    rows = [
        ("日期", "类型"),
        ("2027-02-30", "班"),
        ("2027-02-07", "上工"),
        ("2027-02-08", "班"),
        ("2027-02-08", "休"),
        ("2027-03-01", "休", "长" * 21),
    ]
    page = Page(as_(planner).post("/days/notice/", {"sheet": sheet(rows)}))
    assert page.status == 422
    for n in (2, 3, 5, 6):
        assert f"第 {n} 行" in page.text, n
    assert not Day.objects.exists()


@pytest.mark.parametrize("file", [
    SimpleUploadedFile("notice.xlsx", b"not a sheet"), SimpleUploadedFile("notice.csv", b"\xff\xfe\x00"),
    SimpleUploadedFile("notice.xlsx", b""), SimpleUploadedFile("a.csv", "第一列,第二列\n无,有".encode()),
    SimpleUploadedFile("a.csv", b"2027-01-01,rest\n" * 900),
])  # fmt: skip
def test_a_file_that_is_no_sheet_of_days_is_refused(as_, planner, file):
    page = Page(as_(planner).post("/days/notice/", {"sheet": file}))
    assert page.status == 422 and not Day.objects.exists()


def test_rows_nobody_has_read_are_not_written(as_, planner):
    assert as_(planner).post("/days/notice/", {"rows": "x:y:z"}).status_code == 302
    assert not Day.objects.exists()


def test_the_watches_say_which_day_is_off_and_which_is_worked(as_, officer, planner):
    seed(2026)
    page = Page(as_(officer).get("/shifts/?from=2026-10-05"))
    assert "休" in page.text and "国庆节" in page.text
    assert "班" in Page(as_(officer).get("/shifts/?from=2026-10-10")).text
