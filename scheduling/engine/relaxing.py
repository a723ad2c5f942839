"""relax(): which rules would have to give way so that every seat is filled: as few as possible."""

import time
from dataclasses import replace

import numpy as np

from . import search
from .checking import broken_rules, judge
from .columns import Columns
from .diving import choose
from .problem import OFF, Problem, empty_roster
from .proving import prove
from .tables import build, outside

HOLE = 60.0  # in broken rules: so many are accepted to fill one seat
FEW = 40  # holes up to which each is looked at by itself first
NEVER_PRICE = 4.0  # leave, qualification, exemption: rather four other rules


def relax(
    problem: Problem, seconds: float = 5.0, start: np.ndarray | None = None, never: float | np.ndarray = NEVER_PRICE
) -> list[tuple[str, int, int]]:
    """(rule, person, day) of each rule to relax, day −1 for a rule on the whole period; rule names as in `checking`.

    `never` prices a cell that is forbidden to somebody, one number or [people, days, kinds]; inf: not to be touched.
    `start`: the best roster so far, to begin near it.
    """
    until = time.perf_counter() + 0.7 * seconds  # what is under way then still has to end
    start = empty_roster(problem) if start is None else np.asarray(start)
    possible = replace(problem, demand=problem.demand - nobodys(problem, never))
    roster = _only_what_helps(possible, _fewest_broken(possible, until, start, never), start)
    found = set()
    for person in range(len(problem.people)):
        for broken in broken_rules(problem, person, [int(kind) for kind in roster[person]]):
            found.add((broken.rule, person, broken.day))
    return sorted(found)


def nobodys(problem: Problem, never: float | np.ndarray = NEVER_PRICE) -> np.ndarray:
    """[days, kinds]: seats that stay empty whatever gives way, because too few people could ever keep them."""
    prices = np.broadcast_to(np.asarray(never, dtype=float), (len(problem.people), *problem.demand.shape))
    able = np.zeros(problem.demand.shape, dtype=np.int64)
    for number, person in enumerate(problem.people):
        may = np.isfinite(person.cost) | np.isfinite(prices[number])
        for day, kind in person.pinned.items():
            may[day] = np.arange(may.shape[1]) == kind
        able += may
    return np.maximum(0, problem.demand - able)


def _missing(problem: Problem, roster: np.ndarray) -> np.ndarray:
    """[days, kinds]: seats that nobody of the roster has."""
    held = np.stack([(roster == kind).sum(axis=0) for kind in range(len(problem.kinds))], axis=1)
    return np.maximum(0, problem.demand - held)


def _breaks(problem: Problem, p: int, row: np.ndarray) -> int:
    return len(broken_rules(problem, p, [int(kind) for kind in row]))


def _only_what_helps(problem: Problem, roster: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Whoever's rules are broken without a seat being filled by it has the row from before again."""
    roster = roster.copy()
    for p in range(len(roster)):
        now, holes = roster[p].copy(), _missing(problem, roster).sum()
        if _breaks(problem, p, now) > _breaks(problem, p, start[p]):
            roster[p] = start[p]
            if _missing(problem, roster).sum() > holes:
                roster[p] = now
    return roster


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
    plain = _filled(problem, t, start)
    state = _annealed(t, search.begin(t, plain), until)
    if _price(problem, elastic, outside(state.roster, t.kinds)) > _price(problem, elastic, plain):
        state = search.begin(t, plain)
    if until - time.perf_counter() < 0.2:
        return outside(state.roster, t.kinds)
    c = Columns(t, state, elastic=True, box=12.0, room=60_000)
    rows = [(p, state.roster[p].copy(), c.pricers[p].value(state.roster[p])) for p in range(t.people)]
    c.add([one for one in rows if np.isfinite(one[2])])
    missing = (t.demand - state.cover[:, : t.kinds]) > 0
    for price in (1.0, 2.0, 4.0):
        c.prices[:, : t.kinds] = np.where(c.priced, 0.5, 0.0)
        c.prices[:, : t.kinds][missing] = price
        c.add(c.price_all(c.prices)[1])
    done = c.generate(until - 0.5 * (until - time.perf_counter()), gap=1e-4)
    if not done:
        return outside(state.roster, t.kinds)
    chosen, cost, _bound = choose(c, max(0.1, 0.4 * (until - time.perf_counter())))
    if chosen is not None and cost > np.ceil(c.bound - 1e-6) + 1e-6 and time.perf_counter() < until - 0.3:
        proof = prove(c, cost, 1.0, until - 0.1)
        chosen = proof[0] if proof and proof[0] is not None else chosen
    best = outside(state.roster, t.kinds)
    if chosen is None:
        return best
    found = outside(np.array(chosen), t.kinds)
    return min((best, found), key=lambda roster: _price(problem, elastic, roster))


def _filled(problem: Problem, t, start: np.ndarray) -> np.ndarray:
    """Each hole given to whoever breaks least by it while everybody else stays: few holes need few rules."""
    roster, missing = start.copy(), _missing(problem, start)
    if missing.sum() > FEW:
        return roster
    for day, kind in np.argwhere(missing > 0):
        for _seat in range(missing[day, kind]):
            best = None
            for p in np.flatnonzero((roster[:, day] == OFF) & np.isfinite(t.cost[:, day, kind])):
                row = roster[p].copy()
                row[day] = kind
                price = t.cost[p, day, kind] + _breaks(problem, p, row) - _breaks(problem, p, roster[p])
                if best is None or price < best[0]:
                    best = price, p
            if best is not None:
                roster[best[1], day] = kind
    return roster


def _price(problem: Problem, elastic: Problem, roster: np.ndarray) -> float:
    broken = sum(_breaks(problem, p, row) for p, row in enumerate(roster))
    return HOLE * judge(elastic, roster).holes + broken


def _annealed(t, state, until: float):
    """A good answer soon: the rules of succession become costs, the counted ones stay."""
    eased = t._replace(soft=t.soft + t.broke, broke=np.zeros_like(t.broke))
    s = search.begin(eased, outside(state.roster, t.kinds))
    hot = 1.0 if (s.roster != t.kinds).any() else 8.0  # near a roster that is good already
    begun = time.perf_counter()
    end = begun + 0.7 * (until - begun)
    while (now := time.perf_counter()) < end:
        heat = hot * (0.08 / hot) ** ((now - begun) / (end - begun))
        search.anneal(eased, s, 20_000, heat, heat)
    return search.begin(t, outside(s.best, t.kinds))
