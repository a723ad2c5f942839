"""The choice among all rows at once, as a flow through every person's automaton, cut down by reduced costs.

At the prices of a bound, a row through a step costs at least the reduced cost of that step. No roster cheaper than
bound + spare can use a step that costs more than `spare`; what remains is often small enough to be solved to the end.
"""

from collections import defaultdict
from dataclasses import dataclass

import highspy
import numpy as np

from .columns import Columns
from .linear import Linear
from .pricing import Pricer
from .stepping import fill as before
from .stepping import least_through, onward

STATES = 12_000_000  # so many may be held at once


class TooBig(Exception):
    """More states than fit."""


@dataclass
class Answer:
    """Rows per place or None, what they cost, and a proven bound on every roster within the spare."""

    rows: list | None
    cost: float
    bound: float
    ended: bool  # nothing up to the limit is left to be looked at


def reduced_costs(pricer: Pricer, price: np.ndarray) -> np.ndarray:
    """[days, states, kinds + 1]: how much dearer than the cheapest row is the cheapest one that takes this step."""
    days, states = price.shape[0], pricer.layers.shape[1:]
    if (days + 1) * int(np.prod(states)) > STATES:
        raise TooBig
    values, rest = np.full((days + 1, *states), np.inf), np.full((days + 1, *states), np.inf)
    least = np.zeros(1)
    before(pricer.plan, pricer.start, price, pricer.end, pricer.tail, values, least)
    onward(pricer.plan, price, pricer.end, pricer.tail, rest)
    found = np.full((days, states[0], price.shape[1]), np.inf)
    least_through(pricer.plan, price, values, rest, found)
    return found - least[0]


class Network:
    """The master's problem over the steps that matter; `present`: a roster's rows that are always among them."""

    def __init__(self, c: Columns, reduced: list[np.ndarray], spare: float, present: list[np.ndarray]):
        self.c, self.lp = c, Linear()
        self.cells: list[dict[tuple[int, int], int]] = []
        self.start: dict[int, float] = {}
        cover: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        for place, pricer in enumerate(c.pricers):
            self.cells.append(self._person(pricer, reduced[place] <= spare, present[place]))
            for cell, column in self.cells[-1].items():
                cover[cell][column] = 1.0
        used = np.zeros(c.prices.shape, dtype=np.int64)
        for row in present:
            used[np.arange(len(row)), row] += 1
        for day, kind in np.argwhere(c.priced):
            row, gap = cover[day, kind], float(c.demand[day, kind] - used[day, kind])
            under = self.lp.column(float(c.under[day, kind]), np.inf)
            over = self.lp.column(float(c.over[day, kind]), np.inf)
            self.start[under], self.start[over] = max(0.0, gap), max(0.0, -gap)
            self.lp.row({**row, under: 1.0, over: -1.0}, float(c.demand[day, kind]), float(c.demand[day, kind]))

    def _person(self, pricer: Pricer, kept: np.ndarray, present: np.ndarray) -> dict[tuple[int, int], int]:
        """Steps between states, cells of day and kind, and all that is counted."""
        lp, t, plan = self.lp, self.c.t, pricer.plan
        days, _states, off = kept.shape[0], kept.shape[1], t.kinds
        kept, steps = kept.copy(), {}
        flow: dict = defaultdict(dict)
        link: dict = defaultdict(dict)
        walked, state = set(), pricer.start
        for day, kind in enumerate(present):
            kept[day, state, kind] = True
            walked.add((day, state, int(plan.member[kind])))
            state = int(plan.step[state, plan.member[kind]])
        weekends: dict[int, float] = {}
        for day, state, kind in np.argwhere(kept).tolist():
            sort = int(plan.member[kind])
            if (day, state, sort) in steps:
                continue
            working, works, following = kind != off, bool(plan.works[state]), int(plan.step[state, sort])
            cost = float(plan.broke[state, sort]) + (0.0 if working else float(pricer.cost[day, off]))
            cost += plan.split if plan.second[day] and working != works else 0.0
            cost += float(pricer.tail[following]) if day == days - 1 else 0.0
            column = steps[day, state, sort] = lp.column(cost, 1.0, whole=True)
            self.start[column] = float((day, state, sort) in walked)
            flow[day, state][column] = -1.0
            if day < days - 1:
                flow[day + 1, following][column] = 1.0
            if working:
                link[day, sort][column] = 1.0
                weekend = t.weekend[pricer.first + day]
                if weekend >= 0 and not (plan.second[day] and works):
                    weekends[column] = 1.0
        for (day, _state), row in flow.items():
            lp.row(row, -1.0 if day == 0 else 0.0, -1.0 if day == 0 else 0.0)
        cells: dict[tuple[int, int], int] = {}
        for day, kind in np.argwhere(kept.any(axis=1)[:, :off]).tolist():
            column = cells[day, kind] = lp.column(float(pricer.cost[day, kind]), 1.0, whole=True)
            self.start[column] = float(present[day] == kind)
            link[day, int(plan.member[kind])][column] = -1.0
        for row in link.values():
            lp.row(row, 0.0, 0.0)
        for counter in pricer.counters:
            step = counter["step"]
            row = weekends if step is None else {
                column: float(step[cell]) for cell, column in cells.items() if step[cell]
            }  # fmt: skip
            total = sum(value * self.start[column] for column, value in row.items())
            self.start |= lp.counted(row, counter["end"], total)
        return cells

    def solve(self, seconds: float, limit: float, told=None) -> Answer:
        """Branch and bound for whole costs up to `limit`.

        `told(rows)` hears better rosters, `told(None)` is asked often and stops it with True.
        """
        solver, limit = self.lp.solver(), limit - self.lp.offset
        for name, value in (("time_limit", float(seconds)), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.999)):
            solver.setOptionValue(name, value)
        solver.setOptionValue("objective_bound", limit)
        if told:
            kinds = highspy.cb.HighsCallbackType
            solver.setCallback(lambda kind, _text, out, back, _data: self._hear(kind, out, back, told), None)
            solver.startCallback(kinds.kCallbackMipImprovingSolution)
            solver.startCallback(kinds.kCallbackMipInterrupt)
        solver.setSolution(len(self.start), np.array([*self.start], dtype=np.int32), np.array([*self.start.values()]))
        solver.run()
        info, status = solver.getInfo(), solver.getModelStatus()
        ended = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kObjectiveBound)
        bound = min(info.mip_dual_bound, limit) + self.lp.offset
        if info.primal_solution_status != 2:
            return Answer(None, np.inf, bound, ended or status == highspy.HighsModelStatus.kInfeasible)
        rows = self._rows(np.array(solver.getSolution().col_value))
        return Answer(rows, info.objective_function_value + self.lp.offset, bound, ended)

    def _hear(self, kind, out, back, told) -> None:
        if kind == highspy.cb.HighsCallbackType.kCallbackMipImprovingSolution:
            told(self._rows(np.array(out.mip_solution)))
        elif told(None):
            back.user_interrupt = True

    def _rows(self, values: np.ndarray) -> list[np.ndarray]:
        found = []
        for cells in self.cells:
            row = np.full(self.c.last - self.c.first, self.c.t.kinds, dtype=np.int16)
            for (day, kind), column in cells.items():
                if values[column] > 0.5:
                    row[day] = kind
            found.append(row)
        return found


def sizes(reduced: list[np.ndarray], spare: float) -> int:
    return sum(int((one <= spare).sum()) for one in reduced)
