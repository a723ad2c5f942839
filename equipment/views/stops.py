"""The stops of a draft: begun, read from gauges, copied to another piece, moved, taken out."""

import json

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from duty.pages import number_asked
from duty.steps import Conflict
from equipment.access import keepers
from equipment.copying import copied_to, from_gauges
from equipment.forms.stops import CopyForm, Spots, StopForm
from equipment.models import Item
from equipment.stops import Stop, in_order, items_of, key_of, stops_of
from equipment.views.drafts import draft_kept, editor


def back_to(row, key: str):
    """The editor, at that stop."""
    return redirect(f"{reverse('checklist-edit', args=[row.pk])}#stop-{key}")


def stop_asked(request, row, draft) -> Stop:
    key = request.POST.get("stop", "")
    found = next((stop for stop in stops_of(items_of(draft)) if stop.key == key), None)
    if found is None:
        raise Conflict(row, _("This stop is no longer on the draft."))
    return found


@keepers
@require_POST
def add(request, pk: int):
    """Choose where: the first item follows on its own page, or every gauge of the piece at once."""
    row, draft = draft_kept(request, pk)
    spots = Spots(request.user, request.at)
    if "general" in request.POST:
        return redirect(f"{reverse('checklist-item', args=[row.pk])}?stop=g")
    form = StopForm(request.POST, spots=spots)
    if not form.is_valid():
        return editor(request, row, draft, stop_form=form)
    equipment, place = form.cleaned_data["stop"]
    key = key_of(equipment and equipment.pk, place and place.pk)
    if "gauges" in request.POST and equipment:
        return _read_gauges(request, row, draft, equipment)
    return redirect(f"{reverse('checklist-item', args=[row.pk])}?stop={key}")


@keepers
@require_POST
def gauges(request, pk: int):
    """Every gauge of the piece that is not read yet, with its limits as they are."""
    row, draft = draft_kept(request, pk)
    stop = stop_asked(request, row, draft)
    if stop.equipment is None:
        raise Conflict(row, _("A place has no gauges."))
    return _read_gauges(request, row, draft, stop.equipment)


def _read_gauges(request, row, draft, piece):
    items = from_gauges(draft, piece)
    if not items:
        messages.info(request, _("%(piece)s has no gauge that is not read already.") % {"piece": piece})
        return redirect("checklist-edit", row.pk)
    row.put_items(draft, items, by=request.user, at=request.at)
    said = ngettext(
        "%(n)d gauge is read now, with its limits.", "%(n)d gauges are read now, with their limits.", len(items)
    )
    messages.success(request, said % {"n": len(items)})
    return back_to(row, key_of(piece.pk, None))


@keepers
@require_POST
def copy(request, pk: int):
    """What is asked at this stop, asked at another piece or place too."""
    row, draft = draft_kept(request, pk)
    stop = stop_asked(request, row, draft)
    form = CopyForm(request.POST, spots=Spots(request.user, request.at), auto_id=f"id_{stop.key}_%s")
    if not form.is_valid():
        return editor(request, row, draft, copy_form=form, copying=stop.key)
    equipment, place = form.cleaned_data["to"]
    there = draft.items.filter(equipment=equipment, place=place, after=None)
    items = copied_to(stop, equipment, place, there.values_list("question", flat=True))
    if not items:
        form.add_error("to", _("All of this is asked there already."))
        return editor(request, row, draft, copy_form=form, copying=stop.key)
    row.put_items(draft, items, by=request.user, at=request.at)
    said = ngettext("%(n)d item is copied.", "%(n)d items are copied.", len(items)) % {"n": len(items)}
    messages.success(request, said)
    return back_to(row, key_of(equipment and equipment.pk, place and place.pk))


@keepers
@require_POST
def clear(request, pk: int):
    row, draft = draft_kept(request, pk)
    stop = stop_asked(request, row, draft)
    row.take_out(draft, in_order([stop]), by=request.user, at=request.at)
    messages.success(request, _("The stop is taken out of the draft with all its items."))
    return redirect("checklist-edit", row.pk)


@keepers
@require_POST
def arrange(request, pk: int):
    """One up or down, or everything as it was dragged; the latter only upon the draft that was looked at."""
    row, draft = draft_kept(request, pk)
    if "order" in request.POST:
        return _dragged(request, row, draft)
    by = -1 if request.POST.get("by") == "-1" else 1
    stops = stops_of(items_of(draft))
    item = number_asked(request.POST.get("item"))
    if item is None:
        key = request.POST.get("stop", "")
        place = next((n for n, stop in enumerate(stops) if stop.key == key), None)
        if place is None:
            raise Conflict(row, _("This stop is no longer on the draft."))
        _swap(stops, place, by)
    else:
        key = _swap_item(row, stops, item, by)
    row.arrange(draft, [one.pk for one in in_order(stops)], by=request.user, at=request.at)
    return back_to(row, key)


def _swap_item(row, stops: list[Stop], pk: int, by: int) -> str:
    """Change places with the one above or below, among those of its stop or of what it follows upon."""
    for stop in stops:
        for siblings in (stop.items, *(item.follows for item in stop.items)):
            place = next((n for n, item in enumerate(siblings) if item.pk == pk), None)
            if place is not None:
                _swap(siblings, place, by)
                return stop.key
    raise Conflict(row, _("This item is no longer on the draft."))


def _swap(rows: list, place: int, by: int) -> None:
    other = place + by
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]


def _dragged(request, row, draft):
    try:
        wanted = json.loads(request.POST["order"])
        edits = int(request.POST.get("edits", ""))
        wanted = [pk for pk in wanted if isinstance(pk, int) and 0 < pk < 2**63][:2000]
    except (ValueError, TypeError):
        return JsonResponse({"error": _("What was sent cannot be read. Reload the page.")}, status=400)
    try:
        row.arrange(draft, wanted, edits, by=request.user, at=request.at)
    except Conflict as why:
        return JsonResponse({"error": why.message}, status=409)
    draft.refresh_from_db(fields=["edits"])
    return JsonResponse({"edits": draft.edits, "count": Item.objects.filter(version=draft).count()})
