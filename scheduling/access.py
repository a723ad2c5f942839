"""Who may do what with watches."""

from duty.access import with_role
from duty.models import Role, Unit

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
