"""What keeping duty adds up to: hours by type of day, nights, rest, and what is earned. Pure; no database.

All spans are differences of instants, so they are exact when the clocks change. Hours count on the day on which
they pass, the duty itself on the day on which it starts; both days are the organisation's. A reserve's duties
count apart: being on call is not keeping watch.
"""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from duty.clock import DAY, HOUR, day_of, month_of, start_of, zone

NIGHT = (dt.time(22), dt.time(6))
NIGHT_SHARE = 3 * HOUR  # this much of a night makes a duty a night duty
RESERVE = "reserve"
NOTHING = dt.timedelta(0)


class DayFact(Protocol):
    """A day of the calendar: its type, and its name if it is a named holiday."""

    kind: str
    name: str


Days = Mapping[dt.date, DayFact]


@dataclass(frozen=True)
class Duty:
    """One duty as it was kept. Instants are held in UTC: within one zone Python would subtract wall clocks."""

    key: int
    unit_id: int
    role: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str = ""
    shift_id: int | None = None

    def __post_init__(self):
        if self.ends_at <= self.starts_at:
            raise ValueError("a duty ends after it starts")
        for name in ("starts_at", "ends_at"):
            object.__setattr__(self, name, getattr(self, name).astimezone(dt.UTC))

    @property
    def date(self) -> dt.date:
        """The day it counts on."""
        return day_of(self.starts_at)

    @property
    def span(self) -> dt.timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_reserve(self) -> bool:
        return self.role == RESERVE

    @property
    def is_night(self) -> bool:
        return night_share(self.starts_at, self.ends_at) >= NIGHT_SHARE


class Part(NamedTuple):
    """What of a span passes on one day."""

    date: dt.date
    span: dt.timedelta


def parts(starts_at: dt.datetime, ends_at: dt.datetime) -> list[Part]:
    """The span cut at every midnight of the organisation's zone: no gap, no overlap, nothing empty."""
    found, here, end = [], starts_at.astimezone(dt.UTC), ends_at.astimezone(dt.UTC)
    while here < end:
        date = day_of(here)
        until = min(end, start_of(date + DAY).astimezone(dt.UTC))
        found.append(Part(date, until - here))
        here = until
    return found


def night_share(starts_at: dt.datetime, ends_at: dt.datetime) -> dt.timedelta:
    """The most that the span takes of one night, 22:00 to 06:00 by the organisation's clocks."""
    starts_at, ends_at = starts_at.astimezone(dt.UTC), ends_at.astimezone(dt.UTC)
    evening, last, share = day_of(starts_at) - DAY, day_of(ends_at), NOTHING
    while evening <= last:
        dusk, dawn = (
            dt.datetime.combine(date, time, zone()).astimezone(dt.UTC)
            for date, time in zip((evening, evening + DAY), NIGHT, strict=True)
        )
        share = max(share, min(ends_at, dawn) - max(starts_at, dusk))
        evening += DAY
    return share


@dataclass
class Tally:
    """What one month, or one year, of duty adds up to."""

    duties: int = 0
    nights: int = 0
    span: dt.timedelta = NOTHING
    duties_by_kind: Counter = field(default_factory=Counter)
    span_by_kind: dict[str, dt.timedelta] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    holidays: Counter = field(default_factory=Counter)  # statutory ones by name
    reserve_duties: int = 0
    reserve_span: dt.timedelta = NOTHING

    def count(self, duty: Duty, day: DayFact) -> None:
        if duty.is_reserve:
            self.reserve_duties += 1
            return
        self.duties += 1
        self.nights += duty.is_night
        self.duties_by_kind[day.kind] += 1
        if day.kind == "holiday":
            self.holidays[day.name] += 1

    def pass_on(self, duty: Duty, day: DayFact, span: dt.timedelta) -> None:
        if duty.is_reserve:
            self.reserve_span += span
            return
        self.span += span
        self.span_by_kind[day.kind] += span

    @property
    def hours(self) -> float:
        return self.span / HOUR

    @property
    def reserve_hours(self) -> float:
        return self.reserve_span / HOUR


def tallies(duties: Iterable[Duty], days: Days, by: Callable[[dt.date], object] = month_of) -> dict[object, Tally]:
    """{what `by` makes of a day: its tally}; what it makes None of is left out. Months by default."""
    found: dict[object, Tally] = defaultdict(Tally)
    for duty in duties:
        if (key := by(duty.date)) is not None:
            found[key].count(duty, days[duty.date])
        for date, span in parts(duty.starts_at, duty.ends_at):
            if (key := by(date)) is not None:
                found[key].pass_on(duty, days[date], span)
    return dict(found)


def tally(duties: Iterable[Duty], days: Days, first: dt.date, last: dt.date) -> Tally:
    """What a period adds up to, both days included."""
    return tallies(duties, days, lambda date: True if first <= date <= last else None).get(True, Tally())


# Rest


class Rest(NamedTuple):
    span: dt.timedelta
    before: Duty
    after: Duty


def rests(duties: Iterable[Duty]) -> list[Rest]:
    """The time between each duty and the next, reserve left out; parts of one watch that join are one duty."""
    kept = sorted((duty for duty in duties if not duty.is_reserve), key=lambda duty: duty.starts_at)
    return [
        Rest(after.starts_at - before.ends_at, before, after)
        for before, after in itertools.pairwise(kept)
        if not (before.shift_id == after.shift_id is not None and before.ends_at == after.starts_at)
    ]


def shortest_rest(duties: Iterable[Duty]) -> Rest | None:
    return min(rests(duties), key=lambda rest: rest.span, default=None)


class Row(NamedTuple):
    """Days in a row, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def rows(duties: Iterable[Duty]) -> list[Row]:
    """Every unbroken row of days on which a duty starts, in order."""
    found: list[Row] = []
    for date in sorted({duty.date for duty in duties if not duty.is_reserve}):
        if found and date == found[-1].last + DAY:
            found[-1] = Row(found[-1].first, date)
        else:
            found.append(Row(date, date))
    return found


def overlong(duties: Iterable[Duty], most_days: int, most_nights: int) -> tuple[list[Row], list[Row]]:
    """(rows of days longer than allowed, rows of nights longer than allowed)."""
    duties = list(duties)
    nights = [duty for duty in duties if duty.is_night]
    return (
        [row for row in rows(duties) if row.days > most_days],
        [row for row in rows(nights) if row.days > most_nights],
    )
