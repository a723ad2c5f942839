"""Duties of people who do not work here any more: they fall open, and the planners hear which.

Someone's last day is set in the administration, by an import, or on the way out; whichever it was, it is found here.
"""

import datetime as dt

from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from duty.clock import zone
from duty.models import Via
from scheduling.models import Seat, Shift


def without_keeper(at: dt.datetime):
    """Published seats still to be kept, whose people have left by that day or do not sign in any more."""
    ahead = Seat.objects.filter(ends_at__gt=at, shift__removed_at__isnull=True)
    day = TruncDate("starts_at", tzinfo=zone())
    gone = Q(person__is_active=False) | Q(person__employed_until__lt=F("day"))
    return ahead.alias(day=day).filter(gone).order_by("starts_at", "id")


def let_go(seat: int, at: dt.datetime) -> int:
    """Take them off what is left of one duty; it is open from then on."""
    found = without_keeper(at).filter(pk=seat).select_related("person").first()
    if found is None:
        return 0
    shift = Shift.objects.get(pk=found.shift_id)
    span = (found.starts_at, found.ends_at)
    reason = _("does not work here any more")
    shift.vacate(found.role, found.person, span, by=None, at=at, reason=reason, via=Via.ENGINE)
    return 1
