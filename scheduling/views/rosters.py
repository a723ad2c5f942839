"""Rosters: the list, beginning one, and the page of one as people × days."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may, signed_in
from duty.clock import DAY, day_of, start_of
from duty.models import Deadline, Notice, Unit
from duty.pages import Older
from scheduling.access import PLANNERS, planners
from scheduling.cells import panel_of
from scheduling.forms.rosters import RosterForm
from scheduling.models import CalendarYear, Roster, RosterStatus, Seat
from scheduling.sheet import sheet_of


def roster_seen(request, pk: int) -> Roster:
    """The roster of the address, if this person may see it."""
    return get_object_or_404(Roster.objects.visible_to(request.user).select_related("unit", "drafted_by"), pk=pk)


def roster_planned(request, pk: int) -> Roster:
    """The roster of the address, for those who may change it."""
    roster = roster_seen(request, pk)
    may(request.user, "change", roster)
    return roster


@signed_in
def rosters(request):
    """Every roster the person may see, the latest first; the archived ones apart."""
    rows = Roster.objects.visible_to(request.user).exclude(status=RosterStatus.DISCARDED).select_related("unit")
    archived = request.GET.get("show") == "archived"
    rows = rows.filter(status=RosterStatus.ARCHIVED) if archived else rows.exclude(status=RosterStatus.ARCHIVED)
    units = request.user.sight.units(PLANNERS)
    page = Older(rows, request, "-first_on", "-pk", size=30)
    context = {
        "page": page,
        "archived": archived,
        "mine": _duties_in(page.rows, request.user),
        "may_plan": bool(units),
        "has_patterns": Unit.objects.filter(pk__in=units, posts__patterns__isnull=False).exists(),
    }
    return render(request, "scheduling/rosters.html", context)


def _duties_in(rosters: list[Roster], person) -> dict[int, int]:
    """{roster: how many duties this person has in it as it is published}, in one query."""
    standing = [roster for roster in rosters if roster.number]
    if not standing:
        return {}
    first, last = min(r.first_on for r in standing), max(r.last_on for r in standing)
    mine = Seat.objects.filter(
        person=person, shift__unit__in={r.unit_id for r in standing}, shift__removed_at__isnull=True,
        watch_starts_at__gte=start_of(first), watch_starts_at__lt=start_of(last + DAY),
    ).values_list("shift__unit_id", "watch_starts_at")  # fmt: skip
    days = [(unit, day_of(start)) for unit, start in mine]
    return {r.pk: sum(unit == r.unit_id and r.first_on <= day <= r.last_on for unit, day in days) for r in standing}


@planners
def begin(request):
    """Begin a draft: a unit and its first and last day; the next month, unless it has one."""
    form = RosterForm(request.POST or None, person=request.user, at=request.at)
    if request.method == "POST" and form.is_valid():
        roster = form.instance
        may(request.user, "change", roster)
        roster.draft(by=request.user, at=request.at)
        messages.success(request, _("The draft is laid out. Fill it by hand, or let it be generated."))
        return redirect(roster)
    return render(request, "scheduling/roster_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def roster(request, pk: int):
    """One roster as people × days, with what is wrong with it and how fair it is."""
    roster = roster_seen(request, pk)
    page = "scheduling/_sheet.html" if request.headers.get("X-Fragment") else "scheduling/roster.html"
    return render(request, page, sheet_context(request, roster))


def sheet_context(request, roster: Roster) -> dict:
    editable = roster.is_draft and can(request.user, "change", roster)
    # Before the sheet: a search that ends between the two is shown as running, and its page asks again.
    run = roster.runs.first() if editable else None
    sheet = sheet_of(roster, request.at)
    return {
        "roster": roster,
        "sheet": sheet,
        "unread": list(Notice.objects.to(request.user).filter(matter_id=roster.pk).waiting().order_by("id")),
        "editable": editable,
        "is_over": roster.is_current and roster.is_over(request.at),
        "may_change": can(request.user, "change", roster),
        "panel": panel_of(sheet, request.GET, request.user.pk),
        "conflicts": sheet.worded(sheet.conflicts),
        "legend": sheet.legend,
        "provisional": provisional_years(roster),
        "deadline": _publication_due(roster),
        "run": run,
        "can_undo": editable and roster.changes.filter(undone=False).exists(),
    }


def provisional_years(roster: Roster) -> list[int]:
    """The years of the roster whose calendar nobody has compared with the notice yet."""
    years = {roster.first_on.year, roster.last_on.year}
    known = dict(CalendarYear.objects.filter(year__in=years).values_list("year", "is_provisional"))
    return sorted(year for year in years if known.get(year, True))


def _publication_due(roster: Roster) -> dt.datetime | None:
    if roster.status != RosterStatus.DRAFT:
        return None
    owed = Deadline.objects.open().filter(matter=roster.pk, kind="scheduling.publish")
    return owed.values_list("due_at", flat=True).first()
