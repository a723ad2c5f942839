"""The facts that rules speak of: duties, people, limits, and a plan that says who keeps which duty."""

import datetime as dt
from bisect import insort
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

HOUR = dt.timedelta(hours=1)
NIGHT = (22, 6)  # o'clock, local
NIGHT_HOURS = 3  # this much of it makes a duty a night duty

RESERVE, LEADER = "reserve", "leader"


@dataclass(frozen=True, slots=True)
class Validity:
    """Days from first to last, both included; no last day means for good."""

    first: dt.date
    last: dt.date | None = None

    def holds(self, date: dt.date) -> bool:
        return self.first <= date and (self.last is None or date <= self.last)


@dataclass(frozen=True, slots=True)
class Membership:
    """In the pool: for which seats, with which share of a full load (0 to 1), when."""

    roles: frozenset[str]
    share: float
    valid: Validity


@dataclass(frozen=True, slots=True)
class Away:
    """Not there from one instant to another. `counts`: these days are taken out of the person's share."""

    start: dt.datetime
    end: dt.datetime
    kind: str
    counts: bool = True


@dataclass(frozen=True)
class Someone:
    """One person, as far as duty is concerned."""

    id: int
    name: str
    memberships: tuple[Membership, ...] = ()
    employed: Validity = Validity(dt.date.min)
    is_active: bool = True
    qualified: Mapping[int, tuple[Validity, ...]] = field(default_factory=dict)
    exempt: tuple[tuple[str, Validity], ...] = ()
    away: tuple[Away, ...] = ()
    acting: tuple[tuple[dt.datetime, dt.datetime, str], ...] = ()  # stands in alone for someone: from, to, for whom
    wishes: Mapping[dt.date, str] = field(default_factory=dict)

    def works_on(self, date: dt.date) -> bool:
        return self.is_active and self.employed.holds(date)

    def membership_on(self, date: dt.date, role: str) -> Membership | None:
        return next((m for m in self.memberships if role in m.roles and m.valid.holds(date)), None)

    def holds(self, qualification: int, date: dt.date) -> bool:
        return any(valid.holds(date) for valid in self.qualified.get(qualification, ()))

    def exempt_from(self, kind: str, date: dt.date) -> bool:
        return any(which in (kind, "all") and valid.holds(date) for which, valid in self.exempt)


@dataclass(frozen=True, slots=True)
class Duty:
    """One seat of one watch. `key` names it in its plan; `watch` is the same for all seats of a watch."""

    key: Hashable
    date: dt.date
    start: dt.datetime
    end: dt.datetime
    post: int
    role: str
    day_kind: str = "workday"
    holiday: str = ""  # the statutory holiday's name
    name: str = ""
    mark: str = ""
    is_night: bool = False
    qualification: int | None = None
    watch: Hashable = None
    place: str = ""  # the post's name

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR

    def burdens(self) -> tuple[str, ...]:
        """The burden categories this duty counts in. Reserve is a burden of its own, not a duty among the others."""
        if self.role == RESERVE:
            return ("reserve",)
        found = ["total"]
        if self.is_night:
            found.append("night")
        if self.day_kind == "rest":
            found.append("weekend")
        elif self.day_kind == "holiday":
            found.append("holiday")
            if self.holiday:
                found.append(f"holiday:{self.holiday}")
        return tuple(found)


def is_night(start: dt.datetime, end: dt.datetime) -> bool:
    """Whether local times from start to end take in at least three hours between 22:00 and 06:00."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    inside = dt.timedelta()
    for day in range(-1, (end - start).days + 2):
        first = midnight + dt.timedelta(days=day, hours=NIGHT[0])
        last = midnight + dt.timedelta(days=day + 1, hours=NIGHT[1])
        inside = max(inside, min(end, last) - max(start, first))
    return inside >= NIGHT_HOURS * HOUR


@dataclass(frozen=True, slots=True)
class Limits:
    """The terms on which a unit keeps duty, as far as rules ask."""

    rest: dt.timedelta = 11 * HOUR
    days_in_row: int = 5
    nights_in_row: int = 2
    recommended_hours: float = 8
    spacing_days: int = 2
    rotation: str = "daily"
    leader_daily: bool = True
    whole_weekends: bool = False
    steady_pairs: bool = False

    def in_one_block(self, one: Duty, other: Duty) -> bool:
        """Whether the unit's rotation means the same person to keep both: Friday to Sunday, or a whole week."""
        if one.post != other.post or one.role != other.role or (one.role == LEADER and self.leader_daily):
            return False
        if self.rotation not in ("weekend", "weekly"):
            return False
        if one.date.isocalendar()[:2] != other.date.isocalendar()[:2]:
            return False
        return self.rotation == "weekly" or min(one.date.weekday(), other.date.weekday()) >= 4


@dataclass(frozen=True, slots=True)
class Break:
    """A rule that is not kept: by whom, on which duties, and the facts its sentence is made of."""

    rule: str
    person: int | None
    duties: tuple[Hashable, ...]
    facts: tuple[tuple[str, object], ...] = ()

    @property
    def key(self) -> tuple:
        return self.rule, self.person, self.duties


class Plan:
    """Who keeps which duty in a period, with what lies around it.

    `fixed` are duties outside of what is planned here: the days before and after, and other units' rosters. They count
    for every rule and are never moved. `since` is the first day of which duties are known at all, where that is known.
    """

    def __init__(
        self,
        first: dt.date,
        last: dt.date,
        duties: Iterable[Duty],
        people: Iterable[Someone],
        who: Mapping[Hashable, int | None] | None = None,
        fixed: Mapping[int, Iterable[Duty]] | None = None,
        limits: Limits | None = None,
        pinned: Iterable[Hashable] = (),
        since: dt.date | None = None,
    ):
        self.first, self.last = first, last
        self.since = since
        self.duties = {duty.key: duty for duty in duties}
        self.people = {person.id: person for person in people}
        self.limits = limits or Limits()
        self.fixed = {person: sorted(those, key=_by_time) for person, those in (fixed or {}).items()}
        self.pinned = set(pinned)
        self.who: dict[Hashable, int | None] = dict.fromkeys(self.duties)
        self._held = {person: list(self.fixed.get(person, ())) for person in self.people}
        for key, person in (who or {}).items():
            self.put(key, person)

    def held(self, person: int) -> list[Duty]:
        """Every duty of this person that is known here, planned or fixed, by time."""
        return self._held.setdefault(person, list(self.fixed.get(person, ())))

    def put(self, key: Hashable, person: int | None) -> None:
        """Seat this person on the duty instead of whoever sat there; None leaves it open."""
        duty, before = self.duties[key], self.who[key]
        if before is not None:
            self._held[before].remove(duty)
        self.who[key] = person
        if person is not None:
            insort(self.held(person), duty, key=_by_time)

    def open_duties(self) -> list[Duty]:
        return [duty for key, duty in self.duties.items() if self.who[key] is None]


def _by_time(duty: Duty):
    return duty.start, duty.end, str(duty.key)
