"""Who may do what with watches."""

from django.db.models import Q

from duty.access import with_role
from duty.models import Person, Role, Unit
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
