"""Compiled: what every step of a person's walk costs at least, on the way to it and from it on."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def arc(plan, price, d, s, k, columns):
    c = plan.member[k]
    cost = price[d, k] + plan.broke[s, c]
    if plan.second[d] and (k != columns - 1) != plan.works[s]:
        cost += plan.split
    return cost


@njit(cache=True, nogil=True)
def fill(plan, start, price, end, tail, values, least):
    """Cheapest way to each state of each day."""
    days, columns = price.shape
    S, R, M = values.shape[1], values.shape[2], values.shape[3]
    values[0, start, 0, 0] = 0.0
    for d in range(days):
        for s in range(S):
            flag = 1 if plan.works[s] else 0
            for k in range(columns):
                c = plan.member[k]
                if c < 0:
                    continue
                cost = arc(plan, price, d, s, k, columns)
                if not cost < np.inf:
                    continue
                to, jump = plan.step[s, c], plan.long_step[d, flag, c]
                for r in range(R):
                    r2 = plan.rest_next[plan.rest_id[d, flag, c], r]
                    if r2 < 0:
                        continue
                    for m in range(M - jump):
                        value = values[d, s, r, m] + cost
                        if value < values[d + 1, to, r2, m + jump]:
                            values[d + 1, to, r2, m + jump] = value
    least[0] = np.inf
    for s in range(S):
        for r in range(R):
            for m in range(M):
                least[0] = min(least[0], values[days, s, r, m] + end[r, m] + tail[s])
    return least[0] < np.inf


@njit(cache=True, nogil=True)
def onward(plan, price, end, tail, rest):
    """Cheapest way from each state of each day to the end."""
    days, columns = price.shape
    S, R, M = rest.shape[1], rest.shape[2], rest.shape[3]
    for s in range(S):
        rest[days, s] = end + tail[s]
    for d in range(days - 1, -1, -1):
        for s in range(S):
            flag = 1 if plan.works[s] else 0
            for k in range(columns):
                c = plan.member[k]
                if c < 0:
                    continue
                cost = arc(plan, price, d, s, k, columns)
                if not cost < np.inf:
                    continue
                to, jump = plan.step[s, c], plan.long_step[d, flag, c]
                for r in range(R):
                    r2 = plan.rest_next[plan.rest_id[d, flag, c], r]
                    if r2 < 0:
                        continue
                    for m in range(M - jump):
                        value = rest[d + 1, to, r2, m + jump] + cost
                        if value < rest[d, s, r, m]:
                            rest[d, s, r, m] = value


@njit(cache=True, nogil=True)
def least_through(plan, price, values, rest, found):
    """found[d, s, k]: the cheapest whole walk that takes kind k from state s on day d."""
    days, columns = price.shape
    S, R, M = rest.shape[1], rest.shape[2], rest.shape[3]
    for d in range(days):
        for s in range(S):
            flag = 1 if plan.works[s] else 0
            for k in range(columns):
                c = plan.member[k]
                if c < 0:
                    continue
                cost = arc(plan, price, d, s, k, columns)
                if not cost < np.inf:
                    continue
                to, jump = plan.step[s, c], plan.long_step[d, flag, c]
                best = np.inf
                for r in range(R):
                    r2 = plan.rest_next[plan.rest_id[d, flag, c], r]
                    if r2 < 0:
                        continue
                    for m in range(M - jump):
                        best = min(best, values[d, s, r, m] + rest[d + 1, to, r2, m + jump])
                found[d, s, k] = best + cost
