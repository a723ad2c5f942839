"""Hours, nights, rest and rows are exact across midnights, month ends, leap days and changes of the clocks."""

import datetime as dt
import zoneinfo
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from scheduling import rights
from scheduling.rights import Duty, night_share, overlong, parts, rests, rows, shortest_rest, tallies, tally

H = dt.timedelta(hours=1)
ZONES = ["Europe/Berlin", "Asia/Shanghai"]


class Calendar(dict):
    """Rest days on Saturdays and Sundays, with these holidays by name."""

    def __init__(self, **holidays):
        self.holidays = {
            dt.date.fromisoformat(date.strip("_").replace("_", "-")): name for date, name in holidays.items()
        }

    def __missing__(self, date):
        if date in self.holidays:
            return SimpleNamespace(kind="holiday", name=self.holidays[date])
        return SimpleNamespace(kind="rest" if date.weekday() >= 5 else "workday", name="")


def at(text: str) -> dt.datetime:
    from conftest import local

    return local(text)


def duty(starts: str, ends: str, role="primary", key=1, shift_id=None) -> Duty:
    return Duty(key, 1, role, at(starts), at(ends), shift_id=shift_id)


# name, zone, start, end, real hours in all, {day: hours}
NIGHTS = [
    ("spring forward", "Europe/Berlin", "2026-03-28 18:00", "2026-03-29 08:00", 13, {"2026-03-28": 6, "2026-03-29": 7}),
    ("fall back", "Europe/Berlin", "2026-10-24 18:00", "2026-10-25 08:00", 15, {"2026-10-24": 6, "2026-10-25": 9}),
    ("no change here", "Asia/Shanghai", "2026-03-28 18:00", "2026-03-29 08:00", 14, {"2026-03-28": 6, "2026-03-29": 8}),
    ("fall back, Shanghai 1991", "Asia/Shanghai", "1991-09-14 18:00", "1991-09-15 08:00", 15, {"1991-09-14": 6, "1991-09-15": 9}),
    ("into the leap day", "Asia/Shanghai", "2028-02-28 18:00", "2028-02-29 08:00", 14, {"2028-02-28": 6, "2028-02-29": 8}),
    ("out of the leap day", "Europe/Berlin", "2028-02-29 18:00", "2028-03-01 08:00", 14, {"2028-02-29": 6, "2028-03-01": 8}),
    ("no leap day", "Asia/Shanghai", "2027-02-28 18:00", "2027-03-01 08:00", 14, {"2027-02-28": 6, "2027-03-01": 8}),
    ("year's end", "Asia/Shanghai", "2026-12-31 18:00", "2027-01-01 08:00", 14, {"2026-12-31": 6, "2027-01-01": 8}),
    ("month's end", "Europe/Berlin", "2026-04-30 22:30", "2026-05-01 06:15", 7.75, {"2026-04-30": 1.5, "2026-05-01": 6.25}),
    ("until midnight", "Asia/Shanghai", "2026-11-22 18:00", "2026-11-23 00:00", 6, {"2026-11-22": 6}),
    ("from midnight", "Asia/Shanghai", "2026-11-23 00:00", "2026-11-23 08:00", 8, {"2026-11-23": 8}),
    ("two days", "Europe/Berlin", "2026-10-24 08:00", "2026-10-26 08:00", 49, {"2026-10-24": 16, "2026-10-25": 25, "2026-10-26": 8}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "zone", "starts", "ends", "hours", "by_day"), NIGHTS, ids=[row[0] for row in NIGHTS])
def test_minutes_sum_exactly_with_no_gap_and_no_overlap(settings, name, zone, starts, ends, hours, by_day):
    settings.TIME_ZONE = zone
    one = duty(starts, ends)
    assert one.span == hours * H
    found = {str(part.date): part.span / H for part in parts(one.starts_at, one.ends_at)}
    assert found == by_day
    assert sum(found.values()) == hours


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_nights_on_end_sums_to_the_year(settings, zone):
    """Watch follows watch through both changes of the clocks: the sum is the whole, and no instant is missed."""
    settings.TIME_ZONE = zone
    first, last = dt.date(2028, 1, 1), dt.date(2029, 1, 1)
    days = [first + n * dt.timedelta(days=1) for n in range((last - first).days)]
    duties = [
        one for key, day in enumerate(days)
        for one in (duty(f"{day} 08:00", f"{day} 18:00", key=key), duty(f"{day} 18:00", f"{day + dt.timedelta(days=1)} 08:00", key=-key))
    ]  # fmt: skip
    months = tallies(duties, Calendar())
    whole = at("2029-01-01 08:00").astimezone(dt.UTC) - at("2028-01-01 08:00").astimezone(dt.UTC)
    assert sum((month.span for month in months.values()), dt.timedelta()) == whole == 366 * 24 * H
    assert sum(month.duties for month in months.values()) == 732
    assert all(rest.span == dt.timedelta() for rest in rests(duties))


