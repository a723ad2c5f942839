"""The pool of a unit at a glance: each person with what bears on their duty, in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from duty.clock import DAY, day_of, start_of
from duty.models import Person
from scheduling.models import Absence, Exemption, Member, Qualified, Seat


@dataclass
class Line:
    """One membership with what else is to be known of the person."""

    member: Member
    qualified: list[tuple[Qualified, str, str]] = field(default_factory=list)  # with colour and word
    exemptions: list[Exemption] = field(default_factory=list)
    absence: Absence | None = None
    duties: list[Seat] = field(default_factory=list)

    @property
    def last_on(self) -> dt.date | None:
        """The last day on which this person can keep duty here."""
        days = [self.member.until_on, self.member.person.employed_until]
        return min((day for day in days if day), default=None)

    @property
    def orphaned(self) -> list[Seat]:
        """Duties that begin after that day: someone else has to keep them."""
        if self.last_on is None:
            return []
        return [seat for seat in self.duties if seat.starts_at >= start_of(self.last_on + DAY)]

    @property
    def next_duty(self) -> Seat | None:
        return self.duties[0] if self.duties else None


def lines_of(members: list[Member], at: dt.datetime) -> list[Line]:
    people, today = {member.person_id for member in members}, day_of(at)
    held, exempt, away, duties = held_by(people, today), exempt_now(people, today), {}, defaultdict(list)
    absences = Absence.objects.standing().filter(person__in=people, ends_at__gt=at).order_by("starts_at")
    for absence in absences:
        away.setdefault(absence.person_id, absence)
    seats = Seat.objects.filter(person__in=people, starts_at__gt=at, shift__removed_at__isnull=True)
    for seat in seats.select_related("shift__post").order_by("starts_at"):
        duties[seat.person_id, seat.shift.unit_id].append(seat)
    lines = []
    for member in members:
        who = member.person_id
        line = Line(member, held[who], exempt[who], away.get(who), duties[who, member.unit_id])
        lines.append(line)
    return lines


def held_by(people: set[int], today: dt.date) -> dict[int, list]:
    """{person: [(record, colour, word)]} of what stands."""
    found = defaultdict(list)
    for row in Qualified.objects.standing().filter(person__in=people).select_related("qualification"):
        found[row.person_id].append((row, *row.state(today)))
    return found


def exempt_now(people: set[int], today: dt.date) -> dict[int, list[Exemption]]:
    """{person: exemptions in force or to come}."""
    found = defaultdict(list)
    rows = Exemption.objects.filter(person__in=people).exclude(until_on__lt=today)
    for row in rows.select_related("granted_by").order_by("from_on"):
        found[row.person_id].append(row)
    return found


def duties_left(person: Person, at: dt.datetime) -> list[Seat]:
    """This person's duties from now on; `seat.orphaned` where they will have left the pool or the house by then."""
    seats = Seat.objects.filter(person=person, ends_at__gt=at).select_related("shift__post", "shift__unit")
    members = list(Member.objects.filter(person=person))
    found = []
    for seat in seats.order_by("starts_at"):
        day = day_of(seat.starts_at)
        mine = [member for member in members if member.unit_id == seat.shift.unit_id]
        gone = bool(mine) and all(member.until_on and member.until_on < day for member in mine)
        seat.orphaned = gone or bool(person.employed_until and person.employed_until < day)
        found.append(seat)
    return found
