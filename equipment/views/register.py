"""The register: every piece the reader may see, filtered, searched, linked to (A24, A25)."""

from django.db.models import Exists, F, OuterRef
from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.clock import day_of
from duty.models import Unit
from duty.pages import Onward, filters_asked, number_asked, ranked
from duty.sheets import Table, download, listed
from equipment.access import KEEPERS, readers
from equipment.looking_after import unchecked
from equipment.models import Category, Criticality, Defect, Equipment, Place
from equipment.models.places import place_tree
from equipment.models.readers import units_read

SHOWN = 50
SORTED = {
    "name": F("name"), "place": F("place__name"), "category": F("category"), "unit": F("unit__name"),
    "criticality": ranked("criticality", Criticality.values),
}  # fmt: skip
FILTERS = ("q", "unit", "place", "category", "criticality", "show")


def asked(request) -> dict[str, str]:
    return filters_asked(request, FILTERS)


def filtered(request, chosen: dict[str, str]):
    """The pieces this person may see that fit the filters of the address, by code."""
    today = day_of(request.at)
    rows = Equipment.objects.visible_to(request.user).select_related("unit", "place", "matter")
    rows = rows.retired(today) if chosen["show"] == "retired" else rows.exclude(until_on__lt=today)
    if (unit := number_asked(chosen["unit"])) is not None:
        rows = rows.filter(unit_id=unit)
    if (place := number_asked(chosen["place"])) is not None:
        rows = rows.in_place(place)
    if chosen["category"] in Category.values:
        rows = rows.filter(category=chosen["category"])
    if chosen["criticality"] in Criticality.values:
        rows = rows.filter(criticality=chosen["criticality"])
    return rows.found_by(chosen["q"][:60]) if chosen["q"] else rows


def choices(request) -> dict:
    """What the filters offer."""
    units = units_read(request.user)
    known = set(Place.objects.visible_to(request.user).values_list("pk", flat=True))
    tree = place_tree()
    return {
        "categories": Category.choices,
        "criticalities": Criticality.choices,
        "units": Unit.objects.filter(pk__in=units) if len(units) < 80 else [],
        "places": [(pk, tree.path(pk)) for pk, _depth in tree.in_order() if pk in known][:500],
    }


@readers
def register(request):
    chosen = asked(request)
    broken = Defect.objects.open().filter(equipment=OuterRef("pk"))
    page = Onward(filtered(request, chosen).annotate(broken=Exists(broken)), request, "code", SORTED, size=SHOWN)
    shown = Equipment.objects.filter(pk__in=[piece.pk for piece in page])
    context = choices(request) | {
        "page": page,
        "unlooked": set(unchecked(shown, day_of(request.at)).values_list("pk", flat=True)),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "may_keep": request.user.sight.has(*KEEPERS),
    }
    return render(request, "equipment/register.html", context)


@readers
def export(request):
    """The same list as an Excel file, by code, to be read; the one that is taken in again is the administration's."""
    rows = filtered(request, asked(request)).select_related("contract").order_by("code")
    heads = [
        _("Asset code"), _("Name"), _("Category"), _("Criticality"), _("Place"), _("Unit"), _("Model"), _("Maker"),
        _("Serial number"), _("Installed on"), _("In use from"), _("In use until"), _("Maintenance contract"), _("Tag"),
        _("Remarks"),
    ]  # fmt: skip
    tree = place_tree()

    def cells(row) -> list:
        return [
            row.code, row.name, row.get_category_display(), row.get_criticality_display(), tree.path(row.place_id), str(row.unit),
            row.model, row.maker, row.serial_number, row.installed_on, row.from_on, row.until_on,
            str(row.contract) if row.contract else "", row.tag, row.note,
        ]  # fmt: skip

    title = _("Equipment")
    return download(f"{title} {day_of(request.at)}", Table(title, heads, listed(rows, cells)))
