"""What fails again and again: how often, how far apart, how soon it was acknowledged and mended. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST_FAILURES = 3  # fewer say nothing about what lies between them
AGAIN_WITHIN = dt.timedelta(days=90)


class Failure(NamedTuple):
    """A defect, as far as it is counted; `what` groups those of one kind: the thread of the item, or the words."""

    piece: int | None
    place: int | None
    what: str
    found_at: dt.datetime
    taken_at: dt.datetime | None
    fixed_at: dt.datetime | None


@dataclass
class Recurrence:
    """Failures of one thing over a period, in order of time."""

    failures: Sequence[Failure]

    @property
    def count(self) -> int:
        return len(self.failures)

    @property
    def between(self) -> dt.timedelta | None:
        """Mean time between failures: from the first to the last, over how many times it failed again."""
        if self.count < LEAST_FAILURES:
            return None
        return (self.failures[-1].found_at - self.failures[0].found_at) / (self.count - 1)

    @property
    def to_acknowledge(self) -> dt.timedelta | None:
        return mean(one.taken_at - one.found_at for one in self.failures if one.taken_at)

    @property
    def to_mend(self) -> dt.timedelta | None:
        return mean(one.fixed_at - one.found_at for one in self.failures if one.fixed_at)

    @property
    def again(self) -> int:
        """How many came within ninety days of one of the same kind."""
        last: dict[str, dt.datetime] = {}
        count = 0
        for one in self.failures:
            count += one.what in last and one.found_at - last[one.what] <= AGAIN_WITHIN
            last[one.what] = one.found_at
        return count


def mean(spans: Iterable[dt.timedelta]) -> dt.timedelta | None:
    spans = list(spans)
    return sum(spans, dt.timedelta()) / len(spans) if spans else None


def recurring(failures: Iterable[Failure]) -> dict[tuple[int | None, int | None], Recurrence]:
    """{(piece, place): its failures}, the most first."""
    found: dict[tuple, list[Failure]] = {}
    for one in sorted(failures, key=lambda one: one.found_at):
        found.setdefault((one.piece, one.place), []).append(one)
    rows = {thing: Recurrence(of_it) for thing, of_it in found.items()}
    return dict(sorted(rows.items(), key=lambda row: -row[1].count))
