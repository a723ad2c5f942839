"""A checklist walked without a plan, and the watch it belongs to."""

import datetime as dt

from django.db.models import Exists, OuterRef

from duty.clock import HOUR
from duty.models.units import unit_tree
from equipment.access import WALKERS
from equipment.models import Checklist, Round, Use, Version
from scheduling.models import Seat, Shift
from scheduling.models.shifts import my_watch

AHEAD = 2 * HOUR  # of the watch a check before duty may be done
DUE, MISSED = 4 * HOUR, 12 * HOUR


def startable(person):
    """Checklists with something to walk, of the units where this person may walk."""
    published = Version.objects.published().filter(checklist=OuterRef("pk"))
    units = sorted(person.sight.units(WALKERS))
    return Checklist.objects.in_use().filter(Exists(published), unit_id__in=units).select_related("unit")


def watch_for(checklist: Checklist, person, at: dt.datetime) -> Shift | None:
    """The watch that is kept; for a check before duty the one that this person is about to begin."""
    kept = my_watch(person, at)
    if kept and checklist.unit_id not in unit_tree().below(kept.unit_id):
        kept = None
    if checklist.use == Use.BEFORE and not (kept and any(seat.person_id == person.pk for seat in kept.crew())):
        seats = Seat.objects.filter(person=person, starts_at__gt=at, starts_at__lte=at + AHEAD)
        coming = seats.filter(shift__removed_at__isnull=True).select_related("shift").order_by("starts_at").first()
        return coming.shift if coming else kept
    return kept


def begin_now(checklist: Checklist, *, by, at: dt.datetime) -> Round:
    """A round of its own, under way at once; the check of a watch that stands open already is gone on with."""
    shift = watch_for(checklist, by, at)
    if checklist.use != Use.ROUND and shift is not None:
        Checklist.objects.select_for_update(of=("self",)).get(pk=checklist.pk)  # two who begin it take turns
        open_one = (
            Round.objects.undone()
            .filter(checklist=checklist, shift=shift, missed_at__gt=at)
            .order_by("planned_at")
            .first()
        )
        if open_one is not None:
            return open_one
    row = Round(
        unit_id=checklist.unit_id, checklist=checklist, shift=shift, post=shift and shift.post, title=checklist.name,
        planned_at=at, opens_at=at, starts_by=at, due_at=at + DUE, missed_at=at + MISSED,
    )  # fmt: skip
    row.begin(by=by, at=at)
    return row
