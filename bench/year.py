"""A simulated year: planned month by month, repaired call by call, and looked at from its end."""

import datetime as dt
import time
from collections import defaultdict

from scheduling.fairness import Balance, balance
from scheduling.rules import Plan, breaks_of
from scheduling.rules.book import hard

from .figures import note
from .house_year import DAY, FIRST, LAST, YEAR, House, house
from .planners import Fair, LongestSince, Points, RoundRobin

SECONDS = 2.0  # of search for each month
AT_LEAST = 5.0  # times lower than the best of the simple ways
SEED = 1
AROUND = 35 * DAY


def live(made: House, planner) -> dict:
    """{duty: person or None} at the year's end."""
    by_key = {duty.key: duty for duty in made.duties}
    who: dict = dict.fromkeys(by_key)
    for month in range(1, 13):
        first = dt.date(YEAR, month, 1)
        last = (first + 31 * DAY).replace(day=1) - DAY
        done = [(person, by_key[key]) for key, person in who.items() if person is not None]
        fixed = defaultdict(list)
        for person, duty in done:
            if first - AROUND <= duty.date:
                fixed[person].append(duty)
        inside = [duty for duty in made.duties if first <= duty.date <= last]
        plan = Plan(first, last, inside, made.known(first - DAY).values(), fixed=fixed, limits=made.limits, since=FIRST)
        planner.fill(plan, done)
        for date, person, away in made.sick:
            if not first <= date <= last:
                continue
            plan.people = made.known(date)
            for duty in [
                d for d in plan.held(person) if away.start < d.end and d.start < away.end and d.start >= away.start
            ]:
                if duty.key in plan.duties:
                    plan.put(duty.key, None)
                    planner.replace(plan, duty)
        who |= plan.who
    return who


def looked_at(made: House, who: dict) -> tuple[Balance, Plan]:
    """The year from its end: one plan with everyone as they really were, and its balance."""
    plan = Plan(FIRST, LAST, made.duties, made.known(LAST).values(), who, limits=made.limits, since=FIRST)
    return balance(plan, {}), plan


def squares(fair: Balance) -> float:
    """Σ d² over people and categories, unweighted."""
    return sum(fair.deviation(p, c) ** 2 for c in fair.categories for p in fair.people)


def a_year(ground, sheet) -> None:
    from scheduling.engine.solving import warm_up

    warm_up()
    made = house(SEED)
    found, more = {}, {}
    for planner in (Fair(SECONDS), LongestSince(), RoundRobin(), Points()):
        began = time.monotonic()
        who = live(made, planner)
        fair, plan = looked_at(made, who)
        broken = [b for b in hard(breaks_of(plan)) if b.person is not None]
        found[planner.name] = squares(fair)
        more |= {
            f"{planner.name}_d2": found[planner.name],
            f"{planner.name}_objective": fair.objective,
            f"{planner.name}_within_one": sum(fair.within_one(c) for c in fair.categories) / len(fair.categories),
            f"{planner.name}_open": sum(person is None for person in who.values()),
            f"{planner.name}_broken": len(broken),
        }
        note(f"{planner.name}: Σd² {found[planner.name]:.0f}, {time.monotonic() - began:.0f} s")
    ours = found.pop("fair")
    best = min(found, key=found.get)
    kept = more["fair_broken"] == 0 and more["fair_open"] <= min(more[f"{name}_open"] for name in found)
    sheet.add(
        "rosters_simulated_year", found[best] / ours, "×", AT_LEAST, at_least=True, holds=kept, best_simple=best,
        duties=len(made.duties), people=len(made.people), sick_calls=len(made.sick), seconds_a_month=SECONDS, seed=SEED,
        **more,
    )  # fmt: skip
