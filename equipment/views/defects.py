"""Repairs: what is open with its clocks, what is closed, filtered and searched; and a maintainer's own."""

from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.access import signed_in
from duty.clock import day_of
from duty.models import Notice, Person, Role, Unit
from duty.pages import Older, filters_asked, number_asked
from duty.sheets import Table, download, listed
from equipment.access import CALLERS, keep_terms, readers
from equipment.models import Category, Criticality, Defect, DefectStatus, Equipment, Keeper
from equipment.models.defect_states import IN_HAND, OPEN, TAKEN
from equipment.models.places import place_tree
from equipment.models.readers import units_read

SHOWN, MOST_OPEN = 50, 200
FILTERS = ("q", "unit", "piece", "category", "criticality", "state", "mender", "again")


def asked(request) -> dict[str, str]:
    chosen = filters_asked(request, FILTERS)
    return chosen | {"state": chosen["state"] if chosen["state"] in ("open", *DefectStatus.values) else ""}


def filtered(request, chosen: dict[str, str]):
    """The defects this person may see that fit the filters of the address."""
    rows = Defect.objects.visible_to(request.user).select_related(
        "equipment__place", "place", "unit", "mender", "found_by"
    )
    for name, column in (("unit", "unit_id"), ("piece", "equipment_id"), ("mender", "mender_id")):
        if (number := number_asked(chosen[name])) is not None:
            rows = rows.filter(**{column: number})
    if chosen["mender"] == "me":
        rows = rows.filter(mender=request.user)
    if chosen["category"] in Category.values:
        rows = rows.filter(equipment__category=chosen["category"])
    if chosen["criticality"] in Criticality.values:
        rows = rows.filter(criticality=chosen["criticality"])
    if chosen["state"] == "open":
        rows = rows.open()
    elif chosen["state"] in DefectStatus.values:
        rows = rows.filter(status=chosen["state"])
    if chosen["again"]:
        rows = rows.filter(recurs__isnull=False)
    for word in chosen["q"][:60].split()[:5]:
        hit = Q(number__icontains=word) | Q(what__icontains=word) | Q(detail__icontains=word)
        hit |= Q(equipment__name__icontains=word) | Q(equipment__code__icontains=word)
        if places := sorted(place_tree().named(word)):
            hit |= Q(place_id__in=places) | Q(equipment__place_id__in=places)
        rows = rows.filter(hit)
    return rows


def in_order(rows, at) -> list[Defect]:
    """What is due first stands first."""
    return sorted(rows, key=lambda row: (row.due_at or at, row.pk))


@readers
def defects(request):
    chosen = asked(request)
    rows = filtered(request, chosen)
    wants_open = chosen["state"] in ("", "open", *OPEN)
    wants_closed = chosen["state"] not in ("open", *OPEN)
    page = Older(
        rows.exclude(status__in=OPEN) if wants_closed else rows.none(), request, "-found_at", "-pk", size=SHOWN
    )
    found = (
        in_order(rows.open().order_by("found_at")[: MOST_OPEN + 1], request.at) if wants_open and page.is_first else []
    )
    units = units_read(request.user)
    piece = number_asked(chosen["piece"])
    context = {
        "open": found[:MOST_OPEN],
        "too_many": len(found) > MOST_OPEN,
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "categories": Category.choices,
        "criticalities": Criticality.choices,
        "states": DefectStatus.choices,
        "units": Unit.objects.filter(pk__in=units) if len(units) < 80 else [],
        "menders": Person.objects.filter(mends__unit__in=units).distinct().order_by("name")[:100],
        "piece": piece and Equipment.objects.visible_to(request.user).filter(pk=piece).first(),
        "may_report": request.user.sight.has(*CALLERS),
        "may_keep_terms": keep_terms(request.user),
    }
    return render(request, "equipment/defects.html", context)


@readers
def export(request):
    """The same list as an Excel file, newest first."""
    rows = filtered(request, asked(request)).select_related("verified_by").order_by("-found_at", "-pk")
    heads = [
        _("Number"), _("State"), _("Criticality"), _("Piece of equipment"), _("Asset code"), _("Place"), _("What is wrong"),
        _("Details"), _("Found at"), _("Found by"), _("Unit"), _("To be acknowledged by"), _("Acknowledged at"),
        _("To be fixed by"), _("Fixed at"), _("Mended by"), _("Cause"), _("What was done"), _("Parts used"),
        _("Times sent back"), _("Verified at"), _("Verified by"),
    ]  # fmt: skip
    tree = place_tree()

    def cells(row) -> list:
        return [
            row.number, row.get_status_display(), row.get_criticality_display(), row.equipment and row.equipment.name,
            row.equipment and row.equipment.code, tree.path(row.equipment.place_id if row.equipment else row.place_id),
            row.what, row.detail, row.found_at, row.found_by.name, str(row.unit), row.take_by, row.taken_at, row.fix_by,
            row.fixed_at, row.mender and row.mender.name, row.cause, row.remedy, row.parts, row.sent_back,
            row.verified_at, row.verified_by and row.verified_by.name,
        ]  # fmt: skip

    title = _("Repairs")
    return download(f"{title} {day_of(request.at)}", Table(title, heads, listed(rows, cells)))


@signed_in
def mine(request):
    """For a maintainer on a phone: what I have in hand, what waits for someone, what waits to be verified."""
    person = request.user
    base = Defect.objects.select_related("equipment__place", "place", "found_by", "mender")
    hand = in_order(base.filter(mender=person, status__in=IN_HAND), request.at)
    mended = base.filter(mender=person, status=DefectStatus.FIXED).order_by("-fixed_at")[:20]
    role = Q(unit_id__in=sorted(person.sight.units({Role.MAINTAINER, Role.MANAGER})))
    keeps = Q(equipment__in=Keeper.objects.on(day_of(request.at)).filter(person=person).values("equipment"))
    told = Q(pk__in=Notice.objects.filter(recipient=person, firing__deadline__kind=TAKEN).values("matter"))
    free = base.filter(role | keeps | told, status=DefectStatus.REPORTED)
    free = in_order(free.order_by("take_by")[:50], request.at)
    return render(request, "equipment/defects_mine.html", {"hand": hand, "free": free, "mended": list(mended)})
