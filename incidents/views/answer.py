"""The superior's page behind the link in a message: facts, clock, acknowledge, instruct, call back.

Signed for one person; opening it changes nothing. It works without signing in, since whoever is woken at three has no
session, and acts as that person only on this incident. In the hands of someone else who is signed in it only shows.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from duty.access import can, may, signed_link
from duty.links import in_other_hands, notice_of
from duty.models import Notice, Via
from duty.steps import Conflict
from duty.views.trail import tell
from incidents.forms.verbs import InstructForm, report_seen
from incidents.models import Incident, Status


@signed_link
@never_cache
def answer(request, token: str):
    notice = notice_of(token, request.at, matter__kind="incidents.incident")
    if notice is None:
        return render(request, "duty/link_old.html", status=410)
    person = notice.recipient
    stranger = in_other_hands(request, notice)
    own_tongue = "" if stranger else person.language
    with translation.override(own_tongue or translation.get_language()):
        if request.method == "POST" and stranger:
            raise PermissionDenied("the link of someone else")
        return _page(request, notice, token, stranger)


def _page(request, notice: Notice, token: str, stranger: bool):
    rows = Incident.objects.select_related(
        "matter", "unit", "level", "standard", "line", "shift__post", "logged_by", "acknowledged_by"
    )
    incident = rows.get(pk=notice.matter_id)
    person, form, moved_on = notice.recipient, InstructForm(), ""
    if request.method == "POST":
        # What counts is what this person is asked, not which of their messages they opened.
        may(person, "acknowledge", incident)
        if request.POST.get("verb") != "acknowledge":
            form = InstructForm(request.POST)
        how = {"by": person, "at": request.at, "via": Via.LINK, "of": report_seen(request.POST)}
        try:
            if not form.is_bound:
                incident.acknowledge(**how)
                return redirect("incident-answer", token)
            if form.is_valid():
                incident.instruct(form.cleaned_data["kind"], form.cleaned_data["words"], **how)
                return redirect("incident-answer", token)
        except Conflict as conflict:
            # Whoever has no session cannot go and look: this page itself says how it stands now.
            moved_on = conflict.message or _("Someone else was faster. This is how it stands now.")
            incident = rows.get(pk=notice.matter_id)
    context = {
        "incident": incident,
        "person": person,
        "notice": notice,
        "form": form,
        "report": incident.last_report,
        "waits": incident.status == Status.REPORTED,
        "may_answer": not stranger and can(person, "acknowledge", incident),
        "stranger": stranger,
        "moved_on": moved_on,
        "duty_phone": incident.shift.post.phone if incident.shift else "",
        "instructions": incident.instructions.select_related("by"),
        "story": tell(incident.matter),
        "token": token,
    }
    status = 409 if moved_on else 422 if form.errors else 200
    return render(request, "incidents/answer.html", context, status=status)


@signed_link
@never_cache
def live(request, token: str):
    """What the page asks every few seconds, as `duty.views.desk.live` for someone signed in."""
    notice = notice_of(token, request.at, matter__kind="incidents.incident")
    if notice is None:
        return JsonResponse({}, status=410)
    lines = notice.matter.lines.aggregate(last=Max("id"))["last"]
    firings = notice.matter.firings.aggregate(last=Max("id"))["last"]
    stamp = f"{lines}.{firings}.{int(request.engine.late)}"
    return JsonResponse({"at": request.at.isoformat(), "stamp": stamp, "urgent": []})
