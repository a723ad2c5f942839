"""Finds promises that ought to be open and are not, whatever took them away, by reading the database alone."""

from django.db import transaction

from duty import sockets, wording
from duty.clock import duty_now
from duty.evidence import set_context
from duty.models import Deadline, Line, Matter, Via
from duty.telling import alarm_administrators


def restore_missing() -> int:
    """Open again what each kind expects and nobody owes; returns how many were missing."""
    found = 0
    for kind in sockets.deadline_kinds:
        if kind.restore is None:
            continue
        at = duty_now()
        expected = set(kind.expected(at))
        owed = (
            Deadline.objects.open().filter(kind=kind.name, matter_id__in=expected).values_list("matter_id", flat=True)
        )
        for matter_id in sorted(expected - set(owed)):
            found += _restore(kind, matter_id, at)
    return found


def _restore(kind, matter_id: int, at) -> int:
    with transaction.atomic():
        set_context(None, "duty.engine.restored")
        # Whoever settles or closes holds the matter's subject; asked again under the lock, it may be gone.
        matter = Matter.objects.select_for_update().get(pk=matter_id)
        if matter_id not in set(kind.expected(at)) or matter.deadlines.open().filter(kind=kind.name).exists():
            return 0
        kind.restore(matter_id, at)
        Line.objects.create(
            matter=matter,
            unit_id=matter.unit_id,
            verb="duty.engine.restored",
            via=Via.ENGINE,
            text=str(kind.title),
            at=at,
        )
        alarm_administrators(f"restored:{kind.name}:{matter_id}", wording.restored(str(matter)), matter_id=matter_id)
    return 1
