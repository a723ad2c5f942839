"""What is to be rostered, said neutrally: days, kinds of duty, people with their rules, and what everything costs.

Days are numbered from 0, kinds and people by their place in the lists; a roster is an integer array
[people, days] of kinds, OFF where a person has no duty. One person has at most one duty a day.

Hard rules are never broken for the sake of a cost. Where a person cannot meet them at all (a pinned
duty against the rest time, too many minimum minutes), the engine breaks as little as possible and says where.
A seat nobody can take is a hole at the price `under`, never "no solution".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

OFF = -1
NEVER = float("inf")  # as a cost: this person may not have that duty on that day


@dataclass(frozen=True)
class Kind:
    """A kind of duty: a shift at a post, with all that must be told apart."""

    name: str
    start: int = 0  # minute of the day
    minutes: int = 480
    groups: frozenset[str] = frozenset()  # such as {"night"}: what `Person.max_in_row` counts


@dataclass
class Category:
    """A burden that is to be shared fairly: how much each (day, kind) counts in it, usually 0 or 1."""

    name: str
    counts: np.ndarray  # whole numbers [days, kinds]


@dataclass(frozen=True)
class Limit:
    """At most so many duties of these kinds within the period."""

    kinds: tuple[int, ...]
    most: int
    name: str = ""


@dataclass
class Person:
    """One person's possibilities, rules and fair shares.

    Runs: a run of work days or of days off that touches the end of the period may continue outside, so its
    minimum is not enforced there; the same at the start when `history` does not reach back to the run's beginning.
    """

    name: str
    cost: np.ndarray  # float [days, kinds]: wishes (negative: liked), NEVER: leave, no qualification, exempt
    max_run: int | None = None  # most work days in a row
    min_run: int = 1  # fewest work days in a row
    min_off: int = 1  # fewest days off in a row
    max_in_row: dict[str, int] = field(default_factory=dict)  # group → most days in a row with such a duty
    limits: tuple[Limit, ...] = ()
    min_minutes: int = 0
    max_minutes: int | None = None
    max_weekends: int | None = None  # weekends with at least one duty
    targets: dict[str, tuple[float, float]] = field(default_factory=dict)  # category → (target, weight)
    history: tuple[int, ...] = ()  # the days before the period, oldest first, OFF or a kind; () unknown
    pinned: dict[int, int] = field(default_factory=dict)  # day → kind or OFF: stays, whatever the rules say


@dataclass
class Problem:
    """A period to be rostered.

    cost = constant + Σ under·holes + Σ over·surplus + Σ Person.cost + Σ weight·(count − target)²
           + Σ spacing + Σ split weekends + Σ changes against `reference`
    """

    days: int
    kinds: list[Kind]
    people: list[Person]
    demand: np.ndarray  # whole numbers [days, kinds]: seats
    under: np.ndarray  # float [days, kinds]: cost of one empty seat; far above anything else
    over: np.ndarray  # float [days, kinds]: cost of one person too many; NEVER is allowed
    categories: list[Category] = field(default_factory=list)
    forbidden_next: frozenset[tuple[int, int]] = frozenset()  # (kind, kind on the next day): rest too short
    forbidden_gap: frozenset[tuple[int, int]] = frozenset()  # the same with one day off between
    weekends: tuple[tuple[int, ...], ...] = ()  # one or two neighbouring days each
    spacing: tuple[float, ...] = ()  # spacing[n]: cost of two successive duties with n days off between
    split_weekend: float = 0.0  # cost of working one day only of a weekend of two
    reference: np.ndarray | None = None  # a roster to stay near, [people, days]
    change: float = 0.0  # cost of each (person, day) that differs from it
    constant: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.people), self.days


@dataclass(frozen=True, order=True)
class Broken:
    """A rule that is not kept: its name, the person's number, the day (−1: the whole period), by how much."""

    rule: str
    person: int
    day: int = -1
    amount: float = 1.0


@dataclass
class Result:
    """A roster and its certificate. `gap` = (objective − bound) / |objective|; 0.0 means proven best."""

    roster: np.ndarray
    objective: float
    bound: float
    uncovered: list[tuple[int, int, int]]  # (day, kind, how many)
    broken: list[Broken]
    seconds: float
    holes_bound: int = 0  # proven: no roster has fewer holes than this
    log: list[tuple[float, float, float]] = field(default_factory=list)  # (seconds, objective, bound)
    first_complete: float | None = None  # seconds until there was no hole and no broken rule

    @property
    def holes(self) -> int:
        return sum(many for *_seat, many in self.uncovered)

    @property
    def gap(self) -> float:
        missing = self.objective - self.bound
        if missing <= 1e-6 * max(1.0, abs(self.objective)):
            return 0.0
        return missing / max(abs(self.objective), 1e-9)

    @property
    def proven(self) -> bool:
        return self.gap == 0.0


def rest_rules(kinds: Iterable[Kind], minutes: int) -> tuple[frozenset, frozenset]:
    """(forbidden_next, forbidden_gap) of a minimum rest in minutes between the end of a duty and the next start."""
    kinds = list(kinds)
    pairs = [
        (a, b, kinds[b].start - kinds[a].start - kinds[a].minutes) for a in range(len(kinds)) for b in range(len(kinds))
    ]
    return (
        frozenset((a, b) for a, b, rest in pairs if rest + 1440 < minutes),
        frozenset((a, b) for a, b, rest in pairs if rest + 2880 < minutes),
    )


def empty_roster(problem: Problem) -> np.ndarray:
    return np.full(problem.shape, OFF, dtype=np.int16)
