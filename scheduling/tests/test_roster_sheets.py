"""A roster out to Excel and in again: what is unchanged changes nothing, what is wrong is told row by row."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import make_person
from duty.models import Line, Person, Role
from duty.sheets import XLSX, harmless, plain, workbook
from scheduling.models import Roster
from scheduling.naming import Register, Unknown
from scheduling.publishing import publish
from scheduling.roster_in import read
from scheduling.roster_out import tables_of
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LIST, TABLE = 1, 0


@pytest.fixture
def roster(make_pattern, make_roster, pool, filled):
    make_pattern("夜班", "20:00", 8, leader=1, primary=1, secondary=2)
    return filled(make_roster("2026-12-01", "2026-12-05"), pool)


@pytest.fixture
def book(as_, manager, roster):
    """The file as it goes out."""
    return openpyxl.load_workbook(io.BytesIO(as_(manager).get(f"/rosters/{roster.pk}/export/").content))


@pytest.fixture
def take_in(as_, manager, roster):
    """Send a workbook, or any bytes, and read the page that answers."""

    def send(book, name="排班.xlsx", by=manager):
        data = book
        if not isinstance(book, bytes):
            out = io.BytesIO()
            book.save(out)
            data = out.getvalue()
        sent = {"sheet": SimpleUploadedFile(name, data, XLSX)}
        return Page(as_(by).post(f"/rosters/{roster.pk}/import/", sent))

    return send


def only(book, sheet):
    """The file with this one of its sheets alone."""
    for number, other in enumerate(list(book.worksheets)):
        if number != sheet:
            del book[other.title]
    return book


def who(roster) -> dict:
    return dict(roster.slots.values_list("pk", "person_id"))


def test_taken_in_unchanged_it_changes_nothing(book, take_in, roster):
    page = take_in(book)
    assert page.status == 200 and "stands on the draft already" in page.text


@pytest.mark.parametrize("sheet", [LIST, TABLE])
def test_each_sheet_alone_is_enough_and_either_language_is_read(as_, manager, take_in, roster, sheet):
    for language in ("zh-hans", "en"):
        client = as_(manager)
        client.cookies["language"] = language
        file = openpyxl.load_workbook(io.BytesIO(client.get(f"/rosters/{roster.pk}/export/").content))
        assert "stands on the draft already" in take_in(only(file, sheet)).text, language


def test_a_name_changed_in_the_list_is_compared_and_then_written(as_, manager, book, take_in, roster, pool):
    sheet = book.worksheets[LIST]
    assert [cell.value for cell in sheet[2]][-2:] == ["duty leader", "赵一"]
    sheet["H2"] = pool[5].staff_number
    before = who(roster)
    page = take_in(only(book, LIST))
    assert page.status == 200 and "1 seat changes" in page.text and who(roster) == before
    answer = as_(manager).post(f"/rosters/{roster.pk}/import/", {"changes": page.values["changes"]}, follow=True)
    assert "1 seat is changed" in answer.content.decode()
    slot = roster.slots.get(date="2026-12-01", role="leader")
    assert slot.person == pool[5] and {**before, slot.pk: pool[5].pk} == who(roster)
    assert "吴六" in Line.objects.filter(verb="scheduling.roster.seat").first().detail
    Roster.objects.get(pk=roster.pk).undo(by=manager, at=roster.drafted_at)
    assert who(roster) == before


def test_a_duty_moved_in_the_table_moves_and_one_left_out_opens(book, take_in, as_, manager, roster, pool):
    table = only(book, TABLE).worksheets[0]
    rows = {row[0].value: row for row in table.iter_rows(min_row=2)}
    code = rows["赵一"][1].value
    rows["赵一"][1].value, rows["吴六"][1].value = None, code
    rows["钱二"][1].value = ""
    page = take_in(book)
    assert "2 seats change" in page.text and "1 seat is open then" in page.text
    as_(manager).post(f"/rosters/{roster.pk}/import/", {"changes": page.values["changes"]})
    assert roster.slots.get(date="2026-12-01", role="leader").person == pool[5]
    assert roster.slots.get(date="2026-12-01", role="primary").person is None


def test_the_conflicts_that_come_with_it_are_told_before(book, take_in, roster, pool):
    sheet = only(book, LIST).worksheets[0]
    sheet["H2"] = make_person("外单位", pool[0].unit).name
    page = take_in(book)
    assert "Conflicts that come with it" in page.text and "外单位 is not among the people for this seat" in page.text


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("H2", "无此人", "Row 2: nobody called 无此人"),
        ("H3", "同名", "Row 3: several people are called 同名"),
        ("H2", "钱二", "is on this watch twice"),
        ("A4", "昨天", "Row 4: write the date"),
        ("A4", "2027-01-01", "Row 4: 2027-01-01 is no day of this roster"),
        ("C5", "别处", "Row 5: no post called 别处"),
        ("D5", "早班", "Row 5: no watch called 早班 on this day"),
        ("G5", "reserve", "Row 5: this watch has no seat reserve"),
        ("G2", "primary", "there are only 1 such seats"),
        ("E5", "25:00", "Row 5: this watch is kept 20:00–04:00, not at 25:00"),
        ("F3", dt.time(5), "Row 3: this watch is kept 20:00–04:00, not at 05:00"),
        ("H2", "赵一 T9999", "Row 2: nobody called 赵一 T9999"),
        ("H2", '=HYPERLINK("http://x")', "Row 2"),
    ],
)
def test_what_is_wrong_is_told_row_by_row_and_nothing_changes(book, take_in, roster, pool, cell, value, said):
    for _twice in range(2):
        make_person("同名", pool[0].unit)
    sheet = only(book, LIST).worksheets[0]
    sheet[cell] = value
    before = who(roster)
    if str(value).startswith("="):
        page = take_in(book)  # a formula has no value: the seat falls open, in plain sight
        assert "1 seat changes" in page.text
    else:
        page = take_in(book)
        assert page.status == 422 and said in page.text, page.text[-600:]
    assert who(roster) == before


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("A2", "无此人", "Row 2: nobody called 无此人"),
        ("A2", None, "Row 2: the name is missing"),
        ("A3", "赵一", "stands there twice"),
        ("B1", "2027-01-01", "is no day of this roster"),
        ("C1", "2026-12-01", "2026-12-01 stands there twice"),
        ("B1", "x", "write the date"),
        ("B2", "夜Q", "no seat 夜Q on 2026-12-01"),
    ],
)
def test_what_is_wrong_in_the_table_is_told_too(book, take_in, cell, value, said):
    only(book, TABLE).worksheets[0][cell] = value
    page = take_in(book)
    assert page.status == 422 and said in page.text, page.text[-600:]


def test_two_sheets_that_say_different_things_are_not_guessed_at(book, take_in, pool):
    book.worksheets[LIST]["H2"] = None
    assert "stands on the draft already" not in take_in(book).text  # one of them changed: that one counts
    table = book.worksheets[TABLE]
    table["B3"] = None
    assert "say different things" in take_in(book).text


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG not a sheet", "cannot be read"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"a,b\n1,2\n", "cannot be read"),
        (b"x" * 2_000_001, "too large"),
    ],
)
def test_other_files_are_refused_with_what_to_do(take_in, data, said):
    page = take_in(data)
    assert page.status == 422 and said in page.text, page.text[-300:]


def test_a_file_that_unpacks_into_a_flood_is_refused_unread(take_in):
    assert "too large" in take_in(_bomb()).text


def test_a_workbook_of_something_else_is_told_what_it_lacks(take_in):
    assert (
        "No sheet of this file has the columns Date, Duty post, Watch, Seat, Person"
        in take_in(openpyxl.Workbook()).text
    )


def test_a_draft_that_moved_on_is_compared_anew_and_nothing_is_lost(as_, manager, book, take_in, roster, pool, now):
    sheet = only(book, LIST).worksheets[0]
    sheet["H2"], sheet["H6"] = None, None
    page = take_in(book)
    first = roster.slots.get(date="2026-12-01", role="leader")
    Roster.objects.get(pk=roster.pk).seat({first.pk: None}, by=manager, at=now)
    address = f"/rosters/{roster.pk}/import/"
    again = Page(as_(manager).post(address, {"changes": page.values["changes"]}))
    assert again.status == 409 and "changed this draft meanwhile" in again.text and "1 seat changes" in again.text
    as_(manager).post(address, {"changes": again.values["changes"]})
    assert roster.slots.filter(person=None).count() == 2
    # The same once more writes nothing, and says so.
    last = Page(as_(manager).post(address, {"changes": again.values["changes"]}))
    assert last.status == 409 and "stands on the draft already" in last.text


def test_what_we_did_not_sign_for_this_roster_is_not_written(as_, manager, roster, make_roster, book, take_in):
    book.worksheets[LIST]["H2"] = None
    signed = take_in(only(book, LIST)).values["changes"]
    other = make_roster("2027-01-01", "2027-01-03")
    before = who(roster)
    for pk, text in ((roster.pk, "forged"), (other.pk, signed)):
        answer = as_(manager).post(f"/rosters/{pk}/import/", {"changes": text})
        assert answer.status_code == 302 and answer.url.endswith("/import/")
    assert who(roster) == before


def test_only_a_draft_takes_a_file_in_and_a_published_roster_goes_out_to_all_who_see_it(
    as_, manager, officer, outsider, roster, now
):
    assert as_(officer).get(f"/rosters/{roster.pk}/export/").status_code == 404
    publish(roster, override="演示", by=manager, at=now)
    assert as_(manager).get(f"/rosters/{roster.pk}/import/").url == f"/rosters/{roster.pk}/"
    assert as_(officer).get(f"/rosters/{roster.pk}/export/")["Content-Type"] == XLSX
    assert as_(officer).get(f"/rosters/{roster.pk}/import/").status_code == 403
    for page in ("export", "import"):
        assert as_(outsider).get(f"/rosters/{roster.pk}/{page}/").status_code == 404
    planner = make_person("别处", outsider.unit, Role.MANAGER)
    assert as_(planner).get(f"/rosters/{roster.pk}/import/").status_code == 404


# Names there and back


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12).filter(
    lambda name: name.strip()
)


@given(st.text(max_size=20))
def test_what_was_made_harmless_is_read_as_it_was(text):
    assert plain(harmless(text)) == plain(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8, unique_by=lambda one: plain(one[1]).casefold()))
def test_whoever_is_written_is_found_again(those):
    register = Register.of(Person(pk=n, name=name, staff_number=number) for n, (name, number) in enumerate(those, 1))
    for pk in register.people:
        text = plain(harmless(register.label(pk)))
        try:
            assert register.find(text) == pk
        except Unknown:
            # Only where the staff number itself reads as nothing.
            assert not plain(register.people[pk].staff_number)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(data=st.data())
def test_whoever_sits_where_out_and_in_again_changes_nothing(roster, pool, now, data):
    slots = list(roster.slots.with_posts())
    for slot in slots:
        slot.person_id = data.draw(st.sampled_from([None, *(person.pk for person in pool)]))
    file = io.BytesIO(workbook(*tables_of(roster, slots)))
    file.size = len(file.getvalue())
    assert read(file, roster, slots, Register.of(pool), now) == {}


def test_the_codes_tell_posts_and_watches_apart_in_each_language(house, make_pattern, make_roster, post):
    from scheduling.models import Post
    from scheduling.naming import codes_of, known_codes

    other = Post.objects.create(unit=house["ops"], name="机房", order=1)
    for name, at_post in (("夜班", post), ("夜巡", other)):
        make_pattern(name, "20:00", 8, at_post=at_post, primary=1, secondary=1)
    make_pattern("夜间", "08:00", 8, at_post=other, primary=1)
    slots = list(make_roster("2026-12-01", "2026-12-02").slots.with_posts())
    for language in ("en", "zh-hans"):
        with override(language):
            codes = codes_of(slots)
            assert len(set(codes.values())) == 5 and set(codes) == set(known_codes(slots).values())


def test_a_stated_date_may_be_text_or_a_day():
    from scheduling.roster_in import _date

    day = dt.date(2026, 12, 1)
    for cell in (day, dt.datetime(2026, 12, 1), "2026-12-01", "2026/12/1", "2026年12月1日", "'2026-12-01"):
        assert _date(cell) == (None if cell == "'2026-12-01" else day)


# Two watches of one name on one day at one post


@pytest.fixture
def twice(make_pattern, make_roster, pool, filled) -> Roster:
    """早班 at six and at two, by the same name."""
    for begins in ("06:00", "14:30"):
        make_pattern("早班", begins, 4, primary=1)
    return filled(make_roster("2026-12-01", "2026-12-03"), pool)


def test_watches_of_one_name_are_told_apart_by_their_hour(twice, as_, manager, now):
    data = as_(manager).get(f"/rosters/{twice.pk}/export/").content
    sheets = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert {row[3] for row in sheets[LIST].iter_rows(min_row=2, values_only=True)} == {"早班 06:00", "早班 14:30"}
    assert {row[0] for row in sheets[2].iter_rows(min_row=2, values_only=True)} == {"早06P", "早1430P"}
    for sheet in (LIST, TABLE):
        assert changes_of(twice, only(openpyxl.load_workbook(io.BytesIO(data)), sheet), now) == {}


def changes_of(roster, book, now) -> dict:
    out = io.BytesIO()
    book.save(out)
    people = Person.objects.filter(pools__unit=roster.unit_id)
    file = SimpleUploadedFile("x.xlsx", out.getvalue(), XLSX)
    return read(file, roster, list(roster.slots.select_related("post")), Register.of(people), now)


def test_a_name_in_one_of_them_changes_that_one(twice, as_, manager, now, pool):
    book = openpyxl.load_workbook(io.BytesIO(as_(manager).get(f"/rosters/{twice.pk}/export/").content))
    sheet = only(book, LIST).worksheets[0]
    row = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, 4).value == "早班 14:30")
    sheet.cell(row, 8).value = pool[5].name
    slot = twice.slots.order_by("starts_at")[1]
    assert changes_of(twice, book, now) == {slot.pk: pool[5].pk}


def test_the_bare_name_of_two_is_not_guessed_at(twice, as_, manager, now):
    book = openpyxl.load_workbook(io.BytesIO(as_(manager).get(f"/rosters/{twice.pk}/export/").content))
    only(book, LIST).worksheets[0].cell(2, 4).value = "早班"
    with pytest.raises(ValueError, match="write 早班 06:00、早班 14:30"):
        changes_of(twice, book, now)


def test_hours_are_read_however_a_spreadsheet_writes_them(book, take_in, roster, pool):
    sheet = only(book, LIST).worksheets[0]
    sheet["E2"], sheet["F2"], sheet["E3"], sheet["H2"] = dt.time(20), "4:00", "20:00:00", pool[5].name
    assert "changes" in take_in(book).values
