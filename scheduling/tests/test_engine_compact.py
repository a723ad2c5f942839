"""The programme of cells against plain enumeration."""

import itertools

import numpy as np
import pytest

from scheduling.engine import tables
from scheduling.engine.checking import judge
from scheduling.engine.compact import Compact, fits
from scheduling.engine.problem import OFF, empty_roster

from .test_engine_solve import legal_rows, tiny


def solved(problem):
    """(cost of the best roster heard of, whether any broke a rule, the bound)."""
    t, heard = tables.build(problem), []

    def told(_bound, roster) -> bool:
        if roster is not None:
            heard.append(judge(problem, tables.outside(roster, t.kinds)))
        return False

    assert fits(problem, t)
    bound = Compact(problem, t).solve(lambda: (np.inf, tables.inside(empty_roster(problem), t.kinds)), 20, told)
    best = min(heard, key=lambda said: (len(said.broken), said.objective))
    return best.objective, bool(best.broken), bound


@pytest.mark.parametrize("seed", range(40))
def test_the_programme_knows_all_rules_and_all_costs(seed):
    problem = tiny(seed)
    if seed % 3 == 0:
        chance = np.random.default_rng(seed)
        problem.reference, problem.change = chance.integers(-1, 2, problem.shape), 1.5
    rows = [list(legal_rows(problem, number)) for number in range(2)]
    if not all(rows) or len(rows[0]) * len(rows[1]) > 6000:
        pytest.skip("somebody cannot keep the rules at all, or too many rosters do")
    best = min(judge(problem, np.array(pair)).objective for pair in itertools.product(*rows))
    cost, broken, bound = solved(problem)
    assert not broken
    assert cost == pytest.approx(best, abs=1e-5) and bound == pytest.approx(best, abs=1e-4)


def test_who_cannot_keep_the_rules_breaks_them_and_nobody_else():
    problem = tiny(4, people=3)
    problem.people[0].pinned = dict.fromkeys(range(5), 1) | {2: OFF}
    problem.people[0].max_in_row = {"night": 1}
    t, heard = tables.build(problem), []
    Compact(problem, t).solve(
        lambda: (np.inf, tables.inside(empty_roster(problem), t.kinds)),
        20,
        lambda _bound, roster: heard.append(roster) and False,
    )
    said = judge(problem, tables.outside([one for one in heard if one is not None][-1], t.kinds))
    assert said.broken and {one.person for one in said.broken} == {0}


def test_any_prices_prove_a_bound():
    problem = tiny(2, people=3)
    t = tables.build(problem)
    programme, chance = Compact(problem, t).lp, np.random.default_rng(1)
    solver = programme.solver()
    solver.run()
    best = solver.getInfo().objective_function_value + programme.offset
    solver.setOptionValue("solve_relaxation", True)
    solver.run()
    duals, mixture = np.array(solver.getSolution().row_dual), solver.getInfo().objective_function_value
    assert programme.proven(duals) == pytest.approx(mixture + programme.offset)
    for _turn in range(20):
        assert programme.proven(duals + chance.normal(0, 5, len(duals))) <= best + 1e-6
