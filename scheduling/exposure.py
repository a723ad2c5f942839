"""What a fair share is measured by: how long each person could have been given duty, and what they bore so far."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scheduling.rules.facts import RESERVE, Duty, Plan, Someone

WINDOW_DAYS = 365
HOLIDAY_YEARS = 3  # named holidays come once a year: their ledger is longer
EXEMPTION = {"rest": "weekends", "holiday": "holidays"}  # which one keeps someone from duty on such a day

Key = tuple[int, str]  # person, category


def demand_by_pool(plan: Plan) -> dict[frozenset[int], Counter]:
    """{the people who may sit there: {category: duties}}; seats that ask the same of people share a pool."""
    return demand_of(
        plan,
        (
            (duty.role, duty.qualification, duty.is_night, duty.day_kind, duty.burdens(), 1)
            for duty in plan.duties.values()
        ),
    )


def demand_of(plan: Plan, duties: Iterable[tuple]) -> dict[frozenset[int], Counter]:
    """The same of duties counted elsewhere: (role, qualification, at night, kind of day, burdens, how many)."""
    pools: dict[tuple, frozenset[int]] = {}
    demand: dict[frozenset[int], Counter] = defaultdict(Counter)
    for role, qualification, night, kind, burdens, many in duties:
        sort = role, qualification, night, EXEMPTION.get(kind)
        if sort not in pools:
            pools[sort] = frozenset(p.id for p in plan.people.values() if _may_sit(p, plan, *sort))
        for category in burdens:
            demand[pools[sort]][category] += many
    return demand


def _may_sit(person: Someone, plan: Plan, role: str, qualification: int | None, night: bool, off: str | None) -> bool:
    """On some day of the period. Whoever is exempt throughout from nights cannot sit where every seat is one."""

    def meets(valid) -> bool:
        return valid.first <= plan.last and (valid.last is None or valid.last >= plan.first)

    sits = any(role in member.roles and meets(member.valid) for member in person.memberships)
    if not sits or (qualification is not None and not any(map(meets, person.qualified.get(qualification, ())))):
        return False
    kinds = {"all", off, "nights" if night else None}
    return not any(
        kind in kinds and valid.first <= plan.first and (valid.last is None or valid.last >= plan.last)
        for kind, valid in person.exempt
    )


def ledger_begins(plan: Plan, window: int = WINDOW_DAYS) -> dt.date:
    """The first day that counts beside the period: a year before it, or the first of which duties are known.

    Days of which no duties are known would make leave and joining look smaller than they are.
    """
    begin = plan.first - dt.timedelta(days=window)
    return begin if plan.since is None else max(begin, min(plan.since, plan.first))


def exposures(plan: Plan, categories: Iterable[str]) -> dict[Key, float]:
    """{(person, category): days} over the window before the period and the period itself.

    The days of the window before someone joined count as if they had been there: the ledger credits them.
    """
    begin = ledger_begins(plan)
    span = (plan.last - begin).days + 1
    found: dict[Key, float] = {}
    for person in plan.people.values():
        by_kind = _days_by_kind(person, begin, span, plan.first)
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


def _days_by_kind(person: Someone, begin: dt.date, span: int, period: dt.date) -> dict[str, float]:
    """Days by what they count for; those before the period and before joining as if they had been there."""
    here = _bits(begin, span, dt.date.min, person.employed.last) if person.is_active else 0
    for away in person.away:
        if away.counts:
            last = (away.end - dt.timedelta(microseconds=1)).date()  # a day touched is a day without duty
            here &= ~_bits(begin, span, away.start.date(), last)
    exempt = {
        kind: _any_of(begin, span, (valid for which, valid in person.exempt if which in (kind, "all")))
        for kind in ("nights", "weekends", "holidays", "all")
    }
    joined = _joined(person)
    found: dict[str, float] = defaultdict(float)
    for membership in person.memberships:
        valid = membership.valid
        days = _bits(begin, span, valid.first, valid.last)
        if valid.first == joined:
            before = min(valid.first, period) - dt.timedelta(days=1)
            days |= _bits(begin, span, dt.date.min, before)
        days &= here & ~exempt["all"]
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


def _joined(person: Someone) -> dt.date | None:
    return min((m.valid.first for m in person.memberships), default=None)


def credited(plan: Plan, past: Mapping[Key, float], categories: Iterable[str]) -> dict[Key, float]:
    """{(person, category): duties} done in the window, and for the days of it before joining what others bore a day.

    The others are those who were there and may sit on the same seats with the same qualifications; where there are none,
    with these on some of the seats; then those of the same seats, then of some of them, whatever they are qualified for.
    """
    begin = ledger_begins(plan)
    found: dict[Key, float] = defaultdict(float, past)
    newcomers = {p.id: min(joined, plan.first) for p in plan.people.values() if (joined := _joined(p) or begin) > begin}
    if not newcomers:
        return found
    there = {
        p.id: _days_by_kind(p, begin, (plan.first - begin).days, plan.first)
        for p in plan.people.values()
        if p.id not in newcomers
    }
    seats = _seats_by_qualification(plan)
    for person, joined in newcomers.items():
        missed = _days_by_kind(plan.people[person], begin, (joined - begin).days, plan.first)
        groups = _alike(plan, person, there, seats)
        for category in categories:
            sort = _sort_of(category)
            alike = next((group for group in groups if any(there[p][sort] for p in group)), ())
            days = sum(there[p][sort] for p in alike)
            if days:
                found[person, category] += sum(past.get((p, category), 0.0) for p in alike) / days * missed[sort]
    return found


def _seats_by_qualification(plan: Plan) -> dict[int, frozenset[tuple]]:
    """{person: the seats of the plan that ask for a qualification and that they may sit on, as (role, qualification)}."""
    asked = {(duty.role, duty.qualification) for duty in plan.duties.values() if duty.qualification is not None}
    return {
        p.id: frozenset(seat for seat in asked if _may_sit(p, plan, *seat, night=False, off=None))
        for p in plan.people.values()
    }


def _alike(plan: Plan, person: int, others: Iterable[int], seats: Mapping[int, frozenset]) -> list[list[int]]:
    """Those who were there, the most alike first: nights that ask for a qualification are borne by its holders alone."""
    roles = {p: _roles(plan.people[p]) for p in (person, *others)}
    near = [p for p in others if roles[p] & roles[person]]
    pooled = [p for p in near if {seat for seat in seats[p] if seat[0] in roles[person]} == seats[person]]
    same = [p for p in near if roles[p] == roles[person]]
    return [[p for p in pooled if p in same], pooled, same, near]


def _roles(person: Someone) -> frozenset[str]:
    return frozenset().union(*(membership.roles for membership in person.memberships))


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


def days_there(plan: Plan, categories: Iterable[str]) -> dict[Key, float]:
    """{(person, category): days} of the period itself."""
    span = (plan.last - plan.first).days + 1
    there = {p.id: _days_by_kind(p, plan.first, span, plan.first) for p in plan.people.values()}
    return {(p, category): there[p][_sort_of(category)] for p in there for category in categories}
