"""Checklists: what is looked at on a round, which version is in force, what changed from one to the next (A23)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.forms.reasons import ReasonForm
from duty.models import Unit
from duty.pages import filters_asked, number_asked
from duty.views.trail import tell
from equipment.access import KEEPERS, keepers, readers
from equipment.differences import differences
from equipment.forms.checklists import ChecklistForm
from equipment.models import Checklist, Plan, Use, Version
from equipment.models.readers import units_read
from equipment.stops import items_of, stops_of

SHOWN = 300


def checklist_seen(request, pk: int) -> Checklist:
    rows = Checklist.objects.visible_to(request.user).select_related("unit", "matter")
    return get_object_or_404(rows, pk=pk)


def checklist_kept(request, pk: int) -> Checklist:
    """For those who keep it; held still while it is written."""
    rows = Checklist.objects.visible_to(request.user).select_related("matter", "unit")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    row = get_object_or_404(rows, pk=pk)
    may(request.user, "keep", row)
    return row


def version_asked(request, checklist: Checklist, name: str = "version") -> Version | None:
    """The version that the address names, else the one in force, else the draft."""
    if name in request.GET:
        number = number_asked(request.GET[name])
        return get_object_or_404(checklist.versions.filter(dropped_at__isnull=True), number=min(number or 0, 2**15))
    return checklist.in_force or checklist.draft


@readers
def checklists(request):
    """Each with the version in force, how many items it asks, and whether a draft waits."""
    chosen = filters_asked(request, ("q", "unit", "use", "show"))
    rows = Checklist.objects.visible_to(request.user).select_related("unit", "matter")
    rows = rows.filter(matter__closed_at__isnull=chosen["show"] != "retired")
    if (unit := number_asked(chosen["unit"])) is not None:
        rows = rows.filter(unit_id=unit)
    if chosen["use"] in Use.values:
        rows = rows.filter(use=chosen["use"])
    if chosen["q"]:
        rows = rows.filter(name__icontains=chosen["q"][:60])
    newest = Version.objects.published().filter(checklist=OuterRef("pk")).order_by("-number")
    rows = rows.annotate(
        version=Subquery(newest.values("number")[:1]),
        published_at=Subquery(newest.values("published_at")[:1]),
        items=Subquery(newest.annotate(n=Count("items")).values("n")[:1]),
        draft_number=Subquery(Version.objects.drafts().filter(checklist=OuterRef("pk")).values("number")[:1]),
        walked_by=Count("plans", filter=Q(plans__matter__closed_at__isnull=True)),
    )
    units = units_read(request.user)
    context = {
        "checklists": list(rows[:SHOWN]),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "uses": Use.choices,
        "units": Unit.objects.filter(pk__in=units) if 1 < len(units) < 80 else [],
        "may_keep": request.user.sight.has(*KEEPERS),
    }
    return render(request, "equipment/checklists.html", context)


@signed_in
def checklist(request, pk: int):
    row = checklist_seen(request, pk)
    versions = list(row.versions.filter(dropped_at__isnull=True).select_related("published_by", "begun_by"))
    published = [version for version in versions if version.published_at]
    retired = row.matter.closed_at is not None
    plans = Plan.objects.visible_to(request.user).filter(checklist=row)
    context = {
        "row": row,
        "version": published[0] if published else None,
        "stops": stops_of(items_of(published[0] if published else None)),
        "draft": next((version for version in versions if not version.published_at), None),
        "published": published,
        "plans": list(plans.in_use().select_related("post", "person")),
        "retired": retired,
        "may_keep": can(request.user, "keep", row),
        "may_read_story": can(request.user, "read_story", row),
        "story": tell(row.matter)[::-1][:20],
    }
    return render(request, "equipment/checklist.html", context)


@signed_in
def compare(request, pk: int):
    """What one version asks that another did not; usually the newest against the one before."""
    row = checklist_seen(request, pk)
    versions = list(row.versions.filter(dropped_at__isnull=True))
    if not versions:
        raise Http404
    by_number = {version.number: version for version in versions}
    new = by_number.get(number_asked(request.GET.get("to")) or 0, versions[0])
    old = by_number.get(number_asked(request.GET.get("from")) or 0)
    old = old or next((version for version in versions if version.number < new.number), None)
    context = {
        "row": row,
        "old": old,
        "new": new,
        "versions": versions,
        "found": differences(items_of(old), items_of(new)),
    }
    return render(request, "equipment/checklist_compare.html", context)


@keepers
def add(request):
    initial = {name: request.GET[name] for name in ("unit", "use") if request.GET.get(name, "").isalnum()}
    form = ChecklistForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        row = form.instance
        _only_own_units(request, form)
        if form.kept(lambda: row.begin(by=request.user, at=request.at)):
            messages.success(request, _("Now say what is looked at: begin with the first stop."))
            return redirect("checklist-edit", row.pk)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = checklist_kept(request, pk)
    form = ChecklistForm(request.POST or None, instance=row, person=request.user)
    if request.method == "POST" and form.is_valid():
        if not form.changed:
            return redirect(row)
        _only_own_units(request, form)
        if form.kept(lambda: row.change(form.changed, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect(row)
    return _form(request, form, Checklist.objects.get(pk=pk))


def _only_own_units(request, form) -> None:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
        raise PermissionDenied("keep")


def _form(request, form, row: Checklist | None = None):
    context = {"form": form, "row": row}
    return render(request, "equipment/checklist_form.html", context, status=422 if form.errors else 200)


@keepers
def retire(request, pk: int):
    row = checklist_kept(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.retire(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The checklist is out of use. What was found with it stays."))
        return redirect(row)
    context = {
        "form": form,
        "row": row,
        "plans": list(Plan.objects.in_use().filter(checklist=row).select_related("unit", "post", "person")),
    }
    return render(request, "equipment/checklist_retire.html", context, status=422 if form.errors else 200)


@keepers
@require_POST
def put_back(request, pk: int):
    row = checklist_kept(request, pk)
    row.put_back(by=request.user, at=request.at)
    messages.success(request, _("The checklist is in use again."))
    return redirect(row)
