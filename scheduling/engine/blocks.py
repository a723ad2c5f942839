"""A first roster of a long period: some weeks at a time, each solved with a look ahead and what is left of every limit."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .problem import OFF, Category, Limit, Person, Problem

BLOCK, AHEAD = 28, 7  # days kept of each part, and days beyond them that are solved with it


def cuts(problem: Problem, block: int = BLOCK) -> list[tuple[int, int, int]]:
    """(first day, day after the last that is kept, day after the last that is looked at); no weekend is cut in two."""
    inside = {day for weekend in problem.weekends for day in weekend[1:]}
    found, first = [], 0
    while first < problem.days:
        last = _whole(first + block, inside, problem.days)
        if problem.days - last < block // 2:  # the rest is too short for a part of its own
            last = problem.days
        found.append((first, last, _whole(last + AHEAD, inside, problem.days)))
        first = last
    return found


def _whole(day: int, inside: set[int], days: int) -> int:
    while day in inside:
        day += 1
    return min(day, days)


def part_of(problem: Problem, roster: np.ndarray, first: int, end: int) -> Problem:
    """Days first to end (excluded) as a problem: what came before is history, and limits are those up to `end`.

    Of a limit over the whole period a part may use what its share of the days allows, less what is used already.
    """
    days = slice(first, end)
    weekends = tuple(tuple(day - first for day in weekend) for weekend in problem.weekends if first <= weekend[0] < end)
    people = [_person(problem, person, roster[place], first, end) for place, person in enumerate(problem.people)]
    return replace(
        problem,
        days=end - first,
        people=people,
        demand=problem.demand[days],
        under=problem.under[days],
        over=problem.over[days],
        categories=[Category(one.name, one.counts[days]) for one in problem.categories],
        weekends=weekends,
        reference=None if problem.reference is None else np.asarray(problem.reference)[:, days],
        constant=0.0,
    )


def _person(problem: Problem, person: Person, row: np.ndarray, first: int, end: int) -> Person:
    done = [int(kind) for kind in row[:first]]
    minutes = sum(problem.kinds[kind].minutes for kind in done if kind != OFF)
    worked = sum(any(row[day] != OFF for day in days) for days in problem.weekends if days[0] < first)
    share, is_last = end / problem.days, end == problem.days
    longest = max((kind.minutes for kind in problem.kinds), default=0)
    among = sum(days[0] < end for days in problem.weekends) / max(1, len(problem.weekends))

    def left(most: float, used: float, of: float = share) -> int:
        return max(0, (int(most) if is_last else math.ceil(most * of)) - int(used))

    least = person.min_minutes if is_last else math.floor(person.min_minutes * share) - longest
    return replace(
        person,
        cost=person.cost[first:end],
        limits=tuple(
            Limit(limit.kinds, left(limit.most, sum(kind in limit.kinds for kind in done)), limit.name)
            for limit in person.limits
        ),
        min_minutes=max(0, least - minutes),
        max_minutes=None if person.max_minutes is None else left(person.max_minutes, minutes),
        max_weekends=None if person.max_weekends is None else left(person.max_weekends, worked, among),
        history=(*person.history, *done) if first else person.history,
        pinned={day - first: kind for day, kind in person.pinned.items() if first <= day < end},
    )


def in_blocks(problem: Problem, seconds: float, solve: Callable[[Problem, float], np.ndarray]) -> np.ndarray:
    """The roster of the whole period [people, days]; `solve(problem, seconds)` gives one part's."""
    roster = np.full(problem.shape, OFF, dtype=np.int16)
    parts = cuts(problem)
    for first, last, end in parts:
        part = solve(part_of(problem, roster, first, end), seconds / len(parts))
        roster[:, first:last] = part[:, : last - first]
    return roster
