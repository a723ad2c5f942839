"""Open seats that officers may take by themselves (A36, A37): which are offered to whom, and how one is taken."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from duty.clock import day_of
from duty.models import Person
from duty.steps import NotPossible
from scheduling.gathering import published_plan, qualifications_asked
from scheduling.models import Member, OpenSeat, Shift, Terms
from scheduling.models.days import days_between
from scheduling.rules import Plan, fits
from scheduling.rules.book import hard
from scheduling.substitutes import period_around, seat_as_duty
from scheduling.takers import fit

LOOKED_AT, SHOWN = 40, 8


@dataclass(frozen=True)
class Offer:
    """One open seat as it is offered to an officer: `free` to be taken at once, else `asked` for or not yet."""

    gap: OpenSeat
    span: tuple[dt.datetime, dt.datetime]
    free: bool
    asked: bool


class _Periods:
    """Plans of the published days around each seat, gathered once for all seats of one roster."""

    def __init__(self):
        self.known: list[tuple[int, dt.date, dt.date, Plan, tuple]] = []

    def around(self, unit_id: int, day: dt.date) -> tuple[Plan, tuple]:
        """The plan, and what its days are and ask for."""
        for unit, first, last, plan, around in self.known:
            if unit == unit_id and first <= day <= last:
                return plan, around
        first, last = period_around(unit_id, day)
        plan = published_plan(unit_id, first, last)
        around = days_between(first, last), qualifications_asked(unit_id, first, last)
        self.known.append((unit_id, first, last, plan, around))
        return plan, around


def offers_to(person: Person, at: dt.datetime, shift: Shift | None = None) -> list[Offer]:
    """Open seats that this person could take without breaking a hard rule, the nearest first; of one watch, or of all.

    Whoever was taken off a seat is not offered it again.
    """
    pools = Member.objects.filter(person=person).standing(day_of(at)).values("unit_id")
    gaps = OpenSeat.objects.ahead(at).filter(shift__unit__in=pools).exclude(left=person)
    gaps = gaps.select_related("shift__post", "shift__unit").order_by("shift__starts_at", "id")
    if shift is not None:
        gaps = gaps.filter(shift=shift)
    periods, found, seen = _Periods(), [], set()
    for gap in gaps[:LOOKED_AT]:
        span = max(gap.span[0], at), gap.span[1]
        if span[1] <= at or (gap.shift_id, gap.role, span) in seen:
            continue
        seen.add((gap.shift_id, gap.role, span))
        plan, around = periods.around(gap.shift.unit_id, day_of(gap.shift.starts_at))
        duty = seat_as_duty(gap.shift, gap.role, span, around=around)
        if person.pk in plan.people and not any(hard(fits(plan, person.pk, duty))):
            free = Terms.of(gap.shift.unit_id).officers_take_open
            found.append(Offer(gap, span, free, person.pk in gap.volunteers))
        if len(found) == SHOWN:
            break
    return found


def take(shift: Shift, gap: OpenSeat, *, by: Person, at: dt.datetime) -> bool:
    """Seat the officer at once, or ask those who plan, as the unit's terms say; True if seated. Raises Conflict."""
    judge = partial(_judge, shift, gap, by, at)
    if Terms.of(shift.unit_id).officers_take_open:
        shift.take_open(gap, judge, by=by, at=at)
        return True
    shift.ask_for_open(gap, judge, by=by, at=at)
    return False


def _judge(shift: Shift, gap: OpenSeat, person: Person, at: dt.datetime, span) -> None:
    if gap.left_id == person.pk:
        raise NotPossible(shift, _("You were taken off this seat. Ask those who plan."))
    known = fit(person, shift, gap.role, at, span)
    if not known.ok:
        raise NotPossible(shift, _("You cannot take this seat: %(why)s.") % {"why": "; ".join(known.forbids)})
