"""A pool of people who may cover for each other, and short ways to say what is asked in tests of leave and swaps."""

import datetime as dt

from conftest import local, make_person
from duty.models import Deadline, Notice, Role
from scheduling.models import Absence, Member, Seat, Swap
from scheduling.models.shifts import keepers

ROLES = ["leader", "primary", "secondary", "reserve"]


def join(unit, *people):
    for person in people:
        Member.objects.create(unit=unit, person=person, roles=ROLES, from_on=dt.date(2026, 1, 1))


def make_colleague(house, name, **more):
    person = make_person(name, house["ops"], Role.OFFICER, **more)
    join(house["ops"], person)
    return person


def seat_of(shift, person) -> Seat:
    return Seat.objects.get(shift=shift, person=person)


def make_absence(person, first, last, by=None, at=None, kind="leave", halves=("am", "pm"), **more) -> Absence:
    absence = Absence(
        person=person, kind=kind, from_on=dt.date.fromisoformat(first), from_half=halves[0],
        until_on=dt.date.fromisoformat(last), until_half=halves[1], **more,
    )  # fmt: skip
    absence.ask(by=by or person, at=at)
    return absence


def make_swap(seat, at, by=None, to=None, counter=None, span=None, told=(), **more) -> Swap:
    swap = Swap(shift=seat.shift, role=seat.role, giver=seat.person, asked=to, **more)
    if counter:
        swap.counter_shift, swap.counter_role, swap.asked = counter.shift, counter.role, counter.person
    swap.span = span
    swap.offer(by=by or seat.person, at=at, told=told)
    return swap


def on_duty(moment: str) -> set:
    """{(role, name)} at a local time."""
    from duty.models import Person

    names = dict(Person.objects.values_list("pk", "name"))
    return {(keeper.role, names[keeper.person_id]) for keeper in keepers(local(moment)) if keeper.person_id}


def owed(subject, kind):
    return Deadline.objects.open().filter(matter_id=subject.pk, kind=kind).first()


def told(person, subject=None) -> list[str]:
    rows = Notice.objects.filter(recipient=person).order_by("id")
    return [row.title for row in (rows.filter(matter_id=subject.pk) if subject else rows)]
