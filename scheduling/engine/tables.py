"""A problem as plain arrays for compiled code: rules as a small automaton per contract, costs per cell.

An automaton walks a row day by day; its state remembers what the rules need of the past (last kind of duty as far
as it matters, run length, days off, duties in a row per group). `step` is total: where a rule is broken `broke` says by
how much, so a row that cannot be legal still has a measure. Kind number K (the last column) stands for OFF.
"""

from collections import namedtuple

import numpy as np

from .problem import OFF, Person, Problem

LONG = 10**9

Tables = namedtuple(
    "Tables",
    "people days kinds automaton start step broke soft works cost minutes least_minutes most_minutes "
    "limit_kinds limit_most counts target weight weekend weekend_days most_weekends split demand under over "
    "choices choices_many heavy constant",
)


def automaton(problem: Problem, person: Person) -> tuple:
    """(step, broke, soft, works, numbers of the states, contract); state 0 means: nothing is known of the past."""
    kinds = len(problem.kinds)
    contract = _Contract(problem, person)
    numbers, order, rows = {FRESH: 0}, [FRESH], []
    for state in order:  # grows while it is walked
        row = []
        for kind in [*range(kinds), OFF]:
            following, broken, soft = contract.move(state, kind)
            if following not in numbers:
                numbers[following] = len(order)
                order.append(following)
            row.append((numbers[following], broken, soft))
        rows.append(row)
    whole = np.array(rows, dtype=float)
    works = np.array([state[0] for state in order])
    return whole[:, :, 0].astype(np.int32), whole[:, :, 1], whole[:, :, 2], works, numbers, contract


# works, profile of the last kind, length of the run, whether its minimum is to be kept, days in a row per group
FRESH = (False, -1, 0, False, ())


class _Contract:
    """One day's move of a row under a person's rules."""

    def __init__(self, problem: Problem, person: Person):
        kinds = range(len(problem.kinds))
        self.groups = tuple(sorted(person.max_in_row.items()))
        self.flags = [tuple(group in kind.groups for group, _most in self.groups) for kind in problem.kinds]
        after = [
            tuple(
                tuple(b for b in kinds if (a, b) in pairs) for pairs in (problem.forbidden_next, problem.forbidden_gap)
            )
            for a in kinds
        ]
        self.profiles = sorted(set(after))
        self.profile_of = [self.profiles.index(profile) for profile in after]
        self.spacing = problem.spacing
        self.min_run, self.min_off = person.min_run, person.min_off
        self.max_run = person.max_run if person.max_run is not None else LONG
        self.run_cap = max(1, self.min_run, self.max_run if self.max_run < LONG else 1)
        self.off_cap = max(2 if problem.forbidden_gap else 1, self.min_off, len(self.spacing))

    def move(self, state: tuple, kind: int) -> tuple:
        """(next state, how much is broken, soft cost)."""
        return self.rest(state) if kind == OFF else self.work(state, kind)

    def rest(self, state: tuple) -> tuple:
        works, profile, length, known, _rows = state
        if works:
            gap_matters = bool(self.profiles[profile][1])
            short = max(0, self.min_run - length) if known else 0
            return self.off(profile if gap_matters else -1, 1, True), float(short), 0.0
        return self.off(-1, length + 1, known), 0.0, 0.0

    def off(self, profile: int, length: int, known: bool) -> tuple:
        length = min(length, self.off_cap)
        forgets = length == self.off_cap >= max(self.min_off, len(self.spacing))
        return (False, profile, length, known and not forgets, ())

    def work(self, state: tuple, kind: int) -> tuple:
        works, profile, length, known, rows = state
        broken = soft = 0.0
        if works:
            broken += (kind in self.profiles[profile][0]) + (length >= self.max_run)
            soft += self.spacing[0] if self.spacing else 0.0
            length += 1
        else:
            if profile >= 0:
                broken += kind in self.profiles[profile][1]
            if known:
                broken += max(0, self.min_off - length)
                soft += self.spacing[length] if length < len(self.spacing) else 0.0
            known, length = length > 0, 1
        now = []
        for number, flag in enumerate(self.flags[kind]):
            most, before = self.groups[number][1], rows[number] if rows else 0
            broken += flag and before >= most
            now.append(min(before + 1, max(most, 1)) if flag else 0)
        known = known and length < self.min_run
        return (True, self.profile_of[kind], min(length, self.run_cap), known, tuple(now)), float(broken), soft


def heavy_weight(problem: Problem) -> float:
    """The price of breaking a rule by one: more than anything that could be won by it."""
    under = problem.under[np.isfinite(problem.under)]
    return 100.0 * max(1.0, float(under.max(initial=0.0)))


