"""Qualifications: which there are, who holds which until when; recorded, renewed, revoked (A32, A33)."""

from collections import Counter

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may, signed_in
from duty.clock import day_of
from duty.forms.reasons import ReasonForm
from duty.models import Line, Person
from scheduling.access import planned_people, planners, plans_for
from scheduling.forms.qualified import QualificationForm, QualifiedForm
from scheduling.models import Qualification, Qualified
from scheduling.models.qualified import SOON


@planners
def qualifications(request):
    """The kinds, and whose is about to expire or has."""
    today = day_of(request.at)
    standing = Qualified.objects.standing().filter(person__in=planned_people(request.user))
    expiring = (
        standing.filter(until_on__lte=today + SOON).select_related("person__unit", "qualification").order_by("until_on")
    )
    rows = list(expiring[:200])
    for row in rows:
        row.look = row.state(today)
    held = Counter(
        standing.filter(from_on__lte=today).exclude(until_on__lt=today).values_list("qualification_id", flat=True)
    )
    kinds = list(Qualification.objects.all())
    for kind in kinds:
        kind.holders = held[kind.pk]
    context = {"kinds": kinds, "rows": rows, "may_keep": can(request.user, "keep", Qualification)}
    return render(request, "scheduling/qualifications.html", context)


@planners
def add_kind(request):
    return _kind(request, None)


@planners
def change_kind(request, pk: int):
    return _kind(request, get_object_or_404(Qualification, pk=pk))


def _kind(request, kind: Qualification | None):
    """The register of kinds is everyone's: who plans for the whole organisation keeps it."""
    may(request.user, "keep", Qualification)
    form = QualificationForm(request.POST or None, instance=kind)
    if request.method == "POST" and form.is_valid():
        how = "changed" if kind else "added"
        if row := form.kept():
            if form.has_changed():
                Line.objects.trace_register(row, how, by=request.user, at=request.at, fields=form.changed_data)
            messages.success(request, _("Saved."))
            return redirect("qualifications")
    context = {"form": form, "kind": kind and Qualification.objects.get(pk=kind.pk)}
    return render(request, "scheduling/qualification_form.html", context, status=422 if form.errors else 200)


@signed_in
def qualified(request, pk: int):
    """One record: for whoever holds it, and those who plan for them or for the unit."""
    row = _seen(request, pk)
    context = {
        "row": row, "look": row.state(day_of(request.at)) if row.stands or row.revoked_at else ("next", _("renewed")),
        "may_renew": row.stands and can(request.user, "renew", row),
    }  # fmt: skip
    return render(request, "scheduling/qualified.html", context)


@planners
def record(request, pk: int):
    """A new record for someone; where they hold this kind already, it takes the old one's place."""
    who = get_object_or_404(Person, pk=pk)
    if not plans_for(request.user, who):
        raise Http404
    form = QualifiedForm(request.POST or None, person=who, by=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        old = Qualified.objects.standing().filter(person=who, qualification=form.instance.qualification).first()
        if old:
            old.renew(form.instance, by=request.user, at=request.at)
        else:
            form.instance.record(by=request.user, at=request.at)
        messages.success(request, _("The qualification is recorded."))
        return redirect("person", who.pk)
    return _form(request, form, who)


@planners
def renew(request, pk: int):
    old = _mine(request, pk)
    form = QualifiedForm(request.POST or None, person=old.person, by=request.user, at=request.at, old=old)
    if request.method == "POST" and form.is_valid():
        old.renew(form.instance, by=request.user, at=request.at)
        messages.success(request, _("The qualification is renewed."))
        return redirect(form.instance)
    return _form(request, form, old.person, old)


def _form(request, form, who: Person, old: Qualified | None = None):
    context = {"form": form, "who": who, "old": old}
    return render(request, "scheduling/qualified_form.html", context, status=422 if form.errors else 200)


@planners
def revoke(request, pk: int):
    row = _mine(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.revoke(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("The qualification is revoked. The record stays."))
        return redirect(row)
    return render(
        request, "scheduling/qualified_revoke.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )


def _seen(request, pk: int) -> Qualified:
    rows = Qualified.objects.visible_to(request.user).select_related(
        "person__unit", "qualification", "assessor", "matter"
    )
    return get_object_or_404(rows, pk=pk)


def _mine(request, pk: int) -> Qualified:
    row = _seen(request, pk)
    may(request.user, "renew", row)
    return row
