"""Whom the promises of rounds and repairs reach. Each works on a whole batch of rungs."""

from duty.clock import day_of
from duty.models import Grant, Role
from duty.models.units import unit_tree
from equipment.models import Defect, Keeper, KeeperRole, Round
from scheduling.models import Seat, SeatRole
from scheduling.models.shifts import on_duty

OFFICERS = (SeatRole.PRIMARY, SeatRole.SECONDARY)


def walkers(dues, at) -> dict[int, list[int]]:
    """The person of the plan; else the officers of the round's own watch; else whoever keeps watch for the unit now."""
    rounds = {row.pk: row for row in Round.objects.filter(pk__in={due.matter_id for due in dues})}
    seats: dict[int, list[int]] = {}
    shifts = {row.shift_id for row in rounds.values() if row.shift_id}
    for shift, person in (
        Seat.objects.filter(shift__in=shifts, role__in=OFFICERS)
        .on_duty(at)
        .order_by("id")
        .values_list("shift_id", "person_id")
    ):
        seats.setdefault(shift, []).append(person)
    now = on_duty({due.unit_id for due in dues}, at)
    found = {}
    for due in dues:
        row = rounds.get(due.matter_id)
        if row is None:
            continue
        if row.person_id:
            found[due.id] = [row.person_id]
        elif people := seats.get(row.shift_id) or [k.person_id for k in now[due.unit_id] if k.role in OFFICERS]:
            found[due.id] = people
    return found


def menders(dues, at) -> dict[int, list[int]]:
    """Whoever has it in hand; else those who maintain the piece; else the maintainers of the unit or the nearest above."""
    rows = _defects(dues)
    kept = _keepers(rows, at, KeeperRole.MAINTAINER)
    granted: dict[int, list[int]] = {}
    for unit, person in Grant.objects.filter(role=Role.MAINTAINER).order_by("id").values_list("unit_id", "person_id"):
        granted.setdefault(unit, []).append(person)
    found = {}
    for due in dues:
        row = rows.get(due.matter_id)
        if row is None:
            continue
        near = next((granted[unit] for unit in unit_tree().above(due.unit_id) if unit in granted), [])
        if people := ([row.mender_id] if row.mender_id else kept.get(row.equipment_id) or near):
            found[due.id] = people
    return found


def in_charge(dues, at) -> dict[int, list[int]]:
    rows = _defects(dues)
    kept = _keepers(rows, at, KeeperRole.IN_CHARGE, KeeperRole.DEPUTY)
    return {
        due.id: kept[rows[due.matter_id].equipment_id]
        for due in dues
        if due.matter_id in rows and rows[due.matter_id].equipment_id in kept
    }


def _defects(dues) -> dict[int, Defect]:
    return {row.pk: row for row in Defect.objects.filter(pk__in={due.matter_id for due in dues})}


def _keepers(rows: dict[int, Defect], at, *roles: str) -> dict[int, list[int]]:
    pieces = {row.equipment_id for row in rows.values() if row.equipment_id}
    found: dict[int, list[int]] = {}
    kept = Keeper.objects.on(day_of(at)).filter(equipment__in=pieces, role__in=roles)
    for piece, person in kept.values_list("equipment_id", "person_id"):
        found.setdefault(piece, []).append(person)
    return found
