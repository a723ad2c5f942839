"""Closes the last gap: every row that could be part of a better roster, listed per person, and the choice among them."""

import time

import numpy as np
from numba import njit

from .columns import Columns
from .diving import choose
from .pricing import Pricer
from .stepping import arc, fill


class TooMany(Exception):
    """More rows than can be listed."""


def prove(c: Columns, best: float, step: float, until: float, most: int = 30_000) -> tuple[list | None, float] | None:
    """(a better choice of rows or None, a proven bound); None if the gap is still too wide for it.

    A roster cheaper than `best` − `step` can only use rows whose reduced cost at the bound's prices is at most
    `best` − `step` − bound; all of them are listed, so the choice among them is exact.
    """
    spare = best - step - c.bound + 1e-6
    found, listing = [], min(until, time.perf_counter() + 4)
    for place, pricer in enumerate(c.pricers):
        price = c.price_of(place, c.prices, c.own)
        try:
            rows = list_rows(pricer, price, spare, most - len(found), listing)
        except TooMany:
            return None
        days = np.arange(c.last - c.first)
        for row, value in rows:
            if pricer.legal(row):
                found.append((place, row, value + float(pricer.cost[days, row].sum() - price[days, row].sum())))
    whole = Columns(c.t, c.around, c.people, (c.first, c.last), pricers=c.pricers, box=c.box)
    present = [(place, c.around.roster[p, c.first : c.last].copy()) for place, p in enumerate(c.people)]
    whole.add([(place, row, c.pricers[place].value(row)) for place, row in present] + found)
    number = {(place, row.tobytes()): at for at, (place, row, _cost) in enumerate(whole.columns)}
    seconds = until - time.perf_counter()
    if seconds < 0.1:
        return None
    rows, cost, bound = choose(whole, seconds, [number[place, row.tobytes()] for place, row in present])
    if rows is not None and cost < best - 1e-6:
        return rows, max(c.bound, min(bound, best - step))
    return None, max(c.bound, min(bound, best))


def list_rows(
    pricer: Pricer, price: np.ndarray, spare: float, most: int, until: float
) -> list[tuple[np.ndarray, float]]:
    """Every legal row whose cost at these prices is within `spare` of the cheapest."""
    days = price.shape[0]
    states = pricer.layers.shape[1:]
    if (days + 1) * int(np.prod(states)) > 40_000_000 or most <= 0 or time.perf_counter() > until:
        raise TooMany
    values = np.full((days + 1, *states), np.inf)
    least = np.zeros(1)
    many = fill(pricer.plan, pricer.start, price, pricer.end, pricer.tail, values, least)
    if not many:
        return []
    rows, costs = np.zeros((most, days), dtype=np.int16), np.zeros(most)
    count = collect(pricer.plan, price, pricer.end, pricer.tail, values, least[0] + spare, rows, costs, 4_000_000)
    if count < 0:
        raise TooMany
    return [(rows[number].copy(), float(costs[number])) for number in range(count)]


@njit(cache=True, nogil=True)
def collect(plan, price, end, tail, values, limit, rows, costs, patience):
    """All rows up to the limit, walking back from the last day; −1 if they are too many."""
    days, columns = price.shape
    S, R, M = values.shape[1], values.shape[2], values.shape[3]
    count = 0
    # what is on the way: state after each day, and where to go on among its predecessors
    at = np.zeros((days + 1, 3), dtype=np.int64)
    later = np.zeros(days + 1)
    turn = np.zeros(days + 1, dtype=np.int64)
    row = np.zeros(days, dtype=np.int16)
    for s_end in range(S):
        for r_end in range(R):
            for m_end in range(M):
                if not values[days, s_end, r_end, m_end] + end[r_end, m_end] + tail[s_end] <= limit:
                    continue
                at[days, 0], at[days, 1], at[days, 2] = s_end, r_end, m_end
                later[days] = end[r_end, m_end] + tail[s_end]
                turn[days] = 0
                d = days
                while d <= days:
                    if d == 0:
                        if count >= rows.shape[0]:
                            return -1
                        rows[count] = row
                        costs[count] = later[0]
                        count += 1
                        d += 1
                        continue
                    stepped = False
                    while turn[d] < S * columns:
                        s, k = turn[d] // columns, turn[d] % columns
                        turn[d] += 1
                        patience -= 1
                        c = plan.member[k]
                        if c < 0 or plan.step[s, c] != at[d, 0]:
                            continue
                        flag = 1 if plan.works[s] else 0
                        number = plan.rest_id[d - 1, flag, c]
                        r = at[d, 1] - plan.rest_back[number]
                        m = at[d, 2] - plan.long_step[d - 1, flag, c]
                        if r < 0 or m < 0 or plan.rest_next[number, r] != at[d, 1]:
                            continue
                        cost = arc(plan, price, d - 1, s, k, columns) + later[d]
                        if values[d - 1, s, r, m] + cost <= limit:
                            row[d - 1] = k
                            at[d - 1, 0], at[d - 1, 1], at[d - 1, 2] = s, r, m
                            later[d - 1] = cost
                            turn[d - 1] = 0
                            d -= 1
                            stepped = True
                            break
                    if patience < 0:
                        return -1
                    if not stepped:
                        d += 1
    return count
