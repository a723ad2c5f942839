"""What duty earns: rates by unit, type of day and seat, each from a day on. Those that have begun never change."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import may
from duty.clock import day_of
from duty.models import Line
from duty.steps import Conflict
from scheduling.access import PLANNERS, planners, set_rate
from scheduling.forms.rights import RateForm
from scheduling.models import Rate


def _seen(person):
    """Those of one's units and of the units above them: these decide too."""
    from duty.models.units import unit_tree

    tree = unit_tree()
    units = {above for unit in person.sight.units(PLANNERS) for above in tree.above(unit)}
    return Rate.objects.filter(unit__in=units).select_related("unit")


@planners
def rates(request):
    today, rows, decided = day_of(request.at), list(_seen(request.user)), set()
    for rate in rows:  # by place, the latest first
        place = (rate.unit_id, rate.kind, rate.day_kind, rate.role)
        rate.has_begun = rate.from_on <= today
        rate.in_force = rate.has_begun and place not in decided
        rate.may_remove = not rate.has_begun and set_rate(request.user, rate)
        if rate.in_force:
            decided.add(place)
    return render(request, "scheduling/rates.html", {"rates": rows})


@planners
def add(request):
    form = RateForm(request.POST or None, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        if not set_rate(request.user, form.instance):
            raise PermissionDenied("set_rate")
        try:
            with transaction.atomic():
                rate = form.save()
        except IntegrityError:  # someone was faster
            form.add_error("from_on", _("There is a rate from that day already."))
        else:
            Line.objects.trace_register(rate, "added", by=request.user, at=request.at)
            messages.success(request, _("Saved."))
            return redirect("rates")
    return render(request, "scheduling/rate_form.html", {"form": form}, status=422 if form.errors else 200)


@planners
@require_POST
def remove(request, pk: int):
    """Take back a rate that has not begun."""
    rate = get_object_or_404(_seen(request.user), pk=pk)
    may(request.user, "set_rate", rate)
    if not Rate.objects.filter(pk=pk, from_on__gt=day_of(request.at)).delete()[0]:
        raise Conflict(rate, _("A rate that has begun stays: what has been earned stays as it was."))
    Line.objects.trace_register(rate, "removed", by=request.user, at=request.at)
    messages.success(request, _("Removed."))
    return redirect("rates")
