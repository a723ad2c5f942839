"""A roster by date: the month, the list and the paper say the same as the sheet, whether drafted or published."""

import datetime as dt

import pytest

from conftest import local
from scheduling.daybook import daybook_of
from scheduling.models import Day, DayKind, Roster, Seat
from scheduling.paper import MOST_COLUMNS, paper_of
from scheduling.publishing import publish
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
FIRST = dt.date(2026, 12, 1)


@pytest.fixture
def roster(make_pattern, make_roster, pool):
    make_pattern("夜班", primary=1, leader=1)
    return make_roster("2026-12-01", "2026-12-10")


@pytest.fixture
def published(roster, filled, pool, manager, now):
    publish(filled(roster, pool), override="演示", by=manager, at=now)
    return Roster.objects.get(pk=roster.pk)


def test_each_day_has_its_watches_leader_first_and_says_what_is_open(roster, pool, manager, now):
    slot = roster.slots.get(date=FIRST, role="primary")
    roster.seat({slot.pk: pool[0].pk}, by=manager, at=now)
    watch = daybook_of(roster, now).dates[FIRST].watches[0]
    assert [(p.role, p.name) for p in watch.places] == [("leader", ""), ("primary", "赵一")]
    assert watch.is_open and watch.hours == "18:00–08:00" and watch.sort == "night"


def test_what_is_published_is_read_from_the_seats(published, make_shift, pool, now):
    seat = Seat.objects.filter(shift__starts_at=local("2026-12-01 18:00"), role="primary").get()
    Seat.objects.filter(pk=seat.pk).update(ends_at=local("2026-12-02 01:00"))
    free = next(person for person in pool if not Seat.objects.filter(shift=seat.shift, person=person).exists())
    part = (local("2026-12-02 01:00"), seat.ends_at)
    Seat.on(seat.shift, "primary", free, part).save()
    watch = daybook_of(published, now).dates[FIRST].watches[0]
    assert [p.part for p in watch.of("primary")] == ["18:00–01:00", "01:00–08:00"]
    assert watch.of("primary")[1].name == free.name and watch.hours == "18:00–08:00"


def test_weeks_are_whole_and_begin_on_monday(roster, now):
    weeks = daybook_of(roster, now).weeks()
    assert [len(week) for week in weeks] == [7, 7] and weeks[0][0] == (dt.date(2026, 11, 30), None)
    assert weeks[1][3][1].date == dt.date(2026, 12, 10) and weeks[1][4][1] is None


def test_it_is_sifted_by_person_and_post(published, pool, now):
    book = daybook_of(published, now)
    mine = book.only(person=pool[0].pk)
    assert mine.watches and all(watch.keeps(pool[0].pk) for watch in mine.watches)
    assert not book.only(post=0).watches and len(book.only(post=book.posts[0].pk).watches) == 10


def test_a_paper_has_a_row_per_day_and_breaks_into_tables_when_it_is_too_wide(
    house, make_pattern, make_roster, post, now
):
    for number in range(6):
        make_pattern(f"班{number}", f"{number * 2:02}:00", 2, leader=1, primary=1, secondary=1)
    make_pattern("周末", "20:00", 4, [DayKind.REST], primary=1)
    roster = make_roster("2026-12-01", "2026-12-31")
    tables = paper_of(daybook_of(roster, now)).tables
    assert len(tables) == 2 and all(sum(len(h.roles) for h in t.heads) <= MOST_COLUMNS for t in tables)
    assert all(len(table.rows) == 31 and len({len(cells) for _d, cells in table.rows}) == 1 for table in tables)
    assert (
        tables[-1].rows[0][1][-1] is None and tables[-1].rows[4][1][-1]
    )  # a Tuesday has no such watch, a Saturday has


# The pages


def test_the_three_pages_show_names_open_seats_and_marks(as_, manager, roster, pool, now):
    Day.objects.create(date=FIRST, kind=DayKind.HOLIDAY, name="节日")
    slot = roster.slots.get(date=FIRST, role="primary")
    roster.seat({slot.pk: pool[0].pk}, by=manager, at=now)
    for page in ("month", "list", "print"):
        text = Page(as_(manager).get(f"/rosters/{roster.pk}/{page}/")).text
        assert "赵一" in text and "节日" in text, page
    assert as_(manager).get(f"/rosters/{roster.pk}/month/").content.decode().count('class="lacking"') == 19
    assert "Draft, not published" in as_(manager).get(f"/rosters/{roster.pk}/print/").content.decode()


def test_the_paper_says_version_publication_phones_and_has_room_for_signatures(as_, officer, published):
    text = Page(as_(officer).get(f"/rosters/{published.pk}/print/")).text
    for words in (
        "Version 1, published 22 Nov 2026",
        "010 6110 0000",
        "Drawn up by: 孙伟",
        "Approved by",
        "18:00–08:00",
    ):
        assert words in text, words


def test_the_list_is_linkable_by_person_and_post_and_takes_no_harm_from_junk(as_, officer, published, pool):
    client, address = as_(officer), f"/rosters/{published.pk}/list/"
    rows = client.get(address).content.decode().count("<tr class=")
    assert rows == 10 and 0 < client.get(f"{address}?person={pool[0].pk}").content.decode().count("<tr class=") < 10
    for junk in ("person=x", "person=99999999999999999999", "post=-1", "post=²", "person=99999999"):
        answer = client.get(f"{address}?{junk}")
        assert answer.status_code == 200 and answer.content.decode().count("<tr class=") == 10


def test_the_list_of_rosters_says_how_many_duties_are_mine(as_, published, pool, officer, manager):
    kept = Seat.objects.filter(person=pool[0]).count()
    page = Page(as_(pool[0]).get("/rosters/"))
    assert f"{kept} duties of mine" in page.text and f"/rosters/{published.pk}/month/" in page.links
    assert "of mine" not in Page(as_(officer).get("/rosters/")).text


@pytest.mark.parametrize("page", ["month", "list", "print"])
def test_outsiders_see_none_of_it_and_officers_no_draft(as_, officer, outsider, manager, roster, page):
    address = f"/rosters/{roster.pk}/{page}/"
    assert as_(outsider).get(address).status_code == as_(officer).get(address).status_code == 404
    assert as_(manager).get(address).status_code == 200
