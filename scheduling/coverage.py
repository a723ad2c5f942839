"""Which hours of a day are watched, and which watches would be kept twice. Pure; hours are minutes after midnight.

Any type of day may follow any other, so a watch that reaches across midnight is compared with every type.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

WHOLE_DAY = 24 * 60
Span = tuple[int, int]  # half-open, in minutes after midnight of the day in question


@dataclass(frozen=True)
class Watch:
    """A watch that begins on every day of some types, from the first date to the last (None: for good)."""

    name: str
    kinds: frozenset[str]
    start: int
    length: int
    first: dt.date = dt.date.min
    last: dt.date | None = None

    @property
    def span(self) -> Span:
        return self.start, self.start + self.length


def clash(one: Watch, other: Watch) -> int | None:
    """How many days after `one` begins the watch of `other` that would be kept at the same time; None if there is none.

    A watch of more than 24 hours clashes with itself the day after.
    """
    for days in (0, 1, -1, 2, -2):
        if days == 0 and (one is other or not one.kinds & other.kinds):
            continue
        start, end = (minutes + days * WHOLE_DAY for minutes in other.span)
        if one.start < end and start < one.span[1] and _both_hold(one, other, days):
            return days
    return None


def _both_hold(one: Watch, other: Watch, days: int) -> bool:
    """Whether `one` holds on some day and `other` so many days after it."""
    away = dt.timedelta(days=days)
    # Compared without moving the first and the last date of the calendar, which cannot be moved.
    one_starts_in_time = other.last is None or one.first == dt.date.min or one.first + away <= other.last
    other_starts_in_time = one.last is None or other.first == dt.date.min or other.first - away <= one.last
    return one_starts_in_time and other_starts_in_time


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same minutes in as few spans as can be, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        elif end > start:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of `spans` lies in none of `taken`."""
    left = merged(spans)
    for start, end in merged(taken):
        left = [
            piece
            for begins, ends in left
            for piece in ((begins, min(ends, start)), (max(begins, end), ends))
            if piece[1] > piece[0]
        ]
    return left


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    one = merged(one)
    return without(one, without(one, other))


def begun(watches: Iterable[Watch], kind: str) -> list[Span]:
    """The hours of a day of that type that are kept by watches begun on it."""
    return merged((w.start, min(w.span[1], WHOLE_DAY)) for w in watches if kind in w.kinds)


def reaching_in(watches: Iterable[Watch]) -> list[Span]:
    """The hours that are kept by a watch of the day before, whatever the type of that day.

    Types of day on which nothing is watched at all do not count: their own bar says so.
    """
    watches = list(watches)
    kept: list[Span] | None = None
    for kind in sorted(set().union(*(w.kinds for w in watches))):
        after = merged((0, min(w.span[1] - WHOLE_DAY, WHOLE_DAY)) for w in watches if kind in w.kinds)
        kept = after if kept is None else common(kept, after)
    return kept or []


def watched(watches: Iterable[Watch], kind: str) -> list[Span]:
    watches = list(watches)
    return merged(begun(watches, kind) + reaching_in(watches))


def clock(minutes: int) -> str:
    """18:00; 24:00 is the end of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
