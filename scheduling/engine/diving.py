"""From a mixture of rows to one row each: fixing the surest people first, or choosing among the known rows exactly."""

import time

import highspy
import numpy as np

from .columns import Columns


def dive(c: Columns, until: float, fresh: int = 2, share: float = 0.05) -> list[np.ndarray] | None:
    """A row for every place of the master: the surest are fixed, new rows priced for the rest, and so on."""
    chosen: dict[int, int] = {}
    people = len(c.people)
    solver = c.solver
    solver.setOptionValue("solver", "simplex")
    while len(chosen) < people:
        for turn in range(fresh + 1):
            c.solver.setOptionValue("time_limit", c.solver.getRunTime() + max(0.2, until - time.perf_counter()))
            c.solve_master()
            if len(c.person_prices) < people:
                return None
            late = time.perf_counter() > until
            if turn == fresh or late or not chosen:
                break
            found = []
            for place, pricer in enumerate(c.pricers):
                if place not in chosen:
                    price = c.price_of(place, c.master_prices, c.master_own)
                    value, row = pricer.best(price)
                    cost = c.cost_of(place, row, value, price)
                    if c.reduced(place, row, cost) < -1e-7 and pricer.legal(row):
                        found.append((place, row.copy(), cost))
            if not c.add(found):
                break
        best: dict[int, tuple[float, int]] = {}
        for number, (place, row, _cost) in enumerate(c.columns):
            if place not in chosen and (place not in best or c.shares[number] > best[place][0]):
                if c.pricers[place].legal(row):
                    best[place] = (float(c.shares[number]), number)
        if not best:
            return None
        order = sorted(best.items(), key=lambda item: -item[1][0])
        many = max(1, int(share * people))
        if late:
            many = people
        fixing = [item for number, item in enumerate(order) if number < many or item[1][0] > 0.97]
        for place, (_share, number) in fixing:
            chosen[place] = number
            _fix(c, place, number)
    return [c.columns[chosen[place]][1] for place in range(people)]


def _fix(c: Columns, place: int, number: int) -> None:
    mine = np.array([at for at, column in enumerate(c.columns) if column[0] == place], dtype=np.int32)
    lower = (mine == number).astype(float)
    c.solver.changeColsBounds(len(mine), mine + c.before, lower, lower)


def choose(c: Columns, seconds: float, start: list[int] | None = None) -> tuple[list | None, float, float]:
    """(the best choice among the known rows or None, its cost, a bound on every such choice), by branch and bound.

    `start`: numbers of columns that make a roster, one per place, to begin with.
    """
    solver, many = c.solver, len(c.columns)
    solver.setOptionValue("solver", "choose")
    index = np.arange(many, dtype=np.int32) + c.before
    solver.changeColsIntegrality(many, index, np.full(many, highspy.HighsVarType.kInteger))
    solver.setOptionValue("time_limit", float(seconds) + solver.getRunTime())
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 1e-6)
    if start is not None:
        solver.setSolution(len(start), np.array(start, dtype=np.int32) + c.before, np.ones(len(start)))
    solver.run()
    info = solver.getInfo()
    bound, cost = info.mip_dual_bound + c.offset, info.objective_function_value + c.offset
    values = np.array(solver.getSolution().col_value)
    solver.changeColsIntegrality(many, index, np.full(many, highspy.HighsVarType.kContinuous))
    solver.setOptionValue("time_limit", highspy.kHighsInf)
    if info.primal_solution_status != 2 or len(values) < c.before + many:
        return None, np.inf, bound
    rows: list = [None] * len(c.people)
    for number in np.flatnonzero(values[c.before :] > 0.5):
        place, row, _cost = c.columns[number]
        rows[place] = row
    if any(row is None for row in rows):
        return None, np.inf, bound
    return rows, cost, bound
