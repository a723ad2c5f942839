"""What a plan would ask for, before it is saved: its next rounds, and what speaks against them."""

import datetime as dt
from dataclasses import dataclass

from duty.clock import DAY
from equipment.laying import expected, overlapping
from equipment.models import Plan, Rhythm
from equipment.models.plans import OF_A_WATCH
from scheduling.models import Shift

SHOWN = 10
SOON = 7 * DAY  # in which a roster ought to stand
# How far one has to look to see ten rounds; watches are rostered a few weeks ahead.
HORIZON = {Rhythm.TIMES: 14 * DAY, Rhythm.WEEKLY: 80 * DAY, Rhythm.MONTHLY: 330 * DAY}
WATCHES = 45 * DAY


@dataclass(frozen=True)
class Foreseen:
    ahead: list[tuple[dt.datetime, Shift | None]]  # the next ten, with the watch each falls into
    overlaps: list[dt.datetime]  # those planned before the one ahead of them is due
    unwatched: list[dt.datetime]  # those at which nobody is on watch at the post
    no_watch: bool  # the post has no watch on a published roster in the coming week


def next_by_the_clock(plan: Plan, at: dt.datetime) -> dt.datetime | None:
    """When it is planned next, where that needs no roster: a list asks it of many plans."""
    if plan.rhythm in OF_A_WATCH:
        return None
    return min((instant for instant, _shift in expected(plan, at, at + HORIZON[Rhythm(plan.rhythm)], [])), default=None)


def foresee(plan: Plan, at: dt.datetime) -> Foreseen:
    start = at
    if plan.from_on:
        start = max(start, dt.datetime.combine(plan.from_on, dt.time(), dt.UTC) - DAY)
    until = start + HORIZON.get(Rhythm(plan.rhythm), WATCHES)
    ahead = sorted(expected(plan, start, until), key=lambda pair: pair[0])[:SHOWN]
    instants = [planned_at for planned_at, _shift in ahead]
    soon = [planned_at for planned_at, shift in ahead if shift is None and planned_at < at + SOON]
    no_watch = bool(plan.post_id) and not (
        Shift.objects.live().filter(post=plan.post_id, starts_at__lt=at + SOON, ends_at__gt=at).exists()
    )
    return Foreseen(
        ahead=ahead,
        overlaps=overlapping(plan, instants),
        unwatched=soon if plan.post_id and not no_watch and plan.rhythm not in OF_A_WATCH else [],
        no_watch=no_watch,
    )
