"""Key equipment that no round looks at, and the short way to put it on a checklist (A24)."""

from django.shortcuts import redirect, render
from django.urls import reverse

from duty.clock import day_of
from duty.models import Unit
from duty.pages import Onward, filters_asked, number_asked
from equipment.access import KEEPERS, keepers, readers
from equipment.looking_after import unchecked
from equipment.models import Category, Checklist, Criticality, Equipment
from equipment.models.readers import units_read
from equipment.views.pieces import piece_kept

FILTERS = ("unit", "category", "level")
SHOWN = 100


@readers
def report(request):
    chosen = filters_asked(request, FILTERS)
    levels = (Criticality.KEY, Criticality.IMPORTANT) if chosen["level"] == "both" else (Criticality.KEY,)
    today = day_of(request.at)
    seen = Equipment.objects.visible_to(request.user)
    if (unit := number_asked(chosen["unit"])) is not None:
        seen = seen.filter(unit_id=unit)
    if chosen["category"] in Category.values:
        seen = seen.filter(category=chosen["category"])
    rows = unchecked(seen, today, levels)
    units = units_read(request.user)
    context = {
        "page": Onward(rows.select_related("unit", "place", "matter"), request, "code", size=SHOWN),
        "count": rows.count(),
        "all": seen.in_use(today).filter(criticality__in=levels).count(),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "units": Unit.objects.filter(pk__in=units) if 1 < len(units) < 80 else [],
        "categories": Category.choices,
        "may_keep": request.user.sight.has(*KEEPERS),
    }
    return render(request, "equipment/unchecked.html", context)


@keepers
def choose(request, pk: int):
    """On which checklist the piece is put: its draft is begun, or gone on with, at this piece."""
    piece = piece_kept(request, pk)
    units = request.user.sight.units(KEEPERS)
    rows = Checklist.objects.visible_to(request.user).in_use().filter(unit_id__in=sorted(units)).select_related("unit")
    if request.method == "POST":
        row = rows.filter(pk=number_asked(request.POST.get("checklist")) or 0).select_for_update(of=("self",)).first()
        if row is not None:
            row.revise(by=request.user, at=request.at)
            return redirect(f"{reverse('checklist-item', args=[row.pk])}?stop=e{piece.pk}")
    context = {"piece": piece, "checklists": list(rows), "wrong": request.method == "POST"}
    return render(request, "equipment/piece_checklist.html", context, status=422 if context["wrong"] else 200)
