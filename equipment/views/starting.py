"""A round without a plan: choose the checklist, walk it."""

from django.shortcuts import get_object_or_404, redirect, render

from duty.access import with_role
from duty.pages import number_asked
from equipment.access import WALKERS
from equipment.models import Use
from equipment.unplanned import begin_now, startable

walkers = with_role(*WALKERS)
SHOWN = 200


@walkers
def start(request):
    """A link to one checklist asks for that one alone."""
    rows = startable(request.user).order_by("unit_id", "name")
    if request.method == "POST":
        checklist = get_object_or_404(rows, pk=number_asked(request.POST.get("checklist")) or 0)
        return redirect("round-walk", begin_now(checklist, by=request.user, at=request.at).pk)
    if (only := number_asked(request.GET.get("checklist"))) is not None:
        rows = rows.filter(pk=only)
    found = list(rows[:SHOWN])
    groups = [(use.label, [row for row in found if row.use == use]) for use in (Use.BEFORE, Use.ROUND, Use.CLOSING)]
    return render(request, "equipment/round_start.html", {"groups": [(title, rows) for title, rows in groups if rows]})
