"""A correction of someone's ledger, or time off taken from it. Never rewritten: a wrong one is set right by another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from scheduling.access import adjust, planners
from scheduling.forms.rights import AdjustmentForm


@planners
def add(request):
    asked = request.GET.get("person", "")
    form = AdjustmentForm(request.POST or None, person=request.user, at=request.at)
    if asked and not form.is_bound:
        form.initial["person"] = next(
            (f"{one.name} {one.staff_number}" for one in form.people if str(one.pk) == asked), ""
        )
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        if not adjust(request.user, person):
            raise PermissionDenied("adjust")
        form.instance.person = person
        form.instance.book(unit_id=person.unit_id, by=request.user, at=request.at)
        messages.success(request, _("Booked. It stands in the ledger with its reason."))
        return redirect("my-of-record", person.pk)
    return render(request, "scheduling/adjustment_form.html", {"form": form}, status=422 if form.errors else 200)
