"""Repairs against plain enumeration, and rules to relax that really close the holes."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest

from scheduling.engine.checking import broken_rules, judge
from scheduling.engine.problem import NEVER, OFF, Kind, Person, Problem
from scheduling.engine.relaxing import _only_what_helps, nobodys, relax
from scheduling.engine.repairing import HOLE, least_holes, repair
from scheduling.engine.tables import inside


def small(seed: int) -> tuple[Problem, np.ndarray]:
    """Four people, five days, a legal roster, and somebody who falls ill on a day of duty."""
    chance = np.random.default_rng(seed)
    shape = (5, 2)
    people = [
        Person(f"P{n}", np.where(chance.random(shape) < 0.15, NEVER, 0.0), max_run=3, max_in_row={"night": 2})
        for n in range(3)
    ]
    kinds = [Kind("D", 480), Kind("N", 1320, 480, frozenset({"night"}))]
    demand = chance.integers(0, 2, shape)
    problem = Problem(
        5, kinds, people, demand, np.full(shape, 100.0), np.full(shape, 50.0), forbidden_next=frozenset({(1, 0)})
    )
    roster = np.full((3, 5), OFF, dtype=np.int16)
    for day, kind in np.argwhere(demand > 0):
        for person in chance.permutation(3):
            if roster[person, day] == OFF and people[person].cost[day, kind] < NEVER:
                roster[person, day] = kind
                if not broken_rules(problem, person, list(roster[person])):
                    break
                roster[person, day] = OFF
    worked = np.argwhere(roster != OFF)
    person, day = worked[chance.integers(len(worked))]
    people[person].cost[day, :] = NEVER
    return problem, roster


@pytest.mark.parametrize("seed", range(8))
def test_no_repair_changes_fewer_duties(seed):
    problem, current = small(seed)
    frozen = np.zeros(current.shape, dtype=bool)
    frozen[:, 0] = [person.cost[0, 0] < NEVER for person in problem.people]
    result = repair(problem, current, frozen, 3.0)
    assert not result.broken
    assert (result.roster[frozen] == current[frozen]).all()
    pinned = [
        replace(p, pinned={d: int(current[n, d]) for d in np.flatnonzero(frozen[n])})
        for n, p in enumerate(problem.people)
    ]
    fixed = replace(problem, people=pinned)
    rows = [
        [r for r in itertools.product([OFF, 0, 1], repeat=5) if not broken_rules(fixed, n, list(r))] for n in range(3)
    ]

    def price(roster):
        covered = np.stack([(roster == kind).sum(axis=0) for kind in (0, 1)], axis=1)
        if (covered > problem.demand).any():
            return np.inf
        return HOLE * int(np.maximum(0, problem.demand - covered).sum()) + int((roster != current).sum())

    if all(rows) and np.prod([len(r) for r in rows]) < 60_000:
        best = min(price(np.array(choice)) for choice in itertools.product(*rows))
        assert price(result.roster) == best
        assert result.bound <= best + 1e-9


def test_the_rules_named_close_the_hole():
    shape = (6, 1)
    people = [Person("A", np.zeros(shape), max_run=3), Person("B", np.full(shape, NEVER))]
    problem = Problem(6, [Kind("D")], people, np.ones(shape, dtype=int), np.full(shape, 100.0), np.full(shape, 50.0))
    named = relax(problem, 2.0)
    assert {rule for rule, _person, _day in named} == {"max_run"}
    assert len(named) == 3
    assert judge(problem, np.array([[0] * 6, [OFF] * 6])).holes == 0


def test_nothing_is_to_be_relaxed_where_all_seats_can_be_filled():
    shape = (4, 1)
    people = [Person("A", np.zeros(shape), max_run=2), Person("B", np.zeros(shape), max_run=2)]
    problem = Problem(4, [Kind("D")], people, np.ones(shape, dtype=int), np.full(shape, 100.0), np.full(shape, 50.0))
    assert relax(problem, 2.0) == []


def test_a_seat_nobody_could_ever_keep_is_left_out_and_told():
    shape = (4, 2)
    cost = np.zeros(shape)
    cost[:, 1] = NEVER
    people = [Person("A", cost, max_run=3), Person("B", np.full(shape, NEVER))]
    problem = Problem(
        4, [Kind("D"), Kind("L")], people, np.ones(shape, dtype=int), np.full(shape, 100.0), np.full(shape, 50.0)
    )
    never = np.full((2, *shape), NEVER)
    assert nobodys(problem, never).tolist() == [[0, 1]] * 4
    assert relax(problem, 2.0, never=never) == [("max_run", 0, 3)]


def test_a_rule_that_fills_no_seat_is_not_named():
    shape = (5, 1)
    people = [Person(name, np.zeros(shape), max_run=2) for name in "AB"]
    problem = Problem(5, [Kind("D")], people, np.ones(shape, dtype=int), np.full(shape, 100.0), np.full(shape, 50.0))
    good = np.array([[0, 0, OFF, 0, OFF], [OFF, OFF, 0, OFF, 0]])
    useless = np.array([[0, 0, OFF, 0, OFF], [0, 0, 0, OFF, 0]])
    assert not broken_rules(problem, 1, list(_only_what_helps(problem, useless, good)[1]))


def month(ill: slice) -> tuple[Problem, np.ndarray]:
    """Fifteen people in turn on two day and two night seats of a month; the first falls ill for these days."""
    days, kinds = 31, [Kind("D", 480, 600), Kind("N", 1080, 840, frozenset({"night"}))]
    people = [Person(f"P{n}", np.zeros((days, 2)), max_run=5, max_in_row={"night": 2}) for n in range(15)]
    roster = np.full((15, days), OFF, dtype=np.int16)
    for day in range(days):
        for seat, kind in enumerate((0, 0, 1, 1)):
            roster[(4 * day + seat) % 15, day] = kind
    people[0].cost[ill] = NEVER
    shape = (days, 2)
    demand = np.full(shape, 2)
    problem = Problem(
        days, kinds, people, demand, np.full(shape, 1e4), np.full(shape, 1e3), forbidden_next=frozenset({(1, 0)})
    )
    return problem, roster


def test_each_hole_of_a_long_illness_costs_one_change():
    problem, roster = month(slice(3, 22))
    many = int((roster[0, 3:22] != OFF).sum())
    result = repair(problem, roster, np.zeros(roster.shape, dtype=bool), 3.0)
    others = np.delete(result.roster != roster, 0, axis=0)
    assert many >= 4 and not result.holes and not result.broken
    assert others.sum() == many and result.gap == 0


def test_without_time_nothing_is_proven_and_nothing_fails():
    problem, roster = month(slice(3, 22))
    roster[0, 3:22] = OFF
    assert least_holes(problem, inside(roster, 2), 0, time.perf_counter() - 1) == 0


def test_few_holes_need_as_few_rules():
    problem, roster = month(slice(0, 0))
    for person in problem.people:
        person.cost[[9, 20], 1] = NEVER  # nobody may at night, two days long
    for day in (9, 20):
        roster[roster[:, day] == 1, day] = OFF
    assert len(relax(problem, 3.0, roster)) == 4  # two seats each
