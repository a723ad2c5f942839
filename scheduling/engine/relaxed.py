"""A quick lower bound for months with fair shares and for long periods, compiled as a whole.

Seats, burden categories, minutes and limits are priced (Lagrangian relaxation); what remains is each person's cheapest
walk through the automaton, weekends counted. Prices follow the volume algorithm (Barahona & Anbil, 2000). Every round's
value is a valid bound.
"""

import numpy as np
from numba import njit

from .tables import LONG, Tables

HOURS = 2400.0  # minutes are counted in so many, to weigh about as much as a seat


class Relaxed:
    """Prices and the best bound so far (constant included)."""

    def __init__(self, t: Tables, around, box: float = np.inf):
        self.t = t
        categories, limits = t.target.shape[1], t.limit_most.shape[1]
        self.high = np.minimum(t.under, box)
        self.low = -np.minimum(t.over, box)
        self.seats = np.zeros((t.days, t.kinds))
        self.shares = np.zeros((t.people, categories))
        self.minutes = np.zeros(t.people)
        self.limits = np.zeros((t.people, limits))
        self.slack = np.zeros(t.days * t.kinds + t.people * (categories + 1 + limits))
        self.elastic = np.zeros(t.people, dtype=np.bool_)
        self.weekends = np.minimum(t.most_weekends, t.weekend_days.shape[0]).astype(np.int64)
        self.longest = int(t.minutes.max(initial=0)) * t.days
        self.bound = -np.inf
        self.pace = np.array([0.1, 0.0])  # agility, rounds without a better bound
        self._guess(around)

    def _guess(self, around) -> None:
        """What one more of a burden costs its people in a good roster, averaged over a seat's holders."""
        t, days = self.t, np.arange(self.t.days)
        if not t.target.shape[1]:
            return
        self.shares[:] = -2 * t.weight * (around.counts - t.target)
        total, holders = np.zeros((t.days, t.kinds + 1)), np.zeros((t.days, t.kinds + 1))
        for p in range(t.people):
            row = around.roster[p]
            total[days, row] += t.cost[p, days, row] - self.shares[p] @ t.counts[:, days, row]
            holders[days, row] += 1
        mean = (total / np.maximum(1, holders))[:, : t.kinds]
        self.seats[:] = np.clip(np.where(np.isfinite(mean), mean, 0.0), self.low, self.high)

    def rounds(self, many: int, best: float) -> float:
        """So many rounds towards `best`, a known roster's cost; returns the best bound."""
        value = volume(
            self.t, self.seats, self.shares, self.minutes, self.limits, self.slack, self.high, self.low, self.elastic,
            self.weekends, self.longest, self.pace, self.bound, best, many,
        )  # fmt: skip
        self.bound = max(self.bound, value)
        return self.bound

    @property
    def tired(self) -> bool:
        return self.pace[0] < 1e-5


@njit(cache=True, nogil=True)
def walk(t, p, price, most_weekends, elastic, layers, back, row):
    """Cheapest row at prices [days, kinds + 1] through the automaton, weekends counted if `most_weekends` binds."""
    machine = t.automaton[p]
    S = t.step.shape[1]
    counted = most_weekends < t.weekend_days.shape[0]
    top = most_weekends if counted else 0
    now, then = layers[0], layers[1]
    now[:] = np.inf
    now[t.start[p], 0] = 0.0
    for d in range(t.days):
        then[:] = np.inf
        number = t.weekend[d]
        second = number >= 0 and t.weekend_days[number, 1] == d
        for s in range(S):
            alive = False
            for w in range(top + 1):
                if now[s, w] < np.inf:
                    alive = True
            if not alive:
                continue
            works = t.works[machine, s]
            for k in range(t.kinds + 1):
                cost = price[d, k]
                broken = t.broke[machine, s, k]
                if not cost < np.inf or (broken > 0 and not elastic):
                    continue
                cost += t.soft[machine, s, k] + broken * t.heavy
                working = k != t.kinds
                if second and working != works:
                    cost += t.split
                jump = 1 if counted and working and number >= 0 and not (second and works) else 0
                to = t.step[machine, s, k]
                mark = s * (t.kinds + 1) + k
                for w in range(top + 1 - jump):
                    value = now[s, w] + cost
                    if value < then[to, w + jump]:
                        then[to, w + jump] = value
                        back[d, to, w + jump] = mark
        now, then = then, now
    best = np.inf
    at = 0
    weekends = 0
    for s in range(S):
        for w in range(top + 1):
            if now[s, w] < best:
                best, at, weekends = now[s, w], s, w
    if not best < np.inf:
        return best
    for d in range(t.days - 1, -1, -1):
        mark = back[d, at, weekends]
        at, k = mark // (t.kinds + 1), mark % (t.kinds + 1)
        row[d] = k
        number = t.weekend[d]
        if counted and k != t.kinds and number >= 0:
            if not (t.weekend_days[number, 1] == d and t.works[machine, at]):
                weekends -= 1
    return best


