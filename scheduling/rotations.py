"""Rosters without a search: in a fixed order, and blocks of a weekend or a week given to one person each. Pure."""

from collections import defaultdict
from collections.abc import Hashable

from scheduling.fairness import Balance, weight
from scheduling.rules import RULES, Duty, Plan, fits
from scheduling.rules.facts import LEADER


def in_order(plan: Plan, order: list[int] | None = None) -> dict[Hashable, int | None]:
    """Each in turn: the next in the order who can keep the duty keeps it; whoever cannot comes next time.

    The turn goes on from whoever kept the same seat last before the period. Returns {duty: person or None} of the
    open duties, and seats them in the plan.
    """
    order = order or list(plan.people)
    given: dict[Hashable, int | None] = {}
    queues: dict[tuple, list[int]] = {}
    for duty in sorted(plan.open_duties(), key=lambda duty: (duty.start, duty.post, str(duty.key))):
        sort = duty.post, duty.role, duty.qualification
        queue = queues.setdefault(sort, _from_last(plan, order, duty))
        person = next((p for p in queue if _can(plan, p, duty)), None)
        given[duty.key] = person
        if person is not None:
            plan.put(duty.key, person)
            queue.remove(person)
            queue.append(person)
    return given


def _from_last(plan: Plan, order: list[int], duty: Duty) -> list[int]:
    """The order, beginning after whoever kept this seat last."""
    last = max(
        (
            (kept.start, person)
            for person in order
            for kept in plan.fixed.get(person, ())
            if kept.post == duty.post and kept.role == duty.role and kept.start < duty.start
        ),
        default=None,
    )
    if last is None:
        return list(order)
    place = order.index(last[1]) + 1
    return order[place:] + order[:place]


def blocks(plan: Plan, fair: Balance) -> dict[Hashable, int | None]:
    """Fri–Sun or whole weeks, as the unit rotates: each block to the one person for whom it is fairest.

    Returns what was given and seats it in the plan; a block nobody can keep whole is left to the search.
    """
    if plan.limits.rotation not in ("weekend", "weekly"):
        return {}
    found: dict[tuple, list[Duty]] = defaultdict(list)
    for duty in plan.open_duties():
        if duty.role == LEADER and plan.limits.leader_daily:
            continue
        if plan.limits.rotation == "weekly" or duty.date.weekday() >= 4:
            year, week, _day = duty.date.isocalendar()
            found[year, week, duty.post, duty.role, duty.name, duty.qualification].append(duty)
    given: dict[Hashable, int | None] = {}
    for duties in sorted(found.values(), key=lambda those: min(duty.start for duty in those)):
        for together in _one_a_day(duties):
            given |= _give_whole(plan, fair, together)
    return given


def _one_a_day(duties: list[Duty]) -> list[list[Duty]]:
    """Several seats of the same sort on one day make several blocks."""
    by_day: dict = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: (duty.start, str(duty.key))):
        by_day[duty.date].append(duty)
    most = max(map(len, by_day.values()))
    return [[those[n] for those in by_day.values() if n < len(those)] for n in range(most)]


def _give_whole(plan: Plan, fair: Balance, duties: list[Duty]) -> dict[Hashable, int]:
    best = None
    for person in plan.people:
        taken = []
        for duty in duties:
            if not _can(plan, person, duty):
                break
            plan.put(duty.key, person)
            taken.append(duty)
        for duty in taken:
            plan.put(duty.key, None)
        if len(taken) == len(duties):
            price = _price(fair, person, duties)
            if best is None or price < best[0]:
                best = price, person
    if best is None:
        return {}
    for duty in duties:
        plan.put(duty.key, best[1])
        for category in duty.burdens():
            fair.load[best[1], category] += 1
    return {duty.key: best[1] for duty in duties}


def _price(fair: Balance, person: int, duties: list[Duty]) -> float:
    """By how much the objective would rise."""
    more: dict[str, int] = defaultdict(int)
    for duty in duties:
        for category in duty.burdens():
            more[category] += 1
    return sum(
        weight(c) * ((fair.deviation(person, c) + n) ** 2 - fair.deviation(person, c) ** 2) for c, n in more.items()
    )


def _can(plan: Plan, person: int, duty: Duty) -> bool:
    return not any(RULES[broken.rule].hard for broken in fits(plan, person, duty))
