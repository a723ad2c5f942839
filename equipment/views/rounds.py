"""Rounds: which are to be walked, what was found on each; approving, explaining, cancelling one (A23)."""

import datetime as dt

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import Rule, can, may, signed_in
from duty.clock import DAY, HOUR, day_of, start_of
from duty.forms.reasons import ReasonForm
from duty.models import Unit
from duty.pages import Older, day_asked, filters_asked, number_asked
from duty.sheets import Table, download, listed
from duty.views.trail import tell
from equipment.access import READERS, WALKERS
from equipment.forms.rounds import ExplainForm
from equipment.models import Plan, Round, Status
from equipment.models.readers import units_read
from equipment.walk_words import words
from equipment.walking import defects_of, steps, stops_of, version_of, walked

SHOWN = 50
FILTERS = ("unit", "plan", "state", "day", "show")
STATES = ("open", "coming", "walked", "late", "missed", "cancelled")
CLOCKS_DIFFER = 60  # seconds

rounds_readers = Rule(
    "reads rounds", lambda person: person.sight.has(*READERS) or Round.objects.filter(person=person).exists()
)
NAMED = (
    "unit",
    "plan",
    "checklist",
    "version",
    "matter",
    "person",
    "started_by",
    "done_by",
    "approved_by",
    "explained_by",
    "shift__post",
)


def seen(request, pk: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user).select_related(*NAMED), pk=pk)


def asked(request) -> dict[str, str]:
    return filters_asked(request, FILTERS)


def held(request, pk: int, verb: str) -> Round:
    walk = seen(request, pk)
    may(request.user, verb, walk)
    return walk


@rounds_readers
def rounds(request):
    """Those of a day by what is to be done: missed to be explained, open, coming, walked; or all of them, newest first."""
    chosen = asked(request)
    rows = Round.objects.visible_to(request.user).select_related("unit", "plan", "person", "started_by", "done_by")
    rows = _filtered(rows, chosen, request.at)
    context = {"chosen": chosen, "filtered": any(chosen.values()), "states": _states(), "words": words()} | _choices(
        request
    )
    context["may_start"] = request.user.sight.has(*WALKERS)
    if day := _day(chosen, request.at):
        groups = _of_day(rows, day, request)
        context |= {"day": day, "before": day - DAY, "after": day + DAY, "is_today": day == day_of(request.at)}
    else:
        page = Older(rows, request, "-planned_at", "-pk", size=SHOWN)
        groups = [("", page.rows)]
        context["page"] = page
    for _title, found in groups:
        for row in found:
            row.look = row.state(request.at)
            row.may_walk = row.may_be_walked(request.at) and can(request.user, "walk", row)
    return render(request, "equipment/rounds.html", context | {"groups": groups})


@rounds_readers
def export(request):
    """The rounds of the list as an Excel file, newest first: a day, or whatever the filters leave."""
    chosen = asked(request)
    rows = _filtered(Round.objects.visible_to(request.user), chosen, request.at)
    if day := _day(chosen, request.at):
        rows = rows.planned_between(start_of(day), start_of(day + DAY))
    rows = rows.select_related("unit", "checklist", "started_by", "done_by", "explained_by", "approved_by")
    heads = [
        _("Planned at"), _("Name"), _("Checklist"), _("Unit"), _("State"), _("To be begun by"), _("To be done by"), _("Begun at"), _("Done at"),
        _("Walked by"), _("Items"), _("Answered"), _("Not normal"), _("Explanation"), _("Explained by"), _("Approved by"),
    ]  # fmt: skip

    def cells(row) -> list:
        return [
            row.planned_at, row.title, row.checklist.name, str(row.unit), str(row.state(request.at)[1]), row.starts_by, row.due_at,
            row.started_at, row.done_at, _named(row.done_by or row.started_by), row.asked, row.given, row.abnormal,
            row.explanation, _named(row.explained_by), _named(row.approved_by),
        ]  # fmt: skip

    rows = rows.order_by("-planned_at", "-pk")
    title = _("Rounds")
    return download(f"{title} {day_of(request.at)}", Table(title, heads, listed(rows, cells)))


def _day(chosen: dict[str, str], at: dt.datetime) -> dt.date | None:
    """The day that is listed; None where all days are, or those in one state."""
    if chosen["show"] == "all" or chosen["state"]:
        return None
    return day_asked(chosen["day"]) or day_of(at)


def _named(person) -> str:
    return person.name if person else ""


def _states():
    words = (_("open to walk"), _("coming"), _("walked"), _("walked late"), _("missed"), _("cancelled"))
    return list(zip(STATES, words, strict=True))


def _choices(request) -> dict:
    units = units_read(request.user)
    return {
        "units": Unit.objects.filter(pk__in=units) if 1 < len(units) < 80 else [],
        "plans": list(Plan.objects.visible_to(request.user).in_use().order_by("name")[:200]),
    }


