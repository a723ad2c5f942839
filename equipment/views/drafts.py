"""The draft of a checklist: begun, edited stop by stop, looked through, published or dropped."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.clock import MINUTE
from duty.models import Line
from duty.steps import Conflict
from equipment.access import keepers
from equipment.differences import differences
from equipment.forms.checklists import PublishForm
from equipment.forms.stops import CopyForm, Spots, StopForm
from equipment.models import Checklist, Gauge, Kind, Version
from equipment.stops import items_of, stops_of
from equipment.views.checklists import checklist_kept

BESIDE_ME = 30 * MINUTE


def draft_kept(request, pk: int) -> tuple[Checklist, Version]:
    """The checklist of the address and its draft, for those who keep it."""
    row = checklist_kept(request, pk)
    draft = row.draft
    if draft is None and request.method != "POST":
        raise Http404
    if draft is None:
        raise Conflict(row, _("This draft was published or dropped meanwhile. Begin a new one."))
    return row, draft


@keepers
@require_POST
def revise(request, pk: int):
    row = checklist_kept(request, pk)
    row.revise(by=request.user, at=request.at)
    return redirect("checklist-edit", row.pk)


@keepers
def edit(request, pk: int):
    row = checklist_kept(request, pk)
    if row.draft is None:
        return redirect(row)
    return editor(request, row, row.draft)


def editor(request, row: Checklist, draft: Version, *, stop_form: StopForm | None = None, copy_form=None, copying=""):
    """The draft with everything that can be done to it; with the forms that were refused, where any was."""
    spots = Spots(request.user, request.at)
    stops = stops_of(items_of(draft))
    gauges = _unread_gauges(stops)
    for stop in stops:
        stop.copy_form = copy_form if stop.key == copying else CopyForm(spots=spots, auto_id=f"id_{stop.key}_%s")
        stop.gauges = gauges.get(stop.equipment.pk, 0) if stop.equipment else 0
    wrong = bool(stop_form and stop_form.errors) or bool(copy_form and copy_form.errors)
    last = Line.objects.of(row.pk).filter(at__gte=draft.begun_at).select_related("who").order_by("-at", "-id").first()
    context = {
        "row": row,
        "draft": draft,
        "stops": stops,
        "in_force": row.in_force,
        "stop_form": stop_form or StopForm(spots=spots),
        "spots": spots.offered,
        "kinds": Kind.choices,
        "last": last,
        "beside": last and last.who_id != request.user.pk and request.at - last.at < BESIDE_ME,
        "copying": copying,
    }
    return render(request, "equipment/draft.html", context, status=422 if wrong else 200)


def _unread_gauges(stops) -> dict[int, int]:
    """{piece: how many of its gauges the draft does not read}"""
    pieces = [stop.equipment.pk for stop in stops if stop.equipment]
    read = {item.gauge_id for stop in stops for item in stop.items} - {None}
    asked = {(stop.equipment.pk, item.question) for stop in stops if stop.equipment for item in stop.items}
    found: dict[int, int] = {}
    for gauge in Gauge.objects.in_use().filter(equipment__in=pieces).exclude(pk__in=read):
        if (gauge.equipment_id, gauge.name) not in asked:
            found[gauge.equipment_id] = found.get(gauge.equipment_id, 0) + 1
    return found


@keepers
def publish(request, pk: int):
    row, draft = draft_kept(request, pk)
    old = row.in_force
    form = PublishForm(
        request.POST.dict() or None, initial={"edits": draft.edits, "note": "" if old else _("first version")}
    )
    found = differences(items_of(old), items_of(draft))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if said["edits"] not in (None, draft.edits):
            form.data = form.data | {"edits": draft.edits}
            form.add_error(
                None,
                _(
                    "Somebody changed this draft since you opened the page. Look at what changes below, then publish once more."
                ),
            )
        elif old and not found:
            form.add_error(
                None, _("Nothing is different from the version in force. Change something first, or drop the draft.")
            )
        else:
            row.publish(draft, said["note"].strip(), said["edits"], by=request.user, at=request.at)
            told = _("%(label)s is in force: rounds begin with it from now on.") % {"label": draft.label}
            messages.success(request, told)
            return redirect(row)
    context = {"row": row, "draft": draft, "old": old, "form": form}
    context["found"] = found
    context["count"] = draft.items.count()
    return render(request, "equipment/checklist_publish.html", context, status=422 if form.errors else 200)


@keepers
@require_POST
def drop(request, pk: int):
    row, draft = draft_kept(request, pk)
    row.drop(draft, by=request.user, at=request.at)
    messages.success(request, _("The draft is dropped. The version in force stays as it is."))
    return redirect(row)
