"""When rounds are planned: the instants of a plan's rhythm in a span of time. Pure.

Times of day are those on the wall: a round at 02:30 on the night the clocks go forward is walked at the instant that
follows, one on the night they go back is walked once.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from duty.clock import DAY, HOUR, MINUTE, day_of, last_of_month, zone

LAST_DAY = 32  # of a month, however many it has
Watch = tuple[dt.datetime, dt.datetime]  # from, to


def by_the_clock(start: dt.datetime, end: dt.datetime, times: Sequence[dt.time], on=None) -> Iterator[dt.datetime]:
    """Each of `times` on each local day for which `on(day)` holds, from `start` (included) to `end` (not)."""
    day = day_of(start)
    while day <= day_of(end):
        if on is None or on(day):
            for time in sorted(set(times)):
                at = dt.datetime.combine(day, time, zone()).astimezone(dt.UTC)
                if start <= at < end:
                    yield at
        day += DAY


def weekly(start: dt.datetime, end: dt.datetime, times, weekdays: Sequence[int]) -> Iterator[dt.datetime]:
    """On these days of the week, Monday being 1."""
    return by_the_clock(start, end, times, lambda day: day.isoweekday() in weekdays)


def monthly(start: dt.datetime, end: dt.datetime, times, month_days: Sequence[int]) -> Iterator[dt.datetime]:
    """On these days of the month; 32 is the last one. A day that a month does not have falls on its last."""

    def on(day: dt.date) -> bool:
        last = last_of_month(day).day
        return day.day in {min(wanted, last) for wanted in month_days}

    return by_the_clock(start, end, times, on)


def within_watch(watch: Watch, every_hours: int, offset_minutes: int) -> Iterator[dt.datetime]:
    """Every so many hours of real time, the first `offset_minutes` after the watch begins, none at its very end."""
    at, end = (instant.astimezone(dt.UTC) for instant in watch)
    at += offset_minutes * MINUTE
    while at < end:
        yield at
        at += every_hours * HOUR


def at_start(watch: Watch, offset_minutes: int) -> dt.datetime:
    """So many minutes after the watch begins, before it ends at the latest."""
    return min(watch[0] + offset_minutes * MINUTE, watch[1] - MINUTE)


def before_end(watch: Watch, offset_minutes: int) -> dt.datetime:
    """So many minutes before the watch ends, when it begins at the earliest."""
    return max(watch[1] - offset_minutes * MINUTE, watch[0])
