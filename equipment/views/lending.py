"""Handing a key out, confirming that it was received, taking it back: each by one button."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, signed_in
from duty.pages import number_asked
from duty.steps import Conflict
from equipment.access import handlers
from equipment.forms.lending import LendForm, ReceiptForm, TakeBackForm
from equipment.models import Confirmed
from equipment.views.keys import key_held, key_seen, page
from equipment.views.supplies import incident_asked


@handlers
@require_POST
def issue(request, pk: int):
    """Read under the key's lock: of two who hand it out, the second is told who has it."""
    key = key_held(request, pk, "handle")
    if key.loans.out().exists():
        raise Conflict(key, _("Someone has just handed this key out. Look who has it."))
    chosen = number_asked(request.POST.get("issue-incident"))
    form = LendForm(request.POST, key=key, person=request.user, at=request.at, chosen=chosen)
    if form.is_valid():
        key.issue(form.loan(), by=request.user, at=request.at, reason=form.cleaned_data["grounds"])
        messages.success(request, _("Handed out. Whoever took it confirms the receipt."))
        incident = incident_asked(request)
        return HttpResponseRedirect(key.get_absolute_url() + (f"?incident={incident.pk}" if incident else ""))
    return page(request, key_seen(request, pk), issue=form)


@signed_in
@require_POST
def confirm(request, pk: int):
    """From the borrower's own page; or at the desk, by the borrower's password, or vouched for."""
    key = key_held(request, pk, "confirm")
    loan = key.loan
    if loan is None:
        raise Conflict(key, _("This key is not out any more."))
    if loan.borrower_id == request.user.pk:
        key.confirm(Confirmed.OWN, by=request.user, at=request.at)
        messages.success(request, _("You have confirmed that you have it."))
        return redirect(key)
    form = ReceiptForm(request.POST, loan=loan, request=request)
    if form.is_valid() and can(request.user, "handle", key):
        key.confirm(form.how, by=request.user, at=request.at)
        messages.success(request, _("The receipt is confirmed."))
        return redirect(key)
    return page(request, key_seen(request, pk), receipt=form)


@handlers
@require_POST
def take_back(request, pk: int):
    key = key_held(request, pk, "handle")
    form = TakeBackForm(request.POST, key=key)
    if form.is_valid():
        key.take_back(**form.values(), by=request.user, at=request.at)
        messages.success(request, _("The key is back."))
        return redirect(key)
    return page(request, key_seen(request, pk), **{"return": form})
