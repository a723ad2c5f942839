"""Maintenance contracts: what outside helpers promised, whom to call, until when; renewed before they expire."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may, signed_in
from duty.clock import day_of
from duty.forms.reasons import ReasonForm
from duty.views.trail import tell
from equipment.access import KEEPERS, keepers, readers
from equipment.forms.contracts import ContractForm
from equipment.models import Contract, Defect, Equipment

SHOWN = 200


@readers
def contracts(request):
    """Those that stand, the first to expire first; former ones apart."""
    rows = Contract.objects.visible_to(request.user).select_related("unit", "minder", "matter")
    former = request.GET.get("show") == "former"
    rows = rows.filter(matter__closed_at__isnull=False).order_by("-until_on") if former else rows.standing()
    rows = list(rows.annotate(pieces=Count("equipment"))[:SHOWN])
    today = day_of(request.at)
    for row in rows:
        row.look = row.state(today)
        row.may_call = can(request.user, "call", row)
    context = {"contracts": rows, "former": former, "may_keep": request.user.sight.has(*KEEPERS)}
    return render(request, "equipment/contracts.html", context)


@signed_in
def contract(request, pk: int):
    row = _seen(request, pk)
    pieces = Equipment.objects.visible_to(request.user).filter(contract=row).select_related("place")
    seen = Defect.objects.visible_to(request.user)
    calls = list(row.callouts.filter(defect__in=seen).select_related("defect", "called_by").order_by("-called_at")[:20])
    for call in calls:
        call.late = call.is_late(request.at)
    context = {
        "row": row,
        "look": row.state(day_of(request.at)),
        "pieces": list(pieces[:SHOWN]),
        "calls": calls,
        "may_keep": row.stands and can(request.user, "keep", row),
        "may_call": can(request.user, "call", row),
        "may_read_story": can(request.user, "read_story", row),
        "story": tell(row.matter)[::-1][:30],
    }
    return render(request, "equipment/contract.html", context)


@keepers
def add(request):
    form = ContractForm(request.POST or None, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
            raise PermissionDenied("keep")
        form.instance.sign(by=request.user, at=request.at)
        messages.success(request, _("The contract is entered. Say on each piece that it hangs on it."))
        return redirect(form.instance)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = _kept(request, pk)
    form = ContractForm(request.POST or None, instance=row, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if form.changed:
            row.change(form.changed, by=request.user, at=request.at)
        messages.success(request, _("Saved."))
        return redirect(row)
    return _form(request, form, _seen(request, pk))


@keepers
def renew(request, pk: int):
    old = _kept(request, pk)
    form = ContractForm(request.POST or None, person=request.user, at=request.at, old=old)
    if request.method == "POST" and form.is_valid():
        if form.instance.until_on <= old.until_on:
            form.add_error(
                "until_on", _("The renewal ends later than what it renews (%(day)s).") % {"day": old.until_on}
            )
        else:
            form.instance.unit_id = old.unit_id
            old.renew(form.instance, by=request.user, at=request.at)
            messages.success(request, _("The contract is renewed; every piece hangs on the new one."))
            return redirect(form.instance)
    return _form(request, form, old=old)


@keepers
def end(request, pk: int):
    row = _kept(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.end(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The contract is ended. Its pieces have none from now on."))
        return redirect(row)
    return render(
        request, "equipment/contract_end.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )


def _form(request, form, row: Contract | None = None, old: Contract | None = None):
    context = {"form": form, "row": row, "old": old}
    return render(request, "equipment/contract_form.html", context, status=422 if form.errors else 200)


def _seen(request, pk: int) -> Contract:
    rows = Contract.objects.visible_to(request.user).select_related("unit", "minder", "matter")
    return get_object_or_404(rows, pk=pk)


def _kept(request, pk: int) -> Contract:
    """Held still while it is written, so that two who renew it take turns."""
    row = _seen(request, pk)
    may(request.user, "keep", row)
    if request.method == "POST":
        Contract.objects.select_for_update().get(pk=pk)
        row = _seen(request, pk)
    return row
