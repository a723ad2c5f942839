"""A plan as a problem for the engine, and the engine's answer as people for seats. Imported by the worker alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from duty.clock import start_of
from scheduling.engine.problem import NEVER, OFF, Category, Kind, Person, Problem, rest_rules
from scheduling.fairness import Balance, weight
from scheduling.rules import RULES, Duty, Plan, fits
from scheduling.rules.book import OF_DUTY

EMPTY_SEAT, EMPTY_RESERVE = 1000.0, 300.0  # an open seat outweighs any unfairness
WISH_FREE, WISH_DUTY = 1.5, -1.0
TOO_NEAR = 0.6  # for each day that two duties are nearer than the unit would like
SPLIT_WEEKEND = 2.0
HISTORY_DAYS = 14
NOT_TO_BE_RELAXED = frozenset({"employed", "in_pool", "qualified"})  # nobody decides these away
RELAXED = 3.0  # leave or an exemption: rather three other rules
HARD_ON_DUTY = [rule for rule in OF_DUTY if rule.hard]


@dataclass
class Assignment:
    """A problem with what its numbers stand for: people and kinds by their place."""

    plan: Plan
    problem: Problem
    people: list[int]
    kinds: list[tuple]
    seats: dict[tuple[int, int], list[Duty]]  # (day, kind) → the duties of it, those that are to be given out
    never: np.ndarray  # [people, days, kinds]: what it would cost to let someone keep a duty all the same
    given: dict[Hashable, int]  # pinned beside another duty of that day: not the engine's to move

    def roster(self, who: dict[Hashable, int | None]) -> np.ndarray:
        """Who keeps what as the engine's array; of two duties on one day the first."""
        place = {person: n for n, person in enumerate(self.people)}
        found = np.full(self.problem.shape, OFF, dtype=np.int16)
        for (day, kind), duties in self.seats.items():
            for duty in duties:
                person = who.get(duty.key)
                if person in place and found[place[person], day] == OFF:
                    found[place[person], day] = kind
        return found

    def people_of(self, roster: np.ndarray) -> dict[Hashable, int | None]:
        """{duty: person or None} of an engine's roster; whoever keeps a seat already keeps that one."""
        found: dict[Hashable, int | None] = {}
        for (day, kind), duties in self.seats.items():
            sitting = [self.people[n] for n in np.nonzero(roster[:, day] == kind)[0]]
            stay = {duty.key: self.plan.who[duty.key] for duty in duties if self.plan.who[duty.key] in sitting}
            free = [person for person in sitting if person not in stay.values()]
            for duty in duties:
                found[duty.key] = stay.get(duty.key) or (free.pop(0) if free else None)
        return found | self.given


def assignment(plan: Plan, fair: Balance, *, frozen: frozenset[Hashable] = frozenset()) -> Assignment:
    """The problem of filling a plan fairly. Pinned and frozen duties stay with whoever has them."""
    kinds, kind_of = _kinds(plan)
    people = list(plan.people)
    days = (plan.last - plan.first).days + 1
    shape = days, len(kinds)
    seats: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    pinned: dict[int, dict[int, int]] = defaultdict(dict)
    given: dict[Hashable, int] = {}
    for key, duty in plan.duties.items():
        day, kind, holder = (duty.date - plan.first).days, kind_of[_sort(duty)], plan.who[key]
        if holder is not None and (key in plan.pinned or key in frozen):
            if day in pinned[holder]:
                given[key] = holder
                continue
            pinned[holder][day] = kind
        seats[day, kind].append(duty)
    demand, under = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    counts = {category: np.zeros(shape, dtype=np.int64) for category in fair.categories}
    for (day, kind), duties in seats.items():
        demand[day, kind] = len(duties)
        under[day, kind] = EMPTY_RESERVE if duties[0].role == "reserve" else EMPTY_SEAT
        for category in duties[0].burdens():
            counts[category][day, kind] = 1
    next_day, gap_day = rest_rules(kinds, round(plan.limits.rest / dt.timedelta(minutes=1)))
    never = np.full((len(people), *shape), NEVER)
    problem = Problem(
        days=days,
        kinds=kinds,
        people=[
            _person(plan, fair, person, never[place], seats, pinned[person], given, kind_of)
            for place, person in enumerate(people)
        ],
        demand=demand,
        under=under,
        over=np.full(shape, NEVER),
        categories=[Category(category, counts[category]) for category in fair.categories],
        forbidden_next=next_day,
        forbidden_gap=gap_day,
        weekends=_weekends(plan),
        spacing=tuple(TOO_NEAR * (plan.limits.spacing_days - n) for n in range(plan.limits.spacing_days)),
        split_weekend=SPLIT_WEEKEND if plan.limits.whole_weekends else 0.0,
    )
    return Assignment(plan, problem, people, kinds, dict(seats), never, given)


