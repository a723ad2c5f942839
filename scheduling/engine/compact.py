"""A whole problem as one programme of cells: each person, day and kind is yes or no, each rule a few rows.

Its mixture is weaker than that of whole rows where runs must be long, and as good where rules only forbid, which is what
months of duty are like; with fair shares it is solved in seconds, where generating rows takes minutes.
"""

import time
from collections import defaultdict

import highspy
import numpy as np

from .linear import Linear
from .pricing import Pricer
from .problem import OFF, Person, Problem
from .tables import LONG, Tables

MOST_CELLS = 150_000


def fits(problem: Problem, t: Tables) -> bool:
    """Whether it is small enough, and nothing in it rewards being near (which would need more rows)."""
    return (
        0 < np.isfinite(t.cost).sum() <= MOST_CELLS
        and min([*problem.spacing, problem.split_weekend, 0.0]) >= 0
        and bool((t.under >= -t.over).all())
    )


class Compact:
    def __init__(self, problem: Problem, t: Tables):
        self.problem, self.t, self.lp = problem, t, Linear()
        self.lp.offset = t.constant
        self.cells = np.full((t.people, t.days, t.kinds), -1, dtype=np.int64)
        self.after: dict[frozenset, list[int]] = _nested(problem.forbidden_next)
        self.gaps: dict[frozenset, list[int]] = _nested(problem.forbidden_gap)
        for p, person in enumerate(problem.people):
            _Rows(self, p, person).write()
        for d in range(t.days):
            for k in range(t.kinds):
                columns = self.cells[:, d, k]
                row = dict.fromkeys(columns[columns >= 0].tolist(), 1.0)
                row[self.lp.column(float(t.under[d, k]), np.inf)] = 1.0
                row[self.lp.column(float(t.over[d, k]), np.inf)] = -1.0
                self.lp.row(row, float(t.demand[d, k]), float(t.demand[d, k]))

    def solve(self, best, seconds: float, told) -> float:
        """A proven bound. `best()`: (cost, rows) known now; `told(bound, roster or None)` may stop it with True.

        First the mixture; then, with most of what it says for certain taken as it is, a roster near it; at last everything.
        """
        until, bound = time.perf_counter() + seconds, -np.inf
        mixture = self._run(None, None, seconds, told)
        if mixture is None:
            return bound
        bound, values = mixture
        if told(bound, None):
            return bound
        sure = self.cells[self.cells >= 0]
        sure = sure[values[sure] > 1 - 1e-6]
        chance = np.random.default_rng(5)
        for share in (1.0, 0.8, 0.5, 0.0) if len(sure) else (0.0,):
            left = until - time.perf_counter()
            if left < 0.3 or best()[0] <= bound + 1e-6:
                break
            fixed = sure[chance.random(len(sure)) < share]
            answer = self._run(fixed, best()[1], left if share == 0 else 0.4 * left, told, bound)
            if share == 0 and answer is not None:
                bound = max(bound, answer[0])
        return bound

    def _run(self, fixed, roster, seconds: float, told, least: float = -np.inf) -> tuple[float, np.ndarray] | None:
        """(bound, values) of one run, of the mixture where nothing is `fixed`; None without an answer."""
        solver, kinds = self.lp.solver(), highspy.cb.HighsCallbackType
        big = len(self.lp.cost) > 40_000
        options = {
            "time_limit": max(0.1, seconds),
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 1e-6,
            "mip_heuristic_effort": 0.3,
        }
        if fixed is None:
            options = {"time_limit": seconds, "solve_relaxation": True, "solver": "ipm" if big else "simplex"}
            options["run_crossover"] = "off"
        for name, value in options.items():
            solver.setOptionValue(name, value)

        def hear(kind, _text, out, back, _data) -> None:
            found, bound = None, least
            if kind == kinds.kCallbackMipImprovingSolution:
                found = self.roster(np.array(out.mip_solution))
            elif fixed is not None and not len(fixed):
                bound = max(least, out.mip_dual_bound + self.lp.offset)
            back.user_interrupt = bool(told(bound, found))

        solver.setCallback(hear, None)
        for kind in (
            kinds.kCallbackMipImprovingSolution, kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt,
            kinds.kCallbackIpmInterrupt,
        ):  # fmt: skip
            solver.startCallback(kind)
        if fixed is not None:
            ones = np.ones(len(fixed))
            solver.changeColsBounds(len(fixed), fixed.astype(np.int32), ones, ones)
            cells = np.argwhere(self.cells >= 0)
            start = (roster[cells[:, 0], cells[:, 1]] == cells[:, 2]).astype(float)
            solver.setSolution(len(cells), self.cells[tuple(cells.T)].astype(np.int32), start)
        solver.run()
        info, ended = solver.getInfo(), solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        values = np.array(solver.getSolution().col_value)
        if fixed is None:
            return (self.lp.proven(np.array(solver.getSolution().row_dual)), values) if ended else None
        if info.primal_solution_status == 2:
            told(least, self.roster(values))
        bound = info.mip_dual_bound
        return (float(bound) + self.lp.offset, values) if np.isfinite(bound) else None

    def roster(self, values: np.ndarray) -> np.ndarray:
        """People's kinds of a solution, inside form."""
        found = np.full((self.t.people, self.t.days), self.t.kinds, dtype=np.int16)
        yes = (self.cells >= 0) & (values[self.cells] > 0.5)
        people, days, kinds = np.nonzero(yes)
        found[people, days] = kinds
        return found


