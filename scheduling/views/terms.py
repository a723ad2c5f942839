"""The terms of duty of each unit: its own, or those of the nearest unit above."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.models import Line, Unit
from scheduling.access import PLANNERS, planners
from scheduling.forms.terms import TermsForm
from scheduling.models import Terms


@planners
def every(request):
    """The reader's units, and whose terms hold there."""
    units = list(_planned(request).order_by("order", "id"))
    terms = Terms.of_each(unit.pk for unit in units)
    return render(request, "scheduling/terms_list.html", {"rows": [(unit, terms[unit.pk]) for unit in units]})


@planners
def terms(request, pk: int):
    """A form for a unit's own terms; those of another unit, or the usual ones, are shown as they are."""
    unit = get_object_or_404(_planned(request), pk=pk)
    standing = Terms.of(unit.pk)
    own = standing.pk is not None and standing.unit_id == unit.pk
    form = TermsForm(request.POST if request.method == "POST" and own else None, instance=standing)
    if request.method == "POST" and own and form.is_valid():
        if form.has_changed():
            row = form.save()
            Line.objects.trace_register(row, "changed", by=request.user, at=request.at, fields=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("terms", pk)
    if not own:
        for field in form.fields.values():
            field.disabled = True
    source = None if own or standing.pk is None else Unit.objects.get(pk=standing.unit_id)
    context = {
        "form": form, "unit": unit, "own": own, "source": source,
        "may_drop": own and unit.parent_id is not None,
        "may_open_source": source is not None and request.user.sight.has(*PLANNERS, unit=source.pk),
    }  # fmt: skip
    return render(request, "scheduling/terms.html", context, status=422 if form.errors else 200)


@planners
@require_POST
def own(request, pk: int):
    """The unit has terms of its own from now on: at first the same as before. Asked twice, it is done once."""
    unit = get_object_or_404(_planned(request), pk=pk)
    row = Terms.of(pk)
    if row.pk is None or row.unit_id != pk:
        row.pk, row.unit = None, unit
        row._state.adding = True
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            return redirect("terms", pk)  # someone was faster
        Line.objects.trace_register(row, "added", by=request.user, at=request.at)
        messages.success(request, _("The unit has terms of its own. Change what should differ."))
    return redirect("terms", pk)


@planners
@require_POST
def drop(request, pk: int):
    """Back to the terms of the unit above; what they were stays on record."""
    unit = get_object_or_404(_planned(request), pk=pk)
    row = Terms.objects.filter(unit=unit).first()
    if row:
        Line.objects.trace_register(row, "removed", by=request.user, at=request.at)
        row.delete()
        messages.success(request, _("The terms of the unit above hold again."))
    return redirect("terms", pk)


def _planned(request):
    return Unit.objects.filter(pk__in=request.user.sight.units(PLANNERS))
