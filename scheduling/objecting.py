"""The promise behind an objection: who is to answer it, by when, and who hears of it if nobody does."""

from django.utils.translation import gettext_lazy as _

from scheduling.access import PLANNERS
from scheduling.models import Objection
from scheduling.recipients import planners_of


def answerers(dues, at):
    """Those who plan for the matter's unit, but not whoever objects."""
    found = planners_of({due.unit_id for due in dues})
    return {due.id: [pk for pk in found[due.unit_id] if pk != due.opened_by_id] for due in dues}


def action(deadline, person, asked: bool):
    planner = person.sight.has(*PLANNERS, unit=deadline.unit_id) and person.pk != deadline.opened_by_id
    return (_("Answer") if planner else _("View")), Objection.page_of(deadline.matter_id)


def expected(at):
    return Objection.objects.open().values_list("pk", flat=True)


def restore(matter_id: int, at) -> None:
    Objection.objects.select_related("person").get(pk=matter_id).promise_answer(at)
