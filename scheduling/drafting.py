"""Drafts that begin by themselves: a month nobody thought of would promise nothing, and so remind nobody (A36)."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from duty.clock import DAY, day_of, last_of_month
from scheduling.models import Pattern, Roster, RosterStatus, Terms

AHEAD = 14  # days before its publication is due


def begin_ahead(at: dt.datetime) -> list[Roster]:
    """Begin the next roster of every unit that keeps rosters, two weeks before it is to be published.

    Whoever entered watches by hand so far is left alone: a unit keeps rosters once it has published one.
    """
    ends = Roster.objects.standing().values("unit").annotate(last=Max("last_on")).values_list("unit_id", "last")
    return [found for unit_id, last in ends if (found := _next(unit_id, last, at))]


@transaction.atomic
def _next(unit_id: int, last: dt.date, at: dt.datetime) -> Roster | None:
    today, terms = day_of(at), Terms.of(unit_id)
    first = last + DAY
    if first - (terms.publish_days_ahead + AHEAD) * DAY > today or first <= today:
        return None
    # One at a time: of two who come for the same unit the second finds the first one's draft.
    before = Roster.objects.select_for_update().filter(unit=unit_id).exclude(status=RosterStatus.DISCARDED)
    if any(roster.last_on >= first for roster in before):
        return None
    until = last_of_month(first)
    if not Pattern.objects.filter(post__unit=unit_id, post__is_active=True).in_force(first, until).exists():
        return None
    roster = Roster(unit_id=unit_id, first_on=first, last_on=until)
    roster.draft(by=None, at=at)
    return roster
