"""What a fair share is measured by: how long each person could have been given duty, and what they bore so far."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scheduling.rules.facts import RESERVE, Duty, Plan, Someone

WINDOW_DAYS = 365
HOLIDAY_YEARS = 3  # named holidays come once a year: their ledger is longer
CATCH_UP = 2.0  # in one period nobody is asked for more than twice an even share, whatever the ledger says

Key = tuple[int, str]  # person, category


def demand_by_pool(plan: Plan) -> dict[frozenset[int], Counter]:
    """{the people who may sit there: {category: duties}}; seats that ask the same of people share a pool."""
    pools: dict[tuple, frozenset[int]] = {}
    demand: dict[frozenset[int], Counter] = defaultdict(Counter)
    for duty in plan.duties.values():
        sort = duty.role, duty.qualification
        if sort not in pools:
            pools[sort] = frozenset(p.id for p in plan.people.values() if _may_sit(p, plan, *sort))
        for category in duty.burdens():
            demand[pools[sort]][category] += 1
    return demand


def _may_sit(person: Someone, plan: Plan, role: str, qualification: int | None) -> bool:
    """On some day of the period."""

    def meets(valid) -> bool:
        return valid.first <= plan.last and (valid.last is None or valid.last >= plan.first)

    sits = any(role in member.roles and meets(member.valid) for member in person.memberships)
    return sits and (qualification is None or any(map(meets, person.qualified.get(qualification, ()))))


def exposures(plan: Plan, categories: Iterable[str], window: int = WINDOW_DAYS) -> dict[Key, float]:
    """{(person, category): days} over the window before the period and the period itself.

    The days before someone joined count as if they had been there: the ledger credits them.
    """
    begin = plan.first - dt.timedelta(days=window)
    span = (plan.last - begin).days + 1
    found: dict[Key, float] = {}
    for person in plan.people.values():
        by_kind = _days_by_kind(person, begin, span)
        for category in categories:
            found[person.id, category] = by_kind[_sort_of(category)]
    return found


def _sort_of(category: str) -> str:
    return "holiday" if category.startswith("holiday") else category


def _bits(begin: dt.date, span: int, first: dt.date, last: dt.date | None) -> int:
    """Days from first to last as bits, day nought being `begin`."""
    low = max(0, (first - begin).days) if first > begin else 0
    high = span if last is None else min(span, (last - begin).days + 1)
    return ((1 << high) - 1) & ~((1 << low) - 1) if high > low else 0


def _days_by_kind(person: Someone, begin: dt.date, span: int) -> dict[str, float]:
    here = _bits(begin, span, dt.date.min, person.employed.last) if person.is_active else 0
    for away in person.away:
        if away.counts:
            last = (away.end - dt.timedelta(microseconds=1)).date()  # a day touched is a day without duty
            here &= ~_bits(begin, span, away.start.date(), last)
    exempt = {
        kind: _any_of(begin, span, (valid for which, valid in person.exempt if which in (kind, "all")))
        for kind in ("nights", "weekends", "holidays", "all")
    }
    joined = min((m.valid.first for m in person.memberships), default=None)
    found: dict[str, float] = defaultdict(float)
    for membership in person.memberships:
        first = dt.date.min if membership.valid.first == joined else membership.valid.first
        days = here & _bits(begin, span, first, membership.valid.last) & ~exempt["all"]
        if RESERVE in membership.roles:
            found["reserve"] += membership.share * days.bit_count()
        if membership.roles - {RESERVE}:
            for category, kind in (
                ("total", "all"),
                ("night", "nights"),
                ("weekend", "weekends"),
                ("holiday", "holidays"),
            ):
                found[category] += membership.share * (days & ~exempt[kind]).bit_count()
    return found


def _any_of(begin: dt.date, span: int, valid) -> int:
    bits = 0
    for each in valid:
        bits |= _bits(begin, span, each.first, each.last)
    return bits


def credited(
    plan: Plan, past: Mapping[Key, float], categories: Iterable[str], exposure: Mapping[Key, float]
) -> dict[Key, float]:
    """{(person, category): duties} done in the window, with the pool's average for the days before joining."""
    begin = plan.first - dt.timedelta(days=WINDOW_DAYS)
    found: dict[Key, float] = defaultdict(float, past)
    newcomers = {
        p.id: (joined - begin).days
        for p in plan.people.values()
        if (joined := min((m.valid.first for m in p.memberships), default=begin)) > begin
    }
    settled = [p for p in plan.people if p not in newcomers]
    whole = (plan.last - begin).days + 1
    for category in categories:
        days = sum(exposure.get((p, category), 0.0) for p in settled)
        rate = sum(found[p, category] for p in settled) / days if days else 0.0
        for person, before in newcomers.items():
            credit = min(1.0, before / whole) * exposure.get((person, category), 0.0)
            found[person, category] += rate * credit * _past_part(plan, whole)
    return found


def tally(done: Iterable[tuple[int, Duty]], first: dt.date) -> Counter:
    """{(person, category): duties} done before the first day: in twelve months, named holidays in three years."""
    begin = first - dt.timedelta(days=WINDOW_DAYS)
    long_ago = first - dt.timedelta(days=WINDOW_DAYS * HOLIDAY_YEARS)
    found: Counter = Counter()
    for person, duty in done:
        for category in duty.burdens():
            since = long_ago if category.startswith("holiday:") else begin
            if since <= duty.date < first:
                found[person, category] += 1
    return found


def _past_part(plan: Plan, whole: int) -> float:
    """Average days carry past duties only in the window before the period."""
    return whole / max(1, whole - (plan.last - plan.first).days - 1)


def most_in_period(plan: Plan, demand: Mapping[frozenset[int], Counter], categories: Iterable[str]) -> dict[Key, float]:
    """{(person, category): duties} that nobody's target exceeds in this period: days they are there, and catching up
    no faster than at twice an even share."""
    span = (plan.last - plan.first).days + 1
    there = {p.id: _days_by_kind(p, plan.first, span) for p in plan.people.values()}
    found: dict[Key, float] = {}
    for category in categories:
        sort = _sort_of(category)
        for person in plan.people:
            even = 0.0
            for pool, counts in demand.items():
                if person in pool and counts[category]:
                    days = sum(there[p][sort] for p in pool)
                    even += counts[category] * there[person][sort] / days if days else 0.0
            found[person, category] = min(span, CATCH_UP * even + 1) if there[person][sort] else 0.0
    return found
