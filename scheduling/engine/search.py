"""Compiled search: simulated annealing over whole rosters, row by row exact through the automata."""

import numpy as np
from numba import njit

from .counting import (
    State,
    begin,
    below,
    cover_of,
    refresh,
    row_change,
    row_cost,
    shift_cover,
    take,
    uniform,
)

__all__ = ["State", "anneal", "begin", "cover_of", "refresh", "row_cost"]


@njit(cache=True, nogil=True)
def try_one(t, s, p, a, b, new, heat):
    """Change one row if it pays or chance wills it."""
    while a <= b and new[a] == s.roster[p, a]:
        a += 1
    while a <= b and new[b] == s.roster[p, b]:
        b -= 1
    if a > b:
        return False
    broken, cost = row_change(t, s, p, a, b, new)
    if broken > 1e-9:
        return False
    for d in range(a, b + 1):
        if new[d] != s.roster[p, d]:
            cost += shift_cover(t, s, d, s.roster[p, d], new[d])
    if broken < -1e-9 or cost <= 0.0 or (heat > 0.0 and uniform(s) < np.exp(-cost / heat)):
        take(t, s, p, a, b, new)
        s.value[0] += broken
        s.value[1] += cost
        return True
    for d in range(a, b + 1):
        if new[d] != s.roster[p, d]:
            shift_cover(t, s, d, new[d], s.roster[p, d])
    return False


@njit(cache=True, nogil=True)
def trade(t, s, p, q, a, b, heat):
    """Two rows change at once, to what `s.new` holds for them, if it pays or chance wills it; the cover stays."""
    one, other = s.new[0], s.new[1]
    broken, cost = row_change(t, s, p, a, b, one)
    if broken > 1e-9:
        return False
    more, dearer = row_change(t, s, q, a, b, other)
    if broken + more > 1e-9:
        return False
    broken += more
    cost += dearer
    if broken < -1e-9 or cost <= 0.0 or (heat > 0.0 and uniform(s) < np.exp(-cost / heat)):
        take(t, s, p, a, b, one)
        take(t, s, q, a, b, other)
        s.value[0] += broken
        s.value[1] += cost
        return True
    return False


@njit(cache=True, nogil=True)
def try_swap(t, s, p, q, a, b, heat):
    """Exchange days a..b between two people: the cover stays as it is."""
    while a <= b and s.roster[q, a] == s.roster[p, a]:
        a += 1
    while a <= b and s.roster[q, b] == s.roster[p, b]:
        b -= 1
    if a > b:
        return False
    one, other = s.new[0], s.new[1]
    for d in range(a, b + 1):
        one[d] = s.roster[q, d]
        other[d] = s.roster[p, d]
        if t.cost[p, d, one[d]] == np.inf or t.cost[q, d, other[d]] == np.inf:
            return False
    return trade(t, s, p, q, a, b, heat)


@njit(cache=True, nogil=True)
def try_exchange(t, s, p, q, a, b, heat):
    """Two people exchange two single days, a and b; what lies between stays."""
    if t.cost[p, a, s.roster[q, a]] == np.inf or t.cost[q, a, s.roster[p, a]] == np.inf:
        return False
    if t.cost[p, b, s.roster[q, b]] == np.inf or t.cost[q, b, s.roster[p, b]] == np.inf:
        return False
    one, other = s.new[0], s.new[1]
    for d in range(a, b + 1):
        one[d] = s.roster[p, d]
        other[d] = s.roster[q, d]
    one[a], other[a] = other[a], one[a]
    one[b], other[b] = other[b], one[b]
    return trade(t, s, p, q, a, b, heat)


@njit(cache=True, nogil=True)
def pick(t, s, p, d):
    return t.choices[p, d, below(s, t.choices_many[p, d])]


@njit(cache=True, nogil=True)
def wanted_kind(t, s, p, d):
    """A kind still missing on that day that p may have, else any."""
    many = t.choices_many[p, d]
    at = below(s, many)
    for turn in range(many):
        k = t.choices[p, d, (at + turn) % many]
        if k != t.kinds and s.cover[d, k] < t.demand[d, k]:
            return k
    return t.choices[p, d, at]


