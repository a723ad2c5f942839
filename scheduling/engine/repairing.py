"""repair(): the fewest changed duties that fill the holes again, proven; fairness and wishes decide between equals.

First only holes and changes are priced: the mixture of rows gives a lower bound that, rounded up, usually is the answer's
own price. Then every row that can be part of such an answer is listed, and the fairest choice among them is taken.
"""

import contextlib
import time
from dataclasses import replace

import numpy as np

from . import search
from .checking import judge
from .columns import Columns
from .diving import choose
from .problem import NEVER, OFF, Problem, Result
from .proving import TooMany, list_rows
from .tables import build, inside, outside

HOLE = 200.0  # in changes: what a hole costs more than
CHAIN = 8.0  # changes per hole that are looked for


def repair(problem: Problem, current: np.ndarray, frozen: np.ndarray, seconds: float = 1.0) -> Result:
    """`frozen`: true where a (person, day) must stay as it is in `current`.

    The result's objective and bound count HOLE per hole and 1 per changed (person, day); gap 0 means proven minimal.
    """
    began = time.perf_counter()
    until = began + seconds
    current, frozen = np.asarray(current, dtype=np.int16), np.asarray(frozen, dtype=bool)
    problem = _pinned(problem, current, frozen)
    bare = _bare(problem, current)
    t = build(bare)
    state = search.begin(t, _without_never(problem, current))
    first = _first_day(t, frozen)
    if first >= t.days:
        return _answer(problem, bare, outside(state.roster, t.kinds), np.inf, began, current)
    c = Columns(t, state, window=(first, t.days), box=CHAIN)
    # A seat is usually filled by one change, a hole that is there by a little more.
    c.prices[:, : t.kinds] = np.where(c.priced, 1.0, 0.0)
    missing = (t.demand - state.cover[:, : t.kinds])[first:] > 0
    known = [(place, state.roster[place, first:].copy()) for place in range(t.people)]
    values = [c.pricers[place].value(row) for place, row in known]
    c.add([(place, row, value) for (place, row), value in zip(known, values, strict=True) if np.isfinite(value)])
    for price in (1.0, 2.0, 3.0):
        prices = c.prices.copy()
        prices[:, : t.kinds][missing & c.priced] = price
        bound, more, _values = c.price_all(prices)
        c.add(more)
        if bound > c.bound:
            c.bound, c.prices = bound, prices
    rows = filled(build(problem), t, state, first)
    own = [pricer.value(row) for pricer, row in zip(c.pricers, rows, strict=True)]
    cost = sum(own) + _missed(c, rows) if np.isfinite(own).all() else np.inf
    c.add([(place, row, own[place]) for place, row in enumerate(rows) if np.isfinite(own[place])])
    done = c.generate(began + 0.6 * seconds, cost, 1 - 1e-6, gap=1e-7)
    before = _outside_window(bare, state, first, t.kinds)
    bound = float(np.ceil(c.bound - 1e-6))
    if cost > bound + 1e-6:
        more, better, _bound = choose(c, max(0.05, began + 0.8 * seconds - time.perf_counter()))
        if more is not None and better < cost:
            rows, cost = more, better
    for spare in (1e-6, 1.0, 2.0):  # rows the mixture did not need, but a whole answer may
        if not done or cost <= bound + 1e-6 or time.perf_counter() > until - 0.15:
            break
        for place, pricer in enumerate(c.pricers):
            price = c.price_of(place, c.prices, c.own)
            with contextlib.suppress(TooMany):
                c.add([(place, row, c.cost_of(place, row, value, price))
                       for row, value in list_rows(pricer, price, spare, 400, until) if pricer.legal(row)])  # fmt: skip
        more, better, _bound = choose(c, max(0.1, until - time.perf_counter()))
        if more is not None and better < cost:
            rows, cost = more, better
    roster = state.roster.copy()
    for place, row in enumerate(rows):
        roster[place, first:] = row
    if done and np.isfinite(cost):
        roster = _fairest(problem, c, roster, cost, first, until, state)
    holes = int(np.maximum(0, t.demand - search.cover_of(t, roster))[first:].sum())
    if holes:  # are they unavoidable? Then only the changes beside them remain to be proven
        proven = least_holes(problem, roster, first, until + 0.5)
        if proven == holes:
            bound = HOLE * holes + max(0.0, bound - CHAIN * holes)
    return _answer(problem, bare, outside(roster, t.kinds), bound + before, began, current)


