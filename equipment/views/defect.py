"""One defect: its page, what it looked like, and its repair ticket on paper (A26)."""

from django.db.models import Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, render

from duty.access import can, signed_in
from duty.filing import handed_out
from duty.forms.reasons import ReasonForm
from duty.models import Matter
from duty.views.trail import tell
from equipment.forms.callouts import CallForm
from equipment.forms.mending import ComeForm, FixForm, HandOnForm, MenderForm, NoteForm, RegradeForm
from equipment.models import Defect, DefectPhoto, DefectStatus, Stage
from equipment.models.defect_states import AGAIN_WITHIN, IN_HAND
from equipment.sockets import offers

# What may be done in which state; who may is asked of `equipment/access.py`.
VERBS = {
    "take": (DefectStatus.REPORTED,),
    "assign": (DefectStatus.REPORTED,),
    "come": (DefectStatus.REPORTED, *IN_HAND),
    "fix": (DefectStatus.REPORTED, *IN_HAND),
    "hand_on": IN_HAND,
    "verify": (DefectStatus.FIXED,),
    "send_back": (DefectStatus.FIXED,),
    "note": (DefectStatus.REPORTED, *IN_HAND, DefectStatus.FIXED),
    "call_out": (DefectStatus.REPORTED, *IN_HAND, DefectStatus.FIXED),
    "regrade": (DefectStatus.REPORTED, *IN_HAND, DefectStatus.FIXED),
    "withdraw": (DefectStatus.REPORTED, *IN_HAND, DefectStatus.FIXED),
}


def defect_seen(request, pk: int) -> Defect:
    """The defect of the address, if this person may see it."""
    rows = Defect.objects.visible_to(request.user).select_related(
        "unit", "equipment__contract", "place", "matter", "mender", "found_by", "fixed_by", "verified_by", "recurs",
        "round", "incident",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@signed_in
def defect(request, pk: int):
    return page(request, defect_seen(request, pk))


def page(request, defect: Defect, status: int = 200, **bound):
    """The defect's page; a refused form comes back bound, in its own place."""
    person = request.user
    prefetch_related_objects([defect.matter], "deadlines")
    verbs = {name: defect.status in states and can(person, name, defect) for name, states in VERBS.items()}
    context = {
        "verbs": verbs,
        "forms": _forms(request, defect, verbs) | bound,
        "bound": next(iter(bound), ""),
        "running": sorted(
            (row for row in defect.matter.deadlines.all() if row.settled_at is None), key=lambda row: row.due_at
        ),
        "explains": verbs["verify"] and defect.must_explain(person),
        "may_report": can(person, "report", defect) and defect.may_return(request.at),
        "offers": offers(defect, person),
        "may_read_story": can(person, "read_story", defect),
        "story": tell(defect.matter),
    }
    return render(request, "equipment/defect.html", facts(request, defect) | context, status=status)


def facts(request, defect: Defect) -> dict:
    """What the page and the ticket on paper both show."""
    photos = list(defect.photos.select_related("file"))
    alike = _like_it(defect)
    since = defect.found_at - AGAIN_WITHIN
    incident = defect.incident
    callouts = list(defect.callouts.select_related("contract", "called_by"))
    for call in callouts:
        call.late = call.is_late(request.at)
    return {
        "defect": defect,
        "found": [photo for photo in photos if photo.stage == Stage.FOUND],
        "mended": [photo for photo in photos if photo.stage == Stage.MENDED],
        "answers": list(defect.answers.select_related("round", "by", "item").order_by("-answered_at")[:20]),
        "callouts": callouts,
        "alike": alike,
        "times": 1
        + sum(row.found_at >= since and (row.found_at, row.pk) < (defect.found_at, defect.pk) for row in alike),
        "incident": incident,
        "may_read_incident": incident and Matter.objects.visible_to(request.user).filter(pk=incident.pk).exists(),
        "may_call": can(request.user, "call", defect) or can(request.user, "mend", defect),
    }


def _like_it(defect: Defect) -> list[Defect]:
    """The same item or the same words on the same piece, and what was said to be the same by hand; newest first."""
    same = Q(recurs=defect.pk) | Q(pk=defect.recurs_id)
    if defect.thread or defect.equipment_id:
        here = Q(equipment=defect.equipment_id, place=defect.place_id)
        same |= here & (Q(thread=defect.thread) if defect.thread else Q(what=defect.what))
    rows = Defect.objects.filter(same).exclude(pk=defect.pk).exclude(status=DefectStatus.WITHDRAWN)
    return list(rows.order_by("-found_at")[:10])


def _forms(request, defect: Defect, verbs: dict[str, bool]) -> dict:
    """A form for each verb that asks for something and may be taken."""
    make = {
        "assign": lambda: MenderForm(prefix="assign", defect=defect, at=request.at),
        "come": lambda: ComeForm(prefix="come"),
        "fix": lambda: FixForm(prefix="fix", defect=defect),
        "hand_on": lambda: HandOnForm(prefix="hand", defect=defect, at=request.at),
        "verify": lambda: ReasonForm(prefix="verify"),
        "send_back": lambda: ReasonForm(prefix="back"),
        "note": lambda: NoteForm(prefix="note"),
        "call_out": lambda: CallForm(prefix="call", defect=defect, person=request.user, at=request.at),
        "regrade": lambda: RegradeForm(prefix="regrade", defect=defect),
        "withdraw": lambda: ReasonForm(prefix="withdraw"),
    }
    return {name: form() for name, form in make.items() if verbs[name]}


@signed_in
def paper(request, pk: int):
    """《维修单》, for A4."""
    row = defect_seen(request, pk)
    return render(request, "equipment/defect_paper.html", facts(request, row) | {"story": tell(row.matter)})


def _photo_seen(request, pk: int) -> DefectPhoto:
    return get_object_or_404(DefectPhoto.objects.visible_to(request.user).select_related("file"), pk=pk)


@signed_in
def photo(request, pk: int):
    return handed_out(request, _photo_seen(request, pk).file)


@signed_in
def small(request, pk: int):
    return handed_out(request, _photo_seen(request, pk).file, small=True)
