"""Rounds of a month, what fails again and again, and the month in figures; on the screen, on paper, as sheets (A28)."""

import datetime as dt
import re

from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.clock import DAY, day_of, month_of, next_month, start_of
from duty.models import Role, Unit
from duty.models.units import unit_tree
from duty.pages import number_asked, period_asked
from duty.sheets import download
from equipment import analysis_sheets, failing
from equipment.access import readers
from equipment.models.readers import units_read
from equipment.round_calendar import month_of_rounds
from equipment.summary import monthly_summary

COMPARERS = (Role.LEADER, Role.MANAGER, Role.AUDITOR)  # whom it concerns how each walker walks; others see themselves
LONGEST = 366 * DAY
MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$")


def _units(request) -> dict:
    """The units read, narrowed to the one of the address and those below it."""
    read = units_read(request.user)
    asked = number_asked(request.GET.get("unit"))
    chosen = asked if asked in read else None
    units = read & unit_tree().below(chosen) if chosen else read
    offered = Unit.objects.filter(pk__in=read) if 1 < len(read) < 80 else []
    return {"unit": chosen, "offered": offered, "units": sorted(units)}


def _month(request) -> dict:
    """The month of the address, else this one; the one before and the one after."""
    found, this = MONTH.match(request.GET.get("month", "")), month_of(day_of(request.at))
    first = dt.date(int(found[1]), int(found[2]), 1) if found else this
    following = next_month(first)
    return {
        "first": first,
        "before": month_of(first - DAY),
        "after": following if following <= next_month(this) else None,
    }


def _named(request, context: dict, what: str) -> str:
    unit = Unit.objects.filter(pk=context["unit"]).first() if context["unit"] else request.user.unit
    return f"{unit.name} {what} {context['first']:%Y-%m}"


@readers
def calendar(request):
    return render(request, "equipment/rounds_calendar.html", _calendar(request))


def _calendar(request) -> dict:
    context = _units(request) | _month(request)
    compared = request.user.sight.units(COMPARERS) & set(context["units"])
    month = month_of_rounds(context["units"], context["first"], request.at, compared, request.user.pk)
    days = [(day, day.isoweekday() > 5, day == day_of(request.at)) for day in month.days]
    return context | {"month": month, "days": days, "compares": bool(compared)}


@readers
def calendar_sheet(request):
    context = _calendar(request)
    name = _named(request, context, _("Calendar of rounds"))
    return download(name, *analysis_sheets.of_calendar(context["month"]))


@readers
def recurrence(request):
    """What failed most over a period, how far apart, and how soon it was mended."""
    context, today = _units(request), day_of(request.at)
    too_long = _("A year at most: this shows the first year of it.")
    first, last, wrong = period_asked(request, today - 89 * DAY, LONGEST, too_long)
    if not request.GET.get("until") and not wrong:
        last = max(first, today) if not request.GET.get("from") else last
    start, end = start_of(first), start_of(last + DAY)
    context |= {
        "first": first, "last": last, "wrong": wrong,
        "things": failing.things(context["units"], start, end),
        "items": failing.items(context["units"], start, end),
        "periods": [
            (_("30 days"), today - 29 * DAY, today), (_("90 days"), today - 89 * DAY, today),
            (_("A year"), today - 364 * DAY, today),
        ],
    }  # fmt: skip
    return render(request, "equipment/recurrence.html", context)


def _summary(request) -> dict:
    context = _units(request) | _month(request)
    return context | {"summary": monthly_summary(context["units"], context["first"], request.at)}


@readers
def summary(request):
    return render(request, "equipment/summary.html", _summary(request))


@readers
def summary_paper(request):
    context = _summary(request)
    return render(
        request, "equipment/summary_paper.html", context | {"name": _named(request, context, "")[:-8].strip()}
    )


@readers
def summary_sheet(request):
    context = _summary(request)
    name = _named(request, context, _("Monthly summary"))
    return download(name, *analysis_sheets.of_summary(context["summary"]))
