"""Incidents: the list, the quick log, one incident's page, its paper form."""

import datetime as dt
import re
import unicodedata

from django.contrib import messages
from django.core.exceptions import EmptyResultSet
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, signed_in, watching, with_role
from duty.clock import DAY, MINUTE, local, start_of
from duty.models import Draft, Notice, Unit
from duty.pages import Older
from duty.search import folded, matching_ids
from duty.views.trail import tell
from incidents.access import HANDLERS
from incidents.forms.log import LogForm
from incidents.forms.verbs import CloseForm, InstructForm, NoteForm, PhoneAnswerForm, ReasonForm, RegradeForm
from incidents.grading import verdicts
from incidents.models import Incident, Level, Nature, Standard, Status
from incidents.models.recording import AMENDABLE
from scheduling.models.shifts import my_watch, watch_of

SHOWN = 50
REVEALED_FOR = 15 * MINUTE
NUMBER = re.compile(r"^\d{4}-\d{1,8}$", re.ASCII)
PHONE = re.compile(r"^\+?[\d \-()./]{6,24}$", re.ASCII)

loggers = with_role(*HANDLERS)


@watching
def incidents(request):
    """The log, newest first: filtered, searched, linked to."""
    names = ("q", "status", "level", "nature", "unit", "from", "until")
    chosen = {name: request.GET.get(name, "").strip() for name in names}
    rows = _filtered(Incident.objects.visible_to(request.user), chosen)
    rows = rows.select_related("level", "unit", "nature", "logged_by").defer("hay", "scene", "suggestion", "result")
    if chosen["q"]:
        found = _searched(rows, chosen["q"])
        page = Found(found)
    else:
        page = Older(rows, request, "-received_at", "-pk", size=SHOWN)
    context = {
        "page": page,
        "chosen": chosen,
        "statuses": Status.choices,
        "levels": _levels_in_force(),
        "natures": Nature.objects.filter(is_active=True),
        "units": Unit.objects.filter(pk__in=request.user.sight.units()) if len(request.user.sight.units()) < 80 else [],
        "may_log": request.user.sight.has(*HANDLERS),
        "filtered": any(chosen.values()),
    }
    return render(request, "incidents/incidents.html", context)


class Found:
    """A page of search results: the newest hits, and no pages after it; narrow the words instead."""

    is_first, more, mark = True, False, ""

    def __init__(self, rows):
        self.rows, self.full = rows, len(rows) >= SHOWN

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def _filtered(rows, chosen):
    if chosen["status"] == "unclosed":
        rows = rows.open()
    elif chosen["status"] in Status.values:
        rows = rows.filter(status=chosen["status"])
    if chosen["level"] in ("1", "2", "3", "4"):
        # The ids as literals: a rank has one level per version of the standard, a handful.
        rows = rows.filter(level_id__in=list(Level.objects.filter(rank=chosen["level"]).values_list("pk", flat=True)))
    for name in ("nature", "unit"):
        if chosen[name].isascii() and chosen[name].isdecimal() and len(chosen[name]) < 10:
            rows = rows.filter(**{f"{name}_id": int(chosen[name])})
    if day := _day(chosen["from"]):
        rows = rows.filter(received_at__gte=start_of(day))
    if day := _day(chosen["until"]):
        rows = rows.filter(received_at__lt=start_of(day + DAY))
    return rows


def _searched(rows, words: str) -> list[Incident]:
    """By number, by the reporter's phone, else by words."""
    if NUMBER.match(words):
        return list(rows.filter(number__startswith=words).order_by("number")[:SHOWN])
    if PHONE.match(number := unicodedata.normalize("NFKC", words)):
        digits = re.sub(r"\D", "", number)
        bare = re.sub(r"^(00)?86", "", digits)
        found = rows.extra(
            where=["digits(reporter_contact) = ANY(%s)"], params=[[digits, bare, f"86{bare}", f"0086{bare}"]]
        )
        if hits := list(found.exclude(reporter_contact="").newest_first()[:SHOWN]):
            return hits
    try:
        ids = matching_ids(rows, folded(words), "received_at", SHOWN)
    except EmptyResultSet:
        return []  # a filter that nothing can pass, such as a level of which there is none
    return list(rows.filter(pk__in=ids).newest_first()) if ids else []


def _levels_in_force():
    standard = Standard.objects.in_force()
    return list(standard.levels.all()) if standard else []


