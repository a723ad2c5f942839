"""Who plans the year: our way, and three simple ways that offices know. All keep the same hard rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable

from scheduling.exposure import tally
from scheduling.fairness import WEIGHTS, balance
from scheduling.rules import RULES, Duty, Plan, fits
from scheduling.substitutes import ranked


def can(plan: Plan, person: int, duty: Duty) -> bool:
    return not any(RULES[broken.rule].hard for broken in fits(plan, person, duty))


class Fair:
    """Targets from exposure and ledger, the engine for the month, ranked substitutes for sick calls."""

    name = "fair"

    def __init__(self, seconds: float):
        self.seconds = seconds

    def fill(self, plan: Plan, done: list[tuple[int, Duty]]) -> None:
        from scheduling.assigning import assignment, without_hard_breaks
        from scheduling.engine.solving import solve

        self.past = tally(done, plan.first)
        asked = assignment(plan, balance(plan, self.past))
        result = solve(asked.problem, self.seconds)
        for key, person in without_hard_breaks(plan, asked.people_of(result.roster)).items():
            plan.put(key, person)
        for duty in plan.open_duties():
            self.replace(plan, duty)

    def replace(self, plan: Plan, duty: Duty) -> None:
        sitting = frozenset(
            plan.who[other.key]
            for other in plan.duties.values()
            if other.watch == duty.watch and plan.who[other.key] is not None
        )
        best = ranked(plan, duty, balance(plan, self.past), besides=sitting)
        if best and best[0].ok:
            plan.put(duty.key, best[0].person.id)


class Simple:
    """Duty by duty in order of time: the first in the planner's order of people who can keep it."""

    def __init__(self):
        self.kept: list[Duty] = []

    def fill(self, plan: Plan, done: list[tuple[int, Duty]]) -> None:
        self.look_back(plan, done)
        for duty in sorted(plan.open_duties(), key=lambda duty: (duty.start, str(duty.key))):
            self.replace(plan, duty)

    def replace(self, plan: Plan, duty: Duty) -> None:
        person = next((p for p in self.order(plan, duty) if can(plan, p, duty)), None)
        if person is not None:
            plan.put(duty.key, person)
            self.took(person, duty)

    def look_back(self, plan: Plan, done) -> None:
        pass

    def order(self, plan: Plan, duty: Duty) -> list[int]:
        raise NotImplementedError

    def took(self, person: int, duty: Duty) -> None:
        pass


class LongestSince(Simple):
    """Whoever had no duty for the longest time is next."""

    name = "longest_since"

    def look_back(self, plan, done):
        self.last: dict[int, dt.datetime] = {}
        for person, duty in done:
            self.last[person] = max(self.last.get(person, duty.start), duty.start)

    def order(self, plan, duty):
        def since(person: int):
            here = [other.start for other in plan.held(person) if other.start < duty.start]
            known = [*here, *([self.last[person]] if person in self.last else [])]
            return max((start.timestamp() for start in known), default=0.0), person

        return sorted(plan.people, key=since)


class RoundRobin(Simple):
    """One list per sort of seat, each in turn; whoever cannot comes next time."""

    name = "round_robin"

    def __init__(self):
        super().__init__()
        self.queues: dict[tuple, list[int]] = {}

    def order(self, plan, duty):
        queue = self.queues.setdefault(self._sort(duty), [])
        queue += [person for person in plan.people if person not in queue]
        return [person for person in queue if person in plan.people]

    def took(self, person, duty):
        queue = self.queues[self._sort(duty)]
        queue.remove(person)
        queue.append(person)

    def _sort(self, duty: Duty) -> tuple:
        return duty.post, duty.role, duty.qualification


class Points(Simple):
    """Points for each duty, more for nights and holidays, by working share; newcomers begin at the average."""

    name = "points"

    def look_back(self, plan, done):
        self.points: dict[int, float] = defaultdict(float)
        for person, duty in done:
            self.points[person] += self.worth(duty)
        self.share = {p: max((m.share for m in who.memberships), default=1.0) for p, who in plan.people.items()}
        met = [self.points[p] / self.share[p] for p in plan.people if self.points[p]]
        for person in plan.people:
            self.joined = getattr(self, "joined", {})
            if not self.points[person] and met:
                self.joined.setdefault(person, sum(met) / len(met) * self.share[person])
        for person, points in getattr(self, "joined", {}).items():
            self.points[person] += points

    @staticmethod
    def worth(duty: Duty) -> float:
        return sum(WEIGHTS.get(category, 0.0) for category in duty.burdens())

    def order(self, plan, duty):
        return sorted(plan.people, key=lambda p: (self.points[p] / self.share[p], p))

    def took(self, person, duty):
        self.points[person] += self.worth(duty)


Answer = dict[Hashable, int | None]
