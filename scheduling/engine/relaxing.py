"""relax(): which rules would have to give way so that every seat is filled: as few as possible."""

import time
from dataclasses import replace

import numpy as np

from . import search
from .checking import broken_rules
from .columns import Columns
from .diving import choose, dive
from .problem import OFF, Problem, empty_roster
from .proving import prove
from .tables import build, outside

HOLE = 60.0  # in broken rules: so many are accepted to fill one seat
NEVER_PRICE = 4.0  # leave, qualification, exemption: rather four other rules


def relax(
    problem: Problem, seconds: float = 5.0, start: np.ndarray | None = None, never: float | np.ndarray = NEVER_PRICE
) -> list[tuple[str, int, int]]:
    """(rule, person, day) of each rule to relax, day −1 for a rule on the whole period; rule names as in `checking`.

    `never` prices a cell that is forbidden to somebody, one number or [people, days, kinds]; inf: not to be touched.
    `start`: the best roster so far, to begin near it.
    """
    until = time.perf_counter() + 0.8 * seconds  # what is under way then still has to end
    roster = _fewest_broken(problem, until, empty_roster(problem) if start is None else start, never)
    found = set()
    for person in range(len(problem.people)):
        for broken in broken_rules(problem, person, [int(kind) for kind in roster[person]]):
            found.add((broken.rule, person, broken.day))
    return sorted(found)


def _fewest_broken(problem: Problem, until: float, start: np.ndarray, never) -> np.ndarray:
    prices = np.broadcast_to(np.asarray(never, dtype=float), (len(problem.people), *problem.demand.shape))
    people = [
        replace(person, targets={}, cost=np.where(np.isfinite(person.cost), 0.0, prices[number]))
        for number, person in enumerate(problem.people)
    ]
    elastic = replace(
        problem, people=people, under=np.where(problem.under > 0, HOLE, 0.0), over=np.where(problem.over > 0, HOLE, 0.0),
        categories=[], spacing=(), split_weekend=0.0, reference=None, constant=0.0,
    )  # fmt: skip
    t = build(elastic)._replace(heavy=1.0, over=elastic.over.astype(float))
    state = search.begin(t, start)
    c = Columns(t, state, elastic=True, box=12.0, room=60_000)
    rows = [(p, state.roster[p].copy(), c.pricers[p].value(state.roster[p])) for p in range(t.people)]
    c.add([one for one in rows if np.isfinite(one[2])])
    missing = (t.demand - state.cover[:, : t.kinds]) > 0
    for price in (1.0, 2.0, 4.0):
        c.prices[:, : t.kinds] = np.where(c.priced, 0.5, 0.0)
        c.prices[:, : t.kinds][missing] = price
        c.add(c.price_all(c.prices)[1])
    c.generate(until - 0.5 * (until - time.perf_counter()), gap=1e-4)
    chosen, cost, _bound = choose(c, max(0.1, 0.4 * (until - time.perf_counter())))
    if chosen is not None and cost > np.ceil(c.bound - 1e-6) + 1e-6 and time.perf_counter() < until - 0.3:
        proof = prove(c, cost, 1.0, until - 0.1)
        chosen = proof[0] if proof and proof[0] is not None else chosen
    if chosen is None:
        chosen = dive(c, until)
    if chosen is None:
        return start
    roster = outside(np.array(chosen), t.kinds)
    return np.where(roster == t.kinds, OFF, roster)
