"""What is done with a supply's stock, each by one button; and counting a whole place on a phone."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from duty.pages import number_asked
from duty.sheets import Table, download
from equipment.access import HANDLERS, handlers, readers
from equipment.forms.counts import CountForm
from equipment.forms.stock import IssueForm, ReceiveForm, ReturnForm, WriteOffForm
from equipment.models import Lot, Place, Supply
from equipment.models.places import place_tree
from equipment.views.supplies import asked, filtered, incident_asked, page, supply_held, supply_seen

MOST = 200  # supplies on one sheet


@handlers
@require_POST
def issue(request, pk: int):
    return _done(request, pk, IssueForm, _("Issued."))


@handlers
@require_POST
def take_back(request, pk: int):
    return _done(request, pk, ReturnForm, _("It is back."))


@handlers
@require_POST
def receive(request, pk: int):
    return _done(request, pk, ReceiveForm, _("Taken in."))


@handlers
@require_POST
def write_off(request, pk: int):
    return _done(request, pk, WriteOffForm, _("Written off."))


def _done(request, pk: int, kind, said: str):
    """Read under the supply's lock, so that of two who take the last one the second is told how many are left."""
    supply = supply_held(request, pk, "handle")
    incident = incident_asked(request)
    form = kind(
        request.POST, supply=supply, lots=list(supply.lots.in_stock()), person=request.user, at=request.at,
        chosen=number_asked(request.POST.get(f"{kind.name}-incident")),
    )  # fmt: skip
    if form.is_valid():
        form.take(by=request.user, at=request.at)
        messages.success(request, said)
        query = f"?incident={incident.pk}" if incident else ""
        return HttpResponseRedirect(supply.get_absolute_url() + query)
    return page(request, supply_seen(request, pk), **{kind.name: form})


@handlers
@require_POST
def count(request, pk: int):
    supply = supply_held(request, pk, "handle")
    form = CountForm(request.POST, supply=supply, lots=list(supply.lots.in_stock()))
    if form.is_valid():
        form.take(by=request.user, at=request.at)
        messages.success(request, _("Counted."))
        return redirect(supply)
    return page(request, supply_seen(request, pk), count=form)


@handlers
def sheet(request):
    """Everything that lies in a place, one number each; what is left empty was not counted."""
    handled = Supply.objects.standing().filter(unit_id__in=sorted(request.user.sight.units(HANDLERS)))
    place = number_asked(request.GET.get("place"))
    room = Place.objects.visible_to(request.user).filter(pk=place).first() if place else None
    forms = []
    if room:
        rows = handled.in_place(room.pk).select_related("matter", "minder").order_by("pk")
        forms = _forms(request, rows)
        if request.method == "POST" and (counted := _counted(request, forms)):
            words = ngettext("%(n)d supply is counted.", "%(n)d supplies are counted.", counted) % {"n": counted}
            messages.success(request, words)
            return redirect(request.get_full_path())
    context = {"room": room, "forms": forms, "places": _places(request, handled), "bound": request.method == "POST"}
    wrong = request.method == "POST"
    return render(request, "equipment/supplies_check.html", context, status=422 if wrong else 200)


def _forms(request, rows) -> list[CountForm]:
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    supplies = list(rows[:MOST])
    lots: dict[int, list[Lot]] = {}
    for lot in Lot.objects.in_stock().filter(supply__in=supplies):
        lots.setdefault(lot.supply_id, []).append(lot)
    tree, forms = place_tree(), []
    order = {pk: number for number, (pk, _depth) in enumerate(tree.in_order())}
    for supply in sorted(supplies, key=lambda row: (order.get(row.place_id, 0), row.code)):
        form = CountForm(request.POST or None, supply=supply, lots=lots.get(supply.pk, []))
        if not form.is_filled:
            form.is_bound = False
        forms.append(form)
    return forms


def _counted(request, forms: list[CountForm]) -> int:
    """How many were counted: all that were filled in, or none while one of them is wrong."""
    filled = [form for form in forms if form.is_bound]
    if not filled:
        messages.error(request, _("Nothing is filled in yet. Write beside each lot how many are there."))
    if [form for form in filled if not form.is_valid()]:  # each of them, so that all is told at once
        return 0
    for form in sorted(filled, key=lambda form: form.supply.pk):
        form.take(by=request.user, at=request.at)
    return len(filled)


def _places(request, handled) -> list[tuple[int, str]]:
    used, tree = set(handled.values_list("place_id", flat=True)), place_tree()
    shown = {above for place in used for above in tree.above(place)}
    known = set(Place.objects.visible_to(request.user).filter(pk__in=shown).values_list("pk", flat=True))
    return [(pk, tree.path(pk)) for pk, _depth in tree.in_order() if pk in known]


def _with_lots(request):
    rows = list(filtered(request, asked(request)).order_by("place__order", "place_id", "code")[:2000])
    lots: dict[int, list[Lot]] = {}
    for lot in Lot.objects.in_stock().filter(supply__in=rows):
        lots.setdefault(lot.supply_id, []).append(lot)
    for row in rows:
        row.look, row.in_lots = row.signs(request.at), lots.get(row.pk, [])
    return rows


@readers
def paper(request):
    """What the filters find, for A4, with room to write what was counted."""
    return render(request, "equipment/supplies_paper.html", {"rows": _with_lots(request), "chosen": asked(request)})


@readers
def export(request):
    """What the filters find as an Excel sheet, one row for each lot."""
    heads = [
        _("Code"), _("Name"), _("Category"), _("Place"), _("Unit"), _("Counted in"), _("In stock"), _("At least"), _("Lot"),
        _("Good until"), _("In this lot"), pgettext("register", "Looked after by"), _("Stands out"),
    ]  # fmt: skip
    table = [
        [
            row.code, row.name, row.get_category_display(), row.path, row.unit.name, row.measure, row.stock, row.minimum,
            lot.number if lot else "", lot.expires_on if lot else None, lot.quantity if lot else None, row.minder.name,
            pgettext("between names in a list", ", ").join(str(word) for _colour, word in row.look),
        ]
        for row in _with_lots(request)
        for lot in row.in_lots or [None]
    ]  # fmt: skip
    return download(_("Emergency supplies"), Table(_("Emergency supplies"), heads, table))
