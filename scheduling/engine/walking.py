"""The compiled walk through days, automaton states and counters that `pricing` plans."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def tail_costs(t, machine, row, states, first, heavy, out):
    """What the fixed days from `first` on cost more, for each automaton state they may be met in."""
    for s in range(out.shape[0]):
        at, was = s, states[first - 1]
        d = first
        total = 0.0
        while d < t.days and at != was:
            k = row[d]
            broken = t.broke[machine, at, k]
            if broken > 0:
                total += broken * heavy
                total += t.soft[machine, at, k] - t.soft[machine, was, k]
            at = t.step[machine, at, k]
            was = states[d]
            d += 1
        out[s] = total


@njit(cache=True, nogil=True)
def cheapest(plan, start, price, end, tail, low, high, layers, back, row):
    days, columns = price.shape
    many = plan.many
    S, R, M = layers.shape[1], layers.shape[2], layers.shape[3]
    class_price = np.empty(many)
    class_kind = np.empty((days, many), dtype=np.int16)
    now, then = layers[0], layers[1]
    now[:] = np.inf
    now[start, 0, 0] = 0.0
    active = np.zeros(S, dtype=np.bool_)
    active[start] = True
    for d in range(days):
        class_price[:] = np.inf
        for k in range(columns):
            c = plan.member[k]
            if c >= 0 and price[d, k] < class_price[c]:
                class_price[c] = price[d, k]
                class_kind[d, c] = k
        then[:] = np.inf
        following = np.zeros(S, dtype=np.bool_)
        for s in range(S):
            if not active[s]:
                continue
            flag = 1 if plan.works[s] else 0
            for c in range(many):
                cost = class_price[c] + plan.broke[s, c]
                if plan.second[d]:
                    working = class_kind[d, c] != columns - 1
                    if working != (flag == 1):
                        cost += plan.split
                if not cost < np.inf:
                    continue
                to = plan.step[s, c]
                following[to] = True
                number = plan.rest_id[d, flag, c]
                jump = plan.long_step[d, flag, c]
                mark = np.int16(s * many + c)
                for r in range(R):
                    r2 = plan.rest_next[number, r]
                    if r2 < 0:
                        continue
                    a = now[s, r]
                    b = then[to, r2]
                    trace = back[d, to, r2]
                    for m in range(max(low[d], low[d + 1] - jump), min(M - 1 - jump, high[d], high[d + 1] - jump) + 1):
                        value = a[m] + cost
                        if value < b[m + jump]:
                            b[m + jump] = value
                            trace[m + jump] = mark
        now, then = then, now
        active = following
    best = np.inf
    bs = br = bm = 0
    for s in range(S):
        if not active[s]:
            continue
        for r in range(R):
            for m in range(M):
                value = now[s, r, m] + end[r, m] + tail[s]
                if value < best:
                    best, bs, br, bm = value, s, r, m
    if not best < np.inf:
        return best
    for d in range(days - 1, -1, -1):
        mark = back[d, bs, br, bm]
        s, c = mark // many, mark % many
        row[d] = class_kind[d, c]
        flag = 1 if plan.works[s] else 0
        br -= plan.rest_back[plan.rest_id[d, flag, c]]
        bm -= plan.long_step[d, flag, c]
        bs = s
    return best
