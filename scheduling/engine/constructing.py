"""Whole rows, person by person: each gets the cheapest legal one against what is still missing."""

import time

import numpy as np

from . import search
from .pricing import Pricer
from .tables import Tables

EXACT = 3_000_000  # states per day at most: so much is counted to make a row legal
LIGHT = 25_000  # enough for weekends, in a long period


def respond(t: Tables, s, p: int, pool: dict, patient: bool = True) -> None:
    """Give one person the best row while all others stay."""
    days = np.arange(t.days)
    cover = s.cover[:, : t.kinds].copy()
    works = s.roster[p] != t.kinds
    cover[days[works], s.roster[p][works]] -= 1
    gain = np.where(cover < t.demand, -t.under, t.over)
    price = np.c_[gain, np.zeros(t.days)] + np.ascontiguousarray(t.cost[p])
    row = _priced(Pricer(t, p, pool=pool, room=LIGHT), price) if t.days > 44 else None
    if row is None:
        if t.days > 44 and not patient:
            return
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


def _priced(pricer: Pricer, price: np.ndarray) -> np.ndarray | None:
    """A legal row of a long period: what is too much to count is steered by prices until it fits."""
    if not pricer.possible:
        return None
    days = np.arange(len(price))
    extra: dict = {}
    spans: dict = {}
    for _turn in range(24):
        now = price
        for counter in pricer.lost:
            if extra.get(counter["name"]):
                now = now + extra[counter["name"]] * counter["step"]
        value, row = pricer.best(now)
        if value == np.inf:
            return None
        fine = True
        for counter in pricer.lost:
            total = int(counter["step"][days, row].sum())
            legal = np.flatnonzero(np.isfinite(counter["end"]))
            span = spans.setdefault(counter["name"], [-400.0, 400.0])
            before = extra.get(counter["name"], 0.0)
            if total > legal[-1]:
                span[0] = before
            elif total < legal[0]:
                span[1] = before
            else:
                continue
            fine = False
            extra[counter["name"]] = (span[0] + span[1]) / 2 if counter["name"] == "minutes" else max(1.0, 2 * before)
        if fine:
            return row.copy()
    return None


def mend(t: Tables, s, until: float) -> None:
    """Rows that break a rule are given back whole, legal if that is possible at all."""
    for p in range(t.people):
        if time.perf_counter() > until:
            return
        if search.row_cost(t, p, s.roster[p])[0] > 1e-9:
            respond(t, s, p, {}, patient=t.days <= 44 or time.perf_counter() < until - 2)
