"""What is done to an incident. Each view asks `may`, takes the verb, and goes back to the page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import may, signed_in
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
    report_seen,
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
    incident.acknowledge(by=request.user, at=request.at, of=report_seen(request.POST))
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
    said = form.cleaned_data
    incident.instruct(said["kind"], said["words"], by=request.user, at=request.at, of=report_seen(request.POST))
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
    waiting = incident.matter.notices.waiting().select_related("recipient").order_by("id")
    form = PhoneAnswerForm(request.POST, people=asked_of(waiting))
    if not form.is_valid():
        return page(request, incident, status=422, phone=form)
    said = form.cleaned_data
    incident.acknowledge_by_phone(
        said["superior"], said["words"], by=request.user, at=request.at, of=report_seen(request.POST)
    )
    messages.success(request, _("Their answer is recorded, and they were told that it is."))
    return redirect(incident)


@signed_in
@require_POST
def note(request, pk: int):
    incident = seen_by(request.user, pk)
    may(request.user, "note", incident)
    _still(incident, *LIVE)
    form = NoteForm(request.POST, at=request.at, incident=incident)
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
        said = form.cleaned_data
        old.amend(field, said[field], by=request.user, at=request.at, reason=said["reason"], was=said["was"])
        messages.success(request, _("Corrected. The old value stays visible."))
        return redirect(old)
    context = {"incident": old, "form": form, "name": Incident._meta.get_field(field).verbose_name}
    return render(request, "incidents/amend.html", context, status=422 if form.errors else 200)
