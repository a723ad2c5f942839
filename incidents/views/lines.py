"""The register of duty lines (A6): which lines are answered, and how quickly."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Avg, Count, DurationField, F, Q, Value
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import may, watching
from duty.clock import DAY
from duty.models import Line
from incidents.access import KEEPERS, keepers
from incidents.forms.lines import LineForm
from incidents.models import DutyLine, Incident

PERIOD = 30 * DAY
_SECOND = Value(dt.timedelta(seconds=1), output_field=DurationField())


@watching
def lines(request):
    """The lines, and how the calls of the last thirty days were answered."""
    rows = list(DutyLine.objects.visible_to(request.user).select_related("unit"))
    within = Q(answered_at__lte=F("rang_at") + F("line__answer_within_seconds") * _SECOND)
    timed = Q(rang_at__isnull=False, answered_at__isnull=False)
    figures = {
        row["line"]: row
        for row in Incident.objects.filter(line__in=rows, received_at__gt=request.at - PERIOD)
        .values("line")
        .annotate(
            calls=Count("pk"),
            timed=Count("pk", filter=timed),
            at_once=Count("pk", filter=timed & within),
            average=Avg(F("answered_at") - F("rang_at"), filter=timed),
        )
    }
    for line in rows:
        line.figures = figures.get(line.pk)
    may_keep = request.user.sight.has(*KEEPERS)
    return render(request, "incidents/lines.html", {"lines": rows, "may_keep": may_keep})


@keepers
def add(request):
    form = LineForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
            raise PermissionDenied("keep")
        if _saved(form, request, "added"):
            return redirect("lines")
    return _page(request, form)


@keepers
def change(request, pk: int):
    line = get_object_or_404(DutyLine.objects.visible_to(request.user), pk=pk)
    may(request.user, "keep", line)
    form = LineForm(request.POST or None, instance=line, person=request.user)
    if request.method == "POST" and form.is_valid() and _saved(form, request, "changed"):
        return redirect("lines")
    return _page(request, form, pk=pk)


def _page(request, form, pk: int | None = None):
    line = DutyLine.objects.filter(pk=pk).first()  # as it stands; the form has written into its own
    context = {"form": form, "line": line}
    return render(request, "incidents/line_form.html", context, status=422 if form.errors else 200)


def _saved(form, request, how: str) -> bool:
    """Saved, with a line on the trail if anything changed; False where someone was faster with that name."""
    line = form.kept()
    if line is None:
        return False
    if form.has_changed():
        Line.objects.trace_register(line, how, by=request.user, at=request.at, fields=form.changed_data)
    messages.success(request, _("Saved."))
    return True
