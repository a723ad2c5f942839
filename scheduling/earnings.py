"""What duty earns: one ledger per entitlement, each entry with how it came about. Pure; no database.

Keeping duty is not overtime: allowance and time off in lieu are ledgers of their own and never one sum.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol

from scheduling.rights import Days, Duty, parts

CENT = Decimal("0.01")
SECONDS_AN_HOUR = 3600


class RateFact(Protocol):
    unit_id: int
    kind: str
    day_kind: str
    role: str  # empty: every seat
    per_duty: Decimal
    per_hour: Decimal
    from_on: dt.date


class RateBook:
    """All rates, asked by unit, ledger, type of day, seat and day.

    The nearest unit above that has a rate decides; there, one for the seat goes before one for every seat, and of
    several the latest that has begun.
    """

    def __init__(self, rates: Iterable[RateFact], above: Callable[[int], list[int]]):
        self.above, self.by_place = above, {}
        for rate in sorted(rates, key=lambda rate: rate.from_on, reverse=True):
            self.by_place.setdefault((rate.unit_id, rate.kind, rate.day_kind, rate.role), []).append(rate)

    def find(self, unit_id: int, kind: str, day_kind: str, role: str, on: dt.date) -> RateFact | None:
        for unit in self.above(unit_id):
            for seat in (role, ""):
                for rate in self.by_place.get((unit, kind, day_kind, seat), ()):
                    if rate.from_on <= on:
                        return rate
        return None


class Step(NamedTuple):
    """One line of the reckoning: how many duties or hours of which day, at how much each."""

    date: dt.date
    day_kind: str
    per: str  # duty, hour
    quantity: Decimal
    rate: Decimal
    amount: Decimal


@dataclass
class Entry:
    """One line of a ledger: earned by a duty, or set by an adjustment."""

    date: dt.date
    amount: Decimal
    duty: Duty | None = None
    steps: list[Step] = field(default_factory=list)
    adjustment: object | None = None


@dataclass
class Ledger:
    entries: list[Entry] = field(default_factory=list)

    @property
    def earned(self) -> Decimal:
        return sum((entry.amount for entry in self.entries if entry.duty), Decimal(0))

    @property
    def adjusted(self) -> Decimal:
        return sum((entry.amount for entry in self.entries if entry.adjustment), Decimal(0))

    @property
    def balance(self) -> Decimal:
        return self.earned + self.adjusted


def hours_of(span: dt.timedelta) -> Decimal:
    """Exact: a span is a whole number of microseconds."""
    return Decimal(span // dt.timedelta(microseconds=1)) / 1_000_000 / SECONDS_AN_HOUR


def earned(duty: Duty, days: Days, book: RateBook, kind: str) -> Entry | None:
    """What this duty earns in one ledger; None where no rate gives anything. Rounded once, at the end."""
    steps, start = [], days[duty.date]
    rate = book.find(duty.unit_id, kind, start.kind, duty.role, duty.date)
    if rate and rate.per_duty:
        steps.append(Step(duty.date, start.kind, "duty", Decimal(1), rate.per_duty, rate.per_duty))
    for date, span in parts(duty.starts_at, duty.ends_at):
        rate = book.find(duty.unit_id, kind, days[date].kind, duty.role, date)
        if rate and rate.per_hour:
            hours = hours_of(span)
            steps.append(Step(date, days[date].kind, "hour", hours, rate.per_hour, hours * rate.per_hour))
    if not steps:
        return None
    amount = sum((step.amount for step in steps), Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    return Entry(duty.date, amount, duty, steps)


def ledger(duties: Iterable[Duty], adjustments: Iterable, days: Days, book: RateBook, kind: str) -> Ledger:
    """The ledger of one person and one entitlement, by day; adjustments have a kind, a date and an amount."""
    entries = [entry for duty in duties if (entry := earned(duty, days, book, kind))]
    entries += [Entry(row.date, row.amount, adjustment=row) for row in adjustments if row.kind == kind]
    return Ledger(sorted(entries, key=lambda entry: entry.date))
