"""Who may do what with watches, absences and swaps."""

from django.db.models import Q

from duty.access import with_role
from duty.clock import day_of
from duty.models import Person, Role, Unit
from scheduling.models import Member
from scheduling.recipients import heads_above

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


# Absences


def plans(person, unit_id: int) -> bool:
    return person.sight.has(*PLANNERS, unit=unit_id)


def record_for(person, other) -> bool:
    """File or record an absence for someone: their superior, a head above them, or who plans their unit's duty."""
    if person.pk == other.pk:
        return False
    return other.superior_id == person.pk or plans(person, other.unit_id) or person.pk in heads_above(other.unit_id)


def decide(person, absence) -> bool:
    """Approve or decline: never one's own."""
    return record_for(person, absence.person)


def refile(person, absence) -> bool:
    """Change or withdraw it, or say that they are back."""
    return person.pk in (absence.person_id, absence.asked_by_id) or decide(person, absence)


def read_reason(person, absence) -> bool:
    """Why someone is away is theirs, and of those who decide."""
    return refile(person, absence) or person.pk == absence.decided_by_id


# Swaps and open seats


def cover(person, shift) -> bool:
    """Take someone off a watch, fill an open seat: planners, and the heads above."""
    return plans(person, shift.unit_id) or person.pk in heads_above(shift.unit_id)


def take_open(person, shift) -> bool:
    """Take an open seat by oneself: who is in the pool of the unit on that day; the rules say whether they fit."""
    day = day_of(shift.starts_at)
    return Member.objects.filter(unit=shift.unit_id, person=person).between(day, day).exists()


def give(person, seat) -> bool:
    """Offer a duty: one's own, or for someone."""
    return seat.person_id == person.pk or cover(person, seat.shift)


def take(person, swap) -> bool:
    """The one who was asked, or anyone it was offered to."""
    if person.pk == swap.giver_id:
        return False
    return person.pk == swap.asked_id if swap.asked_id else person.pk in swap.told_of_it()


def turn_down(person, swap) -> bool:
    return person.pk == swap.asked_id


def call_off(person, swap) -> bool:
    return person.pk in (swap.giver_id, swap.offered_by_id) or cover(person, swap.shift)


def settle_swap(person, swap) -> bool:
    """Approve or refuse: who may cover the watch and takes no part in it."""
    return person.pk not in (swap.giver_id, swap.taker_id) and cover(person, swap.shift)
