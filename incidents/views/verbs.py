"""What is done to an incident. Each view asks `may`, takes the verb, and goes back to the page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in, signed_link
from duty.links import read_token
from duty.models import Notice, Via
from duty.names import masked
from duty.steps import Conflict
from duty.views.trail import tell
from incidents.forms.verbs import (
    CloseForm,
    InstructForm,
    NoteForm,
    PhoneAnswerForm,
    ReasonForm,
    RegradeForm,
    amend_form,
)
from incidents.models import Incident, Status
from incidents.models.recording import AMENDABLE
from incidents.models.states import LIVE
from incidents.views.incident import asked_of, is_revealed, page, seen_by


def _still(incident, *states) -> None:
    """Raise Conflict for a form whose page has moved on, before looking at what is wrong with the form."""
    if incident.status not in states:
        raise Conflict(incident)


@signed_in
@require_POST
def acknowledge(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "acknowledge", incident)
    incident.acknowledge(by=request.user, at=request.at)
    messages.success(request, _("You have it. The hour has stopped; the follow-up clock runs."))
    return redirect(incident)


@signed_in
@require_POST
def instruct(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "instruct", incident)
    _still(incident, *LIVE)
    form = InstructForm(request.POST)
    if not form.is_valid():
        return page(request, incident, status=422, instruct=form)
    incident.instruct(form.cleaned_data["kind"], form.cleaned_data["words"], by=request.user, at=request.at)
    messages.success(request, _("The watch has your instruction."))
    return redirect(incident)


@signed_in
@require_POST
def press(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "press", incident)
    if incident.press(by=request.user, at=request.at):
        messages.success(request, _("They were told once more. Use the phone as well."))
    else:
        messages.warning(request, _("Nobody who is asked can be reached by message. Use the phone."))
    return redirect(incident)


@signed_in
@require_POST
def acknowledge_by_phone(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "acknowledge_by_phone", incident)
    _still(incident, Status.REPORTED)
    form = PhoneAnswerForm(
        request.POST, people=asked_of(incident.matter.notices.select_related("recipient").order_by("id"))
    )
    if not form.is_valid():
        return page(request, incident, status=422, phone=form)
    incident.acknowledge_by_phone(
        form.cleaned_data["superior"], form.cleaned_data["words"], by=request.user, at=request.at
    )
    messages.success(request, _("Their answer is recorded, and they were told that it is."))
    return redirect(incident)


@signed_in
@require_POST
def note(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "note", incident)
    _still(incident, *LIVE)
    form = NoteForm(request.POST, at=request.at)
    if not form.is_valid():
        return page(request, incident, status=422, note=form)
    incident.note(
        form.cleaned_data["text"], happened_at=form.cleaned_data["happened_at"], by=request.user, at=request.at
    )
    return redirect(f"{incident.get_absolute_url()}#story")


@signed_in
@require_POST
def regrade(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "regrade", incident)
    _still(incident, *LIVE)
    form = RegradeForm(request.POST, incident=incident, prefix="regrade")
    if request.POST.get(form.add_prefix("was"), form.initial["was"]) != form.initial["was"]:
        raise Conflict(incident)  # someone else regraded it after this page was opened
    if not form.is_valid():
        return page(request, incident, status=422, regrade=form)
    chosen = form.cleaned_data
    incident.regrade(
        chosen["urgency"], chosen["scope"], chosen["level"], by=request.user, at=request.at, reason=chosen["reason"]
    )
    messages.success(request, _("It is “%(level)s” now.") % {"level": incident.level.name})
    return redirect(incident)


@signed_in
@require_POST
def close(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "close", incident)
    _still(incident, *LIVE)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return page(request, incident, status=422, close=form)
    incident.close(form.cleaned_data["result"], by=request.user, at=request.at)
    messages.success(request, _("Closed, with its result."))
    return redirect(incident)


@signed_in
@require_POST
def reopen(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "reopen", incident)
    _still(incident, Status.CLOSED)
    form = ReasonForm(request.POST, prefix="reopen")
    if not form.is_valid():
        return page(request, incident, status=422, reopen=form)
    incident.reopen(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    return redirect(incident)


@signed_in
@require_POST
def reveal_contact(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "reveal_contact", incident)
    incident.reveal_contact(by=request.user, at=request.at)
    return redirect((request.POST.get("to") == "paper" and "incident-paper") or "incident", pk)


@signed_in
def amend(request, pk: int, field: str):
    """Correct one field, with a reason. The old value stays visible."""
    if field not in AMENDABLE:
        raise Http404
    incident = seen_by(request.user, pk)
    may(request.user, "amend", incident)
    old = Incident.objects.get(pk=pk)  # the form writes into its instance while it looks
    hidden = field == "reporter_contact" and not is_revealed(tell(incident.matter), request.user, request.at)
    number = masked(incident.reporter_contact) if hidden else ""
    form = amend_form(field)(request.POST or None, instance=incident, at=request.at, masked=number)
    if request.method == "POST" and form.is_valid():
        old.amend(field, form.cleaned_data[field], by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("Corrected. The old value stays visible."))
        return redirect(old)
    context = {"incident": old, "form": form, "name": Incident._meta.get_field(field).verbose_name}
    return render(request, "incidents/amend.html", context, status=422 if form.errors else 200)


@signed_link
@never_cache
def answer(request, token: str):
    """The superior's page behind the link in a message: facts, clock, acknowledge, instruct, call back.

    Signed for one person; opening it changes nothing. It works without signing in, since whoever is woken at
    three has no session, and acts as that person only on this incident.
    """
    notice = _notice_of(token)
    if notice is None or not notice.recipient.is_employed(request.at):
        return render(request, "duty/link_old.html", status=410)
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
        try:
            if not form.is_bound:
                incident.acknowledge(by=person, at=request.at, via=Via.LINK)
                return redirect("incident-answer", token)
            if form.is_valid():
                said = form.cleaned_data
                incident.instruct(said["kind"], said["words"], by=person, at=request.at, via=Via.LINK)
                return redirect("incident-answer", token)
        except Conflict as conflict:
            # Whoever has no session cannot go and look: this page itself says how it stands now.
            moved_on = conflict.message or _("Someone else was faster. This is how it stands now.")
            incident = rows.get(pk=notice.matter_id)
    report = incident.reports.order_by("-at", "-id").first()
    context = {
        "incident": incident,
        "person": person,
        "notice": notice,
        "form": form,
        "report": report,
        "waits": incident.status == Status.REPORTED,
        "may_answer": can(person, "acknowledge", incident),
        "moved_on": moved_on,
        "duty_phone": incident.shift.post.phone if incident.shift else "",
        "instructions": incident.instructions.select_related("by"),
        "story": tell(incident.matter),
    }
    status = 409 if moved_on else 422 if form.errors else 200
    return render(request, "incidents/answer.html", context, status=status)


def _notice_of(token: str) -> Notice | None:
    signed = read_token(token)
    if signed is None:
        return None
    mine = Notice.objects.filter(pk=signed[0], recipient_id=signed[1], matter__kind="incidents.incident")
    return mine.select_related("recipient").first()