@njit(cache=True, nogil=True)
def volume(t, seats, shares, minutes, limits, slack, high, low, elastic, weekends, longest, pace, bound, best, many):
    C, L = shares.shape[1], limits.shape[1]
    size = slack.shape[0]
    cells = t.days * t.kinds
    at_seats, at_shares, at_minutes, at_limits = seats.copy(), shares.copy(), minutes.copy(), limits.copy()
    widest = 1
    for p in range(t.people):
        if weekends[p] < t.weekend_days.shape[0]:
            widest = max(widest, weekends[p] + 1)
    layers = np.empty((2, t.step.shape[1], widest))
    back = np.empty((t.days, t.step.shape[1], widest), dtype=np.int32)
    row = np.zeros(t.days, dtype=np.int16)
    price = np.empty((t.days, t.kinds + 1))
    now = np.zeros(size)
    for _round in range(many):
        value = t.constant
        now[:] = 0.0
        for d in range(t.days):
            for k in range(t.kinds):
                value += t.demand[d, k] * at_seats[d, k]
                now[d * t.kinds + k] = t.demand[d, k]
        for p in range(t.people):
            base = cells + p * (C + 1 + L)
            free = 0.0 if elastic[p] else 1.0
            for d in range(t.days):
                for k in range(t.kinds + 1):
                    cost = t.cost[p, d, k]
                    if cost < np.inf:
                        if k < t.kinds:
                            cost -= at_seats[d, k] + free * at_minutes[p] * t.minutes[k] / HOURS
                            for limit in range(L):
                                cost -= free * at_limits[p, limit] * t.limit_kinds[p, limit, k]
                        for c in range(C):
                            cost -= at_shares[p, c] * t.counts[c, d, k]
                    price[d, k] = cost
            least = walk(t, p, price, weekends[p], elastic[p], layers, back, row)
            if not least < np.inf:
                if elastic[p]:
                    continue
                elastic[p] = True
                return bound  # begin anew with that person's rules at a price
            value += least
            for d in range(t.days):
                k = row[d]
                if k < t.kinds:
                    now[d * t.kinds + k] -= 1
                    now[base + C] -= free * t.minutes[k] / HOURS
                    for limit in range(L):
                        now[base + C + 1 + limit] -= free * t.limit_kinds[p, limit, k]
                for c in range(C):
                    now[base + c] -= t.counts[c, d, k]
            for c in range(C):
                if t.weight[p, c] > 0:
                    most = 0.0
                    for d in range(t.days):
                        most += t.counts[c, d].max()
                    y = np.floor(t.target[p, c] - at_shares[p, c] / (2 * t.weight[p, c]) + 0.5)
                    y = min(max(y, 0.0), most)
                    value += t.weight[p, c] * (y - t.target[p, c]) ** 2 + at_shares[p, c] * y
                    now[base + c] += y
                else:
                    now[base + c] = 0.0
            if free > 0:
                few, much = max(0, t.least_minutes[p]) / HOURS, min(t.most_minutes[p], longest) / HOURS
                y = few if at_minutes[p] > 0 else much
                if at_minutes[p] == 0.0:  # anything between is as good
                    y = min(max(-now[base + C], few), much)
                value += at_minutes[p] * y
                now[base + C] += y
                for limit in range(L):
                    y = t.limit_most[p, limit] if at_limits[p, limit] < 0 else 0
                    if t.limit_most[p, limit] >= LONG:
                        now[base + C + 1 + limit] = 0.0
                        continue
                    if at_limits[p, limit] == 0.0:
                        y = min(-now[base + C + 1 + limit], t.limit_most[p, limit])
                    value += at_limits[p, limit] * y
                    now[base + C + 1 + limit] += y
        # the mixture of answers that comes nearest to what is asked
        along = 0.0
        length = 0.0
        for n in range(size):
            away = now[n] - slack[n]
            along += slack[n] * away
            length += away * away
        share = min(0.3, max(0.01, -along / max(length, 1e-9)))
        for n in range(size):
            slack[n] += share * (now[n] - slack[n])
        if value > bound:
            if value - bound > 0.01 * abs(best - bound):
                pace[0] = min(2.0, pace[0] * 1.2)
            bound = value
            pace[1] = 0
            seats[:] = at_seats
            shares[:] = at_shares
            minutes[:] = at_minutes
            limits[:] = at_limits
        else:
            pace[1] += 1
            if pace[1] % 10 == 0:
                pace[0] /= 1.3
        norm = 0.0
        for n in range(size):
            norm += slack[n] * slack[n]
        if norm < 1e-9:
            return bound
        step = pace[0] * max(best - bound, 1e-3) / norm
        for d in range(t.days):
            for k in range(t.kinds):
                moved = seats[d, k] + step * slack[d * t.kinds + k]
                at_seats[d, k] = min(max(moved, low[d, k]), high[d, k])
        for p in range(t.people):
            base = cells + p * (C + 1 + L)
            for c in range(C):
                at_shares[p, c] = shares[p, c] + step * slack[base + c]
            at_minutes[p] = minutes[p] + step * slack[base + C]
            for limit in range(L):
                at_limits[p, limit] = min(0.0, limits[p, limit] + step * slack[base + C + 1 + limit])
    return bound
