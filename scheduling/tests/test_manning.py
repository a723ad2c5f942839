"""Coverage over a period: seats kept of seats asked for, holidays strengthened or not, hours nobody watches (A1, A40)."""

import datetime as dt

import pytest

from conftest import local
from scheduling.manning import manning_of
from scheduling.models import Day, DayKind, PatternSeat, Seat, Shift
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TUESDAY = dt.date(2026, 12, 1)


@pytest.fixture
def look(house, post, now):
    def ask(first=TUESDAY, last=TUESDAY, unit="ops"):
        return manning_of(house[unit].pk, first, last, now)

    return ask


def state(manning, post, date=TUESDAY) -> tuple:
    cell = manning.cells[date, post.pk]
    return cell.state, cell.kept, cell.asked


def test_seats_are_counted_against_what_the_patterns_ask_for(look, post, make_pattern, make_shift, pool):
    make_pattern("夜班", leader=1, primary=1)
    make_shift("2026-12-05 18:00", "2026-12-06 08:00", primary=pool[2])
    assert state(look(), post) == ("gap", 0, 2)
    make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=pool[0])
    assert state(look(), post) == ("thin", 1, 2)
    shift = Shift.objects.get(starts_at=local("2026-12-01 18:00"))
    Seat.on(shift, "leader", pool[1]).save()
    assert state(look(), post) == ("full", 2, 2)
    Seat.on(shift, "reserve", pool[3]).save()
    assert state(look(), post) == ("more", 3, 2)


def test_two_parts_are_one_seat_and_a_part_alone_is_none(look, post, make_pattern, make_shift, pool):
    make_pattern("夜班", primary=1)
    shift = make_shift("2026-12-01 18:00", "2026-12-02 08:00")
    middle = local("2026-12-02 01:00")
    Seat.on(shift, "primary", pool[0], (shift.starts_at, middle)).save()
    assert state(look(), post)[1] == 0
    Seat.on(shift, "primary", pool[1], (middle, shift.ends_at)).save()
    assert state(look(), post)[1] == 1


def test_what_nothing_is_published_for_yet_is_no_gap(look, post, make_pattern, make_shift, pool):
    make_pattern("夜班", primary=1)
    make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=pool[0])
    manning = look(TUESDAY, dt.date(2026, 12, 3))
    assert [state(manning, post, day)[0] for day in manning.days] == ["full", "unplanned", "unplanned"]
    assert (
        manning.planned_until == TUESDAY
        and (manning.kept, manning.asked) == (1, 1)
        and list(manning.unwatched) == [TUESDAY]
    )


def test_a_statutory_holiday_is_compared_with_a_rest_day(look, make_pattern, make_shift, pool):
    Day.objects.create(date=TUESDAY, kind=DayKind.HOLIDAY, name="节")
    pattern = make_pattern("夜班", primary=1)
    PatternSeat.objects.create(pattern=pattern, role="leader", people=0, people_on_holidays=1)
    shift = make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=pool[0])
    (holiday,) = look().holidays
    assert (holiday.kept, holiday.asked, holiday.usual, holiday.strengthened, holiday.led) == (1, 2, 1, False, False)
    Seat.on(shift, "leader", pool[1]).save()
    (holiday,) = look().holidays
    assert holiday.strengthened and holiday.led


def test_the_hours_outside_of_the_offices_without_a_watch_are_told(look, house, make_shift, pool):
    make_shift("2026-11-30 18:00", "2026-12-01 08:00", primary=pool[0])
    make_shift("2026-12-01 20:00", "2026-12-02 08:00", primary=pool[0])
    make_shift("2026-12-05 08:00", "2026-12-05 18:00")  # nobody sits on it
    make_shift("2026-12-06 08:00", "2026-12-06 18:00", primary=pool[0])
    manning = look(TUESDAY, dt.date(2026, 12, 6))
    opens_late = {TUESDAY: manning.unwatched[TUESDAY]}
    assert 0 < opens_late[TUESDAY] <= 4  # from the end of office hours to 20:00
    assert manning.unwatched[dt.date(2026, 12, 5)] == 24 and manning.unwatched[dt.date(2026, 12, 6)] == 14


def test_a_watch_of_the_unit_above_watches_too(look, house, post, make_shift, pool):
    from scheduling.models import Post

    make_shift("2026-12-06 00:00", "2026-12-06 23:00", primary=pool[0])
    above = Post.objects.create(unit=house["top"], name="总值班")
    make_shift("2026-12-06 23:00", "2026-12-07 08:00", at_post=above, primary=pool[1])
    sunday = dt.date(2026, 12, 6)
    assert sunday not in look(sunday, sunday).unwatched


def test_the_heat_map_leads_to_the_day_and_says_what_is_missing(
    as_, manager, post, make_pattern, make_shift, pool, now
):
    make_pattern("夜班", leader=1, primary=1)
    make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=pool[0])
    page = Page(as_(manager).get("/fairness/coverage/?from=2026-12-01&until=2026-12-31"))
    assert "/shifts/?from=2026-12-01" in page.links and "1 of 2 seats" in page.html and "Published until" in page.text
