"""The calendar of days: what is a workday, a rest day, a holiday; by year, by hand, or from the yearly notice."""

import calendar
import datetime as dt

from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.clock import day_of
from duty.models import Line
from scheduling.access import planners
from scheduling.calendar_seed import seed
from scheduling.forms.days import YEARS, DayForm, NoticeForm, changes, packed, unpacked
from scheduling.models import CalendarYear, Day
from scheduling.models.days import days_between


@signed_in
def days(request):
    """A year at a glance."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else day_of(request.at).year
    if year not in YEARS:
        raise Http404
    known = days_between(dt.date(year, 1, 1), dt.date(year, 12, 31))
    weeks = calendar.Calendar()  # Monday first
    months = [
        {
            "first": dt.date(year, month, 1),
            "weeks": [
                [known[date] if date.month == month else None for date in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]
    context = {
        "year": year, "months": months, "row": CalendarYear.objects.filter(pk=year).first(),
        "may_keep": can(request.user, "keep", CalendarYear), "today": day_of(request.at),
        "named": [day for day in known.values() if day.is_moved or day.name],
        "before": year - 1, "after": year + 1,
    }  # fmt: skip
    return render(request, "scheduling/days.html", context)


def _to_year(year: int):
    return redirect(reverse("days", query={"year": year}))


@planners
@require_POST
def begin(request, year: int):
    """Seed a year that nobody has entered; sent twice it is written once."""
    may(request.user, "keep", CalendarYear)
    if year not in YEARS:
        raise Http404
    if row := seed(year):
        Line.objects.trace_register(row, "added", by=request.user, at=request.at)
        messages.success(request, _("%(year)s is entered.") % {"year": year})
    return _to_year(year)


@planners
@require_POST
def confirm(request, year: int):
    """Someone has compared the year with the official notice."""
    may(request.user, "keep", CalendarYear)
    if CalendarYear.objects.filter(pk=year, is_provisional=True).update(is_provisional=False):
        row = CalendarYear.objects.get(pk=year)
        Line.objects.trace_register(row, "changed", by=request.user, at=request.at, fields=["is_provisional"])
        messages.success(request, _("%(year)s is confirmed.") % {"year": year})
    return _to_year(year)


@planners
def day(request, date: str):
    """Change one day."""
    may(request.user, "keep", CalendarYear)
    try:
        when = dt.date.fromisoformat(date)
    except ValueError:
        raise Http404 from None
    if when.year not in YEARS:
        raise Http404
    standing = days_between(when, when)[when]
    form = DayForm(request.POST or None, instance=standing)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            Day.objects.update_or_create(date=when, defaults=form.cleaned_data)
            Line.objects.trace_register(standing, "changed", by=request.user, at=request.at, fields=form.changed_data)
            messages.success(request, _("Saved."))
        return _to_year(when.year)
    return render(request, "scheduling/day.html", {"form": form, "date": when}, status=422 if form.errors else 200)


@planners
def notice(request):
    """The yearly notice as a sheet: read, compared, and only then written."""
    may(request.user, "keep", CalendarYear)
    if "rows" in request.POST:
        try:
            found = changes(unpacked(request.POST["rows"]))
        except signing.BadSignature:
            messages.error(request, _("The sheet was read more than an hour ago. Choose it once more."))
            return redirect("days-notice")
        for standing, row in found:
            Day.objects.update_or_create(date=row.date, defaults={"kind": row.kind, "name": row.name})
            changed = Day(date=row.date, kind=row.kind, name=row.name)
            Line.objects.trace_register(changed, "changed", by=request.user, at=request.at, fields=[str(standing)])
        messages.success(request, _("%(n)s days are changed.") % {"n": len(found)})
        return _to_year(found[0][1].date.year) if found else redirect("days")
    form = NoticeForm(request.POST or None, request.FILES or None)
    context = {"form": form, "found": None}
    if request.method == "POST" and form.is_valid():
        context = {"form": form, "found": changes(form.rows), "count": len(form.rows), "rows": packed(form.rows)}
    return render(request, "scheduling/days_notice.html", context, status=422 if form.errors else 200)
