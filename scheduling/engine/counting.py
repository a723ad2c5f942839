"""What a roster costs and breaks, kept up to date change by change, compiled.

A row change is judged in its window only: the automaton runs on from it until it is in the state it had before.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from .tables import Tables, inside

State = namedtuple(
    "State",
    "roster state cover minutes limits weekends counts best best_value value random new moves",
)


def begin(t: Tables, roster: np.ndarray, seed: int = 1) -> State:
    """A search state on a roster (outside form); cells it may not hold become what they may."""
    rows = inside(roster, t.kinds)
    state = State(
        rows, np.zeros((t.people, t.days), dtype=np.int32), np.zeros((t.days, t.kinds + 1), dtype=np.int64),
        np.zeros(t.people, dtype=np.int64), np.zeros(t.limit_most.shape, dtype=np.int64),
        np.zeros(t.people, dtype=np.int64), np.zeros(t.target.shape, dtype=np.int64), rows.copy(),
        np.zeros(2), np.zeros(2), np.array([seed * 2654435761 + 88172645463325252], dtype=np.uint64),
        np.zeros((4, t.days), dtype=np.int16), np.zeros((2, 16), dtype=np.int64),
    )  # fmt: skip
    refresh(t, state)
    state.best_value[:] = state.value
    return state


@njit(cache=True, nogil=True)
def draw(s):
    x = s.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    s.random[0] = x
    return x


@njit(cache=True, nogil=True)
def below(s, n):
    return np.int64((draw(s) >> np.uint64(11)) % np.uint64(n))


@njit(cache=True, nogil=True)
def uniform(s):
    return np.float64(draw(s) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def too_much(value, least, most):
    if value < least:
        return least - value
    if value > most:
        return value - most
    return 0


@njit(cache=True, nogil=True)
def weekends_of(t, row):
    """(weekends with a duty, weekends of two days of which one is worked)."""
    weekends = 0
    halves = 0
    for number in range(t.weekend_days.shape[0]):
        first, second = t.weekend_days[number, 0], t.weekend_days[number, 1]
        one = first >= 0 and row[first] != t.kinds
        other = second >= 0 and row[second] != t.kinds
        weekends += one or other
        halves += first >= 0 and second >= 0 and one != other
    return weekends, halves


@njit(cache=True, nogil=True)
def refresh(t, s):
    """Count everything anew from the roster; value[0]: broken rules, value[1]: cost."""
    broken = 0.0
    cost = t.constant
    s.cover[:] = 0
    for p in range(t.people):
        machine = t.automaton[p]
        at = t.start[p]
        minutes = 0
        s.limits[p, :] = 0
        s.counts[p, :] = 0
        for d in range(t.days):
            k = s.roster[p, d]
            if t.cost[p, d, k] == np.inf:
                k = t.choices[p, d, t.choices_many[p, d] - 1]
                s.roster[p, d] = k
            broken += t.broke[machine, at, k]
            cost += t.soft[machine, at, k] + t.cost[p, d, k]
            at = t.step[machine, at, k]
            s.state[p, d] = at
            s.cover[d, k] += 1
            minutes += t.minutes[k]
            for number in range(t.limit_most.shape[1]):
                s.limits[p, number] += t.limit_kinds[p, number, k]
            for number in range(t.target.shape[1]):
                s.counts[p, number] += t.counts[number, d, k]
        s.minutes[p] = minutes
        broken += too_much(minutes, t.least_minutes[p], t.most_minutes[p]) / 60.0
        weekends, halves = weekends_of(t, s.roster[p])
        cost += halves * t.split
        s.weekends[p] = weekends
        broken += max(0, weekends - t.most_weekends[p])
        for number in range(t.limit_most.shape[1]):
            broken += max(0, s.limits[p, number] - t.limit_most[p, number])
        for number in range(t.target.shape[1]):
            cost += t.weight[p, number] * (s.counts[p, number] - t.target[p, number]) ** 2
    for d in range(t.days):
        for k in range(t.kinds):
            missing = t.demand[d, k] - s.cover[d, k]
            cost += missing * t.under[d, k] if missing > 0 else -missing * t.over[d, k]
    s.value[0] = broken
    s.value[1] = cost


@njit(cache=True, nogil=True)
def row_change(t, s, p, a, b, new):
    """(rules broken more, cost more) when p's days a..b become `new`; the cover is not in it."""
    machine = t.automaton[p]
    at = s.state[p, a - 1] if a > 0 else t.start[p]
    was = at
    strict = s.value[0] < 1e-9  # nothing is broken now: the first thing broken ends it
    broken = 0.0
    cost = 0.0
    minutes = 0
    for d in range(a, b + 1):
        k = new[d]
        old = s.roster[p, d]
        if k != old:
            cost += t.cost[p, d, k] - t.cost[p, d, old]
            minutes += t.minutes[k] - t.minutes[old]
        broken += t.broke[machine, at, k] - t.broke[machine, was, old]
        cost += t.soft[machine, at, k] - t.soft[machine, was, old]
        if strict and broken > 1e-9:
            return np.inf, np.inf
        at = t.step[machine, at, k]
        was = s.state[p, d]
    if not cost < 1e17:
        return np.inf, np.inf
    d = b + 1
    while at != was and d < t.days:
        k = s.roster[p, d]
        broken += t.broke[machine, at, k] - t.broke[machine, was, k]
        cost += t.soft[machine, at, k] - t.soft[machine, was, k]
        if strict and broken > 1e-9:
            return np.inf, np.inf
        at = t.step[machine, at, k]
        was = s.state[p, d]
        d += 1
    if minutes != 0:
        low, high = t.least_minutes[p], t.most_minutes[p]
        broken += (too_much(s.minutes[p] + minutes, low, high) - too_much(s.minutes[p], low, high)) / 60.0
    weekends = 0
    done = -1
    for d in range(a, b + 1):
        number = t.weekend[d]
        if number < 0 or number == done:
            continue
        done = number
        before = 0
        after = 0
        days = 0
        for place in range(2):
            day = t.weekend_days[number, place]
            if day < 0:
                continue
            days += 1
            old = s.roster[p, day] != t.kinds
            before += old
            after += (new[day] != t.kinds) if a <= day <= b else old
        weekends += (after > 0) - (before > 0)
        if days == 2:
            cost += t.split * ((after == 1) - (before == 1))
    if weekends != 0:
        most = t.most_weekends[p]
        broken += max(0, s.weekends[p] + weekends - most) - max(0, s.weekends[p] - most)
    for number in range(t.limit_most.shape[1]):
        most = t.limit_most[p, number]
        if most >= t.days:
            continue
        change = 0
        for d in range(a, b + 1):
            change += t.limit_kinds[p, number, new[d]] - t.limit_kinds[p, number, s.roster[p, d]]
        if change != 0:
            broken += max(0, s.limits[p, number] + change - most) - max(0, s.limits[p, number] - most)
    for number in range(t.target.shape[1]):
        weight = t.weight[p, number]
        if weight == 0.0:
            continue
        change = 0
        for d in range(a, b + 1):
            change += t.counts[number, d, new[d]] - t.counts[number, d, s.roster[p, d]]
        if change != 0:
            before = s.counts[p, number] - t.target[p, number]
            cost += weight * change * (2.0 * before + change)
    return broken, cost


