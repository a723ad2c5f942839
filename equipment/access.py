"""Who may do what with the register. Seeing is `visible_to`; these are the verbs."""

from duty.access import SEEING, with_role
from duty.models import Role
from equipment.models.readers import READERS

KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
CALLERS = READERS - {Role.AUDITOR}
keepers = with_role(*KEEPERS)
readers = with_role(*READERS)


def keep(person, thing) -> bool:
    """Enter and change what belongs to a unit: a piece, what hangs on it, a place, a contract."""
    return person.sight.has(*KEEPERS, unit=thing.unit_id)


def call(person, thing) -> bool:
    """Whose numbers are there to be dialled: those who keep watch for the unit, repair or plan there; others see them masked."""
    return person.sight.has(*CALLERS, unit=thing.unit_id)


def read_story(person, thing) -> bool:
    """The whole story of a matter is for those who see what happens in the unit."""
    return person.sight.has(*SEEING, unit=thing.unit_id)
