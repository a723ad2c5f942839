"""Duty months as the product meets them: seeded people, posts, leave, wishes, ledgers and fair targets."""

import random

import numpy as np

from scheduling.engine.problem import NEVER, OFF, Category, Kind, Person, Problem, rest_rules

SHIFTS = (("D", 8 * 60), ("E", 16 * 60), ("N", 24 * 60))  # the night belongs to the day it follows
SEATS = ((4, 3, 3, 2), (4, 3, 2, 2), (4, 3, 2, 2))  # per shift and post: 34 a day, 1,054 in 31 days
WEIGHTS = {"night": 3.0, "weekend": 2.0, "holiday": 3.0, "total": 1.0}
HOLE = 10_000.0


def month(seed: int, people: int = 60, days: int = 31, posts: int = 4, seats=SEATS, short: float = 1.0) -> Problem:
    """A month for so many people; `short` < 1 makes that share of them only: too few."""
    chance = random.Random(f"month/{seed}/{people}/{posts}")
    kinds = [
        Kind(f"{shift}{post + 1}", start, 480, frozenset({"night"} if shift == "N" else ()))
        for shift, start in SHIFTS
        for post in range(posts)
    ]
    demand = np.tile(np.array([seats[number // posts][number % posts] for number in range(len(kinds))]), (days, 1))
    first = seed % 7  # weekday of the first day
    weekends = tuple(
        tuple(day for day in (saturday, saturday + 1) if 0 <= day < days) for saturday in range(5 - first - 7, days, 7)
    )
    weekends = tuple(weekend for weekend in weekends if weekend)
    holidays = set(chance.sample(range(days), 3))
    shape = (days, len(kinds))
    counts = {name: np.zeros(shape, dtype=np.int64) for name in WEIGHTS}
    counts["total"][:] = 1
    counts["night"][:, 2 * posts :] = 1
    counts["weekend"][[day for weekend in weekends for day in weekend]] = 1
    counts["holiday"][list(holidays)] = 1
    able = np.zeros((people, len(kinds)), dtype=bool)
    staff, free = [], np.ones((people, days), dtype=bool)
    for number in range(people):
        can = {number % posts} | {post for post in range(posts) if chance.random() < 0.35}
        exempt = chance.random() < 0.08
        able[number] = [kind % posts in can and not (exempt and kind >= 2 * posts) for kind in range(len(kinds))]
        if chance.random() < 0.3:
            away = chance.randrange(days)
            free[number, away : away + chance.randint(2, 7)] = False
        cost = np.where(free[number][:, None] & able[number][None, :], 0.0, NEVER)
        for _ in range(chance.randint(0, 4)):
            day, weight = chance.randrange(days), float(chance.randint(1, 3))
            cost[day, :] += weight  # would rather be off
        history = [chance.choice([OFF, *np.flatnonzero(able[number])]) for _ in range(7)]
        history = _legal(history, posts)
        staff.append(
            Person(f"P{number}", cost, max_run=6, max_in_row={"night": 3}, history=tuple(int(kind) for kind in history))
        )
    staff = staff[: max(1, round(people * short))]
    able, free = able[: len(staff)], free[: len(staff)]
    _targets(staff, able, free, demand, counts, chance)
    following, gap = rest_rules(kinds, 11 * 60)
    return Problem(
        days, kinds, staff, demand, np.full(shape, HOLE), np.full(shape, HOLE / 10),
        [Category(name, count) for name, count in counts.items()], following, gap, weekends,
    )  # fmt: skip


def _legal(history: list, posts: int) -> list:
    """A past that keeps the rules: no early duty after a late one, few in a row."""
    for day in range(1, len(history)):
        shift, before = history[day] // posts, history[day - 1] // posts
        if history[day] != OFF and history[day - 1] != OFF and (shift < before or day % 4 == 3):
            history[day] = OFF
    return history


def _targets(staff, able, free, demand, counts, chance) -> None:
    """Shares by exposure of what all did before and what is due now, less what each did; scaled to this month's sum."""
    for name, count in counts.items():
        exposure = np.array([
            (free[p][:, None] & able[p][None, :] & (count > 0)).any(axis=1).sum() for p in range(len(staff))
        ], dtype=float)  # fmt: skip
        due = float((demand * count).sum())
        ledger = np.array([chance.gauss(0, 1.5) for _ in staff])
        target = np.maximum(0.0, exposure / max(1e-9, exposure.sum()) * (due + ledger.sum()) - ledger)
        target = np.where(exposure > 0, np.minimum(target, exposure), 0.0)
        target *= due / max(1e-9, target.sum())
        for number, person in enumerate(staff):
            person.targets[name] = (float(target[number]), WEIGHTS[name])
