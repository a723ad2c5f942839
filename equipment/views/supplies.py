"""Emergency supplies: the list of what lies where, one supply's page, its entry (A18)."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may, signed_in
from duty.clock import day_of
from duty.forms.reasons import ReasonForm
from duty.models import Matter
from duty.pages import Older, Onward, filters_asked, number_asked
from duty.views.trail import tell
from equipment.access import HANDLERS, KEEPERS, keepers, readers
from equipment.forms.counts import CountForm
from equipment.forms.stock import IssueForm, ReceiveForm, ReturnForm, WriteOffForm
from equipment.forms.supplies import SupplyForm
from equipment.models import Supply, SupplyCategory
from equipment.models.lots import SOON
from equipment.models.supplies import CHECK_SOON
from equipment.views.register import choices

SHOWN = 50
MOVEMENTS = 20
SORTED = {"name": F("name"), "stock": F("stock"), "place": F("place__name")}
FILTERS = ("q", "unit", "place", "category", "show")
FORMS = (IssueForm, ReturnForm, ReceiveForm, WriteOffForm)


def asked(request) -> dict[str, str]:
    return filters_asked(request, FILTERS)


def filtered(request, chosen: dict[str, str]):
    """The supplies this person may see that fit the filters of the address, by code, with what is in stock."""
    rows = Supply.objects.visible_to(request.user).select_related("unit", "place", "minder", "matter").with_stock()
    rows = rows.filter(ended_at__isnull=False) if chosen["show"] == "former" else rows.standing()
    if (unit := number_asked(chosen["unit"])) is not None:
        rows = rows.filter(unit_id=unit)
    if (place := number_asked(chosen["place"])) is not None:
        rows = rows.in_place(place)
    if chosen["category"] in SupplyCategory.values:
        rows = rows.filter(category=chosen["category"])
    if wanted := _shown(request.at).get(chosen["show"]):
        rows = rows.filter(wanted)
    rows = rows.short() if chosen["show"] == "short" else rows
    return rows.found_by(chosen["q"][:60]) if chosen["q"] else rows


def _shown(at: dt.datetime) -> dict[str, Q]:
    today = day_of(at)
    return {
        "expired": Q(expires_on__lt=today),
        "expiring": Q(expires_on__lte=today + SOON),
        "check": Q(check_at__lte=at + CHECK_SOON),
        "out": Q(back_at__isnull=False),
    }


def incident_asked(request) -> Matter | None:
    """The incident that something is taken for: it stands in the address from the incident's page on."""
    pk = number_asked(request.GET.get("incident"))
    if pk is None:
        return None
    return Matter.objects.filter(kind="incidents.incident").visible_to(request.user).filter(pk=pk).first()


@readers
def supplies(request):
    chosen = asked(request)
    page = Onward(filtered(request, chosen), request, "code", SORTED, size=SHOWN)
    for row in page:
        row.look = row.signs(request.at)
    context = choices(request) | {
        "categories": SupplyCategory.choices,
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "incident": incident_asked(request),
        "may_keep": request.user.sight.has(*KEEPERS),
        "may_handle": request.user.sight.has(*HANDLERS),
    }
    return render(request, "equipment/supplies.html", context)


def supply_seen(request, pk: int) -> Supply:
    rows = Supply.objects.visible_to(request.user).with_stock()
    return get_object_or_404(rows.select_related("unit", "place", "matter", "minder"), pk=pk)


def supply_held(request, pk: int, verb: str) -> Supply:
    """The supply of the address, for those who may do this with it; held still while it is written."""
    rows = Supply.objects.visible_to(request.user).select_related("matter", "minder")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    supply = get_object_or_404(rows, pk=pk)
    may(request.user, verb, supply)
    return supply


@signed_in
def supply(request, pk: int):
    return page(request, supply_seen(request, pk))


def page(request, supply: Supply, **bound):
    """The supply's page; a refused form comes back bound, in its own place."""
    today = day_of(request.at)
    lots = list(supply.lots.in_stock())
    for lot in lots:
        lot.look = lot.state(today)
    may_handle = supply.stands and can(request.user, "handle", supply)
    incident = incident_asked(request)
    forms = {}
    if may_handle:
        basics = {"supply": supply, "lots": lots, "person": request.user, "at": request.at}
        chosen = incident and incident.pk
        forms = {form.name: bound.get(form.name) or form(chosen=chosen, **basics) for form in FORMS}
        forms["write_off"] = forms.pop("write-off")
        forms["count"] = bound.get("count") or CountForm(supply=supply, lots=lots)
    rows = supply.movements.select_related("lot", "by", "person", "incident")
    context = {
        "row": supply,
        "look": supply.signs(request.at),
        "lots": lots,
        "out": forms["return"].issues if forms else list(supply.movements.to_come_back().select_related("person")[:20]),
        "forms": forms,
        "open": next(iter(bound), "") or request.GET.get("do", "issue" if incident else ""),
        "incident": incident,
        "movements": Older(rows, request, "-id", size=MOVEMENTS),
        "may_handle": may_handle,
        "may_keep": supply.stands and can(request.user, "keep", supply),
        "may_read_story": can(request.user, "read_story", supply),
        "story": [entry for entry in tell(supply.matter)[::-1] if "firing" in entry or _about_the_entry(entry)][:20],
    }
    return render(request, "equipment/supply.html", context, status=422 if bound else 200)


def _about_the_entry(entry) -> bool:
    """What moved stands among the movements already."""
    return entry["line"].verb.rpartition(".")[2] in ("register", "change", "retire", "count")


@keepers
def add(request):
    initial = {name: request.GET[name] for name in ("unit", "place", "category") if request.GET.get(name, "").isalnum()}
    form = SupplyForm(request.POST or None, person=request.user, at=request.at, initial=initial)
    if request.method == "POST" and form.is_valid():
        _only_own_units(request, form)
        if form.kept(lambda: form.instance.register(by=request.user, at=request.at)):
            messages.success(request, _("The supply is entered. Take in what lies there."))
            return redirect("supply-add" if "another" in request.POST else form.instance)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = supply_held(request, pk, "keep")
    form = SupplyForm(request.POST or None, instance=row, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not form.changed:
            messages.info(request, _("Nothing was changed."))
            return redirect(row)
        _only_own_units(request, form)
        if form.kept(lambda: row.change(form.changed, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect(row)
    return _form(request, form, Supply.objects.get(pk=pk))


def _only_own_units(request, form) -> None:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
        raise PermissionDenied("keep")


def _form(request, form, row: Supply | None = None):
    context = {"form": form, "row": row}
    return render(request, "equipment/supply_form.html", context, status=422 if form.errors else 200)


@keepers
def retire(request, pk: int):
    row = supply_held(request, pk, "keep")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.retire(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The supply is given up. Its movements stay."))
        return redirect(row)
    context = {"form": form, "row": row}
    return render(request, "equipment/supply_retire.html", context, status=422 if form.errors else 200)
