"""The roster engine's figures on months as the product meets them; no database, no servers."""

import random
from copy import deepcopy

import numpy as np

from scheduling.engine.checking import judge
from scheduling.engine.problem import NEVER, OFF

from .figures import Sheet, note, percentile
from .months import month

SEEDS = range(1, 21)
LONG_SEEDS = (1, 2, 3)


def first_complete(problem, seconds: float) -> tuple[float, object]:
    """(seconds until nothing was uncovered or that was proven impossible, the result)."""
    from scheduling.engine.solving import solve

    done = []
    result = solve(
        problem, seconds, on_progress=lambda _o, _b, holes, _s: done.append(holes == 0), should_stop=lambda: any(done)
    )
    reached = result.first_complete if result.first_complete is not None else result.seconds
    return (reached if result.holes <= result.holes_bound else float("nan")), result


def within_one(problem, roster) -> float:
    """The share of people who are within ±1 of their target in every category."""
    counts = judge(problem, roster).counts
    good = [
        all(abs(counts[name][number] - target) <= 1 for name, (target, _weight) in person.targets.items())
        for number, person in enumerate(problem.people)
    ]
    return sum(good) / len(good)


def months(_ground, sheet: Sheet) -> None:
    """60 people, 31 days, 34 duties a day: how soon complete, how near the best after a minute."""
    from scheduling.engine.solving import solve
    from scheduling.engine.warming import warm_up

    warm_up()
    if sheet.wants("rosters_month_first_complete"):
        times = []
        for seed in SEEDS:
            seconds, result = first_complete(month(seed), 30)
            note(f"month {seed}: {seconds:.1f} s, {result.holes} uncovered")
            times.append(seconds)
        sheet.add("rosters_month_first_complete", max(times), "s", 10, median=percentile(times, 50), seeds=len(times))
    if sheet.wants("rosters_month_gap_after_60_s") or sheet.wants("rosters_month_within_one"):
        gaps, shares = [], []
        for seed in LONG_SEEDS:
            problem = month(seed)
            result = solve(problem, 60)
            gaps.append(result.gap)
            shares.append(within_one(problem, result.roster))
            note(f"month {seed}: {result.objective:.1f}, bound {result.bound:.1f}, within one {shares[-1]:.3f}")
        sheet.add("rosters_month_gap_after_60_s", max(gaps), "of the objective", 0.01, seeds=len(gaps))
        sheet.add("rosters_month_within_one", min(shares), "of the people", 0.95, at_least=True, seeds=len(shares))


def large(_ground, sheet: Sheet) -> None:
    """200 people and 10 posts."""
    from scheduling.engine.warming import warm_up

    warm_up()
    seats = ((4,) * 10, (4,) * 10, (3,) * 10)
    seconds, result = first_complete(month(1, people=200, posts=10, seats=seats), 60)
    sheet.add("rosters_large_complete", seconds, "s", 60, uncovered=result.holes, duties=30 * 31 + 80 * 31)


def sick_calls(_ground, sheet: Sheet) -> None:
    """Somebody falls ill for one to three days; what is past and today's duties stay."""
    from scheduling.engine.repairing import repair
    from scheduling.engine.solving import solve
    from scheduling.engine.warming import warm_up

    warm_up()
    times, proven, filled = [], 0, 0
    for seed in (1, 2):
        problem = month(seed)
        current = solve(problem, 10).roster
        for number in range(20):
            chance = random.Random(f"sick/{seed}/{number}")
            day = chance.randrange(2, 28)
            ill = chance.choice([p for p in range(len(problem.people)) if current[p, day] != OFF])
            changed = deepcopy(problem)
            changed.people[ill].cost[day : day + chance.randint(1, 3), :] = NEVER
            frozen = np.zeros(current.shape, dtype=bool)
            frozen[:, :day] = True
            result = repair(changed, current, frozen)
            times.append(result.seconds)
            proven += result.proven
            filled += result.holes <= result.holes_bound
    sheet.add(
        "rosters_sick_call_p95", percentile(times, 95), "s", 1.0, holds=proven >= 0.95 * len(times),
        median=percentile(times, 50), calls=len(times), proven_minimal=proven, filled=filled,
    )  # fmt: skip


def too_few(_ground, sheet: Sheet) -> None:
    """Too few people: a partial roster, a proven least number of holes, and the rules that would have to give way."""
    from time import perf_counter

    from scheduling.engine.relaxing import relax
    from scheduling.engine.solving import solve
    from scheduling.engine.warming import warm_up

    warm_up()
    times, lines = [], []
    for seed, short in ((1, 0.6), (2, 0.65), (3, 0.7)):
        problem = month(seed, short=short)
        result = solve(problem, 20)
        began = perf_counter()
        rules = relax(problem, 5, result.roster)
        times.append(perf_counter() - began)
        lines.append((result.holes, result.holes_bound, len(rules)))
        note(
            f"{len(problem.people)} people: {result.holes} holes, {result.holes_bound} proven, {len(rules)} rules to relax"
        )
    sheet.add(
        "rosters_relax_seconds", max(times), "s", 5, holes=[one for one, *_ in lines],
        least_proven=[two for _, two, _ in lines], rules=[three for *_, three in lines],
    )  # fmt: skip
