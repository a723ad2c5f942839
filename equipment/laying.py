"""Rounds are laid ahead of time from their plans, and follow them: what is no longer planned is cancelled.

Idempotent: late, doubled or lost, nothing is harmed. What an outage kept from being laid is laid afterwards, so that a
round nobody could walk is missed and explained, not forgotten.
"""

import datetime as dt
import logging
from itertools import pairwise

from django.db import DatabaseError, transaction

from duty.clock import HOUR, day_of
from duty.models import Via
from duty.steps import Conflict
from equipment import rhythm
from equipment.models import Plan, Rhythm, Round, Status
from equipment.models.plans import OF_A_WATCH
from scheduling.models import Shift

log = logging.getLogger(__name__)

AHEAD = 36 * HOUR
LONGEST_BACK = 14 * 24 * HOUR  # an outage longer than that is not laid afterwards
LONGEST_WATCH = 48 * HOUR


def lay(at: dt.datetime) -> int:
    """Every plan's rounds up to a day and a half ahead; returns how many were laid, moved or cancelled."""
    ahead = Round.objects.filter(status=Status.SCHEDULED, opens_at__gt=at, plan__matter__closed_at__isnull=False)
    ended = ahead.values_list("plan_id", flat=True).distinct()
    changed = 0
    for pk in [*Plan.objects.in_use().order_by("pk").values_list("pk", flat=True), *ended]:
        try:
            changed += lay_plan(pk, at)
        except DatabaseError:  # one plan that cannot be laid keeps no other from being laid
            log.exception("the rounds of plan %s could not be laid", pk)
    return changed


def lay_plan(pk: int, at: dt.datetime) -> int:
    """One plan's rounds, while nobody else lays them."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",)).select_related("matter").get(pk=pk)
        start = max(min(plan.laid_until, at), at - LONGEST_BACK)
        until = at + AHEAD
        wanted = {} if plan.matter.closed_at else dict(expected(plan, start, until))
        standing = {
            row.planned_at: row
            for row in plan.rounds.exclude(status=Status.CANCELLED).filter(planned_at__gte=start, planned_at__lt=until)
        }
        changed = 0
        for planned_at, shift in sorted(wanted.items()):
            row = standing.get(planned_at)
            if row is None:
                fresh(plan, planned_at, shift).schedule(by=None, at=at, via=Via.ENGINE)
                changed += 1
            elif row.status == Status.SCHEDULED and row.opens_at > at:
                changed += _follow(row, fresh(plan, planned_at, shift), at)
        for planned_at, row in standing.items():
            if planned_at not in wanted and row.status == Status.SCHEDULED and row.opens_at > at:
                changed += _cancel(row, at)
        Plan.objects.filter(pk=pk).update(laid_until=until)
    return changed


def expected(plan: Plan, start: dt.datetime, until: dt.datetime, shifts: list[Shift] | None = None):
    """(planned instant, its watch or None) from `start` (included) to `until` (not), in no order.

    `shifts` are the watches of its post around that time where they are known; else they are read.
    """
    if shifts is None and plan.post_id:
        near = Shift.objects.live().filter(post=plan.post_id, starts_at__lt=until + LONGEST_WATCH, ends_at__gt=start)
        shifts = list(near.order_by("starts_at"))
    for planned_at, shift in _instants(plan, shifts or [], start, until):
        day = day_of(planned_at)
        if start <= planned_at < until and plan.from_on <= day and (plan.until_on is None or day <= plan.until_on):
            yield planned_at, shift


def _instants(plan: Plan, shifts: list[Shift], start, until):
    if plan.rhythm in OF_A_WATCH:
        for shift in shifts:
            watch = shift.starts_at, shift.ends_at
            if plan.rhythm == Rhythm.EVERY:
                yield from ((at, shift) for at in rhythm.within_watch(watch, plan.every_hours, plan.offset_minutes))
            elif plan.rhythm == Rhythm.START:
                yield rhythm.at_start(watch, plan.offset_minutes), shift
            else:
                yield rhythm.before_end(watch, plan.offset_minutes), shift
        return
    found = {
        Rhythm.TIMES: lambda: rhythm.by_the_clock(start, until, plan.times),
        Rhythm.WEEKLY: lambda: rhythm.weekly(start, until, plan.times, plan.weekdays),
        Rhythm.MONTHLY: lambda: rhythm.monthly(start, until, plan.times, plan.month_days),
    }[Rhythm(plan.rhythm)]()
    for at in found:
        yield at, next((shift for shift in shifts if shift.starts_at <= at < shift.ends_at), None)


def fresh(plan: Plan, planned_at: dt.datetime, shift: Shift | None) -> Round:
    """The round of that plan for that instant, unsaved."""
    return Round(
        unit_id=plan.unit_id, plan=plan, checklist_id=plan.checklist_id, post_id=plan.post_id, shift=shift,
        person_id=plan.person_id, title=plan.name, must_scan=plan.must_scan, needs_approval=plan.needs_approval,
        **plan.spans(planned_at),
    )  # fmt: skip


FOLLOWED = (
    "unit_id", "checklist_id", "post_id", "shift_id", "person_id", "title", "must_scan", "needs_approval", "opens_at", "starts_by",
    "due_at", "missed_at",
)  # fmt: skip


def _follow(row: Round, as_planned: Round, at) -> int:
    changes = {name: getattr(as_planned, name) for name in FOLLOWED if getattr(row, name) != getattr(as_planned, name)}
    if not changes:
        return 0
    try:
        row.replan(changes, by=None, at=at, via=Via.ENGINE)
    except Conflict:
        return 0  # somebody has begun it meanwhile
    return 1


def _cancel(row: Round, at) -> int:
    try:
        row.cancel(by=None, at=at, via=Via.ENGINE)
    except Conflict:
        return 0
    return 1


def overlapping(plan: Plan, planned: list[dt.datetime]) -> list[dt.datetime]:
    """Those that are planned before the one ahead of them is due: for the page that warns of a rhythm too close."""
    window = dt.timedelta(minutes=plan.window_minutes)
    return [later for earlier, later in pairwise(sorted(planned)) if later < earlier + window]