def filled(t, bare, state, first: int) -> list[np.ndarray]:
    """Rows from day `first` on with each hole given to whoever can take it and nothing else moved, the scarcest first.

    What `bare` costs decides who can, what `t` costs (fairness and wishes) who of these; a hole nobody can take stays.
    """
    rows = state.roster.copy()
    missing = np.maximum(0, bare.demand - state.cover[:, : bare.kinds])
    holes = [(d, kind) for d, kind in np.argwhere(missing > 0) if d >= first for _seat in range(missing[d, kind])]

    def takers(day: int, kind: int) -> list[int]:
        free = np.flatnonzero((rows[:, day] == bare.kinds) & np.isfinite(bare.cost[:, day, kind]))
        return [p for p in free if _breaks_less(bare, p, rows[p], day, kind)]

    def dearer(p: int, day: int, kind: int) -> float:
        with_it = rows[p].copy()
        with_it[day] = kind
        return search.row_cost(t, p, with_it)[1] - search.row_cost(t, p, rows[p])[1]

    while holes:
        able = {hole: takers(*hole) for hole in set(holes)}
        day, kind = hole = min(able, key=lambda one: (len(able[one]) or np.inf, one))
        if not able[hole]:
            break
        rows[min(able[hole], key=lambda p: dearer(p, day, kind)), day] = kind
        holes.remove(hole)
    return [row[first:].copy() for row in rows]


def _breaks_less(bare, p: int, row: np.ndarray, day: int, kind: int) -> bool:
    """Whether a row with that duty breaks no more rules than it does now."""
    with_it = row.copy()
    with_it[day] = kind
    return search.row_cost(bare, p, with_it)[0] <= search.row_cost(bare, p, row)[0] + 1e-9


def _missed(c: Columns, rows: list[np.ndarray]) -> float:
    """What holes and surplus of these rows cost in the master."""
    days = np.arange(c.last - c.first)
    used = np.zeros((len(days), c.t.kinds + 1))
    for row in rows:
        used[days, row] += 1
    gap = c.demand - used[:, : c.t.kinds]
    return float(np.where(gap > 0, gap * c.under, -gap * c.over)[c.priced].sum())