def build(problem: Problem) -> Tables:
    people, days, kinds = len(problem.people), problem.days, len(problem.kinds)
    machines, made, which, start = {}, [], [], []
    for person in problem.people:
        key = (person.max_run, person.min_run, person.min_off, tuple(sorted(person.max_in_row.items())))
        if key not in machines:
            machines[key] = len(made)
            made.append(automaton(problem, person))
        which.append(machines[key])
        *_rules, numbers, contract = made[machines[key]]
        state = FRESH
        for kind in person.history:
            state = contract.move(state, kind)[0]
        start.append(numbers[state])
    size = max((len(machine[3]) for machine in made), default=1)
    step = np.zeros((len(made), size, kinds + 1), dtype=np.int32)
    broke, soft = np.zeros(step.shape), np.zeros(step.shape)
    works = np.zeros((len(made), size), dtype=np.bool_)
    for number, (a_step, a_broke, a_soft, a_works, *_rest) in enumerate(made):
        many = len(a_works)
        step[number, :many], broke[number, :many], soft[number, :many], works[number, :many] = (
            a_step,
            a_broke,
            a_soft,
            a_works,
        )
    cost, choices, choices_many = _cells(problem)
    limits = max((len(person.limits) for person in problem.people), default=0)
    limit_kinds = np.zeros((people, limits, kinds + 1), dtype=np.int64)
    limit_most = np.full((people, limits), LONG, dtype=np.int64)
    target, weight = np.zeros((people, len(problem.categories))), np.zeros((people, len(problem.categories)))
    place = {category.name: number for number, category in enumerate(problem.categories)}
    for number, person in enumerate(problem.people):
        for which_limit, limit in enumerate(person.limits):
            limit_kinds[number, which_limit, list(limit.kinds)] = 1
            limit_most[number, which_limit] = limit.most
        for name, (share, price) in person.targets.items():
            target[number, place[name]], weight[number, place[name]] = share, price
    counts = np.zeros((len(problem.categories), days, kinds + 1), dtype=np.int64)
    for number, category in enumerate(problem.categories):
        counts[number, :, :kinds] = category.counts
    weekend = np.full(days, -1, dtype=np.int64)
    weekend_days = np.full((len(problem.weekends), 2), -1, dtype=np.int64)
    for number, weekend_of in enumerate(problem.weekends):
        weekend[list(weekend_of)] = number
        weekend_days[number, : len(weekend_of)] = weekend_of

    def values(name, empty):
        return np.array(
            [empty if getattr(p, name) is None else getattr(p, name) for p in problem.people], dtype=np.int64
        )

    return Tables(
        people, days, kinds, np.array(which, dtype=np.int64), np.array(start, dtype=np.int64), step, broke, soft, works,
        cost, np.array([kind.minutes for kind in problem.kinds] + [0], dtype=np.int64),
        values("min_minutes", 0), values("max_minutes", LONG), limit_kinds, limit_most, counts, target, weight,
        weekend, weekend_days, values("max_weekends", LONG), float(problem.split_weekend),
        problem.demand.astype(np.int64), problem.under.astype(float),
        np.minimum(problem.over.astype(float), heavy_weight(problem)),
        choices, choices_many, heavy_weight(problem), float(problem.constant),
    )  # fmt: skip


def _cells(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(cost [people, days, kinds + OFF] with changes and pins in it, what each cell may hold, how many that are)."""
    people, days, kinds = len(problem.people), problem.days, len(problem.kinds)
    cost = np.zeros((people, days, kinds + 1))
    for number, person in enumerate(problem.people):
        cost[number, :, :kinds] = person.cost
        for day, kind in person.pinned.items():
            stays = cost[number, day, kind if kind != OFF else kinds]
            cost[number, day, :] = np.inf
            cost[number, day, kind if kind != OFF else kinds] = stays if np.isfinite(stays) else 0.0
    if problem.reference is not None and problem.change:
        wanted = np.where(np.asarray(problem.reference) == OFF, kinds, problem.reference)
        cost += problem.change * (np.arange(kinds + 1)[None, None, :] != wanted[:, :, None])
    choices = np.full((people, days, kinds + 1), kinds, dtype=np.int16)
    choices_many = np.isfinite(cost).sum(axis=2)
    order = np.argsort(~np.isfinite(cost), axis=2, kind="stable")
    choices[:] = order
    return cost, choices, choices_many


def inside(roster: np.ndarray, kinds: int) -> np.ndarray:
    """A roster with OFF as the last kind, as compiled code wants it."""
    roster = np.asarray(roster)
    return np.where(roster == OFF, kinds, roster).astype(np.int16)


def outside(roster: np.ndarray, kinds: int) -> np.ndarray:
    return np.where(roster == kinds, OFF, roster).astype(np.int16)
