"""Who sees the register: whoever sees what happens in the unit, and those who repair there."""

from duty.access import SEEING
from duty.models import Role

READERS = SEEING | {Role.MAINTAINER}


def units_read(person) -> frozenset[int]:
    return person.sight.units(READERS)
