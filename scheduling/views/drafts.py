"""Changing a draft: people into seats, pins, undo. Each leads back to the page, which a script asks for the sheet alone."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.models import Person
from duty.pages import number_asked
from scheduling.access import planners
from scheduling.models import Roster
from scheduling.views.rosters import roster_planned


def _asked(request, pk: int) -> tuple[Roster, int | None]:
    """The roster, and the state of the draft that was looked at."""
    return roster_planned(request, pk), number_asked(request.POST.get("edits", ""))


def _slots(request) -> list[int]:
    slots = [number_asked(raw) for raw in request.POST.getlist("slot")]
    if not slots or None in slots:
        raise BadRequest("slot")
    return slots


def _answer(request, roster: Roster):
    """Back to the page as it was looked at."""
    kept = request.GET.urlencode()
    return redirect(f"{roster.get_absolute_url()}?{kept}#panel" if kept else roster.get_absolute_url())


@planners
@require_POST
def seat(request, pk: int):
    """Seat a person on slots, or leave them open."""
    roster, edits = _asked(request, pk)
    raw = request.POST.get("person", "")
    if raw and number_asked(raw) is None:
        raise BadRequest("person")
    person = get_object_or_404(Person, pk=number_asked(raw)).pk if raw else None
    roster.seat(dict.fromkeys(_slots(request), person), edits, by=request.user, at=request.at)
    return _answer(request, roster)


@planners
@require_POST
def pin(request, pk: int):
    """The generator leaves pinned seats as they are."""
    roster, edits = _asked(request, pk)
    roster.pin(_slots(request), request.POST.get("pinned") == "yes", edits, by=request.user, at=request.at)
    return _answer(request, roster)


@planners
@require_POST
def undo(request, pk: int):
    roster, edits = _asked(request, pk)
    roster.undo(edits, by=request.user, at=request.at)
    return _answer(request, roster)


@planners
@require_POST
def lay_out(request, pk: int):
    """Take in what the patterns ask for now."""
    roster, edits = _asked(request, pk)
    new, gone = roster.lay_out(edits, by=request.user, at=request.at)
    messages.success(request, _("%(new)s seats came, %(gone)s went.") % {"new": new, "gone": gone})
    return redirect(roster)


@planners
@require_POST
def discard(request, pk: int):
    roster, _edits = _asked(request, pk)
    published = roster.number
    roster.discard(by=request.user, at=request.at)
    messages.success(request, _("The draft is discarded. The trail keeps that there was one."))
    return redirect(roster if published else "rosters")
