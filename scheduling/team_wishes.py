"""What the people of a unit wish, as people × days, and the days on which they cannot: for those who plan (A34)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from duty.clock import DAY, day_of, start_of
from duty.models import Person
from scheduling.models import Absence, Day, Exempt, Exemption, Member, Wanted, Wish
from scheduling.models.days import DayKind, days_between

CANNOT = "cannot"


@dataclass
class Cell:
    """One person on one day: duty, free, cannot, or nothing; and why, in words."""

    day: Day
    state: str = ""
    why: str = ""


@dataclass
class Row:
    person: Person
    note: str  # what they are spared for the whole of the period
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Team:
    """The sheet; `counts` has for each day how many would like duty, would rather not, and cannot."""

    days: list[Day]
    rows: list[Row]
    counts: list[tuple[Day, dict[str, int]]]


def team_of(unit_id: int, first: dt.date, last: dt.date) -> Team:
    """The pool of a unit from first to last; five queries however many they are."""
    days = list(days_between(first, last).values())
    pools = defaultdict(list)
    members = Member.objects.filter(unit=unit_id).between(first, last).select_related("person")
    for member in members.order_by("person__name_sort", "person_id"):
        pools[member.person].append(member)
    wishes, away, spared = _known({person.pk for person in pools}, first, last)
    rows = []
    for person, memberships in pools.items():
        why_not = away[person.pk] | _exempt(spared[person.pk], days) | _outside(person, memberships, days)
        row = Row(person, _spared_for_good(spared[person.pk]))
        for day in days:
            wish = wishes.get((person.pk, day.date))
            if day.date in why_not:
                row.cells.append(Cell(day, CANNOT, why_not[day.date]))
            elif wish:
                row.cells.append(
                    Cell(day, wish.wants, " · ".join(filter(None, (str(Wanted(wish.wants).label), wish.note))))
                )
            else:
                row.cells.append(Cell(day))
        rows.append(row)
    counts = [(day, _counted(row.cells[n].state for row in rows)) for n, day in enumerate(days)]
    return Team(days, rows, counts)


def _known(people: set[int], first: dt.date, last: dt.date) -> tuple[dict, dict, dict]:
    """({(person, day): wish}, {person: {day: why away}}, {person: exemptions})."""
    rows = Wish.objects.filter(person__in=people, date__range=(first, last))
    wishes = {(wish.person_id, wish.date): wish for wish in rows}
    away: dict[int, dict] = defaultdict(dict)
    rows = Absence.objects.standing().filter(person__in=people).between(start_of(first), start_of(last + DAY))
    for absence in rows:
        day, until = max(first, absence.from_on), min(last, day_of(absence.ends_at - dt.timedelta(microseconds=1)))
        while day <= until:
            away[absence.person_id][day] = f"{absence.get_kind_display()} ({absence.get_status_display()})"
            day += DAY
    spared = defaultdict(list)
    for exemption in Exemption.objects.filter(person__in=people, from_on__lte=last).exclude(until_on__lt=first):
        spared[exemption.person_id].append(exemption)
    return wishes, away, spared


def _exempt(exemptions: list[Exemption], days: list[Day]) -> dict[dt.date, str]:
    """Days that an exemption takes as a whole; nights are only a part of one."""
    found = {}
    for one in exemptions:
        for day in days:
            holds = one.from_on <= day.date and (one.until_on is None or day.date <= one.until_on)
            whole = (
                one.kind == Exempt.ALL
                or (one.kind == Exempt.HOLIDAYS and day.kind == DayKind.HOLIDAY)
                or (one.kind == Exempt.WEEKENDS and day.kind == DayKind.REST)
            )
            if holds and whole:
                found[day.date] = str(one.get_kind_display())
    return found


def _outside(person: Person, memberships: list[Member], days: list[Day]) -> dict[dt.date, str]:
    """Days on which they are not in the pool, or do not work here."""
    return {
        day.date: _("not in the pool")
        for day in days
        if not any(m.from_on <= day.date and (m.until_on is None or day.date <= m.until_on) for m in memberships)
        or (person.employed_until and day.date > person.employed_until)
    }


def _spared_for_good(exemptions: list[Exemption]) -> str:
    return " · ".join(str(one.get_kind_display()) for one in exemptions if one.kind == Exempt.NIGHTS)


def _counted(states) -> dict[str, int]:
    found = dict.fromkeys((*Wanted.values, CANNOT), 0)
    for state in states:
        if state:
            found[state] += 1
    return found
