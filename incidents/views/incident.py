"""One incident: its page, and its paper form."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.shortcuts import get_object_or_404, render

from duty.access import can, signed_in
from duty.clock import MINUTE
from duty.models import Notice, Person
from duty.views.trail import tell
from equipment.models import Loan, Movement, MovementKind
from incidents import from_defects
from incidents.forms.verbs import CloseForm, InstructForm, NoteForm, PhoneAnswerForm, ReasonForm, RegradeForm
from incidents.models import Cell, Incident, Status
from incidents.models.recording import AMENDABLE

REVEALED_FOR = 15 * MINUTE
TAKEN = 50  # of supplies and of keys on the page


def seen_by(person, pk: int) -> Incident:
    """One incident this person may see, with what its page shows."""
    cell = Cell.objects.filter(standard=OuterRef("standard"), urgency=OuterRef("urgency"), scope=OuterRef("scope"))
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
    return get_object_or_404(rows.annotate(words=Subquery(cell.values("words")), **_taken()), pk=pk)


@signed_in
def incident(request, pk: int):
    return page(request, seen_by(request.user, pk))


def page(request, incident: Incident, status: int = 200, **bound):
    """The incident's page; a refused form comes back bound, in its own place."""
    person = request.user
    prefetch_related_objects([incident.matter], "deadlines", told())
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
    story, notices = tell(incident.matter), list(incident.matter.notices.all())
    asked = asked_of(notices) if incident.status == Status.REPORTED else []
    forms = {
        "note": NoteForm(at=request.at, incident=incident),
        "close": CloseForm(),
        "reopen": ReasonForm(prefix="reopen"),
        "regrade": RegradeForm(incident=incident, prefix="regrade"),
        "phone": PhoneAnswerForm(people=asked),
        "instruct": InstructForm(),
    } | bound
    running = [deadline for deadline in incident.matter.deadlines.all() if deadline.settled_at is None]
    amendments = _amendments(incident, story)
    reports = list(incident.reports.select_related("deadline", "level", "by", "acknowledged_by"))
    context = {
        "incident": incident,
        "verbs": verbs,
        "forms": forms,
        "bound": next(iter(bound), ""),
        "story": story,
        "reports": reports,
        "last_report": reports[-1] if reports else None,
        "defects": from_defects.defects_of(incident, person),
        "running": sorted(running, key=lambda deadline: deadline.due_at),
        "notices": _latest_to_each(notices),
        "asked": asked,
        "amendments": amendments,
        "amended": {amendment.field for amendment in amendments},
        "amendable": AMENDABLE,
        "revealed": is_revealed(story, person, request.at),
        "may_equip": not incident.is_closed and can(person, "equip", incident),
        "supplies": list(_supplies(incident, person)) if incident.took_supplies else [],
        "keys": list(_keys(incident, person)) if incident.took_keys else [],
    }
    return render(request, "incidents/incident.html", context, status=status)


def _taken() -> dict:
    """Whether anything was taken for it: asked with its row, so that most pages ask for no more."""
    return {
        "took_supplies": Exists(Movement.objects.filter(incident=OuterRef("pk"))),
        "took_keys": Exists(Loan.objects.filter(incident=OuterRef("pk"))),
    }


def _supplies(incident, person):
    """What was issued for it, and what of that is still out (A18)."""
    rows = Movement.objects.visible_to(person).filter(incident=incident.pk, kind=MovementKind.ISSUED).with_out()
    return rows.select_related("supply", "person").order_by("id")[:TAKEN]


def _keys(incident, person):
    """Keys that were taken for it (A57)."""
    return Loan.objects.visible_to(person).filter(incident=incident.pk).select_related("key", "borrower")[:TAKEN]


def told() -> Prefetch:
    """Every notice about a matter with its recipient, oldest first."""
    return Prefetch("notices", Notice.objects.select_related("recipient").prefetch_related("deliveries").order_by("id"))


def asked_of(notices: Iterable[Notice]) -> list[Person]:
    """Who is asked for an answer and has given none; each person once."""
    return list({notice.recipient_id: notice.recipient for notice in notices if notice.is_waiting}.values())


def _latest_to_each(notices: list[Notice]) -> list[dict]:
    """Everyone who was told, with what became of their latest message."""
    latest: dict[int, Notice] = {}
    answered: dict[int, dt.datetime] = {}
    for notice in notices:
        latest[notice.recipient_id] = notice
        if notice.acknowledged_at:
            answered[notice.recipient_id] = notice.acknowledged_at
    return [{"notice": notice, "answered": answered.get(pk)} for pk, notice in latest.items()]


def _lines(story, verb: str) -> list:
    return [entry["line"] for entry in story if "line" in entry and entry["line"].verb == f"incidents.incident.{verb}"]


def _amendments(incident, story) -> list:
    """Its corrections; asked for only when the story tells of one."""
    return list(incident.amendments.select_related("by")) if _lines(story, "amend") else []


def is_revealed(story, person, at: dt.datetime) -> bool:
    """Whether this person asked for the reporter's number just now; asking left a line."""
    return any(line.who_id == person.pk and line.at > at - REVEALED_FOR for line in _lines(story, "reveal_contact"))


@signed_in
def paper(request, pk: int):
    """《值班事件记录表》, for A4."""
    incident = seen_by(request.user, pk)
    story = tell(incident.matter)
    context = {
        "incident": incident,
        "story": story,
        "reports": incident.reports.select_related("deadline", "level", "by", "acknowledged_by"),
        "instructions": incident.instructions.select_related("by"),
        "amendments": _amendments(incident, story),
        "revealed": is_revealed(story, request.user, request.at),
    }
    return render(request, "incidents/paper.html", context)
