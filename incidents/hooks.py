"""What incidents plug into the apps below: two kinds of promise, a desk panel, a check, a handover section, a defect's growing."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.ladders import ESCALATE, Rung
from duty.sockets import DeadlineKind, DeskPanel, deadline_kinds, desk_panels
from equipment.sockets import DefectAction, defect_actions
from incidents import from_defects, wording
from incidents.access import HANDLERS
from incidents.models import Incident, Status
from scheduling.sockets import HandoverSection, ShiftCheck, handover_sections, shift_checks


def _page(label, asked_label):
    """To the incident's page: for those who keep the watch, for whoever is asked, and for those who look on."""

    def action(deadline, person, asked: bool):
        keeps = person.sight.has(*HANDLERS, unit=deadline.unit_id)
        word = asked_label if asked else label if keeps else _("View")
        return word, reverse("incident", args=[deadline.matter_id])

    return action


def _briefs(ids):
    return {incident.pk: wording.facts(incident) for incident in Incident.objects.filter(pk__in=ids)}


def _unanswered(at):
    """Reported incidents ought to have their report clock running."""
    return Incident.objects.filter(status=Status.REPORTED).values_list("pk", flat=True)


def _restore_report(matter_id: int, at) -> None:
    incident = Incident.objects.get(pk=matter_id)
    last = incident.last_report
    incident.owe(
        "incidents.report",
        last.due_at,
        at=at,
        by=last.by,
        owed_as="scheduling.officers",
        ladder=last.level.report_ladder(at, last.due_at),
        runs_from=last.deadline.runs_from,
        fire_now=True,
    )


def _followed_up(at):
    """Acknowledged incidents whose level asks for updates ought to have the follow-up clock running."""
    live = Incident.objects.filter(status=Status.ACKNOWLEDGED, level__update_every__isnull=False)
    return live.values_list("pk", flat=True)


def _restore_update(matter_id: int, at) -> None:
    incident = Incident.objects.select_related("level").get(pk=matter_id)
    incident.owe("incidents.update", at + incident.level.update_every, at=at, owed_as="scheduling.officers")


deadline_kinds.add(
    DeadlineKind(
        name="incidents.report",
        title=_("the superior acknowledges the report"),
        mark=pgettext_lazy("mark on the watch line", "R"),
        action=_page(_("View and press"), _("Acknowledge")),
        brief=_briefs,
        expected=_unanswered,
        restore=_restore_report,
        urgent=True,
        pinned=True,
        needs_acknowledgement=True,
    )
)
deadline_kinds.add(
    DeadlineKind(
        name="incidents.update",
        title=_("the next update"),
        mark=pgettext_lazy("mark on the watch line", "U"),
        action=_page(_("Write an update"), _("View")),
        brief=_briefs,
        expected=_followed_up,
        restore=_restore_update,
        ladder=(
            Rung(offset=0, to="duty.owner"),
            Rung(offset=15 * 60, to="duty.owner+scheduling.leader", action=ESCALATE),
            Rung(offset=60 * 60, to="scheduling.leader+duty.unit_head", action=ESCALATE, again=3600),
        ),
    )
)


def _open_incidents(person, at):
    if not person.sight.units():
        return None
    rows = Incident.objects.open().visible_to(person).select_related("level", "nature").order_by("-received_at")[:8]
    return {"incidents": list(rows)}


desk_panels.add(DeskPanel("incidents.open", "side", "incidents/_open_panel.html", _open_incidents, order=10))


def _without_result(shift, at):
    """Every incident of the watch has a result, or is carried over by name (A44)."""
    rows = Incident.objects.open().filter(shift=shift).only("number", "summary").order_by("received_at")[:100]
    return [(str(incident), incident.get_absolute_url()) for incident in rows]


def _carried_over(shift, at):
    """Open incidents of the unit, and of those below that this post keeps watch for."""
    kept = Q(unit=shift.unit_id) | Q(shift__post=shift.post_id)
    rows = Incident.objects.open().filter(kept).select_related("level").order_by("received_at")[:50]
    return [
        (
            incident.summary,
            f"{incident.number} · {incident.place}",
            incident.get_absolute_url(),
            (incident.level.rank, incident.level.name),
        )
        for incident in rows
    ]


shift_checks.add(
    ShiftCheck("incidents.results", "after", _("Every incident of this watch has a result"), _without_result)
)
handover_sections.add(HandoverSection("incidents.open", _("Open incidents"), _carried_over, order=10))

defect_actions.add(DefectAction("incidents.grow", from_defects.offer, order=10))
