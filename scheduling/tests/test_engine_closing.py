"""Proofs of the best roster, against plain enumeration."""

import itertools
import time

import numpy as np
import pytest

from scheduling.engine import search, tables
from scheduling.engine.checking import judge
from scheduling.engine.closing import Closer
from scheduling.engine.columns import Columns
from scheduling.engine.network import reduced_costs
from scheduling.engine.problem import OFF

from .test_engine_solve import legal_rows, tiny


def whole(seed: int):
    """A small problem with whole costs, all its legal rosters' costs, and its columns with prices that are best."""
    problem = tiny(seed)
    for person in problem.people:
        person.targets.clear()
    problem.spacing = ()
    rows = [list(legal_rows(problem, number)) for number in range(2)]
    if not all(rows) or len(rows[0]) * len(rows[1]) > 6000:
        pytest.skip("nobody can keep the rules, or too many can")
    costs = {pair: judge(problem, np.array(pair)).objective for pair in itertools.product(*rows)}
    t = tables.build(problem)
    first = max(costs, key=costs.get)
    state = search.begin(t, np.array(first))
    columns = Columns(t, state)
    columns.generate(time.perf_counter() + 5, gap=1e-9)
    return problem, costs, t, state, columns


@pytest.mark.parametrize("seed", range(12))
def test_attempts_end_with_the_best_roster_and_its_proof(seed):
    problem, costs, t, state, columns = whole(seed)
    best, closer, known = min(costs.values()), Closer(columns), [max(costs.values())]
    bound = columns.bound

    def found(rows):
        roster = tables.outside(np.array(rows), t.kinds)
        said = judge(problem, roster)
        assert not said.broken
        known[0] = min(known[0], said.objective)

    until = time.perf_counter() + 20
    while bound < known[0] - 1e-6 and time.perf_counter() < until:
        rows = [row.copy() for row in state.roster]
        bound = max(bound, closer.attempt(lambda: known[0], rows, time.perf_counter() + 5, found))
        assert bound <= best + 1e-6
    assert known[0] == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_no_roster_uses_a_step_dearer_than_its_distance_from_the_bound(seed):
    _problem, costs, t, _state, columns = whole(seed)
    for place, pricer in enumerate(columns.pricers):
        reduced = reduced_costs(pricer, columns.price_of(place, columns.prices, columns.own))
        assert reduced.min() == pytest.approx(0.0)
        for pair, cost in costs.items():
            state = pricer.start
            for day, kind in enumerate(pair[place]):
                kind = t.kinds if kind == OFF else kind
                assert reduced[day, state, kind] <= cost - columns.bound + 1e-6
                state = pricer.plan.step[state, pricer.plan.member[kind]]
