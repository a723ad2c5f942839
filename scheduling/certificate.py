"""The fairness certificate of a roster: how fair it is, how far from the best possible, and why not better."""

import heapq
from collections import Counter

from scheduling.fairness import CLOSE, WEIGHTS, Balance, weight
from scheduling.rules import RULES, Plan, fits

MOST_OVERLOADED, MOST_TAKERS = 6, 12  # how many are looked at to say why not better


def certify(plan: Plan, fair: Balance, bound: float | None = None, **more) -> dict:
    """Everything the certificate says, as plain JSON. `bound` is a proven lower bound of the objective, if one is known
    that is better than what rounding alone proves."""
    least = max(least_objective(fair), bound or 0.0)
    objective = fair.objective
    return {
        "score": round(fair.score, 1),
        "duties": fair.duties,
        "open": len(plan.open_duties()),
        "objective": round(objective, 3),
        "bound": round(min(least, objective), 3),
        "gap": gap(objective, least),
        "misplaced": round(max((fair.misplaced(c) for c in fair.categories if c in WEIGHTS), default=0.0), 2),
        "categories": {category: _category(plan, fair, category) for category in fair.categories},
        "people": [[p, plan.people[p].name, _person(fair, p)] for p in fair.people],
        "binding": binding(plan, fair),
        **more,
    }


def gap(objective: float, bound: float) -> float:
    """How far above the proven bound, as a share of the objective: nought is proven best."""
    return round(max(0.0, objective - bound) / objective, 4) if objective > CLOSE else 0.0


def _category(plan: Plan, fair: Balance, category: str) -> dict:
    concerned = fair.eligible(category)
    if not concerned:
        return {"within_one": 1.0, "misplaced": 0.0, "most": None, "least": None}
    by_load = sorted(concerned, key=lambda p: fair.deviation(p, category))
    ends = {
        name: [plan.people[p].name, round(fair.deviation(p, category), 2)]
        for name, p in (("least", by_load[0]), ("most", by_load[-1]))
    }
    return {"within_one": round(fair.within_one(category), 4), "misplaced": round(fair.misplaced(category), 2)} | ends


def _person(fair: Balance, person: int) -> dict:
    return {
        category: [round(fair.target.get((person, category), 0.0), 2), fair.load[person, category]]
        for category in fair.categories
        if fair.exposure.get((person, category)) or fair.load[person, category]
    }


def least_objective(fair: Balance) -> float:
    """A bound that needs no search: each category's duties handed out in whole numbers with no rule in the way.

    Greedy is exact here: the cost of one duty more rises with every duty (convex resource allocation).
    """
    return sum(weight(category) * _least_of(fair, category) for category in fair.categories)


def _least_of(fair: Balance, category: str) -> float:
    demand = sum(fair.load[person, category] for person in fair.people)
    targets = [fair.target.get((person, category), 0.0) for person in fair.people]
    given = [0] * len(targets)
    queue = [(1 - 2 * t, n) for n, t in enumerate(targets)]  # (x+1-t)² - (x-t)²
    heapq.heapify(queue)
    for _duty in range(demand if targets else 0):
        rise, n = queue[0]
        given[n] += 1
        heapq.heapreplace(queue, (rise + 2, n))
    return sum((x - t) ** 2 for x, t in zip(given, targets, strict=True))


def binding(plan: Plan, fair: Balance) -> dict:
    """Why not better: of those more than one duty above their target, what kept the others from taking one over.

    {"rules": {rule: how often it stood in the way}, "over": [[name, category, deviation]], "moves": how many single
    duties could still change hands for the better}.
    """
    over = [
        (fair.deviation(p, c), p, c) for c in fair.categories if c in WEIGHTS for p in fair.eligible(c)
    ]  # fmt: skip
    over = sorted((one for one in over if one[0] > 1 + CLOSE), reverse=True)[:MOST_OVERLOADED]
    rules: Counter = Counter()
    moves = 0
    for _deviation, person, category in over:
        below = sorted(fair.eligible(category), key=lambda p: fair.deviation(p, category))[:MOST_TAKERS]
        for duty in plan.duties.values():
            if plan.who[duty.key] != person or category not in duty.burdens() or duty.key in plan.pinned:
                continue
            for taker in below:
                if taker == person or _gain(fair, duty.burdens(), person, taker) <= CLOSE:
                    continue
                hard = {broken.rule for broken in fits(plan, taker, duty) if RULES[broken.rule].hard}
                rules.update(hard)
                moves += not hard
    told = [[plan.people[p].name, c, round(d, 2)] for d, p, c in over]
    return {"rules": dict(rules.most_common()), "over": told, "moves": moves}


def _gain(fair: Balance, burdens: tuple[str, ...], giver: int, taker: int) -> float:
    """By how much the objective falls if one duty goes from giver to taker."""
    return sum(weight(c) * 2 * (fair.deviation(giver, c) - fair.deviation(taker, c) - 1) for c in burdens)
