"""Paging by key: every row once, in order, whatever is written meanwhile and whatever stands in the address."""

import datetime as dt
from urllib.parse import quote

import pytest
from django.db.models import F
from django.test import RequestFactory

from conftest import make_person
from duty.models import Line, Notice, Person
from duty.pages import Older, Onward, day_asked

pytestmark = pytest.mark.django_db


def asked(before: str = ""):
    return RequestFactory().get("/", {"before": before} if before else {})


@pytest.fixture
def lines(officer, now):
    """23 lines in groups that share their moment, so that the tie-break is needed on every page."""
    return [
        Line.objects.trace("duty.person.signed_in", by=officer, at=now - dt.timedelta(minutes=n // 4), text=str(n))
        for n in range(23)
    ]


def walk(rows, *order, size):
    seen, mark, pages = [], "", 0
    while True:
        page = Older(rows, asked(mark), *order, size=size)
        seen += [row.pk for row in page]
        pages += 1
        assert page.is_first == (pages == 1) and len(page) <= size and pages < 30
        if not page.more:
            return seen, pages
        mark = page.mark


@pytest.mark.parametrize("size", [1, 4, 5, 22, 23, 24])
def test_every_row_is_shown_once_and_in_order(lines, size):
    seen, pages = walk(Line.objects.all(), "-at", "-id", size=size)
    assert seen == list(Line.objects.order_by("-at", "-id").values_list("pk", flat=True))
    assert pages == -(-23 // size)


def test_one_column_is_enough_where_it_is_unique(lines):
    seen, _pages = walk(Line.objects.all(), "-id", size=7)
    assert seen == sorted((line.pk for line in lines), reverse=True)


def test_a_row_written_meanwhile_moves_no_other(lines, officer, now):
    first = Older(Line.objects.all(), asked(), "-at", "-id", size=10)
    Line.objects.trace("duty.person.signed_in", by=officer, at=now + dt.timedelta(hours=1))
    second = Older(Line.objects.all(), asked(first.mark), "-at", "-id", size=10)
    expected = [line.pk for line in Line.objects.order_by("-at", "-id")][11:21]
    assert [row.pk for row in second] == expected


def test_an_empty_list_is_a_page(db):
    page = Older(Notice.objects.all(), asked(), "-id")
    assert (len(page), page.more, page.mark, page.is_first) == (0, False, "", True)


MOMENT = "2026-11-22T15:02:00+00:00"
HOSTILE = [
    "~", "~~", "x~1", "1~x", "5~6", f"{MOMENT}~", f"{MOMENT}~x", f"{MOMENT}~-1", f"{MOMENT}~{MOMENT}", "2026-11-22~5",
    "2026-11-22T15:02:00~5", f"{MOMENT}~²", f"{MOMENT}~{2**63}", f"{MOMENT}~{'9' * 5000}", "9999-12-31T23:59:59-14:00~5",
    "0001-01-01T00:00:00+14:00~5", "0001-01-01T00:00:00+00:00:59~5", "' OR 1=1 --", "长~长", f"{MOMENT}~1~1", "‮", "~" * 9999,
]  # fmt: skip


@pytest.mark.parametrize("mark", HOSTILE, ids=range(len(HOSTILE)))
def test_a_mark_that_makes_no_sense_shows_some_page(lines, mark):
    for order in (("-at", "-id"), ("-id",)):
        assert len(Older(Line.objects.all(), asked(mark), *order, size=5)) in (0, 5)


@pytest.mark.parametrize("mark", [MOMENT, "x", f"{2**63}", "9" * 5000, "-1", "1.5", "²"])
def test_a_number_that_is_none_shows_the_first_page(lines, mark):
    page = Older(Line.objects.all(), asked(mark), "-id", size=5)
    assert page.is_first and len(page) == 5


@pytest.mark.parametrize("mark", ["\0", "5~6", f"{MOMENT}~x", f"{2**63}", "9999-12-31T23:59:59-14:00~5"])
def test_no_page_breaks_on_one(as_, officer, lines, mark):
    client = as_(officer)
    for address, query in (("/trail/", {}), ("/notices/", {}), ("/calendar/", {"show": "past"})):
        assert client.get(address, query | {"before": mark}).status_code == (400 if "\0" in mark else 200)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2026-11-22", dt.date(2026, 11, 22)), ("2000-01-11", dt.date(2000, 1, 11)), ("2000-01-10", None),
        ("2199-12-31", dt.date(2199, 12, 31)), ("2200-01-01", None), ("2026-02-30", None), ("22.11.2026", None), ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_a_day_in_an_address_is_read_within_its_bounds(raw, day):
    assert day_asked(raw, after=dt.date(2000, 1, 10)) == day


def test_rows_ordered_by_a_day_are_walked_too(house):
    people = [make_person(f"第{n}人", house["ops"], employed_from=dt.date(2026, 1, 1 + n // 2)) for n in range(7)]
    rows = Person.objects.filter(employed_from__isnull=False)
    seen, pages = walk(rows, "-employed_from", "-pk", size=3)
    assert seen == [person.pk for person in reversed(people)] and pages == 3


def onward(rows, sort, size=3):
    """Every page one after the other, in the order that the address asks for."""
    seen, mark = [], ""
    for _page in range(30):
        request = RequestFactory().get("/", {"sort": sort, "before": mark})
        page = Onward(rows, request, "staff_number", {"name": F("name"), "unit": F("unit__name")}, size=size)
        seen += list(page)
        if not page.more:
            return seen
        mark = page.mark
    raise AssertionError("pages without an end")


@pytest.fixture
def crowd(house):
    names = ["乙", "甲~1", "丙", "甲~1", "乙", "丁"]
    return [make_person(name, house["ops" if n % 2 else "sales"]) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    "sort", ["", "name", "-name", "unit", "-unit", "staff_number", "-staff_number", "nothing", "--name"]
)
@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_a_register_is_walked_in_any_order_without_losing_anybody(crowd, sort, size):
    seen = onward(Person.objects.all(), sort, size)
    name = sort.removeprefix("-")
    key = {"name": lambda p: p.name, "unit": lambda p: p.unit.name}.get(name, lambda p: p.staff_number)
    expected = sorted(Person.objects.select_related("unit"), key=lambda p: (key(p).encode(), p.staff_number))
    backwards = sort.startswith("-") and name in ("name", "unit", "staff_number")
    assert [p.pk for p in seen] == [p.pk for p in (expected[::-1] if backwards else expected)]


@pytest.mark.parametrize(
    "mark", ["2026-01-01T00:00:00+23:59~1", "2026-01-01T00:00:00+08:00:00.5~1", "9999-12-31T23:59:59-23:59~1"]
)
def test_a_mark_that_the_database_could_not_read_is_no_mark(officer, as_, mark):
    for path in ("/rounds/?show=all", "/defects/?state=all", "/equipment/?sort=name", "/incidents/?"):
        assert as_(officer).get(f"{path}&before={quote(mark)}").status_code == 200