@njit(cache=True, nogil=True)
def take(t, s, p, a, b, new):
    """Make the change: the row, its states and counts (not the cover)."""
    machine = t.automaton[p]
    at = s.state[p, a - 1] if a > 0 else t.start[p]
    for number in range(t.weekend_days.shape[0]):
        first = t.weekend_days[number, 0]
        last = max(first, t.weekend_days[number, 1])
        if last < a or first > b:
            continue
        before = 0
        after = 0
        for place in range(2):
            day = t.weekend_days[number, place]
            if day >= 0:
                old = s.roster[p, day] != t.kinds
                before += old
                after += (new[day] != t.kinds) if a <= day <= b else old
        s.weekends[p] += (after > 0) - (before > 0)
    d = a
    while d < t.days:
        if d <= b:
            k = new[d]
            old = s.roster[p, d]
            if k != old:
                s.minutes[p] += t.minutes[k] - t.minutes[old]
                for number in range(t.limit_most.shape[1]):
                    s.limits[p, number] += t.limit_kinds[p, number, k] - t.limit_kinds[p, number, old]
                for number in range(t.target.shape[1]):
                    s.counts[p, number] += t.counts[number, d, k] - t.counts[number, d, old]
                s.roster[p, d] = k
        k = s.roster[p, d]
        at = t.step[machine, at, k]
        if d >= b and at == s.state[p, d]:
            break
        s.state[p, d] = at
        d += 1


@njit(cache=True, nogil=True)
def shift_cover(t, s, d, old, k):
    """One person goes from `old` to `k` on day d: the cover follows; returns what that costs."""
    cost = 0.0
    if old != t.kinds:
        cost += t.under[d, old] if s.cover[d, old] <= t.demand[d, old] else -t.over[d, old]
    s.cover[d, old] -= 1
    if k != t.kinds:
        cost += -t.under[d, k] if s.cover[d, k] < t.demand[d, k] else t.over[d, k]
    s.cover[d, k] += 1
    return cost


@njit(cache=True, nogil=True)
def row_cost(t, p, row):
    """(rules broken, cost) of one person's whole row, without the cover."""
    broken = 0.0
    cost = 0.0
    machine = t.automaton[p]
    at = t.start[p]
    minutes = 0
    for d in range(t.days):
        k = row[d]
        broken += t.broke[machine, at, k]
        cost += t.soft[machine, at, k] + t.cost[p, d, k]
        at = t.step[machine, at, k]
        minutes += t.minutes[k]
    broken += too_much(minutes, t.least_minutes[p], t.most_minutes[p]) / 60.0
    weekends, halves = weekends_of(t, row)
    cost += halves * t.split
    broken += max(0, weekends - t.most_weekends[p])
    for number in range(t.limit_most.shape[1]):
        total = 0
        for d in range(t.days):
            total += t.limit_kinds[p, number, row[d]]
        broken += max(0, total - t.limit_most[p, number])
    for number in range(t.target.shape[1]):
        if t.weight[p, number] > 0:
            total = 0
            for d in range(t.days):
                total += t.counts[number, d, row[d]]
            cost += t.weight[p, number] * (total - t.target[p, number]) ** 2
    return broken, cost


def cover_of(t: Tables, roster: np.ndarray) -> np.ndarray:
    """How many people have each kind on each day [days, kinds]; the roster in inside form."""
    cover = np.zeros((t.days, t.kinds + 1), dtype=np.int64)
    for d in range(t.days):
        cover[d] = np.bincount(roster[:, d], minlength=t.kinds + 1)
    return cover[:, : t.kinds]
