"""The compliance calendar: every promise I may see, of every kind; open ones by time, past ones with lateness."""

from django.shortcuts import render

from duty import sockets
from duty.access import signed_in
from duty.models import Deadline, Outage
from duty.pages import Older
from duty.views.desk import last_firings

SHOWN = 40


@signed_in
def calendar(request):
    kinds = list(sockets.deadline_kinds)
    kind = request.GET.get("kind", "")
    show = "past" if request.GET.get("show") == "past" else "open"
    seen = Deadline.objects.visible_to(request.user).select_related("matter", "matter__unit")
    if kind in sockets.deadline_kinds:
        seen = seen.filter(kind=kind)
    context = {"kinds": kinds, "kind": kind, "show": show}
    if show == "open":
        rows = list(seen.open().order_by("due_at", "id")[: SHOWN + 1])
        context |= {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "days": None}
    else:
        page = Older(seen.past(), request, "-due_at", "-id", size=SHOWN)
        rows = page.rows
        context |= {"page": page, "rows": rows, "outages": _outages_around(rows)}
    last_firings(rows)
    return render(request, "duty/calendar.html", context)


def _outages_around(rows) -> list[Outage]:
    """Spans in which the engine was down while one of these was due."""
    if not rows:
        return []
    earliest = min(row.due_at for row in rows)
    latest = max(max(row.due_at, row.settled_at) for row in rows)
    return list(Outage.objects.filter(ended_at__gt=earliest, began_at__lt=latest)[:10])
