"""Who may do what with an incident. Seeing is `visible_to`; these are the verbs."""

from duty.access import with_role
from duty.models import Role

HANDLERS = (Role.OFFICER, Role.LEADER)
KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
keepers = with_role(*KEEPERS)


def log(person, unit) -> bool:
    """Those who keep watch for a unit write down what happens there."""
    return person.sight.has(*HANDLERS, unit=unit.pk)


def note(person, incident) -> bool:
    return person.sight.has(*HANDLERS, unit=incident.unit_id)


press = amend = regrade = close = reopen = acknowledge_by_phone = reveal_contact = note


equip = note  # issue supplies and hand out keys for it


def acknowledge(person, incident) -> bool:
    """Leaders of the unit, and whoever was asked, wherever they are."""
    if person.sight.has(Role.LEADER, unit=incident.unit_id):
        return True
    notices = incident.matter.notices.all()
    return any(notice.recipient_id == person.pk and notice.needs_acknowledgement for notice in notices)


instruct = acknowledge


def edit(person, standard) -> bool:
    """The severity standard belongs to those who manage the whole."""
    return person.sight.has(*KEEPERS, unit=standard.unit_id)


publish = edit


def keep(person, line) -> bool:
    """The register of duty lines."""
    return person.sight.has(*KEEPERS, unit=line.unit_id)
