"""Absences and swaps of the sample organisation: asked, covered and approved, filed as away, ill some weeks ago; two offers."""

from django.db import connection

from duty.clock import DAY, HOUR, day_of, start_of
from duty.models import Person
from duty.sample import House
from scheduling.models import Absence, Seat, Swap
from scheduling.takers import eligible, offered


def load(house: House) -> None:
    ill(house)
    away_on_business(house)
    covered(house)
    asked(house)
    offers(house)
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT)


# What was told before the sample was loaded has long arrived.
ALREADY_SENT = """
UPDATE duty_delivery d SET state = 'sent', sent_at = n.created_at, attempts = 1 FROM duty_notice n
JOIN duty_matter m ON m.id = n.matter_id
WHERE n.id = d.notice_id AND d.state = 'queued'
AND m.kind IN ('scheduling.absence', 'scheduling.swap', 'scheduling.shift')
"""


def _absence(house: House, name: str, kind: str, first, last, **more) -> Absence:
    return Absence(person=house.people[name], kind=kind, from_on=first, until_on=last, **more)


def _duty(house: House, name: str, days: int, watch: str = "") -> Seat:
    """The person's first duty, on watches of that name, that begins so many days ahead or later."""
    seats = Seat.objects.filter(person=house.people[name], starts_at__gt=house.at + days * DAY)
    seats = seats.filter(shift__name=watch) if watch else seats
    return seats.select_related("shift__post", "person").order_by("starts_at").first()


def _substitute(seat: Seat, at) -> Person:
    best = offered(seat.shift, seat.role, at, (seat.starts_at, seat.ends_at), {seat.person_id})[0]
    return Person.objects.get(pk=best["pk"])


def ill(house: House) -> None:
    """Three weeks ago, for two days; the duties were taken over at once."""
    manager = house.people["谢婷"]
    at = start_of(day_of(house.at - 20 * DAY)) + 10 * HOUR  # at an hour when no watch is about to end
    absence = _absence(house, "许晴", "sick", day_of(at), day_of(at) + DAY, reason="发热")
    for gap in absence.record(by=manager, at=at):
        span = gap.span
        people = offered(gap.shift, gap.role, at, span, {absence.person_id})
        if people:
            gap.shift.fill(gap, Person.objects.get(pk=people[0]["pk"]), by=manager, at=at + HOUR / 3)
    absence.come_back(by=absence.person, at=min(absence.ends_at, house.at) - 4 * HOUR)


def away_on_business(house: House) -> None:
    head, deputy, at = house.people["于海"], house.people["余波"], house.at - 30 * HOUR
    absence = _absence(
        house, "于海", "away", day_of(house.at) + 2 * DAY, day_of(house.at) + 4 * DAY,
        place="西安，安防展会", reason="参会", acting=deputy, acting_phone=deputy.mobile,
    )  # fmt: skip
    absence.ask(by=head, at=at)
    absence.approve(by=house.people["高远"], at=at + 2 * HOUR)


def covered(house: House) -> None:
    """A day off in a week's time, and the duty inside it is someone else's by now."""
    seat, at = _duty(house, "吴昊", 8, "日班"), house.at - 28 * HOUR
    day = day_of(seat.starts_at)
    absence = _absence(house, "吴昊", "leave", day, day + DAY, reason="探亲")
    absence.ask(by=seat.person, at=at)
    for duty in absence.duties(at):
        taker = _substitute(duty, at)
        swap = Swap(shift=duty.shift, role=duty.role, giver=duty.person, asked=taker, absence=absence, reason="探亲")
        swap.span = absence.part_of(duty)
        swap.offer(by=duty.person, at=at + HOUR / 2)
        swap.take(by=taker, at=at + 2 * HOUR)
        swap.approve(by=house.people["谢婷"], at=at + 3 * HOUR)
    absence.approve(by=house.people["周敏"], at=at + 4 * HOUR)


def asked(house: House) -> None:
    """A day off that nobody has answered yet: the duty inside it has no substitute."""
    seat = _duty(house, "郑爽", 6)
    day = day_of(seat.starts_at)
    absence = _absence(house, "郑爽", "leave", day, day, reason="搬家")
    absence.ask(by=seat.person, at=house.at - 2 * HOUR)


def offers(house: House) -> None:
    """One is asked of the officer whose login is given out, the other of everyone who may."""
    at, asked = house.at - 3 * HOUR, house.people["韩雪"]
    for name, days, to, reason in (("王芳", 4, asked, "孩子家长会"), ("陈立", 5, None, "体检")):
        seat, people = _takeable(house, name, days, at, to)
        swap = Swap(shift=seat.shift, role=seat.role, giver=seat.person, asked=to, reason=reason)
        swap.offer(by=seat.person, at=at, told=people)


def _takeable(house: House, name: str, days: int, at, to) -> tuple[Seat, list[int]]:
    """A duty ahead that somebody, or the one who is asked, may take; else the first."""
    seats = Seat.objects.filter(person=house.people[name], starts_at__gt=house.at + days * DAY)
    seats = list(seats.select_related("shift__post", "person").order_by("starts_at")[:3])
    for seat in seats:
        people = eligible(seat.shift, seat.role, at, (seat.starts_at, seat.ends_at))
        if to.pk in people if to else people:
            return seat, people
    return seats[0], []
