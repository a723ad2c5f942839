"""Reminders before a maintenance contract expires: to whoever looks after it and those who plan; then it is escalated."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.access import can
from duty.ladders import ESCALATE, Rung
from equipment.models import Contract

DAY_SECONDS = 24 * 3600
LADDER = (
    *(Rung(offset=-days * DAY_SECONDS, to="duty.owner+scheduling.planners") for days in (60, 30, 7)),
    Rung(offset=0, to="duty.owner+scheduling.planners+duty.unit_head", action=ESCALATE),
    Rung(offset=7 * DAY_SECONDS, to="duty.unit_head+duty.parent_head", action=ESCALATE, again=7 * DAY_SECONDS),
)


def expected(at):
    """Every contract that stands is renewed or ended before its last day is over."""
    return Contract.objects.standing().values_list("pk", flat=True)


def restore(matter_id: int, at) -> None:
    Contract.objects.select_related("minder").get(pk=matter_id).promise_renewal(at)


def briefs(ids):
    rows = Contract.objects.filter(pk__in=ids)
    return {
        row.pk: _("The contract with %(vendor)s (%(subject)s) is valid until %(day)s.")
        % {
            "vendor": row.vendor,
            "subject": row.subject,
            "day": date_format(row.until_on, pgettext("date format", "j M Y")),
        }
        for row in rows
    }


def action(deadline, person, asked: bool):
    address = reverse("contract", args=[deadline.matter_id])
    return (_("Renew") if can(person, "keep", Contract(unit_id=deadline.unit_id)) else _("View")), address
