"""A year in the life of forty people, the same for every planner: watches, leave, joiners, leavers, sickness, exemptions."""

import datetime as dt
import random
from dataclasses import dataclass, field, replace

from duty.clock import zone
from scheduling.calendar_seed import known_days
from scheduling.models.days import usual_kind
from scheduling.rules import Away, Duty, Limits, Membership, Someone, Validity
from scheduling.rules.facts import is_night

YEAR = 2026
FIRST, LAST = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
DAY = dt.timedelta(days=1)
LEADERS, OFFICERS = 8, 32
SCADA, GATE = 1, 2  # qualifications
LONG_AGO = dt.date(2015, 1, 1)
SICK_A_YEAR = 1.6  # sick calls per person, each at eight in the morning
COUNTED_FROM = 3  # days of sickness from which it takes days out of a share
# (post, name, hour it starts, hours, role, seats, seats on holidays, qualification)
WATCHES = (
    (1, "带班", 8, 24, "leader", 1, 1, None),
    (1, "日班", 8, 12, "primary", 1, 1, SCADA),
    (1, "日班", 8, 12, "secondary", 1, 2, None),
    (1, "夜班", 20, 12, "primary", 1, 1, SCADA),
    (1, "夜班", 20, 12, "secondary", 1, 1, None),
    (2, "夜班", 20, 12, "primary", 1, 1, GATE),
    (1, "备班", 8, 24, "reserve", 1, 1, None),
)
OFF_DAYS_ONLY = (2, "日班", 8, 12, "primary", 1, 1, GATE)


@dataclass
class House:
    """People as they really are through the year, and what of it is not known before it happens."""

    people: dict[int, Someone]
    duties: list[Duty]
    sick: list[tuple[dt.date, int, Away]] = field(default_factory=list)  # (day of the call, person, how long)
    limits: Limits = field(default_factory=Limits)

    def known(self, day: dt.date) -> dict[int, Someone]:
        """People as they are known on the morning of a day: sickness only once it was called in."""
        called: dict[int, list[Away]] = {}
        for date, person, away in self.sick:
            if date <= day:
                called.setdefault(person, []).append(away)
        return {
            p: replace(who, away=(*who.away, *called.get(p, ()))) if p in called else who
            for p, who in self.people.items()
        }


def house(seed: int = 1) -> House:
    chance = random.Random(f"year/{seed}")
    people = {number: _person(chance, number) for number in range(1, LEADERS + OFFICERS + 1)}
    made = House(people, duties())
    for number, who in people.items():
        for _call in range(_poisson(chance, SICK_A_YEAR)):
            first = FIRST + chance.randrange(365) * DAY
            days = chance.choice((1, 1, 2, 2, 3, 4, 6, 9))
            away = Away(at(first, 8), at(first + days * DAY), "sick", counts=days >= COUNTED_FROM)
            if not any(away.start < other.end and other.start < away.end for other in who.away):
                made.sick.append((first, number, away))
    made.sick.sort(key=lambda call: (call[0], call[1]))
    return made


def _person(chance: random.Random, number: int) -> Someone:
    leads = number <= LEADERS
    roles = frozenset({"leader"} if leads else {"primary", "secondary", "reserve"})
    joined = {11: dt.date(YEAR, 3, 9), 21: dt.date(YEAR, 6, 1), 31: dt.date(YEAR, 9, 14)}.get(number, LONG_AGO)
    left = {13: dt.date(YEAR, 4, 30), 23: dt.date(YEAR, 7, 19), 33: dt.date(YEAR, 10, 31)}.get(number)
    share = {14: 0.5, 24: 0.6, 34: 0.8}.get(number, 1.0)
    memberships = [Membership(roles, share, Validity(joined))]
    if number == 15:  # part-time from the middle of the year
        middle = dt.date(YEAR, 7, 1)
        memberships = [Membership(roles, 1.0, Validity(joined, middle - DAY)), Membership(roles, 0.6, Validity(middle))]
    exempt = {
        16: (("nights", Validity(LONG_AGO)),),
        26: (("nights", Validity(dt.date(YEAR, 4, 1), dt.date(YEAR, 9, 30))),),
        36: (("weekends", Validity(dt.date(YEAR, 2, 10))),),
        6: (("nights", Validity(dt.date(YEAR, 8, 1))),) if not leads else (),
    }.get(number, ())
    held = {kind: (Validity(LONG_AGO),) for kind, n in ((SCADA, 5), (GATE, 3)) if number % 8 < n}
    return Someone(
        number, f"P{number:02d}", tuple(memberships), Validity(LONG_AGO, left), qualified=held, exempt=exempt,
        away=_leave(chance, number),
    )  # fmt: skip


def _leave(chance: random.Random, number: int) -> tuple[Away, ...]:
    taken = []
    blocks = [(chance.randrange(365), chance.randint(3, 9)) for _ in range(3)]
    if number in (18, 28):  # a child; an operation
        blocks.append((70 if number == 18 else 200, 110 if number == 18 else 45))
    for first, days in blocks:
        start = FIRST + first * DAY
        away = Away(at(start), at(start + days * DAY), "leave")
        if not any(away.start < other.end and other.start < away.end for other in taken):
            taken.append(away)
    return tuple(taken)


def _poisson(chance: random.Random, mean: float) -> int:
    """By how many exponential gaps fit into one year."""
    count, passed = 0, chance.expovariate(mean)
    while passed < 1:
        count, passed = count + 1, passed + chance.expovariate(mean)
    return count


def at(date: dt.date, hour: int = 0) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour), zone())


def duties() -> list[Duty]:
    """Every seat of the year, by time."""
    named, found = known_days(YEAR).days, []
    for n in range((LAST - FIRST).days + 1):
        date = FIRST + n * DAY
        kind, name = named.get(date, (usual_kind(date), ""))
        watches = [*WATCHES, *([OFF_DAYS_ONLY] if kind in ("rest", "holiday") else [])]
        for post, title, hour, hours, role, seats, on_holidays, qualification in watches:
            start, end = at(date, hour), at(date, hour) + hours * dt.timedelta(hours=1)
            for place in range(on_holidays if kind == "holiday" else seats):
                found.append(
                    Duty(
                        key=f"{date} {post} {title} {role} {place}", date=date, start=start, end=end, post=post,
                        role=role, day_kind=str(kind), holiday=name if kind == "holiday" else "", name=title,
                        is_night=is_night(start, end), qualification=qualification, watch=(post, start),
                    )
                )  # fmt: skip
    return found
