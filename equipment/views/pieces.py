"""One piece of equipment: its page, entering it, changing it, taking it out of use and back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.clock import day_of
from equipment import reckoning
from equipment.access import KEEPERS, keepers
from equipment.forms.papers import PaperForm
from equipment.forms.pieces import PieceForm, RetireForm
from equipment.history import NAMES, Stream
from equipment.looking_after import looked_at_by
from equipment.models import Criticality, Equipment
from equipment.models.readers import units_read


def piece_seen(request, pk: int) -> Equipment:
    """The piece of the address, if this person may see it."""
    rows = Equipment.objects.visible_to(request.user).select_related("unit", "place", "matter", "contract__matter")
    return get_object_or_404(rows, pk=pk)


def piece_kept(request, pk: int) -> Equipment:
    """The piece of the address, for those who keep the register; held still while it is written."""
    rows = Equipment.objects.visible_to(request.user).select_related("matter")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    piece = get_object_or_404(rows, pk=pk)
    may(request.user, "keep", piece)
    return piece


@signed_in
def piece(request, pk: int):
    return page(request, piece_seen(request, pk))


def page(request, piece: Equipment, paper_form: PaperForm | None = None):
    today = day_of(request.at)
    papers = list(piece.papers.shown().select_related("file__kept_by"))
    gauges = list(piece.gauges.order_by("-is_active", "order", "id"))
    last = reckoning.last_of(gauge.pk for gauge in gauges)
    for gauge in gauges:
        gauge.last = last.get(gauge.pk)
        gauge.said = gauge.last and gauge.last.said(gauge.measure)
    contract = piece.contract
    looking = looked_at_by(piece, today)
    context = {
        "looking": looking,
        "unlooked": piece.criticality == Criticality.KEY and not any(row.walked for row in looking),
        "piece": piece,
        "retired": piece.matter.closed_at is not None,
        "gauges": gauges,
        "keepers": list(piece.keepers.standing(today).select_related("person")),
        "today": today,
        "photos": [paper for paper in papers if paper.file.is_photo],
        "documents": [paper for paper in papers if not paper.file.is_photo],
        "contract": contract,
        "contract_look": contract and contract.state(today),
        "may_open_contract": contract and _reads(request.user, contract),
        "may_keep": can(request.user, "keep", piece),
        "may_call": can(request.user, "call", piece),
        "may_read_story": can(request.user, "read_story", piece),
        "log": Stream(piece, request.user, size=10).rows,
        "names": NAMES,
        "open_defects": list(piece.defects.open().select_related("mender").order_by("found_at")[:20]),
        "may_report": can(request.user, "report", piece),
        "paper_form": paper_form or PaperForm(),
    }
    status = 422 if paper_form is not None and paper_form.errors else 200
    return render(request, "equipment/piece.html", context, status=status)


def _reads(person, contract) -> bool:
    """As `visible_to`, of one that is read already."""
    return contract.unit_id in units_read(person) or contract.pk in person.sight.told_about


@keepers
def add(request):
    form = PieceForm(request.POST or None, person=request.user, initial=_like(request))
    if request.method == "POST" and form.is_valid():
        piece = form.instance
        _only_own_units(request, form)
        if form.kept(lambda: piece.register(by=request.user, at=request.at)):
            messages.success(request, _("The piece is in the register."))
            return redirect("piece-add" if "another" in request.POST else piece)
    return _form(request, form)


def _like(request) -> dict:
    """Where the list was filtered by a unit or a place, a new piece begins there."""
    return {name: request.GET[name] for name in ("unit", "place", "category") if request.GET.get(name, "").isalnum()}


@keepers
def change(request, pk: int):
    piece = piece_kept(request, pk)
    form = PieceForm(request.POST or None, instance=piece, person=request.user)
    if request.method == "POST" and form.is_valid():
        if not form.changed:
            messages.info(request, _("Nothing was changed."))
            return redirect(piece)
        _only_own_units(request, form)
        if form.kept(lambda: piece.change(form.changed, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect(piece)
    return _form(request, form, Equipment.objects.get(pk=pk))


def _only_own_units(request, form) -> None:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
        raise PermissionDenied("keep")


def _form(request, form, piece: Equipment | None = None):
    context = {"form": form, "piece": piece}
    return render(request, "equipment/piece_form.html", context, status=422 if form.errors else 200)


@keepers
def retire(request, pk: int):
    piece = piece_kept(request, pk)
    form = RetireForm(request.POST or None, piece=piece, at=request.at)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        piece.retire(asked["last_on"], by=request.user, at=request.at, reason=asked["reason"])
        messages.success(request, _("It is out of use. Its entry and everything written about it stay."))
        return redirect(piece)
    context = {"form": form, "piece": piece, "asked_by": looked_at_by(piece, day_of(request.at))}
    return render(request, "equipment/piece_retire.html", context, status=422 if form.errors else 200)


@keepers
@require_POST
def put_back(request, pk: int):
    piece = piece_kept(request, pk)
    piece.put_back(by=request.user, at=request.at)
    messages.success(request, _("It is in use again. Say who is responsible for it."))
    return redirect(piece)
