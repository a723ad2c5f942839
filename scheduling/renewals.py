"""Reminders before a qualification expires: to whoever holds it, and to those who plan for their unit."""

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.access import can
from duty.clock import day_of
from duty.ladders import Rung
from scheduling.models import Qualified

DAY_SECONDS = 24 * 3600
LADDER = tuple(Rung(offset=-days * DAY_SECONDS, to="duty.owner+scheduling.planners") for days in (60, 14, 0))


def expected(at):
    """Whoever works here and holds what expires is reminded of it."""
    here = Q(person__employed_until__isnull=True) | Q(person__employed_until__gte=day_of(at))
    rows = Qualified.objects.standing().filter(here, until_on__isnull=False, person__is_active=True)
    return rows.values_list("pk", flat=True)


def restore(matter_id: int, at) -> None:
    Qualified.objects.select_related("person").get(pk=matter_id).promise_renewal(at)


def briefs(ids):
    rows = Qualified.objects.filter(pk__in=ids).select_related("person", "qualification")
    return {
        row.pk: _("%(qualification)s of %(person)s is valid until %(day)s.")
        % {
            "qualification": row.qualification.name,
            "person": row.person.name,
            "day": date_format(row.until_on, pgettext("date format", "j M Y")),
        }
        for row in rows
    }


def action(deadline, person, asked: bool):
    address = reverse("qualified", args=[deadline.matter_id])
    return (_("Renew") if can(person, "arrange", Qualified(unit_id=deadline.unit_id)) else _("View")), address