def _nested(pairs: frozenset) -> dict[frozenset, list[int]]:
    """{kinds that may not follow: the kinds after which at least they may not}."""
    later: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        later[a].add(b)
    return {frozenset(those): [a for a in later if later[a] >= those] for those in later.values()}


class _Rows:
    """One person's columns and rows. A day's work is (how much of it is certain, the cells that decide the rest)."""

    def __init__(self, whole: Compact, p: int, person: Person):
        self.whole, self.p, self.person, self.t, self.lp = whole, p, person, whole.t, whole.lp
        self.before = len(person.history)
        pricer = Pricer(self.t, p, room=1)
        # who cannot keep the rules at all breaks them at their price
        self.elastic = not pricer.possible or pricer.best(pricer.cost)[0] == np.inf

    def write(self) -> None:
        t, p, lp = self.t, self.p, self.lp
        for d in range(t.days):
            off = float(t.cost[p, d, t.kinds])
            free = np.isfinite(off)
            lp.offset += off if free else 0.0
            for k in np.flatnonzero(np.isfinite(t.cost[p, d, : t.kinds])).tolist():
                cost = float(t.cost[p, d, k]) - (off if free else 0.0)
                self.whole.cells[p, d, k] = lp.column(cost, 1.0, whole=True)
            lp.row(self.work(d)[1], 0.0 if free else 1.0, 1.0)
        self._successions()
        self._runs()
        self._totals()
        self._weekends()
        self._near()

    def work(self, d: int, kinds=None) -> tuple[float, dict[int, float]]:
        """A day of the period or of the history, in these kinds."""
        if d < 0:
            kind = self.person.history[self.before + d]
            return float(kind != OFF and (kinds is None or kind in kinds)), {}
        columns = self.whole.cells[self.p, d] if kinds is None else self.whole.cells[self.p, d, list(kinds)]
        return 0.0, dict.fromkeys(columns[columns >= 0].tolist(), 1.0)

    def at_most(
        self, parts: list[tuple[float, int, object]], most: float, more: dict[int, float] | None = None
    ) -> None:
        """Σ sign · work(day, kinds) + more ≤ most; a row that cannot be broken is left out."""
        row, highest = dict(more or {}), 0.0
        for sign, d, kinds in parts:
            sure, cells = self.work(d, kinds)
            most -= sign * sure
            highest += max(0.0, sign) * bool(cells)
            for column in cells:
                row[column] = row.get(column, 0.0) + sign
        if highest <= most + 1e-9 and not more:
            return
        if self.elastic:
            row[self.lp.column(self.t.heavy, np.inf)] = -1.0
        self.lp.row(row, -np.inf, most)

    def _successions(self) -> None:
        for d in range(-min(1, self.before), self.t.days - 1):
            for later, earlier in self.whole.after.items():
                self.at_most([(1.0, d, earlier), (1.0, d + 1, later)], 1.0)
        for d in range(-min(2, self.before), self.t.days - 2):
            if d + 2 >= 0:
                for later, earlier in self.whole.gaps.items():
                    self.at_most([(1.0, d, earlier), (1.0, d + 2, later), (-1.0, d + 1, None)], 1.0)

    def _runs(self) -> None:
        person, days, kinds = self.person, self.t.days, self.whole.problem.kinds
        in_row = [
            (most, [k for k, kind in enumerate(kinds) if g in kind.groups]) for g, most in person.max_in_row.items()
        ]
        if person.max_run is not None:
            in_row.append((person.max_run, None))
        for most, which in in_row:
            for first in range(-min(most, self.before), days - most):
                self.at_most([(1.0, d, which) for d in range(first, first + most + 1)], float(most))
        for first in range(1 - self.before, days - 1):
            for length in range(1, max(person.min_run, person.min_off)):
                last = first + length  # the first day after
                if not 0 <= last < days:
                    continue
                inner = range(first, last)
                if length < person.min_run:
                    self.at_most(
                        [*((1.0, d, None) for d in inner), (-1.0, first - 1, None), (-1.0, last, None)], length - 1.0
                    )
                if length < person.min_off:
                    self.at_most([*((-1.0, d, None) for d in inner), (1.0, first - 1, None), (1.0, last, None)], 1.0)

    def _totals(self) -> None:
        t, p, lp = self.t, self.p, self.lp
        mine = [(d, k, int(self.whole.cells[p, d, k])) for d, k in np.argwhere(self.whole.cells[p] >= 0).tolist()]
        for number in range(t.limit_most.shape[1]):
            if t.limit_most[p, number] < LONG:
                end = np.zeros(min(int(t.limit_most[p, number]), t.days) + 1)
                self._counted(
                    {c: float(t.limit_kinds[p, number, k]) for d, k, c in mine if t.limit_kinds[p, number, k]}, end
                )
        minutes = {c: float(t.minutes[k]) / 60 for d, k, c in mine if t.minutes[k]}
        low, high = float(t.least_minutes[p]) / 60, float(t.most_minutes[p]) / 60
        if low > 0 or high < t.days * t.minutes.max() / 60:
            if self.elastic:
                minutes[lp.column(t.heavy, np.inf)] = 1.0
                minutes[lp.column(t.heavy, np.inf)] = -1.0
            lp.row(minutes, low, high)
        for number in range(t.target.shape[1]):
            if t.weight[p, number] > 0:
                row = {c: float(t.counts[number, d, k]) for d, k, c in mine if t.counts[number, d, k]}
                per_day = np.where(self.whole.cells[p] >= 0, t.counts[number, :, : t.kinds], 0).max(axis=1)
                end = t.weight[p, number] * (np.arange(int(per_day.sum()) + 1) - t.target[p, number]) ** 2
                lp.counted(row, end)

    def _counted(self, row: dict[int, float], end: np.ndarray) -> None:
        if self.elastic:
            row = row | {self.lp.column(self.t.heavy, np.inf): -1.0}
        if row:
            self.lp.row(row, -np.inf, float(len(end) - 1))

    def _weekends(self) -> None:
        t, worked = self.t, {}
        for days in t.weekend_days.tolist():
            days = [d for d in days if d >= 0]
            if t.most_weekends[self.p] < len(t.weekend_days):
                column = self.lp.column(0.0, 1.0)
                worked[column] = 1.0
                for d in days:
                    self.lp.row({**self.work(d)[1], column: -1.0}, -np.inf, 0.0)
            if len(days) == 2 and t.split > 0:
                column = self.lp.column(t.split, 1.0)
                for one, other in (days, days[::-1]):
                    row = self.work(one)[1] | dict.fromkeys(self.work(other)[1], -1.0)
                    self.lp.row({**row, column: -1.0}, -np.inf, 0.0)
        if worked:
            self._counted(worked, np.zeros(int(t.most_weekends[self.p]) + 1))

    def _near(self) -> None:
        """Two duties with so many days off between them, at their price."""
        for between, cost in enumerate(self.whole.problem.spacing):
            for d in range(-min(between + 1, self.before), self.t.days - between - 1):
                later = d + between + 1
                if cost > 0 and later >= 0:
                    inner = [(-1.0, e, None) for e in range(d + 1, later)]
                    near = {self.lp.column(cost, 1.0): -1.0}
                    self.at_most([(1.0, d, None), (1.0, later, None), *inner], 1.0, near)
