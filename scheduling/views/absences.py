"""请假与外出报备: asking to be away, what stands in the way, the decision, and being back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.clock import DAY, day_of
from duty.forms.reasons import ReasonForm
from scheduling.access import PLANNERS
from scheduling.clashes import clashes
from scheduling.forms.absences import AbsenceForm
from scheduling.models import Absence, AbsenceStatus, OpenSeat, Swap
from scheduling.models.leaving import stands_above
from scheduling.recipients import heads_above

MOST = 60


@signed_in
def absences(request):
    """Mine, those that wait for my decision, and who of my units is away now and soon."""
    rows = Absence.objects.visible_to(request.user).select_related("person", "acting", "unit")
    ahead = list(rows.standing().filter(ends_at__gt=request.at).order_by("starts_at", "pk")[:MOST])
    asked = rows.filter(status=AbsenceStatus.ASKED).exclude(person=request.user).order_by("starts_at")[:MOST]
    context = {
        "mine": rows.filter(person=request.user).order_by("-starts_at")[:8],
        "to_decide": [absence for absence in asked if can(request.user, "decide", absence)],
        "now": [absence for absence in ahead if absence.starts_at <= request.at and absence.status == AbsenceStatus.APPROVED],
        "soon": [absence for absence in ahead if absence.starts_at > request.at],
        "may_record": may_record(request.user),
    }  # fmt: skip
    return render(request, "scheduling/absences.html", context)


def may_record(person) -> bool:
    """Whether there is anyone at all whose sickness this person may record."""
    return person.sight.has(*PLANNERS) or person.pk in heads_above(person.unit_id) or person.subordinates.exists()


def seen_by(person, pk: int) -> Absence:
    rows = Absence.objects.visible_to(person).select_related("person__unit", "acting", "asked_by", "decided_by", "unit")
    return get_object_or_404(rows, pk=pk)


@signed_in
def ask(request):
    today = day_of(request.at)
    first = {"from_on": today + DAY, "until_on": today + DAY}
    others = may_record(request.user)
    form = AbsenceForm(request.POST or None, by=request.user, at=request.at, for_others=others, initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.told()
        if not told:
            form.instance.ask(by=request.user, at=request.at)
            messages.success(request, _("It is filed. You hear as soon as it is decided."))
            return redirect(form.instance)
        return render(request, "scheduling/absence_form.html", {"form": form, "clashes": told})
    return render(request, "scheduling/absence_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def absence(request, pk: int):
    return page(request, seen_by(request.user, pk))


def page(request, absence: Absence, *, status: int = 200, **bound):
    """One absence: what stands in its way, who is asked to cover, and what this person may do about it."""
    open_ = absence.status in (AbsenceStatus.ASKED, AbsenceStatus.APPROVED)
    found = clashes(absence, request.at) if open_ and absence.ends_at > request.at else []
    swaps = list(Swap.objects.filter(absence=absence).select_related("shift__post", "giver", "asked", "taker"))
    offered = {(swap.shift_id, swap.role): swap for swap in swaps if swap.is_open}
    decides = can(request.user, "decide", absence)
    pair = [other for other, _row in absence.counterparts()] if open_ else []
    context = {
        "absence": absence,
        "clashes": [(clash, clash.seat and offered.get((clash.seat.shift_id, clash.seat.role))) for clash in found],
        "gaps": _fallen_open(request, absence) if open_ else [],
        "covered": [swap for swap in swaps if swap.status == "done"],
        "uncovered": any(clash.seat for clash in found),
        "may_decide": decides, "may_refile": can(request.user, "refile", absence),
        "may_read": can(request.user, "read_reason", absence),
        "may_change": changeable(request, absence), "begun": absence.starts_at <= request.at,
        "pair": pair, "may_let_both": not pair or stands_above(request.user, absence.person, *pair),
        "decline": bound.get("decline") or ReasonForm(prefix="decline"), "bound": next(iter(bound), ""),
    }  # fmt: skip
    return render(request, "scheduling/absence.html", context, status=status)


def _fallen_open(request, absence: Absence) -> list[OpenSeat]:
    """The seats that fell open with it and are open still, for those who fill them."""
    units = request.user.sight.units(PLANNERS)
    left = OpenSeat.objects.ahead(request.at).filter(left=absence.person_id, shift__unit__in=units)
    between = left.filter(shift__starts_at__lt=absence.ends_at, shift__ends_at__gt=absence.starts_at)
    return list(between.select_related("shift__post").order_by("shift__starts_at")[:MOST])


def changeable(request, absence: Absence) -> bool:
    """Before it begins by whoever filed it; while it runs by who decides."""
    if absence.status not in (AbsenceStatus.ASKED, AbsenceStatus.APPROVED) or not can(request.user, "refile", absence):
        return False
    running = absence.status == AbsenceStatus.APPROVED and absence.starts_at <= request.at
    return not running or can(request.user, "decide", absence)


@signed_in
def change(request, pk: int):
    absence = seen_by(request.user, pk)
    may(request.user, "refile", absence)
    if not changeable(request, absence):
        return redirect(absence)
    decides = can(request.user, "decide", absence)
    form = AbsenceForm(request.POST or None, instance=absence, by=request.user, at=request.at)
    context = {"form": form, "absence": absence, "stays": decides and absence.status == AbsenceStatus.APPROVED}
    if request.method == "POST" and form.is_valid():
        told = form.told()
        if not told:
            absence.change(by=request.user, at=request.at, decides=decides)
            messages.success(request, _("It is filed anew."))
            return redirect(absence)
        return render(request, "scheduling/absence_form.html", context | {"clashes": told})
    return render(request, "scheduling/absence_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def approve(request, pk: int):
    absence = seen_by(request.user, pk)
    may(request.user, "decide", absence)
    absence.approve(by=request.user, at=request.at, reason=request.POST.get("reason", "").strip()[:200])
    messages.success(request, _("Approved. %(name)s is told.") % {"name": absence.person.name})
    return redirect(absence)


@signed_in
@require_POST
def decline(request, pk: int):
    absence = seen_by(request.user, pk)
    may(request.user, "decide", absence)
    form = ReasonForm(request.POST, prefix="decline")
    if not form.is_valid():
        return page(request, absence, status=422, decline=form)
    absence.decline(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("Declined. %(name)s is told why.") % {"name": absence.person.name})
    return redirect(absence)


@signed_in
@require_POST
def withdraw(request, pk: int):
    absence = seen_by(request.user, pk)
    may(request.user, "refile", absence)
    absence.withdraw(by=request.user, at=request.at)
    messages.success(request, _("Withdrawn."))
    return redirect(absence)


@signed_in
@require_POST
def come_back(request, pk: int):
    absence = seen_by(request.user, pk)
    may(request.user, "refile", absence)
    absence.come_back(by=request.user, at=request.at)
    messages.success(request, _("Welcome back. From now on you are free for duty."))
    return redirect(absence)
