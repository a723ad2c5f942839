"""Watches, entered by hand: who keeps watch where and when."""

import datetime as dt

from django.contrib import messages
from django.db import IntegrityError, OperationalError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import may, signed_in
from duty.clock import DAY, day_of, start_of
from duty.pages import day_asked
from scheduling.access import PLANNERS, planners
from scheduling.checks import findings, sections
from scheduling.forms.shifts import ShiftForm
from scheduling.models import Post, Shift
from scheduling.models.days import days_between

BEFORE_ALL = dt.date(2000, 1, 10)


@signed_in
def shifts(request):
    """One week of watches, the one with today first."""
    day = day_asked(request.GET.get("from"), after=BEFORE_ALL) or day_of(request.at)
    first, last = start_of(day), start_of(day + 7 * DAY)
    rows = (
        Shift.objects.live().visible_to(request.user).between(first, last)
        .select_related("post").prefetch_related("seats__person").order_by("starts_at", "post__order")
    )  # fmt: skip
    days = [(known, []) for known in days_between(day, day + 6 * DAY).values()]
    for shift in rows:
        days[(max(day_of(shift.starts_at), day) - day).days][1].append(shift)
    context = {
        "days": days,
        "first": day,
        "last": day + 6 * DAY,
        "before": day - 7 * DAY,
        "after": day + 7 * DAY,
        "may_plan": request.user.sight.has(*PLANNERS),
        "has_posts": Post.objects.visible_to(request.user).exists(),
    }
    return render(request, "scheduling/shifts.html", context)


@signed_in
def shift(request, pk: int):
    """One watch: who keeps it, what must be in order, and what the next watch must be told."""
    shift = get_object_or_404(Shift.objects.visible_to(request.user).select_related("post", "unit"), pk=pk)
    begun = shift.starts_at <= request.at
    context = {
        "shift": shift,
        "crew": shift.crew(),
        "gaps": shift.open_seats.open() if shift.ends_at > request.at else [],
        # What is open today says nothing about a watch that is still to come.
        "checks": findings(shift, request.at, "before") + findings(shift, request.at, "after") if begun else [],
        "sections": sections(shift, request.at) if begun else [],
        "is_now": shift.removed_at is None and shift.starts_at <= request.at < shift.ends_at,
    }
    return render(request, "scheduling/shift.html", context)


@planners
def plan(request):
    start = start_of(day_of(request.at)) + dt.timedelta(hours=18)
    first = {"starts_at": start, "ends_at": start + dt.timedelta(hours=14), "name": _("Night watch")}
    form = ShiftForm(request.POST or None, person=request.user, at=request.at, initial=first)
    if request.method == "POST" and form.is_valid():
        may(request.user, "plan", form.instance.post)
        if _saved(form, lambda: form.instance.plan(form.seats, by=request.user, at=request.at)):
            messages.success(request, _("The watch is entered."))
            return redirect(form.instance)
    return render(request, "scheduling/shift_form.html", {"form": form}, status=422 if form.errors else 200)


@planners
def change(request, pk: int):
    shift = get_object_or_404(Shift.objects.live().visible_to(request.user).select_related("post"), pk=pk)
    may(request.user, "change", shift)
    form = ShiftForm(request.POST or None, instance=shift, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        shift.version = form.cleaned_data["version"] or shift.version
        if _saved(form, lambda: shift.change(form.seats, by=request.user, at=request.at)):
            messages.success(request, _("The watch is changed."))
            return redirect(shift)
    context = {"form": form, "shift": Shift.objects.select_related("post").get(pk=pk)}  # as it stands, not as typed
    return render(request, "scheduling/shift_form.html", context, status=422 if form.errors else 200)


def _saved(form, write) -> bool:
    """Two managers may fill the same hours at once: the database decides, the second is told by the field."""
    try:
        with transaction.atomic():
            write()
    except (IntegrityError, OperationalError) as why:
        # Two who wait for each other's rows end as a deadlock: one of them is let go, and is as late as any other.
        if not any(name in str(why) for name in ("one_duty_at_a_time", "one_shift_at_a_post_at_a_time", "deadlock")):
            raise
        form.told_by_the_database()
        return False
    return True


@planners
@require_POST
def remove(request, pk: int):
    shift = get_object_or_404(Shift.objects.live().visible_to(request.user).select_related("post"), pk=pk)
    may(request.user, "remove", shift)
    shift.remove(by=request.user, at=request.at)
    messages.success(request, _("The watch is removed. The trail keeps it."))
    return redirect("shifts")
