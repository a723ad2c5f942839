"""Who may do what with watches."""

from duty.models import Role

PLANNERS = (Role.MANAGER, Role.ADMINISTRATOR)


def plan(person, post) -> bool:
    """Enter watches at this post."""
    return person.sight.has(*PLANNERS, unit=post.unit_id)


def change(person, shift) -> bool:
    return person.sight.has(*PLANNERS, unit=shift.unit_id)


remove = change
