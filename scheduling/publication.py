"""The promise that a roster is published ahead of its first day (A36): who hears of it, and what restores it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from duty.ladders import ESCALATE, Rung
from scheduling.access import PLANNERS
from scheduling.models import Roster, RosterStatus

DAY_SECONDS = 24 * 3600
LADDER = (
    Rung(offset=-7 * DAY_SECONDS, to="scheduling.planners"),
    Rung(offset=-1 * DAY_SECONDS, to="scheduling.planners"),
    Rung(offset=0, to="scheduling.planners+duty.unit_head", action=ESCALATE, again=2 * DAY_SECONDS),
)


def action(deadline, person, asked: bool):
    keeps = person.sight.has(*PLANNERS, unit=deadline.unit_id)
    return (_("Finish and publish") if keeps else _("View")), reverse("roster", args=[deadline.matter_id])


def expected(at):
    return Roster.objects.filter(status=RosterStatus.DRAFT).values_list("pk", flat=True)


def restore(matter_id: int, at) -> None:
    Roster.objects.get(pk=matter_id).promise(at)
