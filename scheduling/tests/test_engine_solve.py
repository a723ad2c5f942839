"""The engine against plain enumeration on problems small enough for it, and its promises about time and holes."""

import itertools
import random
import time

import numpy as np
import pytest

from scheduling.engine import pricing, public, search, solving, tables
from scheduling.engine.checking import broken_rules, judge
from scheduling.engine.problem import NEVER, OFF, Category, Kind, Limit, Person, Problem, empty_roster


def tiny(seed: int, people: int = 2, days: int = 5, kinds: int = 2) -> Problem:
    chance = random.Random(seed)
    shape = (days, kinds)
    staff = []
    for number in range(people):
        cost = np.array([[float(chance.choice([-2, 0, 0, 1, 3, NEVER])) for _ in range(kinds)] for _ in range(days)])
        staff.append(
            Person(
                f"P{number}", cost, chance.choice([None, 2, 3]), chance.choice([1, 1, 2]), chance.choice([1, 1, 2]),
                {"night": 1} if chance.random() < 0.4 else {},
                (Limit((1,), chance.randint(1, 3)),) if chance.random() < 0.5 else (),
                chance.choice([0, 0, 480]), chance.choice([None, 1440]), chance.choice([None, 0, 1]),
                {"nights": (chance.uniform(0, 3), 2.0)} if chance.random() < 0.6 else {},
                chance.choice([(), (OFF,), (0, 0), (1, OFF), (OFF, 1)]),
                {chance.randrange(days): OFF} if chance.random() < 0.3 else {},
            )
        )  # fmt: skip
    counts = np.zeros(shape, dtype=np.int64)
    counts[:, 1] = 1
    return Problem(
        days, [Kind("D", 480, 480), Kind("N", 1320, 480, frozenset({"night"}))][:kinds], staff,
        np.array([[chance.randint(0, 1) for _ in range(kinds)] for _ in range(days)]),
        np.full(shape, 50.0), np.full(shape, 3.0), [Category("nights", counts)],
        frozenset({(1, 0)}), frozenset({(1, 0)}) if chance.random() < 0.3 else frozenset(),
        ((2, 3),), (0.0, 1.5) if chance.random() < 0.4 else (), 2.0 if chance.random() < 0.4 else 0.0,
    )  # fmt: skip


def legal_rows(problem: Problem, number: int):
    for row in itertools.product([OFF, *range(len(problem.kinds))], repeat=problem.days):
        if not broken_rules(problem, number, list(row)):
            yield row


@pytest.mark.parametrize("seed", range(25))
def test_the_search_counts_as_the_checker_does(seed):
    problem = tiny(seed, people=3, days=9)
    t = tables.build(problem)
    chance = np.random.default_rng(seed)
    roster = chance.integers(-1, 2, problem.shape).astype(np.int16)
    state = search.begin(t, roster)
    said = judge(problem, tables.outside(state.roster, t.kinds))
    assert state.value[1] == pytest.approx(said.objective)
    assert (state.value[0] < 1e-9) == said.ok
    for _ in range(20):
        search.anneal(t, state, 200, 50.0, 1.0)
        kept = state.value.copy()
        search.refresh(t, state)
        assert kept == pytest.approx(state.value)


@pytest.mark.parametrize("seed", range(12))
def test_pricing_finds_the_cheapest_legal_row(seed):
    problem = tiny(seed, people=1, days=6)
    t = tables.build(problem)
    pricer = pricing.Pricer(t, 0)
    chance = np.random.default_rng(seed)
    for _ in range(3):
        prices = chance.integers(-5, 5, pricer.cost.shape)
        value, _row = pricer.best(pricer.cost + prices)
        costs = []
        for legal in legal_rows(problem, 0):
            inner = tables.inside(np.array(legal), t.kinds)
            cost = search.row_cost(t, 0, inner)[1] - pricer.lost_cost(inner)
            costs.append(cost + float(prices[range(6), inner].sum()))
        if not costs:
            assert value == np.inf
        elif pricer.exact or all(name[0] == "category" for name in pricer.left_out):
            assert value == pytest.approx(min(costs))


@pytest.mark.parametrize("seed", range(8))
def test_the_answer_is_the_best_of_all_rosters(seed):
    problem = tiny(seed)
    rows = [list(legal_rows(problem, number)) for number in range(2)]
    if not all(rows):
        pytest.skip("somebody cannot keep the rules at all")
    best = min(
        (judge(problem, np.array(pair)).objective for pair in itertools.product(*rows)) if len(rows[0]) * len(rows[1]) < 6000
        else [np.nan]
    )  # fmt: skip
    result = solving.solve(problem, 0.5, workers=1)
    assert not result.broken
    if not np.isnan(best):
        assert result.objective == pytest.approx(best)
    assert result.bound <= result.objective + 1e-9


def test_the_time_is_kept_and_progress_told():
    problem = tiny(3, people=6, days=20)
    told, began = [], time.perf_counter()
    solving.solve(problem, 1.2, on_progress=lambda *news: told.append(news))
    assert time.perf_counter() - began < 3
    began = time.perf_counter()
    solving.solve(problem, 30, should_stop=lambda: time.perf_counter() - began > 0.5)
    assert time.perf_counter() - began < 3


def test_a_seat_nobody_can_take_is_a_hole_not_a_failure():
    problem = tiny(1)
    for person in problem.people:
        person.cost[:] = NEVER
        person.pinned.clear()
        person.min_minutes = 0
    result = solving.solve(problem, 0.6)
    assert result.holes == problem.demand.sum()


def test_nobody_and_no_days_are_solved_too():
    for problem in (tiny(1, people=0), tiny(1, days=4)):
        assert solving.solve(problem, 0.3).roster.shape == problem.shape
    assert (empty_roster(problem) == OFF).all()


def test_odd_files_are_read():
    text = "# c\r\nSECTION_HORIZON\r\n7\r\n\r\nSECTION_SHIFTS\r\nD,480,\r\nN,480,D|X\r\nSECTION_STAFF\r\nA,,,,,,,\r\n B , D=3|N=0 ,960,480,5,2,2,1\r\nSECTION_COVER\r\n0,D,1,100,1\r\n9,D,1\r\n"
    instance = public.parse(text)
    assert instance.problem.shape == (2, 7)
    assert instance.warnings
    assert instance.problem.people[0].max_run is None
    assert not solving.solve(instance.problem, 0.5, workers=1).broken
    with pytest.raises(public.Unreadable):
        public.parse("hello")


@pytest.mark.parametrize("seed", range(3))
def test_two_processes_prove_what_they_find(seed):
    problem = tiny(seed, people=4, days=7)
    for person in problem.people:
        person.targets.clear()
    result = solving.solve(problem, 2.5)
    assert result.bound > -50
    assert result.seconds < 5
