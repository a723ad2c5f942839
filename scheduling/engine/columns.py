"""Column generation: a linear programme picks a mixture of whole rows per person, exact pricing adds better rows.

Its value, and at any moment the Lagrangian bound of its prices, is a proven lower bound on every roster's cost.
Used on everybody for the certificate, and on some people or some weeks to improve a roster.
"""

import time

import numpy as np

from .lp import INFINITE, OutOfTime, quiet_solver
from .pricing import Pricer
from .tables import Tables


class Columns:
    """The master problem over `people` in the window, everybody else fixed as in the search state `around`."""

    def __init__(
        self,
        t: Tables,
        around,
        people=None,
        window=None,
        room: int = 400_000,
        pool=None,
        pricers=None,
        box: float = np.inf, elastic: bool = False,
    ):  # fmt: skip
        self.t, self.around, self.box = t, around, box
        self.people = list(range(t.people)) if people is None else list(people)
        self.first, self.last = window or (0, t.days)
        pool = {} if pool is None else pool
        self.pricers = pricers or [Pricer(t, p, window, around, room, elastic, pool) for p in self.people]
        for place, pricer in enumerate(self.pricers):
            if pricers is None and not elastic and (not pricer.possible or pricer.best(pricer.cost)[0] == np.inf):
                self.pricers[place] = Pricer(t, pricer.p, window, around, room, elastic=True, pool=pool)
        days, kinds = self.last - self.first, t.kinds
        demand = t.demand[self.first : self.last] - around.cover[self.first : self.last, :kinds]
        for p in self.people:
            row = around.roster[p, self.first : self.last]
            works = row != kinds
            demand[np.arange(days)[works], row[works]] += 1
        self.demand = demand
        # a smaller box keeps prices calm; the bound is valid in any
        self.under = np.minimum(t.under[self.first : self.last], box)
        self.over = np.minimum(t.over[self.first : self.last], box)
        self.row_of = np.full((days, kinds + 1), -1, dtype=np.int64)
        priced = (self.under > 0) | (self.over > 0)
        self.row_of[:, :kinds][priced] = np.arange(priced.sum())
        self.many_cover = int(priced.sum())
        self.priced = priced
        self.columns: list[tuple[int, np.ndarray, float]] = []  # (place, row, cost)
        self.known: set = set()
        self.bound = -np.inf
        self.prices = np.zeros((days, kinds + 1))
        # what pricing does not count is linked here: (place, counter) per row, `own` are those rows' prices
        self.linked = [(place, counter) for place, pricer in enumerate(self.pricers) for counter in pricer.lost]
        self.linked_of: list[list[int]] = [[] for _ in self.people]
        for number, (place, _counter) in enumerate(self.linked):
            self.linked_of[place].append(number)
        self.own = np.zeros(len(self.linked))
        self.shares = None
        self.deadline = np.inf
        self._master()

    def _master(self) -> None:
        solver = self.solver = quiet_solver()
        cover, people = self.many_cover, len(self.people)
        demand = self.demand[self.priced].astype(float)
        solver.addRows(
            cover + people, np.r_[demand, np.ones(people)], np.r_[demand, np.ones(people)],
            0, np.zeros(cover + people, dtype=np.int32), np.array([], dtype=np.int32), np.array([]),
        )  # fmt: skip
        ones = np.ones(cover)
        index, starts = np.arange(cover, dtype=np.int32), np.arange(cover, dtype=np.int32)
        free = np.full(cover, INFINITE)
        if cover:
            solver.addCols(cover, self.under[self.priced], np.zeros(cover), free, cover, starts, index, ones)
            solver.addCols(cover, self.over[self.priced], np.zeros(cover), free, cover, starts, index, -ones)
        dear = 1e3 * self.t.heavy
        starts, index = np.arange(people, dtype=np.int32), np.arange(cover, cover + people, dtype=np.int32)
        solver.addCols(
            people, np.full(people, dear), np.zeros(people), np.ones(people), people, starts, index, np.ones(people)
        )
        self.before = 2 * cover + people  # columns that are no rows
        self.offset = 0.0
        for number, (_place, counter) in enumerate(self.linked):
            self._link(number, counter["end"])

    def _link(self, number: int, end: np.ndarray) -> None:
        """A row that makes a convex end price of a count a part of the mixture's cost."""
        legal = np.flatnonzero(np.isfinite(end))
        low, slopes = int(legal[0]), np.diff(end[legal])
        self.solver.addRow(float(low), float(low), 0, np.array([], dtype=np.int32), np.array([]))
        self.offset += float(end[low])
        row = np.array([self.many_cover + len(self.people) + number], dtype=np.int32)
        while len(slopes):
            same = int(np.argmax(np.abs(slopes - slopes[0]) > 1e-12)) or len(slopes)
            self.solver.addCol(float(slopes[0]), 0.0, float(same), 1, row, np.array([-1.0]))
            self.before += 1
            slopes = slopes[same:]

    def cost_of(self, place: int, row: np.ndarray, value: float, price: np.ndarray) -> float:
        """What a row found at prices costs by itself."""
        days = np.arange(len(row))
        return value - float((price[days, row] - self.pricers[place].cost[days, row]).sum())

    def price_of(self, place: int, prices: np.ndarray, own: np.ndarray) -> np.ndarray:
        """One person's cost of each (day, kind) at these prices."""
        price = self.pricers[place].cost - prices
        for number in self.linked_of[place]:
            if own[number]:
                price = price - own[number] * self.linked[number][1]["step"]
        return price

    def reduced(self, place: int, row: np.ndarray, cost: float) -> float:
        """What taking that row would change at the master's prices."""
        days = np.arange(len(row))
        value = cost - float(self.master_prices[days, row].sum()) - self.person_prices[place]
        for number in self.linked_of[place]:
            value -= self.master_own[number] * self.linked[number][1]["step"][days, row].sum()
        return value

    def add(self, found: list[tuple[int, np.ndarray, float]]) -> int:
        """Offer rows (place, row, cost) to the master; returns how many were new."""
        costs, starts, index, values = [], [], [], []
        for place, row, cost in found:
            key = (place, row.tobytes())
            if key in self.known:
                continue
            self.known.add(key)
            self.columns.append((place, row.copy(), cost))
            costs.append(cost)
            starts.append(len(index))
            entries = self.row_of[np.arange(len(row)), row]
            index.extend(entries[entries >= 0])
            index.append(self.many_cover + place)
            values += [1.0] * (len(index) - len(values))
            for number in self.linked_of[place]:
                total = float(self.linked[number][1]["step"][np.arange(len(row)), row].sum())
                if total:
                    index.append(self.many_cover + len(self.people) + number)
                    values.append(total)
        if costs:
            many = len(costs)
            self.solver.addCols(
                many, np.array(costs), np.zeros(many), np.full(many, INFINITE), len(index),
                np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32), np.array(values),
            )  # fmt: skip
        return len(costs)

    def price_all(self, prices: np.ndarray, own: np.ndarray | None = None) -> tuple[float, list, list]:
        """(Lagrangian bound, best rows, their values) at cover prices and the prices of what is linked."""
        own = self.own if own is None else own
        days = np.arange(self.last - self.first)
        found, values = [], []
        kinds = self.t.kinds
        cover = prices[:, :kinds]
        gap = self.demand * cover
        bound = float(gap[self.priced].sum())
        for place, pricer in enumerate(self.pricers):
            if time.perf_counter() > self.deadline:
                raise OutOfTime
            price = self.price_of(place, prices, own)
            value, row = pricer.best(price)
            values.append(value)
            bound += value
            cost = value - float((price[days, row] - pricer.cost[days, row]).sum())
            found.append((place, row.copy(), cost))
        for number, (_place, counter) in enumerate(self.linked):
            bound += float((counter["end"] + own[number] * np.arange(counter["size"])).min())
        return bound, found, values

    def warm(
        self,
        rounds: int,
        until: float,
        best: float,
        keep: int = 10**9,
        agility: float = 0.1,
        tell=None,
        average=None,
        mix: float = 0.01,
    ) -> None:
        """Prices by the volume algorithm (Barahona & Anbil 2000): quick to a good bound, and good first rows."""
        kinds = self.t.kinds
        days = np.arange(self.last - self.first)
        cover = np.where(self.priced, self.under, 0), -np.where(self.priced, self.over, 0)
        high = np.r_[cover[0].ravel(), np.full(len(self.linked), np.inf)]
        low = np.r_[cover[1].ravel(), np.full(len(self.linked), -np.inf)]
        at = centre = np.r_[self.prices[:, :kinds].ravel(), self.own]
        split, prices = cover[0].size, np.zeros_like(self.prices)
        stale = 0
        average = np.zeros(len(at)) if average is None else average
        for number in range(rounds):
            if time.perf_counter() > until:
                break
            prices[:, :kinds] = at[:split].reshape(cover[0].shape)
            own = at[split:]
            self.deadline = until
            try:
                bound, found, _values = self.price_all(prices, own)
            except OutOfTime:
                break
            used = np.zeros((len(days), kinds + 1))
            slack = np.zeros(len(at))
            for place, row, _cost in found:
                used[days, row] += 1
                for link in self.linked_of[place]:
                    slack[split + link] -= self.linked[link][1]["step"][days, row].sum()
            slack[:split] = np.where(self.priced, self.demand - used[:, :kinds], 0.0).ravel()
            for link, (_place, counter) in enumerate(self.linked):
                slack[split + link] += int((counter["end"] + own[link] * counter["amounts"]).argmin())
            away = slack - average
            share = np.clip(-float((average * away).sum()) / max(1e-9, float((away**2).sum())), mix, 0.3)
            average = average + share * away  # the mixture of answers that comes nearest to the demand
            if number >= rounds - keep or len(self.columns) < 3 * len(self.people):
                self.add(found)
            if bound > self.bound:
                if bound - self.bound > 0.01 * abs(best - self.bound):
                    agility = min(2.0, agility * 1.2)
                self.bound, centre, stale = bound, at, 0
                self.prices, self.own = prices.copy(), own.copy()
                if tell:
                    tell(bound)
            else:
                stale += 1
                if stale % 10 == 0:
                    agility /= 1.3
            if best - self.bound < 1e-6 or agility < 1e-5:
                break
            # what the bounds of the prices leave of the direction
            move = np.where((centre >= high) & (average > 0) | (centre <= low) & (average < 0), 0.0, average)
            norm = float((move**2).sum())
            if norm < 1e-9:
                break
            at = np.clip(centre + agility * max(best - self.bound, 1e-3) / norm * move, low, high)

    def solve_master(self) -> float:
        self.solver.run()
        answer = self.solver.getSolution()
        dual = np.array(answer.row_dual)
        self.shares = np.array(answer.col_value)[self.before :]
        self.master_prices = np.zeros_like(self.prices)
        self.master_prices[:, : self.t.kinds][self.priced] = dual[: self.many_cover]
        self.person_prices = dual[self.many_cover : self.many_cover + len(self.people)]
        self.master_own = dual[self.many_cover + len(self.people) :]
        return self.solver.getObjectiveValue() + self.offset

    def generate(
        self, until: float, target: float = np.inf, rounding: float = 0.0, gap: float = 1e-6, tell=None
    ) -> bool:
        """Add rows until the mixture is best (True), the bound (plus rounding) reaches target, or time is over."""
        weight, self.deadline = 0.5, until
        while time.perf_counter() < until:
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + until - time.perf_counter())
            value = self.solve_master()
            if len(self.person_prices) < len(self.people):
                return False
            prices = weight * self.prices + (1 - weight) * self.master_prices
            own = weight * self.own + (1 - weight) * self.master_own
            try:
                bound, found, _values = self.price_all(prices, own)
            except OutOfTime:
                return False
            if bound > self.bound:
                self.bound, self.prices, self.own = bound, prices, own
                if tell:
                    tell(bound)
            new = self.add([one for one in found if self.reduced(*one) < -1e-7])
            if value - self.bound < gap * max(1.0, abs(value + self.t.constant)) or self.bound + rounding >= target:
                return True
            if time.perf_counter() > until:
                return False
            if not new:
                if weight == 0.0:
                    return True
                weight = 0.0 if weight < 0.2 else weight / 2
            else:
                weight = 0.5 if weight > 0 else 0.3
        return False
