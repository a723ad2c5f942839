"""What is done about a defect. Each view asks `may`, takes the verb, and goes back to the page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import may, signed_in
from duty.clock import MINUTE
from duty.filing import keep
from duty.forms.reasons import ReasonForm
from duty.steps import Conflict
from equipment.forms.mending import ComeForm, FixForm, HandOnForm, MenderForm, NoteForm, RegradeForm
from equipment.models import Defect, DefectStatus, Stage
from equipment.views.defect import VERBS, defect_seen, page


def _asked(request, pk: int, verb: str) -> Defect:
    """The defect, for those who may; raises Conflict for a page that has moved on, before looking at what is in the form."""
    defect = defect_seen(request, pk)
    may(request.user, verb, defect)
    if defect.status not in VERBS[verb]:
        raise Conflict(defect, defect.how_it_stands)
    return defect


def photos_kept(request, form) -> list:
    return [keep(content, by=request.user, at=request.at) for content in form.brought]


@signed_in
@require_POST
def take(request, pk: int):
    defect = _asked(request, pk, "take")
    defect.take(by=request.user, at=request.at)
    messages.success(request, _("You have it. Nobody else is asked any more."))
    return redirect(defect)


@signed_in
@require_POST
def assign(request, pk: int):
    defect = _asked(request, pk, "assign")
    form = MenderForm(request.POST, prefix="assign", defect=defect, at=request.at)
    if not form.is_valid():
        return page(request, defect, 422, assign=form)
    mender = form.cleaned_data["mender"]
    defect.assign(mender, by=request.user, at=request.at)
    messages.success(request, _("%(name)s is told, and has it in hand.") % {"name": mender.name})
    return redirect(defect)


@signed_in
@require_POST
def come(request, pk: int):
    defect = _asked(request, pk, "come")
    form = ComeForm(request.POST, prefix="come")
    if not form.is_valid():
        return page(request, defect, 422, come=form)
    defect.come(request.at + form.cleaned_data["minutes"] * MINUTE, by=request.user, at=request.at)
    messages.success(request, _("The watch sees that you are on the way."))
    return redirect(defect)


@signed_in
@require_POST
def fix(request, pk: int):
    defect = _asked(request, pk, "fix")
    form = FixForm(request.POST, request.FILES, prefix="fix", defect=defect)
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                defect.fix(
                    said["cause"],
                    said["remedy"],
                    said["parts"],
                    photos_kept(request, form),
                    by=request.user,
                    at=request.at,
                )
        except ValidationError as why:
            form.add_error("shot", why.messages)
        else:
            messages.success(request, _("Written down. The watch is asked to look whether it holds."))
            return redirect(defect)
    return page(request, defect, 422, fix=form)


@signed_in
@require_POST
def verify(request, pk: int):
    defect = _asked(request, pk, "verify")
    form = ReasonForm(request.POST, prefix="verify")
    form.fields["reason"].required = defect.must_explain(request.user)
    if not form.is_valid():
        return page(request, defect, 422, verify=form)
    defect.verify(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("Verified. It is closed; should it come back, report it again from here."))
    return redirect(defect)


@signed_in
@require_POST
def send_back(request, pk: int):
    defect = _asked(request, pk, "send_back")
    form = ReasonForm(request.POST, prefix="back")
    if not form.is_valid():
        return page(request, defect, 422, send_back=form)
    defect.send_back(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("Sent back. %(name)s is told; the clock goes on.") % {"name": defect.mender.name})
    return redirect(defect)


@signed_in
@require_POST
def hand_on(request, pk: int):
    defect = _asked(request, pk, "hand_on")
    form = HandOnForm(request.POST, prefix="hand", defect=defect, at=request.at)
    if not form.is_valid():
        return page(request, defect, 422, hand_on=form)
    mender = form.cleaned_data["mender"]
    defect.hand_on(mender, by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(name)s is told, and has it in hand.") % {"name": mender.name})
    return redirect(defect)


@signed_in
@require_POST
def withdraw(request, pk: int):
    defect = _asked(request, pk, "withdraw")
    form = ReasonForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return page(request, defect, 422, withdraw=form)
    defect.withdraw(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("Withdrawn: it is no defect. What was written stays."))
    return redirect(defect)


@signed_in
@require_POST
def regrade(request, pk: int):
    defect = _asked(request, pk, "regrade")
    form = RegradeForm(request.POST, prefix="regrade", defect=defect)
    if not form.is_valid():
        return page(request, defect, 422, regrade=form)
    said = form.cleaned_data
    defect.regrade(said["criticality"], by=request.user, at=request.at, reason=said["reason"])
    messages.success(request, _("It is “%(level)s” now, and its clocks follow.") % {"level": defect.label.label})
    return redirect(defect)


@signed_in
@require_POST
def note(request, pk: int):
    defect = _asked(request, pk, "note")
    form = NoteForm(request.POST, request.FILES, prefix="note")
    if form.is_valid():
        stage = Stage.MENDED if defect.status == DefectStatus.FIXED else Stage.FOUND
        try:
            with transaction.atomic():
                defect.note(
                    form.cleaned_data["text"], photos_kept(request, form), stage, by=request.user, at=request.at
                )
        except ValidationError as why:
            form.add_error("shot", why.messages)
        else:
            return redirect(f"{defect.get_absolute_url()}#story")
    return page(request, defect, 422, note=form)
