"""Finds promises that ought to be open and are not, or that stand still, by reading the database alone.

Whatever took them away: a row deleted or frozen past all of our code, a backup, a mistake of ours.
"""

import datetime as dt
import logging

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max

from duty import ladders, sockets, wording
from duty.clock import duty_now
from duty.evidence import set_context
from duty.models import Deadline, Line, Matter, Via
from duty.sweeping import RETRY_SECONDS
from duty.telling import alarm_administrators
from duty.wakeups import wake_fire_lane

log = logging.getLogger("duty.watchdog")

SLACK = dt.timedelta(minutes=1)


def look() -> int:
    """Everything at once; returns how many promises were found wanting."""
    return restore_missing() + thaw_frozen()


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
            found += _alone(_restore, kind, matter_id, at)
    return found


def _alone(mend, *which) -> int:
    """One transaction each: what cannot be mended is logged and blocks no other."""
    try:
        with transaction.atomic():
            return mend(*which)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%s%s raised", mend.__name__, which)
        return 0


def _restore(kind, matter_id: int, at) -> int:
    set_context(None, "duty.engine.restored")
    # Whoever settles or closes holds the matter's subject; asked again under the lock, it may be gone.
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    if matter_id not in set(kind.expected(at)) or matter.deadlines.open().filter(kind=kind.name).exists():
        return 0
    kind.restore(matter_id, at)
    _say("restored", matter, kind.title, wording.restored(str(matter)), f"{kind.name}:{matter_id}", at)
    return 1


def thaw_frozen() -> int:
    """Let run again what is open and waits for nothing, or for later than its ladder says; returns how many."""
    at, found = duty_now(), 0
    waiting = Deadline.objects.open().annotate(last_fired_at=Max("firings__fired_at"))
    for deadline in waiting.select_related("matter").order_by("id").iterator(chunk_size=500):
        fires_at = _planned_at_the_latest(deadline, at)
        if fires_at and (deadline.fires_at is None or deadline.fires_at > fires_at + SLACK):
            found += _alone(_thaw, deadline, fires_at, at)
    return found


def _planned_at_the_latest(deadline, at: dt.datetime) -> dt.datetime | None:
    if deadline.parked_at and deadline.fires_at:
        return deadline.parked_at + dt.timedelta(seconds=RETRY_SECONDS[-1])
    try:
        return ladders.latest_firing(
            ladders.thawed(deadline.ladder), deadline.rung, deadline.due_at, deadline.last_fired_at
        )
    except (TypeError, ValueError):
        return at  # a ladder nobody can read: the sweep parks it, and says so


def _thaw(deadline, fires_at: dt.datetime, at: dt.datetime) -> int:
    set_context(None, "duty.engine.thawed")
    unmoved = Deadline.objects.open().filter(pk=deadline.pk, rung=deadline.rung)
    if not unmoved.update(fires_at=fires_at, parked_at=None):
        return 0
    matter = deadline.matter
    _say("thawed", matter, deadline.title, wording.thawed(str(matter)), str(deadline.pk), at)
    wake_fire_lane(fires_at, at)
    return 1


def _say(what: str, matter, title, write, key: str, at) -> None:
    """On the trail, and to the administrators: the engine mended something that should not have been broken."""
    Line.objects.create(
        matter=matter, unit_id=matter.unit_id, verb=f"duty.engine.{what}", via=Via.ENGINE, text=str(title), at=at
    )
    alarm_administrators(f"{what}:{key}", write, matter_id=matter.pk)
