"""Where keys are kept: each cabinet, and its counts, one per watch (A57)."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may, signed_in
from duty.forms.reasons import ReasonForm
from duty.pages import Older
from equipment.access import HANDLERS, KEEPERS, handlers, keepers, readers
from equipment.forms.keys import CabinetForm
from equipment.forms.lending import KeyCountForm
from equipment.models import Cabinet, CountedKey, Key, Loan
from scheduling.models.shifts import watch_of

COUNTS = 10
DIGITS = re.compile(r"([0-9]+)")


@readers
def cabinets(request):
    rows = Cabinet.objects.standing().visible_to(request.user).select_related("unit", "place")
    rows = rows.annotate(
        all_keys=Count("keys", filter=Q(keys__ended_at__isnull=True), distinct=True),
        out=Count("keys__loans", filter=Q(keys__loans__returned_at__isnull=True), distinct=True),
    )
    may_count = request.user.sight.units(HANDLERS)
    found = list(rows[:200])
    for row in found:
        row.there, row.may_count = row.all_keys - row.out, row.unit_id in may_count
    context = {"cabinets": found, "may_keep": request.user.sight.has(*KEEPERS)}
    return render(request, "equipment/cabinets.html", context)


def _seen(request, pk: int) -> Cabinet:
    rows = Cabinet.objects.visible_to(request.user).select_related("unit", "place", "minder", "matter")
    return get_object_or_404(rows, pk=pk)


def _held(request, pk: int, verb: str) -> Cabinet:
    """Held still while it is written, with everything that hangs in it."""
    row = _seen(request, pk)
    may(request.user, verb, row)
    if request.method == "POST":
        Cabinet.objects.select_for_update().get(pk=pk)
        row = _seen(request, pk)
    return row


def _keys(cabinet: Cabinet, *, held: bool = False) -> list[Key]:
    rows = cabinet.keys.standing()
    if held:
        list(rows.select_for_update(of=("self",)).order_by("pk"))  # nobody hands one out while it is counted
    keys = sorted(rows.with_state(), key=lambda key: (_in_order(key.hook), key.code))
    holders = {loan.key_id: loan.whom for loan in Loan.objects.out().filter(key__in=keys).select_related("borrower")}
    for key in keys:
        key.holder = holders.get(key.pk, "")
    return keys


def _in_order(hook: str) -> list:
    """2 before 11, as the hooks hang."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(hook)]


@signed_in
def cabinet(request, pk: int):
    row = _seen(request, pk)
    keys = _keys(row)
    for key in keys:
        key.look = key.signs(request.at)
    counts = Older(row.counts.select_related("by", "shift__post"), request, "-id", size=COUNTS)
    wrong: dict[int, list[CountedKey]] = {}
    for counted in (
        CountedKey.objects.different().filter(count__in=[count.pk for count in counts]).select_related("key")
    ):
        wrong.setdefault(counted.count_id, []).append(counted)
    for count in counts:
        count.wrong = wrong.get(count.pk, [])
    context = {
        "row": row,
        "keys": keys,
        "counts": counts,
        "may_handle": row.stands and can(request.user, "handle", row),
        "may_keep": row.stands and can(request.user, "keep", row),
    }
    return render(request, "equipment/cabinet.html", context)


@handlers
def count(request, pk: int):
    """What hangs there, key by key, by whoever gives or takes over the watch."""
    row = _held(request, pk, "handle")
    form = KeyCountForm(request.POST or None, keys=_keys(row, held=request.method == "POST"))
    if request.method == "POST" and form.is_valid():
        shift = watch_of(row.unit_id, request.at)
        row.count(form.found(), shift=shift, note=form.cleaned_data["note"], by=request.user, at=request.at)
        messages.success(request, _("The count is kept."))
        return redirect(row)
    context = {"row": row, "form": form}
    return render(request, "equipment/cabinet_count.html", context, status=422 if form.errors else 200)


@keepers
def add(request):
    form = CabinetForm(request.POST or None, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
            raise PermissionDenied("keep")
        if form.kept(lambda: form.instance.register(by=request.user, at=request.at)):
            messages.success(request, _("The cabinet is entered. Now enter what is in it."))
            return redirect(form.instance)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = _held(request, pk, "keep")
    form = CabinetForm(request.POST or None, instance=row, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not form.changed or form.kept(lambda: row.change(form.changed, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect(row)
    return _form(request, form, _seen(request, pk))


def _form(request, form, row: Cabinet | None = None):
    context = {"form": form, "row": row}
    return render(request, "equipment/cabinet_form.html", context, status=422 if form.errors else 200)


@keepers
def retire(request, pk: int):
    row = _held(request, pk, "keep")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.retire(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The cabinet is given up."))
        return redirect("cabinets")
    context = {"form": form, "row": row}
    return render(request, "equipment/cabinet_retire.html", context, status=422 if form.errors else 200)
