"""Outside help for a defect (A19): called, promised, arrived, left, what they did."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.steps import Conflict
from equipment.forms.callouts import CallForm, VisitForm
from equipment.models import CallOut, Defect
from equipment.views.defect import VERBS, defect_seen, page


@signed_in
@require_POST
def call(request, pk: int):
    defect = defect_seen(request, pk)
    may(request.user, "call_out", defect)
    if defect.status not in VERBS["call_out"]:
        raise Conflict(defect, defect.how_it_stands)
    form = CallForm(request.POST, prefix="call", defect=defect, person=request.user, at=request.at)
    if not form.is_valid():
        return page(request, defect, 422, call_out=form)
    defect.call_out(form.instance, by=request.user, at=request.at)
    messages.success(request, _("Written down. Say here when they arrive."))
    return redirect(f"{defect.get_absolute_url()}#calls")


@signed_in
def change(request, pk: int):
    """When they came and left: possible after the defect is closed too, for what is written down later."""
    rows = CallOut.objects.filter(defect__in=Defect.objects.visible_to(request.user)).select_related("defect")
    row = get_object_or_404(rows, pk=pk)
    may(request.user, "call_out", row.defect)
    if request.method == "POST":
        CallOut.objects.select_for_update().get(pk=pk)
    form = VisitForm(request.POST or None, instance=row, at=request.at)
    if request.method == "POST" and form.is_valid():
        if form.changed:
            row.defect.follow_callout(row, form.changed, by=request.user, at=request.at)
        messages.success(request, _("Saved."))
        return redirect(f"{row.defect.get_absolute_url()}#calls")
    context = {
        "form": form, "row": CallOut.objects.select_related("contract").get(pk=pk), "defect": row.defect,
        "may_call": can(request.user, "call", row.defect),
    }  # fmt: skip
    return render(request, "equipment/callout.html", context, status=422 if form.errors else 200)
