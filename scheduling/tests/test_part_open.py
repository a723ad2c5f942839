"""A seat of which a part is kept and the rest is open is neither filled nor empty: shown as what it is, with its hours."""

import pytest

from conftest import local
from scheduling.models import OpenSeat, Roster
from scheduling.part_open import parts_open
from scheduling.publishing import publish
from scheduling.sheet import sheet_of
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def roster(make_pattern, make_roster, filled, pool, manager, now) -> Roster:
    """Two nights from 18 to 8; of the first, whoever keeps it leaves at 22."""
    make_pattern(primary=1)
    publish(filled(make_roster("2026-12-01", "2026-12-02"), pool), by=manager, at=now)
    return Roster.objects.get()


@pytest.fixture
def part(roster, manager, now) -> OpenSeat:
    seat = roster.unit.posts.get().shifts.order_by("starts_at").first().seats.get()
    span = local("2026-12-01 22:00"), local("2026-12-02 08:00")
    return seat.shift.vacate("primary", seat.person, span, by=manager, at=now, reason="外派")


def test_it_is_counted_apart_and_marked_where_the_other_part_is_kept(roster, part, now):
    sheet = sheet_of(roster, now)
    assert (sheet.open, [column.partly for column in sheet.columns]) == (0, [1, 0])
    assert [(one.role, one.hours) for one in sheet.parts] == [("primary", "22:00–08:00")]
    marked = {row.name: chip.open for row in sheet.rows for _c, chips, *_more in row.cells for chip in chips}
    assert marked == {part.left.name: "22:00–08:00", "钱二": ""}


def test_the_page_lists_it_with_its_hours_and_does_not_say_complete(as_, roster, part, manager, officer):
    for person in (manager, officer):
        page = Page(as_(person).get(f"/rosters/{roster.pk}/"))
        assert "1 seat open in part" in page.text and "22:00–08:00" in page.text
        assert "Complete, no conflict" not in page.text and f"/shifts/{part.shift_id}/open/" in page.links
    assert "· open: 22:00–08:00" in page.html


def test_once_filled_or_over_nothing_is_marked(roster, part, pool, manager, now):
    assert parts_open(roster, local("2026-12-02 08:00")) == []
    part.shift.fill(part, pool[3], by=manager, at=now)
    assert parts_open(roster, now) == [] and sheet_of(roster, now).parts == []


def test_a_whole_seat_that_fell_open_is_no_part(roster, manager, now):
    seat = roster.unit.posts.get().shifts.order_by("starts_at").last().seats.get()
    seat.shift.vacate("primary", seat.person, by=manager, at=now, reason="外派")
    sheet = sheet_of(roster, now)
    assert sheet.parts == [] and sheet.open == 1


def test_the_panel_of_the_day_shows_the_open_part_and_leads_to_it(as_, roster, part, pool):
    page = Page(as_(pool[1]).get(f"/rosters/{roster.pk}/?day=2026-12-01"))
    panel = page.html.partition("cell-panel")[2].partition('id="parts"')[0]
    assert "open: 22:00–08:00" in panel and f"/shifts/{part.shift_id}/open/" in panel
    assert f"{part.left.name} 18:00–22:00" in panel
    other = Page(as_(pool[1]).get(f"/rosters/{roster.pk}/?day=2026-12-02")).html
    assert "open: " not in other.partition("cell-panel")[2].partition('id="parts"')[0]
