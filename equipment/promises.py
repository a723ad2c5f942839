"""What rounds and repairs promise: which ought to have a promise open, how a missing one is opened again, what is said."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import can
from equipment.models import Defect, DefectStatus, Round, Status
from equipment.models.defects import FIXED, TAKEN
from equipment.models.rounds_owed import BEGUN

# A round of tomorrow night, or a repair due next week, has its place on the lists, not on tonight's desk.
AHEAD = {BEGUN: dt.timedelta(hours=4), FIXED: dt.timedelta(hours=24)}

# Rounds


def to_begin(at):
    return Round.objects.filter(status=Status.SCHEDULED).values_list("pk", flat=True)


def to_finish(at):
    return Round.objects.filter(status=Status.IN_PROGRESS, explained_at__isnull=True).values_list("pk", flat=True)


def to_approve(at):
    return Round.objects.filter(status=Status.DONE, needs_approval=True).values_list("pk", flat=True)


def restore_begin(matter_id: int, at) -> None:
    Round.objects.select_related("person").get(pk=matter_id).promise_begin(at)


def restore_walk(matter_id: int, at) -> None:
    row = Round.objects.select_related("started_by").get(pk=matter_id)
    row.promise_walk(at, by=row.started_by)


def restore_approval(matter_id: int, at) -> None:
    Round.objects.get(pk=matter_id).promise_approval(at)


def walk(deadline, person, asked: bool):
    """To the walk for those who may walk it; the round's page asks for the explanation of a missed one."""
    row = Round(unit_id=deadline.unit_id, person_id=deadline.owed_by_id)
    missed = deadline.rung >= len(deadline.ladder)  # its last rung fires when it is
    label = (_("Explain") if missed else _("Walk")) if can(person, "walk", row) else _("View")
    return label, reverse("round", args=[deadline.matter_id])


def approve(deadline, person, asked: bool):
    label = _("Approve") if can(person, "approve", Round(unit_id=deadline.unit_id)) else _("View")
    return label, reverse("round", args=[deadline.matter_id])


# Defects


def to_take(at):
    return Defect.objects.filter(status=DefectStatus.REPORTED).values_list("pk", flat=True)


def to_mend(at):
    in_hand = (DefectStatus.REPORTED, DefectStatus.TAKEN, DefectStatus.ON_THE_WAY)
    return Defect.objects.filter(status__in=in_hand).values_list("pk", flat=True)


def to_verify(at):
    return Defect.objects.filter(status=DefectStatus.FIXED).values_list("pk", flat=True)


def restore_repair(kind: str):
    def restore(matter_id: int, at) -> None:
        defect = Defect.objects.select_related("mender").get(pk=matter_id)
        {TAKEN: defect.promise_taking, FIXED: defect.promise_mending}.get(kind, defect.promise_verifying)(at)

    return restore
