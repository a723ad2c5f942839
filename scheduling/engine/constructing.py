"""A first roster, person by person: each gets the cheapest legal row against what is still missing."""

import time

import numpy as np

from . import search
from .pricing import Pricer
from .tables import Tables

EXACT = 3_000_000  # states per day at most: so much is counted to make a row legal


def construct(t: Tables, s, until: float, order=None, seed: int = 1) -> bool:
    """Fill rows in turn while there is time; False if time ran out. Rows already good are replaced only by better."""
    pool: dict = {}
    order = np.random.default_rng(seed).permutation(t.people) if order is None else order
    for p in order:
        if time.perf_counter() > until:
            return False
        respond(t, s, int(p), pool)
    return True


def respond(t: Tables, s, p: int, pool: dict) -> None:
    """Give one person the best row while all others stay."""
    days = np.arange(t.days)
    cover = s.cover[:, : t.kinds].copy()
    works = s.roster[p] != t.kinds
    cover[days[works], s.roster[p][works]] -= 1
    gain = np.where(cover < t.demand, -t.under, t.over)
    pricer = Pricer(t, p, pool=pool, room=EXACT, band=6 if t.days > 44 else 0)
    price = np.c_[gain, np.zeros(t.days)] + np.ascontiguousarray(t.cost[p])
    value, row = pricer.best(price)
    if value == np.inf and pricer.band:
        pricer = Pricer(t, p, pool=pool, room=EXACT)
        value, row = pricer.best(price)
    if value == np.inf or not pricer.legal(row):
        pricer = Pricer(t, p, pool=pool, room=EXACT, elastic=True)
        value, row = pricer.best(price)
        if value == np.inf:
            return
    old, kept = s.roster[p].copy(), s.value.copy()
    s.roster[p] = row
    search.refresh(t, s)
    if s.value[0] > kept[0] + 1e-9 or (s.value[0] > kept[0] - 1e-9 and s.value[1] > kept[1] + 1e-7):
        s.roster[p] = old
        search.refresh(t, s)


def mend(t: Tables, s, until: float) -> None:
    """Rows that break a rule are given back whole, legal if that is possible at all."""
    for p in range(t.people):
        if time.perf_counter() > until:
            return
        if search.row_cost(t, p, s.roster[p])[0] > 1e-9:
            respond(t, s, p, {})
