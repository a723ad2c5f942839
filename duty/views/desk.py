"""The duty desk: which watch, what is due, and what the apps lend. Also what a page asks to stay live."""

from django.db import connection
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from duty import sockets
from duty.access import anyone, signed_in
from duty.models import Deadline, Firing, Line, Notice
from duty.steps import quiet_verbs

SHOWN = 12
LATEST = 6


def last_firings(deadlines) -> None:
    """Say on each deadline what its ladder did last."""
    by_id = {deadline.pk: deadline for deadline in deadlines}
    for deadline in deadlines:
        deadline.last_firing = None
    for firing in Firing.objects.filter(deadline__in=by_id).order_by("rung"):
        firing.deadline = by_id[firing.deadline_id]
        firing.deadline.last_firing = firing


@signed_in
def desk(request):
    shown = {}
    for place in ("strip", "side"):
        panels = []
        for panel in sockets.panels(place):
            context = panel.context(request.user, request.at)
            if context is not None:
                panels.append({"template": panel.template, "shown": context})
        shown[f"{place}s"] = panels
    open_now = Deadline.objects.open().on_the_desk_of(request.user, request.at)
    due = list(open_now.select_related("matter").most_pressing()[: SHOWN + 1])
    last_firings(due)
    latest = Line.objects.visible_to(request.user).filter(matter__isnull=False).exclude(verb__in=quiet_verbs())
    latest = latest.select_related("who", "matter")
    context = {"due": due[:SHOWN], "more_due": len(due) > SHOWN, "latest": latest.order_by("-at", "-id")[:LATEST]}
    return render(request, "duty/desk.html", context | shown)


# A sum over the newest ids changes when any of them appears, in whatever order they were committed.
STAMP = """
SELECT (SELECT sum(id) FROM (SELECT id FROM duty_line ORDER BY id DESC LIMIT 50) l),
       (SELECT sum(id) FROM (SELECT id FROM duty_firing ORDER BY id DESC LIMIT 50) f),
       (SELECT max(sent_at) FROM duty_delivery WHERE state = 'sent')
"""


@signed_in
@never_cache
def live(request):
    """Has anything happened since, and is there an urgent notice to sound for? Cheap: asked every few seconds."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        lines, firings, sent = cursor.fetchone()
    urgent = (
        Notice.objects.to(request.user).waiting().filter(urgency="urgent").select_related("matter").order_by("-id")[:5]
    )
    return JsonResponse(
        {
            "at": request.at.isoformat(),
            "stamp": f"{lines}.{firings}.{sent.timestamp() if sent else 0:.0f}.{int(request.engine.late)}",
            "urgent": [
                {"id": notice.pk, "title": notice.title, "text": notice.text, "url": notice.address}
                for notice in urgent
            ],
        }
    )


@anyone
@never_cache
def health(request):
    """For monitors: 200 while the database answers; says whether the reminder engine lives."""
    return JsonResponse({"ok": True, "engine_late": request.engine.late})


@signed_in
def more(request):
    """The menu, for a thumb."""
    return render(request, "duty/more.html")
