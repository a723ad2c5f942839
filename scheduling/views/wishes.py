"""One's own wishes, a month at a time: a tap on a day, with or without scripts; those of a unit for who plans (A34)."""

import calendar
import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import signed_in
from duty.clock import DAY, day_of, last_of_month, month_of, next_month
from duty.models import Line, Unit
from duty.pages import period_asked
from scheduling.access import PLANNERS, planners
from scheduling.models import Member, Wanted, Wish
from scheduling.team_wishes import CANNOT, team_of
from scheduling.wishes import cells_of, closed_days

MONTHS_AHEAD = 12
LONGEST = 92 * DAY


@signed_in
def wishes(request):
    today = day_of(request.at)
    if request.method == "POST":
        return _wish(request, today)
    first = _month(request.GET.get("month"), today)
    last = last_of_month(first)
    cells = {cell.day.date: cell for cell in cells_of(request.user, first, last, today)}
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    context = {
        "first": first, "weeks": [[cells.get(date) for date in week] for week in weeks],
        "week": weeks[0], "before": month_of(first - DAY), "after": last + DAY, "today": today,
        "further": _ahead(first, today) < MONTHS_AHEAD, "earlier": _ahead(first, today) > -MONTHS_AHEAD,
        "pooled": Member.objects.filter(person=request.user).standing(today).exists(),
        "plans": bool(request.user.sight.units(PLANNERS)),
        "open": any(not cell.closed for cell in cells.values()),
    }  # fmt: skip
    return render(request, "scheduling/wishes.html", context)


@planners
def team(request):
    """The wishes of a unit's people as people × days; next month, unless the address asks for other days."""
    planned = request.user.sight.units(PLANNERS)
    units = list(Unit.objects.filter(pk__in=planned, pool__isnull=False).distinct().order_by("order", "id"))
    asked = request.GET.get("unit", "")
    unit = next((one for one in units if str(one.pk) == asked), None)
    if asked and unit is None:
        raise Http404
    if unit is None:
        unit = next((one for one in units if one.pk == request.user.unit_id), units[0] if units else None)
    too_long = _("Three months at most: this shows the first three.")
    first, last, wrong = period_asked(request, next_month(day_of(request.at)), LONGEST, too_long)
    context = {"units": units, "unit": unit, "first": first, "last": last, "wrong": wrong}
    if unit is not None:
        context["team"] = team_of(unit.pk, first, last)
        context["states"] = [*Wanted.choices, (CANNOT, _("cannot"))]
    return render(request, "scheduling/wishes_team.html", context)


def _wish(request, today: dt.date):
    """The day and what is wished on it, as the button said; sent twice it is the same wish."""
    said, _dot, wanted = request.POST.get("wish", "").partition(".")
    try:
        date = dt.date.fromisoformat(said)
    except ValueError:
        raise Http404 from None
    if wanted not in ("", *Wanted.values) or _ahead(date, today) > MONTHS_AHEAD:
        raise Http404
    back = redirect(reverse("wishes", query={"month": f"{date:%Y-%m}"}) + f"#d{date:%d}")
    if closed_days(request.user, date, date, today):
        messages.warning(request, _("%(day)s is closed: the day has come, or its roster is published.") % {"day": date})
        return back
    mine = Wish.objects.filter(person=request.user, date=date)
    if not wanted:
        mine.delete()
    elif not mine.filter(wants=wanted).exists():
        row = Wish(person=request.user, date=date, wants=wanted)
        Wish.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["person", "date"], update_fields=["wants"]
        )
        Line.objects.trace_register(row, "changed", by=request.user, at=request.at, fields=["wants"])
    return back


def _month(asked: str | None, today: dt.date) -> dt.date:
    """The first of the month in the address; without one next month, whose roster is the first to be drafted."""
    if not asked:
        return next_month(today)
    try:
        first = dt.date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Http404 from None
    if abs(_ahead(first, today)) > MONTHS_AHEAD:
        raise Http404
    return first


def _ahead(date: dt.date, today: dt.date) -> int:
    """How many months that lies ahead."""
    return (date.year - today.year) * 12 + date.month - today.month
