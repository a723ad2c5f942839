"""Whether rounds were walked as planned: each round's state by the clock, a day's cell, and percentages. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from equipment.models.rounds import UNDONE, WALKED_STATES, Status

DONE, LATE, MISSED, OPEN, CANCELLED, PLANNED = "done", "late", "missed", "open", "cancelled", "planned"
GRAVEST_FIRST = (MISSED, LATE, OPEN, DONE, PLANNED, CANCELLED)
LEAST_TO_COMPARE = 5  # walks of one person; fewer say nothing about them


class Walk(NamedTuple):
    """What is known of a round here; `how_late` only of one that was walked late."""

    plan: int | None
    day: dt.date
    state: str
    explained: bool
    how_late: dt.timedelta
    walker: int | None


def state_of(
    status: str, due_at: dt.datetime, missed_at: dt.datetime, done_at: dt.datetime | None, at: dt.datetime
) -> str:
    """DONE, LATE, MISSED (explained or not), CANCELLED, OPEN (begun, or due by now) or PLANNED."""
    if status in WALKED_STATES:
        return LATE if done_at > due_at else DONE
    if status == Status.CANCELLED:
        return CANCELLED
    if status == Status.MISSED or (status in UNDONE and missed_at <= at):
        return MISSED
    return OPEN if status == Status.IN_PROGRESS or due_at <= at else PLANNED


@dataclass
class Tally:
    """Rounds counted. Those cancelled or still ahead count neither for nor against."""

    states: Counter = field(default_factory=Counter)
    unexplained: int = 0
    lateness: list[dt.timedelta] = field(default_factory=list)
    stops: int = 0
    scanned: int = 0

    def add(self, walk: Walk) -> None:
        self.states[walk.state] += 1
        self.unexplained += walk.state == MISSED and not walk.explained
        if walk.state == LATE:
            self.lateness.append(walk.how_late)

    @property
    def planned(self) -> int:
        """All but those cancelled."""
        return self.states.total() - self.states[CANCELLED]

    @property
    def decided(self) -> int:
        return self.states[DONE] + self.states[LATE] + self.states[MISSED]

    @property
    def on_time(self) -> float | None:
        """Percent walked on time of those that could have been; None where there were none."""
        return 100 * self.states[DONE] / self.decided if self.decided else None

    @property
    def walked(self) -> int:
        return self.states[DONE] + self.states[LATE]

    @property
    def mean_lateness(self) -> dt.timedelta | None:
        return sum(self.lateness, dt.timedelta()) / len(self.lateness) if self.lateness else None

    @property
    def scanned_share(self) -> float | None:
        """Percent of the stops whose label was scanned or typed, on rounds that ask for it."""
        return 100 * self.scanned / self.stops if self.stops else None

    @property
    def gravest(self) -> str:
        return next((state for state in GRAVEST_FIRST if self.states[state]), "")

    @property
    def shown(self) -> int:
        """How many the sign of a cell stands for."""
        return self.states[self.gravest]


def tallied(walks: Iterable[Walk], key) -> dict:
    found: dict = {}
    for walk in walks:
        mark = key(walk)
        if mark not in found:
            found[mark] = Tally()
        found[mark].add(walk)
    return found


def by_walker(walks: Iterable[Walk]) -> dict[int, Tally]:
    """Of those who walked often enough to compare. A missed round is the plan's, nobody's own: whoever could not leave
    the desk is not to be counted beside someone who was never asked."""
    walked = [walk for walk in walks if walk.state in (DONE, LATE) and walk.walker]
    found = tallied(walked, lambda walk: walk.walker)
    return {walker: tally for walker, tally in found.items() if tally.walked >= LEAST_TO_COMPARE}
