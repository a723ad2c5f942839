"""A roster by date: each day its watches, each watch who sits where. The month, the list and the paper are made of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from duty.clock import from_to, local
from duty.models import Person
from scheduling.models import Day, Post, Roster, SeatRole
from scheduling.models.days import days_between
from scheduling.models.laying import Laid
from scheduling.models.shifts import SEAT_ORDER
from scheduling.rules.facts import is_night
from scheduling.sheet import slots_of


@dataclass
class Place:
    """One seat of a watch; nobody's name is there while it is open."""

    slot: Laid
    name: str = ""
    part: str = ""  # the hours, where it is for a part of the watch

    @property
    def role(self) -> str:
        return self.slot.role

    @property
    def role_name(self) -> str:
        return str(SeatRole(self.slot.role).label)

    @property
    def person(self) -> int | None:
        return self.slot.person_id


@dataclass
class Watch:
    """One watch of one day with its seats, leader first."""

    post: Post
    name: str
    mark: str
    start: dt.datetime
    end: dt.datetime
    shift: int | None
    places: list[Place] = field(default_factory=list)

    @property
    def hours(self) -> str:
        return from_to(self.start, self.end)

    @property
    def sort(self) -> str:
        return "night" if is_night(local(self.start), local(self.end)) else "day"

    @property
    def is_open(self) -> bool:
        return any(place.person is None for place in self.places)

    def of(self, role: str) -> list[Place]:
        return [place for place in self.places if place.role == role]

    @property
    def by_role(self) -> list[tuple[str, list[Place]]]:
        """(role, its seats) in order, for the four of them."""
        return [(role, self.of(role)) for role in SEAT_ORDER]

    def keeps(self, person: int) -> bool:
        return any(place.person == person for place in self.places)


@dataclass
class Date:
    day: Day
    watches: list[Watch] = field(default_factory=list)

    @property
    def date(self) -> dt.date:
        return self.day.date

    @property
    def sort(self) -> str:
        return {"holiday": "ho", "rest": "we"}.get(self.day.kind, "")


@dataclass
class Daybook:
    roster: Roster
    dates: dict[dt.date, Date]

    @property
    def watches(self) -> list[Watch]:
        return [watch for date in self.dates.values() for watch in date.watches]

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        """(person, name) of everyone who sits on it, as they stand in the daybook."""
        return list({p.person: p.name for w in self.watches for p in w.places if p.person}.items())

    @cached_property
    def posts(self) -> list[Post]:
        return sorted({watch.post for watch in self.watches}, key=lambda post: (post.order, post.pk))

    @property
    def open(self) -> int:
        return sum(place.person is None for watch in self.watches for place in watch.places)

    def only(self, person: int | None = None, post: int | None = None) -> "Daybook":
        """Those watches that this person keeps, or that are kept at this post."""
        dates = {}
        for when, date in self.dates.items():
            watches = [w for w in date.watches if (post is None or w.post.pk == post)]
            watches = [w for w in watches if person is None or w.keeps(person)]
            if watches:
                dates[when] = Date(date.day, watches)
        return Daybook(self.roster, dates)

    def weeks(self) -> list[list[tuple[dt.date, Date | None]]]:
        """Whole weeks, Monday first; the days beside the roster have nothing on them."""
        here = self.roster.first_on - dt.timedelta(days=self.roster.first_on.weekday())
        found = []
        while here <= self.roster.last_on:
            dates = [here + dt.timedelta(days=n) for n in range(7)]
            found.append([(date, self.dates.get(date)) for date in dates])
            here += dt.timedelta(days=7)
        return found


def daybook_of(roster: Roster, at: dt.datetime) -> Daybook:
    """The draft, or what is published of the roster, by date; a handful of queries whatever its length."""
    return daybook_from(roster, slots_of(roster, at))


def daybook_from(roster: Roster, slots: Iterable[Laid]) -> Daybook:
    slots = list(slots)
    names = dict(Person.objects.filter(pk__in={slot.person_id for slot in slots} - {None}).values_list("pk", "name"))
    dates = {when: Date(day) for when, day in days_between(roster.first_on, roster.last_on).items()}
    watches: dict[tuple, list[Laid]] = defaultdict(list)
    for slot in slots:
        watches[slot.date, slot.watch].append(slot)
    for (when, _key), seats in watches.items():
        dates[when].watches.append(_watch(seats, names))
    for date in dates.values():
        date.watches.sort(key=lambda watch: (watch.start, watch.post.order, watch.post.pk))
    return Daybook(roster, dates)


def _watch(seats: list[Laid], names: dict[int, str]) -> Watch:
    """Its hours are those of its seats taken together: parts that were taken over make up the whole."""
    first = seats[0]
    start, end = min(slot.starts_at for slot in seats), max(slot.ends_at for slot in seats)
    watch = Watch(first.post, first.name, first.mark, start, end, first.shift_id)
    for slot in sorted(seats, key=lambda one: (SEAT_ORDER[one.role], one.starts_at, one.place)):
        is_part = (slot.starts_at, slot.ends_at) != (start, end)
        part = from_to(slot.starts_at, slot.ends_at) if is_part else ""
        watch.places.append(Place(slot, names.get(slot.person_id, ""), part))
    return watch
