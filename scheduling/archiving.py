"""Rosters that are long over are archived by themselves (A36); a planner may do so as soon as the last watch has ended."""

import datetime as dt

from duty.clock import DAY, day_of
from duty.steps import Conflict
from scheduling.models import Roster

KEPT = 31  # days after its last one that a roster stays among the current ones: corrections and objections come by then


def archive_old(at: dt.datetime) -> list[Roster]:
    """Archive every published roster whose last day lies a month back; what someone archives meanwhile is left to them."""
    old = Roster.objects.current().filter(last_on__lt=day_of(at) - KEPT * DAY).select_related("unit")
    return [roster for roster in old.order_by("pk") if _archived(roster, at)]


def _archived(roster: Roster, at: dt.datetime) -> bool:
    try:
        roster.archive(by=None, at=at)
    except Conflict:
        return False
    return True
