"""Who may do what with watches."""

from django.db.models import Q

from duty.access import with_role
from duty.models import Grant, Person, Role, Unit
from duty.models.units import unit_tree
from scheduling.models import Member

PLANNERS = (Role.MANAGER, Role.ADMINISTRATOR)
planners = with_role(*PLANNERS)


def plan(person, post) -> bool:
    """Enter watches at this post."""
    return person.sight.has(*PLANNERS, unit=post.unit_id)


def change(person, shift) -> bool:
    return person.sight.has(*PLANNERS, unit=shift.unit_id)


remove = change


def arrange(person, thing) -> bool:
    """Set up a unit's posts, patterns, people and terms; `thing` belongs to a unit."""
    return person.sight.has(*PLANNERS, unit=thing.unit_id)


def keep(person, calendar) -> bool:
    """The calendar belongs to everyone: who plans for the whole organisation keeps it."""
    tops = Unit.objects.filter(parent=None).values_list("pk", flat=True)
    return any(person.sight.has(*PLANNERS, unit=top) for top in tops)


def planned_people(person):
    """Those whom this person plans for: people of their units, and whoever is in a pool of these."""
    units = sorted(person.sight.units(PLANNERS))
    return Person.objects.filter(Q(unit_id__in=units) | Q(pk__in=_pooled(units)))


def renew(person, record) -> bool:
    """Renew or revoke what someone holds: who plans for their unit, or for a pool they are in; never one's own."""
    return record.person_id != person.pk and (arrange(person, record) or plans_for(person, record.person))


revoke = renew


def plans_for(person, other) -> bool:
    return planned_people(person).filter(pk=other.pk).exists()


def _pooled(units: list[int]):
    return Member.objects.filter(unit_id__in=units).values("person_id")


# Rights: who looks at another person's record, who keeps the ledgers.
RECORD_READERS = (*PLANNERS, Role.PERSONNEL)
record_readers = with_role(*RECORD_READERS)


def read_record(person, whose) -> bool:
    """Their own, and as a planner or for personnel those of their units."""
    return person.pk == whose.pk or person.sight.has(*RECORD_READERS, unit=whose.unit_id)


def adjust(person, whose) -> bool:
    """Planners correct the ledgers of their units; never their own."""
    return person.pk != whose.pk and person.sight.has(*PLANNERS, unit=whose.unit_id)


def set_rate(person, rate) -> bool:
    return person.sight.has(*PLANNERS, unit=rate.unit_id)


def withdraw_objection(person, objection) -> bool:
    return person.pk == objection.person_id


def answer_objection(person, objection) -> bool:
    """Whoever plans for the unit; nobody answers their own."""
    return person.pk != objection.person_id and person.sight.has(*PLANNERS, unit=objection.unit_id)


def planners_of(units: set[int]) -> dict[int, list[int]]:
    """{unit: who plans for it}: its roster managers, those of the nearest unit above that has some, else administrators."""
    held: dict[tuple[int, str], list[int]] = {}
    for unit, role, person in (
        Grant.objects.filter(role__in=PLANNERS).order_by("id").values_list("unit", "role", "person")
    ):
        held.setdefault((unit, role), []).append(person)
    above = {unit: unit_tree().above(unit) for unit in units}
    return {
        unit: next((held[place, role] for role in PLANNERS for place in path if (place, role) in held), [])
        for unit, path in above.items()
    }
