"""Closes the last gap: all rows within a spare of the bound, as a network, widened until the best is proven or time is over."""

import time

import numpy as np

from .columns import Columns
from .network import Network, TooBig, reduced_costs

MOST = 12_000  # steps: more are not tried


class Closer:
    """Attempts at one bound's prices, for whole costs; each proves that nothing costs so little, or finds what does."""

    def __init__(self, c: Columns):
        self.c = c
        self.reduced: list[np.ndarray] = []
        self.least = int(np.ceil(c.bound - 1e-5)) if np.isfinite(c.bound) else 0
        self.wider = 0  # whole steps above the least
        self.failed = np.inf  # the gap at which an attempt ran out of time
        if not np.isfinite(c.bound):
            return
        try:
            for place, pricer in enumerate(c.pricers):
                self.reduced.append(reduced_costs(pricer, c.price_of(place, c.prices, c.own)))
        except TooBig:
            self.reduced = []

    def level(self, best: float) -> float:
        """The cost up to which all rosters are looked at next."""
        return min(self.least + self.wider, round(best) - 1)

    def worth(self, best: float, idle: int) -> bool:
        """Whether an attempt may bring more than another neighbourhood."""
        if not self.reduced or self.level(best) < self.least:
            return False
        return self.failed == np.inf or best - self.c.bound < 0.8 * self.failed or idle >= 40

    def attempt(self, best, rows: list[np.ndarray], until: float, found) -> float:
        """A proven bound. `best()`: cost of the best roster known now; `found(rows)`: a roster, maybe better."""
        level, begun, gap = self.level(best()), time.perf_counter(), best() - self.c.bound
        spare = level - self.c.bound + 1e-6
        # near the end a proof pays whatever it takes; before, it has to give way to neighbourhoods
        near = best() - level <= max(1.5, 0.005 * abs(best() + self.c.t.constant))
        until = begun + (until - begun) * (0.6 if near else 0.06)
        if sum(int((one <= spare).sum()) for one in self.reduced) > MOST:
            self.failed = gap
            return self.c.bound
        network = Network(self.c, self.reduced, spare, rows)

        def told(rows) -> bool:
            """Stop when time is over, or when a better roster from elsewhere makes a smaller network do."""
            if rows is not None:
                found(rows)
                return False
            return time.perf_counter() > until or self.level(best()) < level

        answer = network.solve(until - begun, level + 0.5, told)
        if answer.rows is not None:
            found(answer.rows)
        if answer.ended:
            self.wider, self.failed = max(self.wider + 1, 2 * self.wider), np.inf
            return min(level + 1.0, max(answer.cost, self.c.bound))
        if time.perf_counter() > until:
            self.failed = gap
        return max(self.c.bound, min(answer.bound, level + 1.0))