def _filtered(rows, chosen: dict, at: dt.datetime):
    if (unit := number_asked(chosen["unit"])) is not None:
        rows = rows.filter(unit_id=unit)
    if (plan := number_asked(chosen["plan"])) is not None:
        rows = rows.filter(plan_id=plan)
    if chosen["state"] in STATES:
        rows = {
            "open": lambda: rows.available(at),
            "coming": lambda: rows.filter(status=Status.SCHEDULED, opens_at__gt=at),
            "walked": rows.walked,
            "late": rows.late,
            "missed": lambda: rows.missed(at),
            "cancelled": lambda: rows.filter(status=Status.CANCELLED),
        }[chosen["state"]]()
        if day := day_asked(chosen["day"]):
            rows = rows.planned_between(start_of(day), start_of(day + DAY))
    elif day := (day_asked(chosen["day"]) if chosen["show"] == "all" else None):
        rows = rows.planned_between(start_of(day), start_of(day + DAY))
    return rows


MOST_OF_A_DAY = 400


def _of_day(rows, day: dt.date, request) -> list[tuple[str, list[Round]]]:
    """What of that day is to be walked, comes, is done, is missed. Today begins with what is left of the night before."""
    at, today = request.at, day_of(request.at)
    start = start_of(day)
    found = list(rows.planned_between(start, start_of(day + DAY)).order_by("planned_at", "pk")[:MOST_OF_A_DAY])
    if day == today:
        left = rows.undone().filter(planned_at__lt=start, planned_at__gte=start - 7 * DAY)
        found = [*left.order_by("planned_at", "pk")[:MOST_OF_A_DAY], *found]
        soon = rows.filter(status=Status.SCHEDULED, planned_at__gte=start_of(day + DAY), planned_at__lt=at + 12 * HOUR)
        found += soon.order_by("planned_at", "pk")[:MOST_OF_A_DAY]
    groups: dict[str, list[Round]] = {"open": [], "missed": [], "coming": [], "done": [], "past": []}
    for row in found:
        groups[_group(row, at)].append(row)
    titles = {
        "open": _("Open to walk"), "missed": _("Missed, to be explained"), "coming": _("Coming"), "done": _("Done"),
        "past": _("Missed and explained, cancelled"),
    }  # fmt: skip
    return [(titles[name], rows) for name, rows in groups.items() if rows]


def _group(row: Round, at: dt.datetime) -> str:
    if row.status in (Status.DONE, Status.APPROVED):
        return "done"
    if row.status in (Status.MISSED, Status.CANCELLED):
        return "past"
    if row.is_missed(at) and row.explained_at is None:
        return "missed"
    return "open" if row.may_be_walked(at) else "coming"


@signed_in
def walk(request, pk: int):
    return page(request, seen(request, pk))


def page(request, row: Round, *, explain_form=None, cancel_form=None):
    stops = walked(row, stops_of(version_of(row)))
    at = request.at
    missed = row.is_missed(at) and row.explained_at is None and row.status != Status.MISSED
    open_still = row.status in (Status.SCHEDULED, Status.IN_PROGRESS)
    may_explain = open_still and can(request.user, "explain", row)
    clocks = row.parcels.filter(answers__gte=0).values("device", "by__name").annotate(off=Max("clock_off_seconds"))
    context = {
        "row": row, "look": row.state(at), "version": version_of(row), "stops": stops, "steps": steps(row, stops),
        "clocks": [one for one in clocks if abs(one["off"]) >= CLOCKS_DIFFER],
        "defects": defects_of(stops),
        "late_by": row.done_at - row.due_at if row.done_at and row.done_at > row.due_at else None,
        "may_walk": row.may_be_walked(at) and can(request.user, "walk", row),
        "may_approve": row.status == Status.DONE and row.needs_approval and can(request.user, "approve", row),
        "explain_form": (explain_form or ExplainForm()) if missed and may_explain else None,
        "cancel_form": (cancel_form or ReasonForm()) if may_explain and not row.is_missed(at) else None,
        "may_read_story": can(request.user, "read_story", row),
        "story": tell(row.matter)[::-1][:30],
    }  # fmt: skip
    wrong = any(form and form.is_bound for form in (explain_form, cancel_form))
    return render(request, "equipment/round.html", context, status=422 if wrong else 200)


@signed_in
def paper(request, pk: int):
    """《设备巡检清单》, filled in."""
    row = seen(request, pk)
    stops = walked(row, stops_of(version_of(row)))
    return render(request, "equipment/round_paper.html", {"row": row, "stops": stops, "version": version_of(row)})


@signed_in
@require_POST
def approve(request, pk: int):
    row = held(request, pk, "approve")
    row.approve(by=request.user, at=request.at)
    messages.success(request, _("The round is approved."))
    return redirect(row)


@signed_in
@require_POST
def explain(request, pk: int):
    row, form = held(request, pk, "explain"), ExplainForm(request.POST)
    if not form.is_valid():
        return page(request, row, explain_form=form)
    row.explain(form.cleaned_data["explanation"], by=request.user, at=request.at)
    messages.success(request, _("The missed round is explained."))
    return redirect(row)


@signed_in
@require_POST
def cancel(request, pk: int):
    row, form = held(request, pk, "explain"), ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, row, cancel_form=form)
    row.cancel(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("The round is cancelled."))
    return redirect(reverse("rounds"))