def _day(raw: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(raw)
    except ValueError:
        return None
    return day if dt.date(1990, 1, 1) < day < dt.date(2200, 1, 1) else None


@loggers
def log(request):
    """Write down what is being reported, while listening."""
    standard = Standard.objects.in_force()
    if standard is None:
        return redirect("standard-in-force")
    watch = my_watch(request.user, request.at)
    unit = _unit_kept_by(request.user, watch)
    draft = Draft.objects.filter(person=request.user, form="incident").first()
    common = {"unit": unit, "standard": standard, "at": request.at}
    if request.method == "POST":
        form = LogForm(request.POST, **common)
        if form.is_valid():
            incident = form.to_log()
            incident.shift = watch_of(unit.pk, request.at)
            incident.log(by=request.user, at=request.at, request=form.cleaned_data["request_text"])
            if draft:
                draft.delete()
            messages.success(request, _saved_words(incident))
            return redirect(incident)
    else:
        form = LogForm(initial=_first_values(request, draft), **common)
    context = {
        "form": form,
        "draft": draft if request.method == "GET" else None,
        "standard": standard,
        "verdicts": verdicts(standard, request.user, unit, request.at),
        "natures": [
            {"id": n.pk, "questions": n.questions, "call": n.call_first} for n in form.fields["nature"].queryset
        ],
        "crew": watch.crew() if watch else [],
    }
    return render(request, "incidents/log.html", context, status=422 if form.errors else 200)


def _unit_kept_by(person, watch) -> Unit:
    """Whose log this is: the unit of the watch they keep, else their own, else the highest they keep watch for."""
    kept = person.sight.units(HANDLERS)
    if watch and watch.unit_id in kept:
        return watch.unit
    if person.unit_id in kept:
        return person.unit
    return Unit.objects.filter(pk__in=kept).exclude(parent__in=kept).order_by("order", "id").first()


def _first_values(request, draft) -> dict:
    now = local(request.at).replace(second=0, microsecond=0)
    values = {"received_at": now, "opened": request.at.isoformat(), "disposition": ""}
    if draft:
        values |= {name: value for name, value in draft.values.items() if name != "opened"}
    return values


def _saved_words(incident) -> str:
    if incident.status == Status.REPORTED:
        report = incident.reports.last()
        return _("%(number)s is saved and reported. It must be acknowledged by %(time)s.") % {
            "number": incident.number,
            "time": f"{local(report.due_at):%H:%M}",
        }
    return _("%(number)s is saved.") % {"number": incident.number}


def seen_by(person, pk: int) -> Incident:
    """One incident this person may see, with what its page shows."""
    rows = Incident.objects.visible_to(person).select_related(
        "matter",
        "unit",
        "level",
        "standard",
        "line",
        "nature",
        "shift__post",
        "logged_by",
        "acknowledged_by",
        "closed_by",
    )
    return get_object_or_404(rows, pk=pk)


@signed_in
def incident(request, pk: int):
    return page(request, seen_by(request.user, pk))


def page(request, incident: Incident, status: int = 200, **bound):
    """The incident's page; a refused form comes back bound, in its own place."""
    person = request.user
    verbs = {
        name: can(person, name, incident)
        for name in (
            "note",
            "press",
            "amend",
            "regrade",
            "close",
            "reopen",
            "acknowledge",
            "acknowledge_by_phone",
            "reveal_contact",
        )
    }
    asked = _asked(incident) if incident.status == Status.REPORTED else []
    forms = {
        "note": NoteForm(at=request.at),
        "close": CloseForm(),
        "reopen": ReasonForm(prefix="reopen"),
        "regrade": RegradeForm(incident=incident, prefix="regrade"),
        "phone": PhoneAnswerForm(people=[notice.recipient_id for notice in asked]),
        "instruct": InstructForm(),
    } | bound
    context = {
        "incident": incident,
        "verbs": verbs,
        "forms": forms,
        "bound": next(iter(bound), ""),
        "story": tell(incident.matter),
        "reports": incident.reports.select_related("deadline", "level", "by", "acknowledged_by"),
        "running": list(incident.matter.deadlines.open().order_by("due_at")),
        "notices": _told(incident),
        "asked": asked,
        "amendments": incident.amendments.select_related("by"),
        "amended": {},
        "amendable": AMENDABLE,
        "revealed": is_revealed(incident, person, request.at),
        "cell": incident.standard.matrix.get((incident.urgency, incident.scope)),
    }
    context["amended"] = {amendment.field for amendment in context["amendments"]}
    return render(request, "incidents/incident.html", context, status=status)


def _asked(incident) -> list[Notice]:
    """Who is asked for an answer and has given none; each person once."""
    waiting = Notice.objects.filter(matter_id=incident.pk).waiting().select_related("recipient").order_by("id")
    return list({notice.recipient_id: notice for notice in waiting}.values())


def _told(incident) -> list[dict]:
    """Everyone who was told, with what became of their latest message."""
    rows = Notice.objects.filter(matter_id=incident.pk).select_related("recipient").prefetch_related("deliveries")
    latest: dict[int, Notice] = {}
    answered: dict[int, dt.datetime] = {}
    for notice in rows.order_by("id"):
        latest[notice.recipient_id] = notice
        if notice.acknowledged_at:
            answered[notice.recipient_id] = notice.acknowledged_at
    return [{"notice": notice, "answered": answered.get(pk)} for pk, notice in latest.items()]


def is_revealed(incident, person, at: dt.datetime) -> bool:
    """Whether this person asked for the reporter's number just now; asking left a line."""
    return incident.matter.lines.filter(
        who=person, verb="incidents.incident.reveal_contact", at__gt=at - REVEALED_FOR
    ).exists()


@signed_in
def paper(request, pk: int):
    """《值班事件记录表》, for A4."""
    incident = seen_by(request.user, pk)
    context = {
        "incident": incident,
        "story": tell(incident.matter),
        "reports": incident.reports.select_related("by", "acknowledged_by", "level"),
        "instructions": incident.instructions.select_related("by"),
        "amendments": incident.amendments.select_related("by"),
        "revealed": is_revealed(incident, request.user, request.at),
    }
    return render(request, "incidents/paper.html", context)
