"""Improves a roster by freeing some people (or some weeks of them) at a time and solving that part almost exactly."""

import time

import numpy as np

from . import search
from .columns import Columns
from .diving import choose
from .pricing import Pricer
from .tables import Tables


class Improver:
    """A large neighbourhood search on the state `s`; rows once found good are remembered per person."""

    def __init__(self, t: Tables, s, integral: bool, seed: int = 1, pricers=None, prices=None, own=None, box=np.inf):
        self.t, self.s, self.integral = t, s, integral
        self.random = np.random.default_rng(seed)
        self.short = t.days <= 44  # whole rows can be had exactly
        self.pool: dict = {}
        self.box = box
        self.pricers = pricers
        self.rows: list[dict] = [{} for _ in range(t.people)]
        self.prices, self.own = prices, own
        self.size = {True: 6.0, False: 10.0 if self.short else 6.0}  # people at once: whole rows, some days
        self.spent = {True: 0.0, False: 0.0}
        self.starts = [
            d for d in range(t.days) if d == 0 or t.weekend[d] < 0 or t.weekend_days[t.weekend[d], 0] == d
        ]  # fmt: skip

    def remember(self, found) -> None:
        """Rows (person, row, cost) worth trying again."""
        for p, row, cost in found:
            if len(self.rows[p]) < 3000:
                self.rows[p].setdefault(row.tobytes(), (row, cost))

    def window(self) -> tuple[int, int]:
        """Some days that begin with a week or at its end, sometimes more of a long period."""
        length = int(self.random.choice([7, 10, 14] if self.short else [14, 21, 28, 42]))
        first = int(self.random.choice([d for d in self.starts if d <= max(0, self.t.days - length // 2)]))
        last = min([d for d in [*self.starts, self.t.days] if d >= min(first + length, self.t.days)])
        return first, last

    def people(self, many: int, first: int, last: int) -> list[int]:
        """Those who could mend a day that is not covered as wished, and others."""
        t, s, chance = self.t, self.s, self.random
        gap = (t.demand - s.cover[:, : t.kinds])[first:last]
        wrong = np.where(gap > 0, gap * t.under[first:last], -gap * t.over[first:last])
        cells = np.argwhere(wrong > 0)
        chosen = np.array([], dtype=int)
        if len(cells) and chance.random() < 0.7:
            weights = wrong[wrong > 0] ** 0.5
            day, kind = cells[chance.choice(len(cells), p=weights / weights.sum())]
            day += first
            able = np.flatnonzero(np.isfinite(t.cost[:, max(0, day - 1) : day + 2, kind]).any(axis=1))
            chance.shuffle(able)
            chosen = able[: max(2, many * 2 // 3)]
        rest = np.setdiff1d(np.arange(t.people), chosen)
        chance.shuffle(rest)
        return sorted(int(p) for p in np.r_[chosen, rest][:many])

    def once(self, until: float) -> bool:
        """Free some, solve, keep what is better."""
        t = self.t
        whole = self.short and (self.spent[True] <= self.spent[False] or t.days <= 10)
        begin = time.perf_counter()
        if begin > until - 0.1:
            return False
        try:
            return self._once(whole, begin, until)
        finally:
            self.spent[whole] += time.perf_counter() - begin

    def _once(self, whole: bool, begin: float, until: float) -> bool:
        t, s = self.t, self.s
        first, last = (0, t.days) if whole else self.window()
        people = self.people(int(min(t.people, max(2, round(self.size[whole])))), first, last)
        if whole and self.pricers is None:
            self.pricers = [None] * t.people
        pricers = [self.pricer(p, first, last, whole) for p in people]
        people = [p for p, pricer in zip(people, pricers, strict=True) if pricer.possible]
        pricers = [pricer for pricer in pricers if pricer.possible]
        if not people:
            return False
        part = Columns(t, s, people, (first, last), pricers=pricers, box=self.box)
        self._warm_prices(part, people, whole)
        found, now = self._known(part, people, whole)
        part.add(found[: len(people)])
        whole_start = len(part.columns) == len(people)
        part.add(found[len(people) :])
        step = 1.0 if self.integral else 1e-4 * max(1.0, abs(now))
        before = len(part.columns)
        part.generate(min(until, begin + 2.0), now, step - 1e-6, gap=1e-4)
        if whole:
            self.remember((people[place], row, cost) for place, row, cost in part.columns[before:])
        if part.bound + step - 1e-6 > now:
            self.size[whole] = min(self.size[whole] * 1.02, t.people)
            return False
        spare = min(until - time.perf_counter(), 1.5)
        rows = choose(part, spare, list(range(len(people))) if whole_start else None)[0] if spare > 0.05 else None
        self.size[whole] *= 1.03 if time.perf_counter() - begin < 1.2 else 0.95
        return rows is not None and self._take(people, first, last, rows)

    def pricer(self, p: int, first: int, last: int, whole: bool) -> Pricer:
        """Exact where that is possible; else with broken rules at their price."""
        if whole and self.pricers[p] is not None:
            return self.pricers[p]
        window, around = ((first, last), self.s) if not whole else (None, None)
        found = Pricer(self.t, p, window, around, pool=self.pool, room=400_000)
        if not found.possible or found.best(found.cost)[0] == np.inf:
            found = Pricer(self.t, p, window, around, pool=self.pool, room=400_000, elastic=True)
        if whole:
            self.pricers[p] = found
        return found

    def _warm_prices(self, part: Columns, people: list[int], whole: bool) -> None:
        if self.prices is not None:
            part.prices = self.prices[part.first : part.last].copy()
        if self.own is not None and whole:
            named = {(p, counter["name"]): self.own[n] for n, (p, counter) in enumerate(self.own_of)}
            part.own = np.array([named.get((people[place], c["name"]), 0.0) for place, c in part.linked])

    own_of: tuple = ()

    def _known(self, part: Columns, people: list[int], whole: bool) -> tuple[list, float]:
        """The rows to begin with, the present ones first, and what the present ones cost together."""
        found, others, now = [], [], float(self._cover_cost(part, people))
        days = np.arange(part.last - part.first)
        for place, p in enumerate(people):
            row = self.s.roster[p, part.first : part.last].copy()
            cost = part.pricers[place].value(row)
            if not np.isfinite(cost):
                continue
            now += cost + part.pricers[place].lost_cost(row)
            found.append((place, row, cost))
            if whole:
                rows = list(self.rows[p].values())
                if len(rows) > 40:
                    price, own = part.price_of(place, part.prices, part.own), part.pricers[place].cost
                    order = np.argsort([
                        cost + float(price[days, row].sum() - own[days, row].sum()) for row, cost in rows
                    ])  # fmt: skip
                    rows = [rows[n] for n in order[:40]]
                others += [(place, row, cost) for row, cost in rows]
        return found + others, now

    def _take(self, people, first, last, rows) -> bool:
        t, s = self.t, self.s
        old, value = s.roster[people].copy(), s.value.copy()
        for p, row in zip(people, rows, strict=True):
            s.roster[p, first:last] = row
        search.refresh(t, s)
        if not better(s.value, value):
            s.roster[people] = old
            search.refresh(t, s)
            return False
        if better(s.value, s.best_value):
            s.best[:] = s.roster
            s.best_value[:] = s.value
        return True

    def _cover_cost(self, part: Columns, people) -> float:
        used = np.zeros((part.last - part.first, self.t.kinds + 1))
        for p in people:
            used[np.arange(part.last - part.first), self.s.roster[p, part.first : part.last]] += 1
        gap = part.demand - used[:, : self.t.kinds]
        # at the true price: a hole within a small box must still look dear
        under, over = self.t.under[part.first : part.last], self.t.over[part.first : part.last]
        return float(np.where(gap > 0, gap * under, -gap * over).sum())


def better(one: np.ndarray, other: np.ndarray) -> bool:
    """Fewer broken rules, then cheaper."""
    return one[0] < other[0] - 1e-9 or (one[0] < other[0] + 1e-9 and one[1] < other[1] - 1e-7)
