"""Spare keys and permissions: the list, one of them, its entry (A57)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.access import can, may, signed_in
from duty.forms.reasons import ReasonForm
from duty.pages import Older, Onward, filters_asked, number_asked
from duty.sheets import Table, download, listed
from duty.views.trail import tell
from equipment.access import HANDLERS, KEEPERS, keepers, readers
from equipment.forms.keys import KeyForm
from equipment.forms.lending import LendForm, ReceiptForm, TakeBackForm
from equipment.models import Cabinet, Found, Key, KeyKind
from equipment.views.supplies import incident_asked

SHOWN, LOANS = 50, 20
SORTED = {"opens": F("opens"), "kind": F("kind"), "cabinet": F("cabinet__name")}
FILTERS = ("q", "cabinet", "kind", "show")


def asked(request) -> dict[str, str]:
    return filters_asked(request, FILTERS)


def filtered(request, chosen: dict[str, str]):
    rows = Key.objects.visible_to(request.user).select_related("cabinet", "unit", "matter").with_state()
    rows = rows.filter(ended_at__isnull=False) if chosen["show"] == "former" else rows.standing()
    if (cabinet := number_asked(chosen["cabinet"])) is not None:
        rows = rows.filter(cabinet_id=cabinet)
    if chosen["kind"] in KeyKind.values:
        rows = rows.filter(kind=chosen["kind"])
    shown = {
        "in": Q(is_out=False),
        "out": Q(is_out=True),
        "late": Q(due_back_at__lt=request.at),
        "wrong": Q(found__in=(Found.MISSING, Found.BROKEN)),
    }
    rows = rows.filter(shown[chosen["show"]]) if chosen["show"] in shown else rows
    return rows.found_by(chosen["q"][:60]) if chosen["q"] else rows


@readers
def keys(request):
    chosen = asked(request)
    page = Onward(filtered(request, chosen), request, "code", SORTED, size=SHOWN)
    for row in page:
        row.look = row.signs(request.at)
    context = {
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "kinds": KeyKind.choices,
        "cabinets": list(Cabinet.objects.standing().visible_to(request.user)[:200]),
        "incident": incident_asked(request),
        "may_keep": request.user.sight.has(*KEEPERS),
        "may_handle": request.user.sight.has(*HANDLERS),
    }
    return render(request, "equipment/keys.html", context)


@readers
def export(request):
    heads = [
        _("Code"), _("Kind"), _("What it opens"), _("Kept in"), _("Hook"), _("Seal number"), _("Unit"), _("To be back"),
        _("Status"),
    ]  # fmt: skip

    def cells(row) -> list:
        return [
            row.code, row.get_kind_display(), row.opens, row.cabinet.name, row.hook, row.seal, row.unit.name, row.due_back_at,
            pgettext("between names in a list", ", ").join(str(word) for _colour, word in row.signs(request.at)),
        ]  # fmt: skip

    rows = filtered(request, asked(request)).order_by("code")
    return download(_("Spare keys and permissions"), Table(_("Spare keys and permissions"), heads, listed(rows, cells)))


def key_seen(request, pk: int) -> Key:
    rows = Key.objects.visible_to(request.user).with_state()
    return get_object_or_404(rows.select_related("cabinet", "unit", "matter", "qualification"), pk=pk)


def key_held(request, pk: int, verb: str) -> Key:
    """The key of the address, for those who may do this; held still while it is written."""
    rows = Key.objects.visible_to(request.user).select_related("cabinet", "matter")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    key = get_object_or_404(rows, pk=pk)
    may(request.user, verb, key)
    return key


@signed_in
def key(request, pk: int):
    return page(request, key_seen(request, pk))


def page(request, key: Key, **bound):
    """The key's page; a refused form comes back bound, in its own place."""
    loan = key.loan
    may_handle = key.stands and can(request.user, "handle", key)
    incident, forms = incident_asked(request), {}
    if may_handle and loan is None:
        lend = {"key": key, "person": request.user, "at": request.at, "chosen": incident and incident.pk}
        forms["issue"] = bound.get("issue") or LendForm(**lend)
    elif may_handle:
        forms["return"] = bound.get("return") or TakeBackForm(key=key)
        forms["receipt"] = bound.get("receipt") or ReceiptForm(loan=loan, request=request)
    loans = key.loans.filter(returned_at__isnull=False).select_related(
        "borrower", "approver", "issued_by", "confirmed_by", "returned_to", "incident"
    )
    counted = key.counted.select_related("count__by").order_by("-id")[:5]
    context = {
        "row": key,
        "look": key.signs(request.at),
        "loan": loan,
        "is_mine": loan is not None and loan.borrower_id == request.user.pk,
        "forms": forms,
        "open": next(iter(bound), "") or request.GET.get("do", "issue" if incident else ""),
        "incident": incident,
        "loans": Older(loans, request, "-id", size=LOANS),
        "counted": list(counted),
        "takers": list(key.takers.order_by("name_sort")),
        "pieces": list(key.pieces.select_related("place")),
        "may_handle": may_handle,
        "may_keep": key.stands and can(request.user, "keep", key),
        "may_read_story": can(request.user, "read_story", key),
        "story": tell(key.matter)[::-1][:20],
    }
    return render(request, "equipment/key.html", context, status=422 if bound else 200)


@keepers
def add(request):
    initial = {"cabinet": request.GET["cabinet"]} if request.GET.get("cabinet", "").isdecimal() else {}
    form = KeyForm(request.POST or None, person=request.user, at=request.at, initial=initial)
    if request.method == "POST" and form.is_valid():
        _only_own_units(request, form)
        if form.kept(lambda: form.instance.register(**form.more, by=request.user, at=request.at)):
            messages.success(request, _("The key is in the register."))
            return redirect("key-add" if "another" in request.POST else form.instance)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = key_held(request, pk, "keep")
    form = KeyForm(request.POST or None, instance=row, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not form.changed:
            messages.info(request, _("Nothing was changed."))
            return redirect(row)
        _only_own_units(request, form)
        if form.kept(lambda: row.change(form.changed, **form.more, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect(row)
    return _form(request, form, Key.objects.get(pk=pk))


def _only_own_units(request, form) -> None:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["cabinet"].unit_id):
        raise PermissionDenied("keep")


def _form(request, form, row: Key | None = None):
    context = {"form": form, "row": row}
    return render(request, "equipment/key_form.html", context, status=422 if form.errors else 200)


@keepers
def retire(request, pk: int):
    row = key_held(request, pk, "keep")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.retire(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The key is given up. Its loans stay."))
        return redirect(row)
    context = {"form": form, "row": row}
    return render(request, "equipment/key_retire.html", context, status=422 if form.errors else 200)
