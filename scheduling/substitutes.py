"""Who could keep a duty: everyone in the pool, ranked, with reasons. No solver, so that an answer is there at once."""

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass, replace

from duty.clock import day_of, last_of_month, local, month_of
from scheduling.fairness import Balance, balance, weight
from scheduling.gathering import published_plan, qualifications_asked, tallies
from scheduling.models import Roster, Shift
from scheduling.models.days import DayKind, days_between
from scheduling.rules import RULES, Break, Duty, Plan, Someone, fits
from scheduling.rules.book import hard
from scheduling.rules.facts import HOUR, is_night
from scheduling.rules.wording import reasons

SOFT_COST = 2.0  # a soft rule broken weighs as much as a duty and a half above the share


@dataclass(frozen=True)
class Candidate:
    """One person as a candidate for a duty: what stands in the way, and how the load would look after."""

    person: Someone
    breaks: tuple[Break, ...]
    reasons: tuple[str, ...]
    forbids: tuple[str, ...]  # what the hard ones of the breaks say
    after: tuple[tuple[str, float], ...]  # (category, deviation from the target with this duty)
    rest_hours: float | None  # the shorter of the rests before and after; None with no duty near
    cost: float

    @property
    def ok(self) -> bool:
        """No hard rule stands in the way."""
        return not any(RULES[broken.rule].hard for broken in self.breaks)

    @property
    def load(self) -> float:
        """Deviation in the category that weighs most here."""
        return self.after[0][1] if self.after else 0.0


def ranked(plan: Plan, duty: Duty, fair: Balance, besides: frozenset[int] = frozenset()) -> list[Candidate]:
    """Everyone in the plan as a candidate for the duty, those it fits first, by what it costs fairness.

    `besides` are left out. Whoever has the duty now is judged as one of the others.
    """
    holder = plan.who.get(duty.key)
    found = [_candidate(plan, duty, fair, p, holder) for p in plan.people.values() if p.id not in besides]
    return sorted(found, key=lambda c: (not c.ok, c.cost, c.person.name, c.person.id))


def _candidate(plan: Plan, duty: Duty, fair: Balance, person: Someone, holder: int | None) -> Candidate:
    breaks = tuple(fits(plan, person.id, duty))
    has_it = 1 if person.id == holder else 0
    after = tuple((c, fair.deviation(person.id, c) + 1 - has_it) for c in duty.burdens())
    # (d+1)² - d² for each category: what the objective would gain.
    unfair = sum(weight(category) * (2 * deviation - 1) for category, deviation in after)
    forbidding = tuple(hard(breaks))
    soft = len(breaks) - len(forbidding)
    after = tuple(sorted(after, key=lambda one: _most_telling(one[0])))
    return Candidate(
        person=person,
        breaks=breaks,
        reasons=tuple(reasons(plan, breaks, duty)),
        forbids=tuple(reasons(plan, forbidding, duty)),
        after=after,
        rest_hours=_rest_around(plan, person.id, duty),
        cost=unfair + SOFT_COST * soft + 100 * len(forbidding),
    )


def _most_telling(category: str) -> int:
    """A night is told as a night, a holiday as a holiday; the total is told where nothing else can be."""
    order = ("holiday", "night", "weekend", "reserve", "total")
    return order.index(category) if category in order else len(order)


def _rest_around(plan: Plan, person: int, duty: Duty) -> float | None:
    rests = [
        (duty.start - other.end if other.end <= duty.start else other.start - duty.end) / HOUR
        for other in plan.held(person)
        if other.key != duty.key
    ]
    nearest = min((rest for rest in rests if rest >= 0), default=None)
    return nearest if nearest is not None and nearest <= 14 * 24 else None


def period_around(unit_id: int, day: dt.date) -> tuple[dt.date, dt.date]:
    """The published roster's days around a day, else its calendar month."""
    found = Roster.objects.standing().filter(unit=unit_id, first_on__lte=day, last_on__gte=day).first()
    if found:
        return found.first_on, found.last_on
    return month_of(day), last_of_month(day)


def candidates(
    shift: Shift, role: str, at: dt.datetime, span: tuple[dt.datetime, dt.datetime] | None = None
) -> list[Candidate]:
    """Candidates for a seat of a published watch, or a part of it; those who sit on that watch are left out."""
    first, last = period_around(shift.unit_id, day_of(shift.starts_at))
    plan = published_plan(shift.unit_id, first, last)
    duty = seat_as_duty(shift, role, span)
    sitting = frozenset(seat.person_id for seat in shift.crew())
    fair = balance(plan, tallies(plan.people, first))
    return ranked(plan, duty, fair, besides=sitting)


def seat_as_duty(
    shift: Shift, role: str, span: tuple[dt.datetime, dt.datetime] | None = None, key: Hashable = "asked", around=None
) -> Duty:
    """A seat of a published watch as a duty, with the qualification that its pattern asks for.

    `around` is (days_between, qualifications_asked) of the days around it, for whoever asks of many seats.
    """
    date = day_of(shift.starts_at)
    days, wanted = around or (days_between(date, date), qualifications_asked(shift.unit_id, date, date))
    day = days[date]
    start, end = span or (shift.starts_at, shift.ends_at)
    duty = Duty(
        key=key,
        date=date,
        start=start,
        end=end,
        post=shift.post_id,
        role=role,
        day_kind=day.kind,
        holiday=day.name if day.kind == DayKind.HOLIDAY else "",
        name=shift.name,
        is_night=is_night(local(start), local(end)),
        watch=(shift.post_id, shift.starts_at),
        place=shift.post.name,
    )
    return replace(duty, qualification=wanted(duty))