def test_a_night_into_a_holiday_counts_its_hours_on_their_own_days_and_the_duty_where_it_starts(settings):
    days = Calendar(_2026_10_01="国庆节")
    months = tallies([duty("2026-09-30 18:00", "2026-10-01 08:00")], days)
    september, october = months[dt.date(2026, 9, 1)], months[dt.date(2026, 10, 1)]
    assert (september.duties, september.nights, september.span_by_kind["workday"]) == (1, 1, 6 * H)
    assert (october.duties, october.holidays.total(), october.span_by_kind["holiday"]) == (0, 0, 8 * H)
    next_night = tallies([duty("2026-10-01 18:00", "2026-10-02 08:00")], days)[dt.date(2026, 10, 1)]
    assert next_night.holidays == {"国庆节": 1}
    assert next_night.span_by_kind == {"holiday": 6 * H, "workday": 8 * H}


@pytest.mark.parametrize(("starts", "ends", "is_night"), [
    ("2026-11-22 18:00", "2026-11-23 01:00", True), ("2026-11-22 18:00", "2026-11-23 00:59", False),
    ("2026-11-22 03:00", "2026-11-22 12:00", True), ("2026-11-22 03:01", "2026-11-22 12:00", False),
    ("2026-11-22 08:00", "2026-11-22 18:00", False), ("2026-11-22 05:00", "2026-11-22 23:59", False),
    ("2026-11-22 08:00", "2026-11-23 08:00", True), ("2026-11-22 03:30", "2026-11-22 23:30", False),
])  # fmt: skip
def test_three_hours_between_ten_and_six_make_a_night(starts, ends, is_night):
    assert duty(starts, ends).is_night is is_night


def test_the_night_of_the_clocks_is_as_long_as_it_was(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert night_share(at("2026-03-28 18:00"), at("2026-03-29 08:00")) == 7 * H
    assert night_share(at("2026-10-24 18:00"), at("2026-10-25 08:00")) == 9 * H


def test_a_reserves_duties_count_apart():
    counted = tallies([duty("2026-11-22 18:00", "2026-11-23 08:00", "reserve")], Calendar())[dt.date(2026, 11, 1)]
    assert (counted.duties, counted.nights, counted.span) == (0, 0, dt.timedelta())
    assert (counted.reserve_duties, counted.reserve_span) == (1, 14 * H)


def test_a_period_takes_the_hours_that_pass_in_it_and_the_duties_that_start_in_it():
    night = duty("2026-11-30 18:00", "2026-12-01 08:00")
    november = tally([night], Calendar(), dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    december = tally([night], Calendar(), dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert (november.duties, november.span) == (1, 6 * H) and (december.duties, december.span) == (0, 8 * H)


def test_rest_is_between_duties_and_two_parts_of_one_watch_are_one():
    first = duty("2026-11-20 18:00", "2026-11-21 00:00", key=1, shift_id=5)
    second = duty("2026-11-21 00:00", "2026-11-21 08:00", key=2, shift_id=5)
    third = duty("2026-11-21 18:00", "2026-11-22 08:00", key=3, shift_id=6)
    on_call = duty("2026-11-21 09:00", "2026-11-21 17:00", "reserve", key=4, shift_id=7)
    assert [rest.span for rest in rests([third, on_call, second, first])] == [10 * H]
    assert shortest_rest([first, second, third]).after == third
    assert shortest_rest([first]) is None


def test_rest_through_a_change_of_the_clocks_is_real_time(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    before, after = (
        duty("2026-03-28 08:00", "2026-03-28 20:00", key=1),
        duty("2026-03-29 07:00", "2026-03-29 12:00", key=2),
    )
    assert shortest_rest([before, after]).span == 10 * H


def test_rows_of_days_and_of_nights_that_are_too_long_are_found():
    nights = [duty(f"2026-11-{day} 18:00", f"2026-11-{day + 1} 08:00", key=day) for day in (10, 11, 12, 14)]
    nights += [duty("2026-11-13 08:00", "2026-11-13 18:00", key=13)]
    assert [row.days for row in rows(nights)] == [5]
    long_days, long_nights = overlong(nights, most_days=4, most_nights=2)
    assert long_days[0].days == 5 and [row.days for row in long_nights] == [3]
    assert overlong(nights, most_days=5, most_nights=3) == ([], [])


def test_a_duty_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends after"):
        duty("2026-11-22 18:00", "2026-11-22 18:00")


instants = st.datetimes(dt.datetime(1987, 1, 1), dt.datetime(2037, 1, 1), timezones=st.just(dt.UTC))
spans = st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(hours=48))
zones = st.sampled_from(
    [*ZONES, "America/Sao_Paulo", "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "UTC"]
)


@examples(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(zone=zones, duties=st.lists(st.tuples(instants, spans), min_size=1, max_size=4))
def test_hours_per_day_type_always_sum_to_the_span(settings, zone, duties):
    settings.TIME_ZONE = zone
    kept = [Duty(n, 1, "primary", start, start + span) for n, (start, span) in enumerate(duties)]
    whole = sum((span for _start, span in duties), dt.timedelta())
    months = tallies(kept, Calendar())
    assert sum((span for month in months.values() for span in month.span_by_kind.values()), dt.timedelta()) == whole
    assert sum((month.span for month in months.values()), dt.timedelta()) == whole
    assert sum(month.duties for month in months.values()) == len(kept)
    for one in kept:
        cut = parts(one.starts_at, one.ends_at)
        assert all(part.span > dt.timedelta() for part in cut)
        assert [part.date for part in cut] == sorted({part.date for part in cut})
        local = zoneinfo.ZoneInfo(zone)
        assert cut[0].date == one.starts_at.astimezone(local).date()
        assert rights.night_share(one.starts_at, one.ends_at) <= one.span