@njit(cache=True, nogil=True)
def one_move(t, s, heat):
    """Try one random change; returns its number and whether it was made."""
    roll = below(s, 100)
    p = below(s, t.people)
    new = s.new[2]
    if roll < 50 and t.people > 1:
        q = below(s, t.people - 1)
        q += q >= p
        if roll < 20 and t.days > 1:  # a duty for a duty
            a = below(s, t.days)
            works, free = s.roster[p, a] != t.kinds, s.roster[q, a] == t.kinds
            for _turn in range(6):
                b = below(s, t.days)
                if b == a or (s.roster[p, b] == t.kinds) != works or (s.roster[q, b] != t.kinds) != free:
                    continue
                return 5, try_exchange(t, s, p, q, min(a, b), max(a, b), heat)
        length = 1 + below(s, 7) if roll < 40 else 1 + below(s, min(t.days, 21))
        if length > t.days:
            length = t.days
        a = below(s, t.days - length + 1)
        return 0, try_swap(t, s, p, q, a, a + length - 1, heat)
    if roll < 65:  # one day
        d = below(s, t.days)
        new[d] = wanted_kind(t, s, p, d) if roll < 58 else pick(t, s, p, d)
        return 1, try_one(t, s, p, d, d, new, heat)
    if roll < 80:  # a block of one kind, or free
        length = min(1 + below(s, 6), t.days)
        a = below(s, t.days - length + 1)
        k = wanted_kind(t, s, p, a)
        for d in range(a, a + length):
            new[d] = k if t.cost[p, d, k] < np.inf else pick(t, s, p, d)
        return 2, try_one(t, s, p, a, a + length - 1, new, heat)
    if roll < 92:  # two days of the row at once, near or far
        a = below(s, t.days)
        reach = min(t.days - 1, 8 if roll < 87 else t.days - 1)
        b = min(t.days - 1, a + 1 + below(s, max(1, reach)))
        for d in range(a, b + 1):
            new[d] = s.roster[p, d]
        x, y = new[a], new[b]
        if below(s, 2) == 0:
            new[a], new[b] = y, x
            if t.cost[p, a, y] == np.inf:
                new[a] = pick(t, s, p, a)
            if t.cost[p, b, x] == np.inf:
                new[b] = pick(t, s, p, b)
        else:
            new[a] = wanted_kind(t, s, p, a) if x == t.kinds or below(s, 2) == 0 else t.kinds
            new[b] = wanted_kind(t, s, p, b) if y == t.kinds or below(s, 2) == 0 else t.kinds
        return 3, try_one(t, s, p, a, b, new, heat)
    # a piece of the row slides by some days
    length = min(2 + below(s, 9), t.days)
    a = below(s, t.days - length + 1)
    slide = 1 + below(s, length - 1) if length > 1 else 0
    for place in range(length):
        d = a + place
        k = s.roster[p, a + (place + slide) % length]
        new[d] = k if t.cost[p, d, k] < np.inf else pick(t, s, p, d)
    return 4, try_one(t, s, p, a, a + length - 1, new, heat)


@njit(cache=True, nogil=True)
def anneal(t, s, steps, hot, cold):
    """So many moves while the heat falls from hot to cold; the best roster is kept in `best`."""
    heat = hot
    fall = (cold / hot) ** (1.0 / max(1, steps // 256)) if hot > 0.0 else 1.0
    for number in range(steps):
        if number % 256 == 0 and number:
            heat *= fall
        move, made = one_move(t, s, heat)
        s.moves[0, move] += 1
        if made:
            s.moves[1, move] += 1
            if s.value[0] < s.best_value[0] - 1e-9 or (
                s.value[0] < s.best_value[0] + 1e-9 and s.value[1] < s.best_value[1] - 1e-7
            ):
                s.best_value[:] = s.value
                s.best[:] = s.roster
