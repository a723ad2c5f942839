"""Who is told when a round or a repair does not go on: the rungs of each promise. Pure."""

import datetime as dt
from dataclasses import replace

from duty.ladders import ESCALATE, REMIND, TELL, Rung

MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS = 60, 3600, 24 * 3600
WATCH = "duty.owner+scheduling.leader"


def _from(due: dt.datetime, at: dt.datetime) -> int:
    return int((at - due).total_seconds())


def from_now(rungs: tuple[Rung, ...], due: dt.datetime, at: dt.datetime) -> tuple[Rung, ...]:
    """The rungs of a promise made at `at`: what would have been planned before that fires now, and is not late for it."""
    earliest = _from(due, at)
    return tuple(
        rung if rung.offset >= earliest or rung.action == REMIND else replace(rung, offset=earliest) for rung in rungs
    )


def yet_to_come(rungs: tuple[Rung, ...], due: dt.datetime, at: dt.datetime) -> tuple[Rung, ...]:
    """The rungs of a promise that is made anew at `at`: what has fired already does not fire again, the last comes again."""
    passed = _from(due, at)
    ahead = tuple(rung for rung in rungs if rung.offset > passed)
    return ahead or (replace(rungs[-1], offset=passed + rungs[-1].again),)


def to_begin(planned_at: dt.datetime, starts_by: dt.datetime, due_at: dt.datetime, missed_at: dt.datetime):
    """A round that nobody begins: the walker when it is planned, with the leader when it should have begun and is due,
    the head when it is missed; then daily until it is explained."""
    return (
        Rung(offset=_from(starts_by, planned_at), to="duty.owner"),
        Rung(offset=1, to=WATCH, action=ESCALATE),
        Rung(offset=max(_from(starts_by, due_at), 2), to=WATCH, action=REMIND),
        Rung(offset=max(_from(starts_by, missed_at), 3), to=WATCH + "+duty.unit_head", action=ESCALATE, again=DAY_SECONDS),
    )  # fmt: skip


def to_walk(due_at: dt.datetime, missed_at: dt.datetime):
    """A round that was begun and is not finished."""
    return (
        Rung(offset=-10 * MINUTE_SECONDS, to="duty.owner"),
        Rung(offset=0, to=WATCH, action=ESCALATE),
        Rung(offset=max(_from(due_at, missed_at), 1), to=WATCH + "+duty.unit_head", action=ESCALATE, again=DAY_SECONDS),
    )


TO_APPROVE = (
    Rung(offset=0, to="scheduling.leader+duty.unit_head", action=ESCALATE, again=DAY_SECONDS),
)  # fmt: skip


def to_take(acknowledge_minutes: int, urgent: bool):
    """A defect that nobody has in hand: maintainers at once, then whoever is in charge and the leader, then the head."""
    return (
        Rung(offset=-acknowledge_minutes * MINUTE_SECONDS, to="equipment.menders", action=TELL, urgent=urgent),
        Rung(offset=0, to="equipment.menders+equipment.in_charge+scheduling.leader", action=ESCALATE, urgent=urgent),
        Rung(
            offset=max(acknowledge_minutes, 15) * MINUTE_SECONDS,
            to="equipment.in_charge+duty.unit_head", action=ESCALATE, again=12 * HOUR_SECONDS,
        ),
    )  # fmt: skip


def to_mend(fix_hours: int):
    """A defect that is not mended: a quarter of the time before, when it is due, then daily up the tree."""
    return (
        Rung(offset=-fix_hours * HOUR_SECONDS // 4, to="duty.owner"),
        Rung(offset=0, to="duty.owner+equipment.in_charge+scheduling.leader", action=ESCALATE),
        Rung(offset=DAY_SECONDS, to="equipment.in_charge+duty.unit_head", action=ESCALATE, again=DAY_SECONDS),
    )


TO_VERIFY = (
    Rung(offset=-HOUR_SECONDS, to="scheduling.officers"),
    Rung(offset=0, to="scheduling.officers+scheduling.leader", action=ESCALATE, again=DAY_SECONDS),
)
