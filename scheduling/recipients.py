"""Whom scheduling's promises reach: planners of a unit, the leader of one watch, whoever a swap or an absence concerns.

Each resolver works on a whole batch of rungs; the plain functions answer for one matter at once.
"""

from duty.looks import once_a_look
from duty.models import Grant, Role, Unit
from duty.models.units import unit_tree


def planners_of(units) -> dict[int, list[int]]:
    """{unit: who plans for it}: its roster managers, those of the nearest unit above that has some, else administrators."""
    held: dict[tuple[int, str], list[int]] = {}
    roles = (Role.MANAGER, Role.ADMINISTRATOR)
    rows = Grant.objects.filter(role__in=roles).order_by("id").values_list("unit", "role", "person")
    for unit, role, person in rows:
        held.setdefault((unit, role), []).append(person)
    above = {unit: unit_tree().above(unit) for unit in units}
    return {
        unit: next((held[place, role] for role in roles for place in path if (place, role) in held), [])
        for unit, path in above.items()
    }


@once_a_look
def _heads() -> dict[int, int | None]:
    return dict(Unit.objects.values_list("id", "head_id"))


def heads_above(unit_id: int) -> list[int]:
    """The heads of the unit and of those above it, the nearest first."""
    heads = _heads()
    return [heads[unit] for unit in unit_tree().above(unit_id) if heads.get(unit)]


def decider_of(person) -> int | None:
    """Who is asked first about someone's absence: their superior, else the nearest head above who is not themselves."""
    if person.superior_id:
        return person.superior_id
    return next((head for head in heads_above(person.unit_id) if head != person.pk), None)


def to_planners(dues, at):
    found = planners_of({due.unit_id for due in dues})
    return {due.id: found[due.unit_id] for due in dues if found[due.unit_id]}


def to_leader_of_watch(dues, at):
    """Whoever leads the watch that the promise is about, on duty or not."""
    from scheduling.models import Seat, SeatRole

    seats = Seat.objects.filter(shift__in={due.matter_id for due in dues}, role=SeatRole.LEADER)
    leads: dict[int, list[int]] = {}
    for shift, person in seats.values_list("shift_id", "person_id"):
        leads.setdefault(shift, []).append(person)
    return {due.id: leads[due.matter_id] for due in dues if due.matter_id in leads}


def to_deciders(dues, at):
    """The superior of whoever is to be away; without one, the planners."""
    from scheduling.models import Absence

    absences = {row.pk: row for row in Absence.objects.filter(pk__in={due.matter_id for due in dues})
                .select_related("person")}  # fmt: skip
    found = {}
    for due in dues:
        if (absence := absences.get(due.matter_id)) and (decider := decider_of(absence.person)):
            found[due.id] = [decider]
    return to_planners([due for due in dues if due.id not in found], at) | found


def to_asked(dues, at):
    """Who may answer an offer: the one who was asked, else everyone who was told of it and is not its giver."""
    from scheduling.models import Swap

    swaps = {row.pk: row for row in Swap.objects.filter(pk__in={due.matter_id for due in dues})}
    found = {}
    for due in dues:
        swap = swaps.get(due.matter_id)
        if swap and swap.asked_id:
            found[due.id] = [swap.asked_id]
        elif swap:
            found[due.id] = swap.told_of_it()
    return found


def to_giver(dues, at):
    from scheduling.models import Swap

    givers = dict(Swap.objects.filter(pk__in={due.matter_id for due in dues}).values_list("pk", "giver_id"))
    return {due.id: [givers[due.matter_id]] for due in dues if due.matter_id in givers}