def _answer(problem, bare, roster, bound, began, current) -> Result:
    dear, plain = judge(bare, roster), judge(problem, roster)
    objective = dear.objective
    bound = min(bound, objective)
    return Result(
        roster, objective, bound, plain.uncovered, plain.broken, time.perf_counter() - began,
        plain.holes if bound >= objective else int(max(0.0, bound) // HOLE),
        [(time.perf_counter() - began, float((roster != current).sum()), bound)],
    )  # fmt: skip


def least_holes(problem: Problem, roster: np.ndarray, first: int, until: float) -> int:
    """A proven lower bound on the holes from day `first` on, whatever is changed. `roster` in inside form."""
    shape = problem.demand.shape
    people = [
        replace(person, targets={}, cost=np.where(np.isfinite(person.cost), 0.0, NEVER)) for person in problem.people
    ]
    t = build(
        replace(
            problem,
            people=people,
            under=np.where(problem.under > 0, 1.0, 0.0),
            over=np.zeros(shape),
            categories=[],
            spacing=(),
            split_weekend=0.0,
            reference=None,
            constant=0.0,
        )
    )
    state = search.begin(t, outside(roster, t.kinds))
    c = Columns(t, state, window=(first, t.days))
    c.add([(p, roster[p, first:].copy(), c.pricers[p].value(roster[p, first:])) for p in range(t.people)
           if np.isfinite(c.pricers[p].value(roster[p, first:]))])  # fmt: skip
    missing = np.maximum(0, t.demand - state.cover[:, : t.kinds])[first:]
    c.prices[:, : t.kinds] = np.where(missing > 0, 1.0, 0.0)
    c.generate(until, float(missing.sum()), 1 - 1e-6, gap=1e-6)
    return max(0, int(np.ceil(c.bound - 1e-6))) if np.isfinite(c.bound) else 0


def _pinned(problem: Problem, current: np.ndarray, frozen: np.ndarray) -> Problem:
    people = [
        replace(
            person, pinned={**person.pinned, **{int(day): int(current[p, day]) for day in np.flatnonzero(frozen[p])}}
        )
        for p, person in enumerate(problem.people)
    ]
    return replace(problem, people=people)


def _bare(problem: Problem, current: np.ndarray) -> Problem:
    """Nothing counts but holes and changes. Surplus that is there already costs nothing."""
    people = [
        replace(person, targets={}, cost=np.where(np.isfinite(person.cost), 0.0, NEVER)) for person in problem.people
    ]
    many = np.zeros(problem.demand.shape, dtype=np.int64)
    for kind in range(len(problem.kinds)):
        many[:, kind] = (current == kind).sum(axis=0)
    over = np.where((problem.over > 0) & (many <= problem.demand), HOLE / 4, 0.0)
    return replace(
        problem, people=people, under=np.where(problem.under > 0, HOLE, 0.0), over=over, categories=[], spacing=(),
        split_weekend=0.0, reference=current, change=1.0, constant=0.0,
    )  # fmt: skip


def _without_never(problem: Problem, current: np.ndarray) -> np.ndarray:
    """`current` with duties taken from those who may not have them any more."""
    roster = np.array(current, dtype=np.int16)
    for p, person in enumerate(problem.people):
        for day in range(problem.days):
            kind = roster[p, day]
            if kind != OFF and day not in person.pinned and person.cost[day, kind] == NEVER:
                roster[p, day] = OFF
    return roster


def _first_day(t, frozen: np.ndarray) -> int:
    """The first day anybody's plan may change; a weekend is taken whole."""
    open_days = np.flatnonzero(~frozen.all(axis=0))
    if not len(open_days):
        return t.days
    first = int(open_days[0])
    weekend = t.weekend[first]
    return int(t.weekend_days[weekend, 0]) if weekend >= 0 else first


def _outside_window(bare: Problem, state, first: int, kinds: int) -> float:
    missing = (bare.demand - state.cover[:, :kinds])[:first]
    cost = np.where(missing > 0, missing * bare.under[:first], -missing * bare.over[:first]).sum()
    return float(cost + (inside(bare.reference, kinds)[:, :first] != state.roster[:, :first]).sum())


def _fairest(
    problem: Problem, c: Columns, roster: np.ndarray, cost: float, first: int, until: float, state
) -> np.ndarray:
    """Of all answers with as few changes the one that costs least in wishes and fairness."""
    if until - time.perf_counter() < 0.1:
        return roster
    spare = max(0.0, cost - c.bound) + 1e-6
    change = 1e4
    priced = replace(
        problem,
        reference=outside(state.roster, c.t.kinds),
        change=change,
        under=c.t.under * change,
        over=c.t.over * change,
    )
    t = build(priced)
    around = search.begin(t, outside(roster, t.kinds))
    whole = Columns(t, around, window=(first, t.days), room=1)
    rows = [(place, roster[place, first:].copy()) for place in range(t.people)]
    for place, pricer in enumerate(c.pricers):
        try:
            listed = list_rows(pricer, c.price_of(place, c.prices, c.own), spare, 150, until - 0.1)
        except TooMany:
            continue
        rows += [(place, row) for row, _value in listed if pricer.legal(row)]
    days = np.arange(first, t.days)
    found = []
    for place, row in rows:
        full = roster[place].copy()
        full[first:] = row
        value = float(t.cost[place, days, row].sum()) + _soft(t, place, full)
        found.append((place, row, value))
    whole.add(found)
    numbers = {(place, row.tobytes()): at for at, (place, row, _cost) in enumerate(whole.columns)}
    start = [numbers[place, roster[place, first:].tobytes()] for place in range(t.people)]
    seconds = until - time.perf_counter()
    chosen = choose(whole, seconds, start)[0] if seconds > 0.05 else None
    if chosen is None:
        return roster
    answer = roster.copy()
    for place, row in enumerate(chosen):
        answer[place, first:] = row
    old, new = search.begin(t, outside(roster, t.kinds)).value, search.begin(t, outside(answer, t.kinds)).value
    return answer if new[0] <= old[0] + 1e-9 and new[1] < old[1] else roster


def _soft(t, place: int, full: np.ndarray) -> float:
    """Spacing and split weekends of a row; its cells and fairness are priced elsewhere."""
    _broken, cost = search.row_cost(t, place, full)
    cells = float(t.cost[place, np.arange(t.days), full].sum())
    counts = t.counts[:, np.arange(t.days), full].sum(axis=1)
    return cost - cells - float((t.weight[place] * (counts - t.target[place]) ** 2).sum())
