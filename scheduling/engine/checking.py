"""Judges a roster from the rules' own words: slow, plain, and independent of everything that searches."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from .problem import NEVER, OFF, Broken, Person, Problem


@dataclass
class Judgement:
    """What a roster costs, by part, which rules it breaks and which seats stay empty."""

    parts: dict[str, float] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    uncovered: list[tuple[int, int, int]] = field(default_factory=list)
    counts: dict[str, list[int]] = field(default_factory=dict)  # category → count per person

    @property
    def objective(self) -> float:
        return sum(self.parts.values())

    @property
    def holes(self) -> int:
        return sum(many for *_seat, many in self.uncovered)

    @property
    def ok(self) -> bool:
        return not self.broken


def judge(problem: Problem, roster: np.ndarray) -> Judgement:
    """The verdict on a roster [people, days]."""
    roster = np.asarray(roster)
    if roster.shape != problem.shape:
        raise ValueError(f"The roster is {roster.shape}, the problem {problem.shape} (people, days).")
    said = Judgement({"constant": problem.constant, "under": 0.0, "over": 0.0, "wishes": 0.0, "fairness": 0.0})
    said.parts |= {"spacing": 0.0, "weekends": 0.0, "changes": 0.0}
    _cover(problem, roster, said)
    for number, person in enumerate(problem.people):
        row = [int(kind) for kind in roster[number]]
        said.broken += broken_rules(problem, number, row)
        _costs(problem, person, row, said)
    for category in problem.categories:
        said.counts[category.name] = [_count(category.counts, row) for row in roster]
    if problem.reference is not None:
        said.parts["changes"] = problem.change * int((np.asarray(problem.reference) != roster).sum())
    return said


def _cover(problem: Problem, roster: np.ndarray, said: Judgement) -> None:
    for day in range(problem.days):
        for kind in range(len(problem.kinds)):
            missing = int(problem.demand[day, kind]) - int((roster[:, day] == kind).sum())
            if missing > 0:
                said.parts["under"] += missing * float(problem.under[day, kind])
                said.uncovered.append((day, kind, missing))
            elif missing < 0:
                said.parts["over"] += -missing * float(problem.over[day, kind])


def _count(counts: np.ndarray, row) -> int:
    return sum(int(counts[day, kind]) for day, kind in enumerate(row) if kind != OFF)


def _costs(problem: Problem, person: Person, row: list[int], said: Judgement) -> None:
    for day, kind in enumerate(row):
        if kind != OFF and person.cost[day, kind] < NEVER:
            said.parts["wishes"] += float(person.cost[day, kind])
    by_name = {category.name: category for category in problem.categories}
    for name, (target, weight) in person.targets.items():
        said.parts["fairness"] += weight * (_count(by_name[name].counts, row) - target) ** 2
    whole = list(person.history) + row
    before = len(person.history)
    worked = [place for place, kind in enumerate(whole) if kind != OFF]
    for earlier, later in itertools.pairwise(worked):
        if later >= before and later - earlier - 1 < len(problem.spacing):
            said.parts["spacing"] += problem.spacing[later - earlier - 1]
    for weekend in problem.weekends:
        if len(weekend) == 2 and sum(row[day] != OFF for day in weekend) == 1:
            said.parts["weekends"] += problem.split_weekend


def broken_rules(problem: Problem, number: int, row: list[int]) -> list[Broken]:
    """Every hard rule this person's row breaks."""
    person = problem.people[number]
    found = []
    for day, kind in enumerate(row):
        if day in person.pinned:
            if person.pinned[day] != kind:
                found.append(Broken("pinned", number, day))
        elif kind != OFF and not person.cost[day, kind] < NEVER:
            found.append(Broken("never", number, day))
    found += _successions(problem, number, row)
    found += _runs(problem, number, row)
    for limit in person.limits:
        surplus = sum(kind in limit.kinds for kind in row) - limit.most
        if surplus > 0:
            found.append(Broken(f"limit {limit.name or limit.kinds}", number, -1, surplus))
    minutes = sum(problem.kinds[kind].minutes for kind in row if kind != OFF)
    if minutes < person.min_minutes:
        found.append(Broken("min_minutes", number, -1, person.min_minutes - minutes))
    if person.max_minutes is not None and minutes > person.max_minutes:
        found.append(Broken("max_minutes", number, -1, minutes - person.max_minutes))
    weekends = sum(any(row[day] != OFF for day in weekend) for weekend in problem.weekends)
    if person.max_weekends is not None and weekends > person.max_weekends:
        found.append(Broken("max_weekends", number, -1, weekends - person.max_weekends))
    return found


def _successions(problem: Problem, number: int, row: list[int]) -> list[Broken]:
    history = problem.people[number].history
    whole = list(history) + row
    found = []
    for place in range(len(history), len(whole)):
        if whole[place] == OFF:
            continue
        if place >= 1 and (whole[place - 1], whole[place]) in problem.forbidden_next:
            found.append(Broken("rest", number, place - len(history)))
        if place >= 2 and whole[place - 1] == OFF and (whole[place - 2], whole[place]) in problem.forbidden_gap:
            found.append(Broken("rest", number, place - len(history)))
    return found


def _runs(problem: Problem, number: int, row: list[int]) -> list[Broken]:
    """Maxima count every day too many; minima hold for runs seen from their first to their last day."""
    person = problem.people[number]
    before = len(person.history)
    whole = list(person.history) + row
    found = []
    for first, last, value in _stretches([kind != OFF for kind in whole]):
        length, closed = last - first + 1, first > 0 and last < len(whole) - 1
        if value and person.max_run is not None:
            days = range(max(first + person.max_run, before), last + 1)
            found += [Broken("max_run", number, day - before) for day in days]
        least = person.min_run if value else person.min_off
        if closed and length < least and last + 1 >= before:
            found.append(Broken("min_run" if value else "min_off", number, max(last - before, 0), least - length))
    for group, most in person.max_in_row.items():
        flags = [kind != OFF and group in problem.kinds[kind].groups for kind in whole]
        for first, last, value in _stretches(flags):
            if value:
                days = range(max(first + most, before), last + 1)
                found += [Broken(f"in_row {group}", number, day - before) for day in days]
    return found


def _stretches(values: list[bool]):
    """(first, last, value) of each longest stretch of equal values."""
    first = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[first]:
            yield first, place - 1, values[first]
            first = place
