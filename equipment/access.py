"""Who may do what with the register. Seeing is `visible_to`; these are the verbs."""

from duty.access import SEEING, with_role
from duty.models import Role
from equipment.models.defect_states import WATCH, DefectStatus
from equipment.models.readers import READERS
from scheduling.access import keep as keep_for_everyone

KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
CALLERS = READERS - {Role.AUDITOR}
HANDLERS = (Role.OFFICER, Role.LEADER, *KEEPERS)
keepers = with_role(*KEEPERS)
handlers = with_role(*HANDLERS)
readers = with_role(*READERS)


def keep(person, thing) -> bool:
    """Enter and change what belongs to a unit: a piece, what hangs on it, a place, a contract."""
    return person.sight.has(*KEEPERS, unit=thing.unit_id)


def handle(person, thing) -> bool:
    """Move supplies and hand out keys: those who keep watch for the unit, and those who keep the register."""
    return person.sight.has(*HANDLERS, unit=thing.unit_id)


def confirm(person, key) -> bool:
    """Say that a key was received: whoever took it, and those at the desk."""
    return handle(person, key) or key.loans.out().filter(borrower=person).exists()


def call(person, thing) -> bool:
    """Whose numbers are there to be dialled: those who keep watch for the unit, repair or plan there; others see them masked."""
    return person.sight.has(*CALLERS, unit=thing.unit_id)


def read_story(person, thing) -> bool:
    """The whole story of a matter is for those who see what happens in the unit."""
    return person.sight.has(*SEEING, unit=thing.unit_id)


WALKERS = (Role.OFFICER, Role.LEADER, Role.MAINTAINER)
LEADERS = (Role.LEADER, Role.MANAGER)


def walk(person, thing) -> bool:
    """Walk a round: those who keep watch or maintain there, and the person it was planned for."""
    return thing.person_id == person.pk or person.sight.has(*WALKERS, unit=thing.unit_id)


def lead(person, thing) -> bool:
    return person.sight.has(*LEADERS, unit=thing.unit_id)


def approve(person, thing) -> bool:
    """Somebody who leads there and did not walk it."""
    return lead(person, thing) and thing.done_by_id != person.pk


def explain(person, thing) -> bool:
    """Say why a round was missed, or cancel one: whoever may walk it, and those who lead and plan there."""
    return walk(person, thing) or lead(person, thing)


def report(person, thing) -> bool:
    """Report a defect: everyone who reads the register there but does not only look on."""
    return person.sight.has(*CALLERS, unit=thing.unit_id)


def mend(person, thing) -> bool:
    """Take a defect in hand and mend it: maintainers, those who look after the piece, whoever was asked to."""
    if thing.mender_id == person.pk or person.sight.has(Role.MAINTAINER, Role.MANAGER, unit=thing.unit_id):
        return True
    return thing.pk is not None and thing.is_asked(person)


take = hand_on = mend


def come(person, thing) -> bool:
    """Only who has it in hand is on the way; with one that nobody has, whoever may take it."""
    return thing.mender_id in (None, person.pk) and mend(person, thing)


def fix(person, thing) -> bool:
    """Who has it in hand says what was done; a manager may write it down for them."""
    return come(person, thing) or person.sight.has(Role.MANAGER, unit=thing.unit_id)


def verify(person, thing) -> bool:
    """Look whether a repair holds: the watch. Who mended it, and a manager, only by an exception with a reason."""
    return person.sight.has(*WATCH, Role.MANAGER, unit=thing.unit_id)


assign = regrade = send_back = verify


def note(person, thing) -> bool:
    return mend(person, thing) or verify(person, thing)


call_out = note


def withdraw(person, thing) -> bool:
    """Once it is mended, the watch says whether it was none: not whoever mended it."""
    if thing.status == DefectStatus.FIXED:
        return verify(person, thing) and person.pk not in (thing.mender_id, thing.fixed_by_id)
    return note(person, thing)


def keep_terms(person, _thing=None) -> bool:
    """Terms of repair hold for everyone: who manages the whole sets them."""
    return keep_for_everyone(person, None)
