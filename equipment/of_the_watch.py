"""What a watch owes in rounds: its checks before and after, its patrols; what the next watch is told; the desk's panel."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import can
from duty.clock import HOUR, local
from equipment.access import CALLERS, WALKERS
from equipment.models import Checklist, Plan, Round, Status, Use, Version
from equipment.models.rounds import UNDONE
from scheduling.models import Shift

AHEAD = 12 * HOUR  # of rounds that the desk shows
SHOWN = 6
GRAVE, WARNING, TOLD = 2, 3, 4


def checks_of(use: str):
    """The open points of a watch's checks of that use: rounds that are laid and not walked, checklists not begun."""

    def findings(shift: Shift, at) -> list[tuple[str, str]]:
        rounds = Round.objects.filter(shift=shift, checklist__use=use).exclude(status=Status.CANCELLED)
        rows = list(rounds.order_by("planned_at").select_related("checklist"))
        open_rows = [
            (_said(row, at), row.get_absolute_url())
            for row in rows
            if row.status in UNDONE and row.explained_at is None
        ]
        begun = {row.checklist_id for row in rows}
        page = reverse("round-start")
        missing = [row for row in expected(shift, use) if row.pk not in begun]
        return open_rows + [
            (_("%(name)s: not begun") % {"name": row.name}, f"{page}?checklist={row.pk}") for row in missing
        ]

    return findings


def expected(shift: Shift, use: str):
    """The checklists in use that this watch is to go through: of its unit, unless their plans name other posts."""
    published = Version.objects.published().filter(checklist=OuterRef("pk"))
    planned = Plan.objects.in_use().filter(checklist=OuterRef("pk"))
    rows = Checklist.objects.in_use().filter(Exists(published), unit=shift.unit_id, use=use)
    return rows.filter(Exists(planned.filter(post=shift.post_id)) | ~Exists(planned)).order_by("name")


def unwalked(shift: Shift, at) -> list[tuple[str, str]]:
    """Every patrol of the watch is walked, cancelled or explained."""
    rows = Round.objects.undone().filter(shift=shift, checklist__use=Use.ROUND, explained_at__isnull=True)
    return [(_said(row, at), row.get_absolute_url()) for row in rows.order_by("planned_at")[:100]]


def _said(row: Round, at) -> str:
    return f"{local(row.planned_at):%H:%M} {row.title}: {row.state(at)[1]}"


def handed_over(shift: Shift, at) -> list[tuple]:
    """Missed and not explained, under way, and what was explained on this watch."""
    kept = Q(unit=shift.unit_id) | Q(post=shift.post_id)
    open_rows = Round.objects.filter(kept).filter(
        Q(status=Status.IN_PROGRESS) | Q(status=Status.SCHEDULED, missed_at__lte=at), explained_at__isnull=True
    )
    told = Round.objects.filter(
        kept, status=Status.MISSED, explained_at__gte=shift.starts_at, explained_at__lt=max(at, shift.ends_at)
    )
    rows = [*open_rows.order_by("planned_at")[:50], *told.order_by("planned_at")[:50]]
    return [(row.title, _detail(row), row.get_absolute_url(), _grading(row, at)) for row in rows]


def _detail(row: Round) -> str:
    planned = f"{local(row.planned_at):%m-%d %H:%M}"
    if row.explanation:
        return f"{planned} · {row.explanation}"
    return f"{planned} · {row.given}/{row.asked}" if row.status == Status.IN_PROGRESS else planned


def _grading(row: Round, at) -> tuple[int, str]:
    _colour, word = row.state(at)
    return (TOLD if row.explained_at else GRAVE if row.is_missed(at) else WARNING), str(word)


def panel(person, at) -> dict | None:
    """Open to walk now, and next: for those who walk somewhere, and for whoever a round is planned for."""
    units = sorted(person.sight.units(CALLERS))
    mine = Q(unit_id__in=units) | Q(person=person) if units else Q(person=person)
    rows = Round.objects.undone().filter(mine, opens_at__lt=at + AHEAD, missed_at__gt=at, explained_at__isnull=True)
    found = list(rows.select_related("unit").order_by("opens_at", "pk")[: SHOWN + 1])
    if not found and not units:
        return None
    for row in found:
        row.look = row.state(at)
        row.may_walk = row.may_be_walked(at) and can(person, "walk", row)
    return {"rounds": found[:SHOWN], "more": len(found) > SHOWN, "may_start": person.sight.has(*WALKERS)}
