"""Exemptions: no nights until a date, and the like; granted by someone, for a reason."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.clock import day_of
from duty.models import Line, Person
from scheduling.access import planners, plans_for
from scheduling.forms.exemptions import ExemptionForm
from scheduling.forms.posts import LastDayForm
from scheduling.models import Exemption


@planners
def grant(request, pk: int):
    who = get_object_or_404(Person, pk=pk)
    if not plans_for(request.user, who):
        raise Http404
    form = ExemptionForm(request.POST or None, person=who, at=request.at)
    if request.method == "POST" and form.is_valid():
        form.instance.granted_by = request.user
        row = form.save()
        Line.objects.trace_register(row, "added", by=request.user, at=request.at)
        messages.success(request, _("The exemption is granted."))
        return redirect("person", who.pk)
    return render(
        request, "scheduling/exemption_form.html", {"form": form, "who": who}, status=422 if form.errors else 200
    )


@planners
def end(request, pk: int):
    """The last day comes earlier; what has not begun by then is taken back."""
    row = get_object_or_404(Exemption.objects.exclude(until_on__lt=day_of(request.at)).select_related("person"), pk=pk)
    if not plans_for(request.user, row.person):
        raise Http404
    form = LastDayForm(request.POST or None, at=request.at)
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_on"]
        if row.until_on and last > row.until_on:
            form.add_error(
                "last_on",
                _("It ends on %(day)s already. Grant another one if more time is needed.") % {"day": row.until_on},
            )
        else:
            row.end(last, by=request.user, at=request.at)
            messages.success(request, _("The exemption ends on %(day)s.") % {"day": last})
            return redirect("person", row.person_id)
    return render(
        request, "scheduling/exemption_end.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )
