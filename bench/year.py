"""A simulated year: planned month by month, repaired call by call, and looked at from its end."""

import datetime as dt
import os
import time
from collections import defaultdict

from duty.clock import last_of_month
from scheduling.fairness import Balance, balance
from scheduling.rules import Duty, Limits, Membership, Plan, Someone, Validity, breaks_of
from scheduling.rules.book import hard
from scheduling.rules.facts import HOUR, is_night

from .figures import load, note
from .house_year import DAY, FIRST, LAST, YEAR, House, at, house
from .planners import Fair, LongestSince, Points, RoundRobin

SECONDS = 2.0  # of search for each month
AT_LEAST = 5.0  # times lower than the best of the simple ways
SEED = 1
AROUND = 35 * DAY
MANY, MANY_A_DAY = 200, 110


def live(made: House, planner) -> dict:
    """{duty: person or None} at the year's end."""
    by_key = {duty.key: duty for duty in made.duties}
    who: dict = dict.fromkeys(by_key)
    for month in range(1, 13):
        first = dt.date(YEAR, month, 1)
        last = last_of_month(first)
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
    from scheduling.engine.warming import warm_up

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
        load=load(),
        **more,
    )  # fmt: skip


def year_of_conflicts(ground, sheet) -> None:
    """Forty thousand duties of two hundred people judged by every rule."""
    plan = many()
    times = []
    for _again in range(3):
        began = time.process_time(), time.monotonic()
        found = breaks_of(plan)
        times.append((time.monotonic() - began[1], time.process_time() - began[0]))
    wall, cpu = min(times)
    sheet.add(
        "rosters_year_of_conflicts", wall, "s", 1, cpu=cpu, duties=len(plan.duties), people=MANY, breaks=len(found),
        load=load(), processors=os.cpu_count(),
    )  # fmt: skip


def many() -> Plan:
    """Dealt out in turn: who kept an early watch has a late one next, and then rests."""
    always = Membership(frozenset({"primary"}), 1.0, Validity(dt.date(2015, 1, 1)))
    found, who = [], {}
    for n in range((LAST - FIRST).days + 1):
        date = FIRST + n * DAY
        for j in range(MANY_A_DAY):
            start = at(date) + (8, 16, 24)[3 * j // MANY_A_DAY] * HOUR
            end = start + 8 * HOUR
            key = n * MANY_A_DAY + j
            kind = "rest" if date.weekday() >= 5 else "workday"
            watch = (j % 10, start)
            found.append(
                Duty(
                    key,
                    date,
                    start,
                    end,
                    j % 10,
                    "primary",
                    kind,
                    is_night=is_night(start, end),
                    name="班",
                    watch=watch,
                )
            )
            who[key] = key % MANY
    people = [Someone(n, f"P{n}", (always,)) for n in range(MANY)]
    return Plan(FIRST, LAST, found, people, who, limits=Limits())
