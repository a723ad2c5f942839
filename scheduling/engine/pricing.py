"""The cheapest row of one person at given prices: an exact dynamic programme over the rules' automaton and counters.

Counters (minutes, weekends, limits, burden categories) are part of the state as long as that stays small; what is left
out makes the answer a lower bound (`Plan.exact` is false) and is priced from outside or repaired.
Layout of a layer: [automaton state, the small counters folded into one, minutes or the longest counter].
"""

from collections import namedtuple
from math import gcd

import numpy as np

from .tables import Tables
from .walking import cheapest, tail_costs

# step [S, C], broke, soft [S, C] of classes of kinds; member [K + 1] → class; rest_step [days, 2, C], long_step [days, 2, C];
# rest_next [increments, R]: where a folded counter goes, −1 beyond its limit; mate: second day of a weekend; room: widest step
Plan = namedtuple("Plan", "step broke soft works member many rest_id long_step rest_next rest_back second split widest")


class Pricer:
    """Rows of one person, or a window of their row between fixed days: plan, counters and their end prices."""

    def __init__(
        self,
        t: Tables,
        p: int,
        window=None,
        around=None,
        room: int = 400_000,
        elastic: bool = False,
        pool=None,
        band: int = 0,
    ):
        """`window`: (first, last + 1) days, not inside a weekend; `around`: the search state that is fixed outside."""
        self.t, self.p, self.elastic, self.room, self.band = t, p, elastic, room, band
        self.around, self.pool, self.watched = around, pool if pool is not None else {}, set()
        self._build(window)

    def _build(self, window) -> None:
        t, p, around = self.t, self.p, self.around
        self.first, self.last = window or (0, t.days)
        machine = t.automaton[p]
        allowed = np.isfinite(t.cost[p, self.first : self.last]).any(axis=0)
        counters = self.counters = self._counters(t, p, allowed, _outside(t, p, self.first, self.last, around))
        size = t.step.shape[1]
        kept, self.idle = [], []
        for counter in counters:
            if (
                counter["name"][0] == "limit"
                and counter["name"] not in self.watched
                and counter["size"] > 0
                and not self.elastic
            ):
                self.idle.append(counter)
            elif counter["name"][0] != "category" and size * counter["size"] <= self.room:
                kept.append(counter)
                size *= counter["size"]
        lost = [counter for counter in counters if not any(counter is one for one in kept + self.idle)]
        self.left_out = [counter["name"] for counter in lost]
        self.lost = lost
        for counter in lost:
            counter["amounts"] = np.arange(counter["size"])
        self.exact = not self.left_out
        self.possible = all(counter["size"] > 0 for counter in counters)
        if not self.possible:
            return
        kept.sort(key=lambda counter: -counter["size"])
        long, rest = (kept[0], kept[1:]) if kept else (None, [])
        self._classes(t, machine, allowed, kept)
        self._plan(t, machine, long, rest)
        self.start = int(t.start[p] if self.first == 0 else around.state[p, self.first - 1])
        R, M = self.plan.rest_next.shape[1], long["size"] if long else 1
        self.end = np.zeros((R, M))
        if long:
            self.end += long["end"][None, :]
        folded = np.arange(R)
        for counter in rest:
            self.end += counter["end"][(folded // counter["stride"]) % counter["size"]][:, None]
        self._span(long)
        self.tail = np.zeros(t.step.shape[1])
        if self.last < t.days:
            tail_costs(
                t,
                machine,
                around.roster[p],
                around.state[p],
                self.last,
                np.inf if not self.elastic else t.heavy,
                self.tail,
            )
        shape = (self.last - self.first, t.step.shape[1], R, M)
        if shape not in self.pool:
            self.pool[shape] = np.empty((2, *shape[1:])), np.empty(shape, dtype=np.int16)
        self.layers, self.back = self.pool[shape]
        self.cost = np.ascontiguousarray(t.cost[p, self.first : self.last])
        self.row = np.zeros(shape[0], dtype=np.int16)

    def _span(self, long) -> None:
        """What the longest counter may be after each day so that its end can still be met; `band`: near a steady pace."""
        days, M = self.last - self.first, self.end.shape[1]
        widest = np.r_[0, np.cumsum(self.plan.widest)]
        finite = np.flatnonzero(np.isfinite(self.end).any(axis=0))
        least = int(finite[0]) if len(finite) else 0
        self.low = np.maximum(0, least - (widest[-1] - widest)).astype(np.int64)
        self.high = np.minimum(M - 1, widest).astype(np.int64)
        if self.band and long and len(finite):
            pace = (least + int(finite[-1])) / 2 * np.arange(days + 1) / days
            near = self.band * int(self.plan.widest.max(initial=1))
            self.low = np.maximum(self.low, (pace - near).astype(np.int64))
            self.high = np.minimum(self.high, (pace + near).astype(np.int64))
            self.low[0], self.high[-1] = 0, M - 1
            self.exact = False

    def _counters(self, t: Tables, p: int, allowed, outside) -> list[dict]:
        """What must be counted, most important first: its increments [days, kinds + 1], size and end price."""
        found = []
        days, kinds = self.last - self.first, t.kinds
        heavy = t.heavy if self.elastic else np.inf
        minutes, weekends, limits, counts = outside
        most = int(t.most_weekends[p]) - weekends
        inside = {int(number) for number in t.weekend[self.first : self.last] if number >= 0}
        if most < len(inside):
            found.append({"name": "weekends", "step": None, **self._at_most(most, len(inside), heavy)})
        low, high = int(t.least_minutes[p]) - minutes, int(t.most_minutes[p]) - minutes
        lengths = [int(t.minutes[k]) for k in range(kinds) if allowed[k] and t.minutes[k]]
        unit = gcd(*lengths) if lengths else 0
        reach = days * max(lengths, default=0)
        if low > 0 or high < reach:
            unit = unit or 1
            amount = np.arange((reach if self.elastic else min(high, reach)) // unit + 1) * unit
            wrong = np.maximum(np.maximum(low - amount, amount - high), 0) / 60.0
            end = wrong * heavy if self.elastic else np.where(wrong > 0, np.inf, 0.0)
            step = np.tile(t.minutes // unit, (days, 1))
            found.append({"name": "minutes", "step": step, "end": end, "size": len(amount)})
        for number in range(t.limit_most.shape[1]):
            most = int(t.limit_most[p, number] - limits[number])
            member = t.limit_kinds[p, number]
            if most < days and (member * allowed).any():
                name = ("limit", number)
                found.append({"name": name, "step": np.tile(member, (days, 1)), **self._at_most(most, days, heavy)})
        shares = [n for n in range(t.target.shape[1]) if t.weight[p, n] > 0]
        for number in sorted(shares, key=lambda n: -t.weight[p, n]):
            step = t.counts[number, self.first : self.last]
            most = int(np.where(np.isfinite(t.cost[p, self.first : self.last]), step, 0).max(axis=1).sum())
            have = counts[number] - t.target[p, number]
            end = t.weight[p, number] * (np.arange(most + 1) + have) ** 2
            found.append({"name": ("category", number), "step": step, "end": end, "size": most + 1})
        return found

    def _at_most(self, most: int, reach: int, heavy: float) -> dict:
        if not self.elastic:
            return {"end": np.zeros(max(0, most + 1)), "size": most + 1}
        return {"end": np.maximum(0, np.arange(reach + 1) - most) * heavy, "size": reach + 1}

    def _classes(self, t: Tables, machine: int, allowed, kept) -> None:
        """Kinds that differ in nothing but their price go together."""
        keys, member, self.heads = {}, np.full(t.kinds + 1, -1, dtype=np.int64), []
        for k in range(t.kinds + 1):
            if not allowed[k]:
                continue
            parts = [t.step[machine, :, k].tobytes(), t.broke[machine, :, k].tobytes(), t.soft[machine, :, k].tobytes()]
            parts += [counter["step"][:, k].tobytes() for counter in kept if counter["step"] is not None]
            key = (k == t.kinds, *parts)
            if key not in keys:
                keys[key] = len(self.heads)
                self.heads.append(k)
            member[k] = keys[key]
        self.member = member

    def _plan(self, t: Tables, machine: int, long, rest) -> None:
        heads, first, days = self.heads, self.first, self.last - self.first
        stride = 1
        for counter in rest:
            counter["stride"] = stride
            stride *= counter["size"]
        R = stride
        works_kind = np.array([k != t.kinds for k in heads])
        weekend = t.weekend[first : self.last]
        second = np.array([weekend[d] >= 0 and t.weekend_days[weekend[d], 1] == first + d for d in range(days)])

        def increments(counter, d, flag):
            if counter is None:
                return np.zeros(len(heads), dtype=np.int64)
            if counter["step"] is not None:
                return counter["step"][d][heads]
            fresh = weekend[d] >= 0 and not (second[d] and flag)
            return np.where(works_kind & fresh, 1, 0)

        ids, nexts, backs = {}, [], []
        rest_id = np.zeros((days, 2, len(heads)), dtype=np.int64)
        long_step = np.zeros((days, 2, len(heads)), dtype=np.int64)
        folded = np.arange(R)
        alike: dict = {}  # days of the same sort count the same
        for d in range(days):
            sort = (weekend[d] >= 0, bool(second[d]))
            if sort in alike:
                rest_id[d], long_step[d] = rest_id[alike[sort]], long_step[alike[sort]]
                continue
            alike[sort] = d
            for flag in range(2):
                long_step[d, flag] = increments(long, d, flag)
                vectors = np.array([increments(counter, d, flag) for counter in rest]).reshape(len(rest), len(heads))
                for c in range(len(heads)):
                    key = tuple(int(x) for x in vectors[:, c])
                    if key not in ids:
                        ids[key] = len(nexts)
                        fits, jump = np.ones(R, dtype=bool), 0
                        for counter, by in zip(rest, key, strict=True):
                            fits &= (folded // counter["stride"]) % counter["size"] + by < counter["size"]
                            jump += by * counter["stride"]
                        nexts.append(np.where(fits, folded + jump, -1))
                        backs.append(jump)
                    rest_id[d, flag, c] = ids[key]
        soft = t.soft[machine][:, heads]
        broke = t.broke[machine][:, heads]
        broke = broke * t.heavy if self.elastic else np.where(broke > 0, np.inf, 0.0)
        self.plan = Plan(
            np.ascontiguousarray(t.step[machine][:, heads]), np.ascontiguousarray(broke + soft), np.ascontiguousarray(soft),
            np.ascontiguousarray(t.works[machine]), self.member, len(heads), rest_id, long_step,
            np.array(nexts, dtype=np.int64).reshape(len(nexts), R), np.array(backs, dtype=np.int64),
            second, float(t.split), long_step.max(axis=(1, 2)).astype(np.int64),
        )  # fmt: skip

    def best(self, price: np.ndarray) -> tuple[float, np.ndarray]:
        """(cost, row in inside form) of the cheapest row at prices [days, kinds + 1]; inf if no row is legal."""
        if not self.possible:
            return np.inf, None
        while True:
            value = cheapest(
                self.plan, self.start, price, self.end, self.tail, self.low, self.high, self.layers, self.back, self.row
            )
            if not self.idle or value == np.inf:
                return value, self.row
            days = np.arange(len(self.row))
            broken = {c["name"] for c in self.idle if c["step"][days, self.row].sum() >= c["size"]}
            if not broken:
                return value, self.row
            self.watched |= broken  # a limit is counted from the first time it would have been broken
            self._build((self.first, self.last))

    def value(self, row: np.ndarray) -> float:
        """What pricing says of a given row: inf if it cannot be had this way."""
        price = np.full(self.cost.shape, np.inf)
        days = np.arange(len(row))
        price[days, row] = self.cost[days, row]
        if not self.possible:
            return np.inf
        return cheapest(
            self.plan, self.start, price, self.end, self.tail, self.low, self.high, self.layers, self.back, self.row
        )

    def lost_cost(self, row: np.ndarray) -> float:
        """The part of a row's cost that is not in what pricing says."""
        days = np.arange(len(row))
        return sum(float(c["end"][c["step"][days, row].sum()]) for c in self.lost)

    def legal(self, row: np.ndarray) -> bool:
        """Whether a row keeps what was left out of the state."""
        days = np.arange(len(row))
        return all(c["end"][total] < np.inf if (total := c["step"][days, row].sum()) < c["size"] else False
                   for c in self.lost if c["step"] is not None)  # fmt: skip


def _outside(t: Tables, p: int, first: int, last: int, around) -> tuple:
    """(minutes, weekends, limits, counts) of the days that stay as they are."""
    limits, counts = np.zeros(t.limit_most.shape[1], dtype=np.int64), np.zeros(t.target.shape[1], dtype=np.int64)
    if first == 0 and last == t.days:
        return 0, 0, limits, counts
    days = np.r_[0:first, last : t.days]
    row = around.roster[p, days]
    works = row != t.kinds
    weekends = len({int(number) for number in t.weekend[days[works]] if number >= 0})
    return int(t.minutes[row].sum()), weekends, t.limit_kinds[p][:, row].sum(axis=1), t.counts[:, days, row].sum(axis=1)