def _sort(duty: Duty) -> tuple:
    """What makes two seats interchangeable."""
    minutes = duty.start - start_of(duty.date)
    length = round((duty.end - duty.start).total_seconds() / 60)
    return duty.post, duty.role, duty.qualification, round(minutes.total_seconds() / 60), length, duty.is_night


def _kinds(plan: Plan) -> tuple[list[Kind], dict[tuple, int]]:
    kind_of: dict[tuple, int] = {}
    for duty in plan.duties.values():
        kind_of.setdefault(_sort(duty), len(kind_of))
    for person in plan.people:
        for duty in plan.held(person):
            if duty.key not in plan.duties and 0 < (plan.first - duty.date).days <= HISTORY_DAYS:
                kind_of.setdefault(_sort(duty), len(kind_of))
    kinds = [
        Kind(f"{post} {role} {start}", start, minutes, frozenset({"night"} if night else ()))
        for post, role, _qualification, start, minutes, night in kind_of
    ]
    return kinds, kind_of


def _person(plan: Plan, fair: Balance, person: int, never, seats, pinned, given, kind_of) -> Person:
    who = plan.people[person]
    cost = np.full(never.shape, NEVER)
    elsewhere = [duty for duty in plan.held(person) if duty.key not in plan.duties]
    busy = {duty.date for duty in elsewhere} | {plan.duties[key].date for key, p in given.items() if p == person}
    alone = Plan(plan.first, plan.last, (), [who], fixed={person: elsewhere}, limits=plan.limits)
    near = {(duty.date - plan.first).days + n for duty in elsewhere for n in range(-2, 3)}
    for (day, kind), duties in seats.items():
        duty = duties[0]
        if duty.date in busy:
            continue
        if broken := {rule.name for rule in HARD_ON_DUTY if any(True for _broken in rule.check(plan, who, duty))}:
            never[day, kind] = NEVER if broken & NOT_TO_BE_RELAXED else RELAXED
            continue
        if day in near and any(RULES[broken.rule].hard for broken in fits(alone, person, duty)):
            continue
        wish = who.wishes.get(duty.date)
        cost[day, kind] = WISH_FREE if wish == "free" else WISH_DUTY if wish == "duty" else 0.0
    return Person(
        name=who.name,
        cost=cost,
        max_run=plan.limits.days_in_row,
        max_in_row={"night": plan.limits.nights_in_row},
        targets={c: (fair.target.get((person, c), 0.0), weight(c)) for c in fair.categories},
        history=_history(plan, elsewhere, kind_of),
        pinned=pinned,
    )


def _history(plan: Plan, elsewhere: list[Duty], kind_of: dict[tuple, int]) -> tuple[int, ...]:
    days = [OFF] * HISTORY_DAYS
    for duty in elsewhere:
        back = (plan.first - duty.date).days
        if 0 < back <= HISTORY_DAYS:
            days[HISTORY_DAYS - back] = kind_of[_sort(duty)]
    return tuple(days)


def _weekends(plan: Plan) -> tuple[tuple[int, ...], ...]:
    found: dict[int, list[int]] = defaultdict(list)
    for day in range((plan.last - plan.first).days + 1):
        date = plan.first + dt.timedelta(days=day)
        if date.weekday() >= 5:
            found[date.toordinal() - date.weekday()].append(day)
    return tuple(map(tuple, found.values()))


def without_hard_breaks(plan: Plan, answer: dict[Hashable, int | None]) -> dict[Hashable, int | None]:
    """The engine's answer judged by the rules themselves: what breaks a hard one stays as it was before.

    The engine knows one duty a day and wall-clock rest; whatever else there may be is caught here.
    """
    trial = Plan(
        plan.first, plan.last, plan.duties.values(), plan.people.values(), fixed=plan.fixed, limits=plan.limits
    )
    kept = dict(answer)
    for key, person in sorted(answer.items(), key=lambda one: plan.duties[one[0]].start):
        if person is None:
            continue
        stays = person == plan.who[key]
        if not stays and any(RULES[broken.rule].hard for broken in fits(trial, person, plan.duties[key])):
            kept[key] = None
        else:
            trial.put(key, person)
    return kept
