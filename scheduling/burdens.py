"""What everyone of a unit bore from one day to another, or is to bear: duties by sort, hours, and the fair share of them.

Counted in the database: a year of two hundred people is twelve thousand seats, and a page needs a few hundred numbers.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from duty.clock import DAY, start_of, zone
from scheduling.exposure import demand_of, exposures
from scheduling.fairness import Balance, share_of
from scheduling.gathering import people_for
from scheduling.rules.facts import RESERVE, Plan

# Seats kept for a unit, by person and sort; a night as `rules.facts.is_night` has it, a qualification as its pattern asks.
COUNTED = """
WITH seat AS (
    SELECT s.person_id, s.role, s.ends_at - s.starts_at AS span, s.starts_at <= %(at)s AS begun,
           s.starts_at AT TIME ZONE %(zone)s AS f, s.ends_at AT TIME ZONE %(zone)s AS t,
           (s.watch_starts_at AT TIME ZONE %(zone)s)::date AS d, shift.post_id, shift.name
    FROM scheduling_seat s JOIN scheduling_shift shift ON shift.matter_id = s.shift_id
    WHERE shift.unit_id = %(unit)s AND shift.removed_at IS NULL
      AND s.watch_starts_at >= %(since)s AND s.watch_starts_at < %(until)s
      AND shift.starts_at >= %(since)s AND shift.starts_at < %(until)s
), dated AS (
    SELECT seat.*, date_trunc('day', f) AS f0,
           coalesce(day.kind, CASE WHEN extract(isodow FROM d) >= 6 THEN 'rest' ELSE 'workday' END) AS kind,
           CASE WHEN day.kind = 'holiday' THEN day.name ELSE '' END AS holiday
    FROM seat LEFT JOIN scheduling_day day ON day.date = d
)
SELECT person_id, role, kind, holiday, begun,
       greatest(least(t, f0 + interval '6 h') - greatest(f, f0 - interval '2 h'),
                least(t, f0 + interval '30 h') - greatest(f, f0 + interval '22 h'),
                least(t, f0 + interval '54 h') - greatest(f, f0 + interval '46 h')) >= interval '3 h',
       (SELECT asked.qualification_id FROM scheduling_patternseat asked
        JOIN scheduling_pattern pattern ON pattern.id = asked.pattern_id
        WHERE pattern.post_id = dated.post_id AND pattern.name = dated.name AND asked.role = dated.role
          AND asked.qualification_id IS NOT NULL AND pattern.from_on <= d
          AND (pattern.until_on IS NULL OR pattern.until_on >= d) AND dated.kind = ANY(pattern.day_kinds) LIMIT 1),
       count(*), extract(epoch FROM sum(span)) / 3600
FROM dated GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


@dataclass
class Borne:
    """One person's part in the period."""

    person: int
    name: str
    hours: float = 0.0
    reserve_hours: float = 0.0
    ahead: int = 0  # of the duties, reserve included, those that have not begun
    holidays: Counter = field(default_factory=Counter)  # by name

    @property
    def named(self) -> list[tuple[str, int]]:
        return sorted(self.holidays.items())


@dataclass
class Burdens:
    unit_id: int
    first: dt.date
    last: dt.date
    fair: Balance
    borne: dict[int, Borne]

    @property
    def rows(self) -> list[Borne]:
        return list(self.borne.values())

    @property
    def sorts(self) -> list[str]:
        """The categories that are shown as columns."""
        return [category for category in self.fair.categories if ":" not in category]

    @property
    def hours(self) -> float:
        return sum(one.hours for one in self.borne.values())

    @property
    def ahead(self) -> int:
        return sum(one.ahead for one in self.borne.values())

    def ends(self, category: str) -> tuple[Borne, Borne] | None:
        """(who bore the least, who bore the most) against their share."""
        concerned = self.fair.eligible(category)
        if not concerned:
            return None
        order = sorted(concerned, key=lambda p: self.fair.deviation(p, category))
        return self.borne[order[0]], self.borne[order[-1]]


def burdens_of(unit_id: int, first: dt.date, last: dt.date, at: dt.datetime) -> Burdens:
    """The published duties of a unit that begin in these days, both kept and to come, with everyone's share by exposure."""
    asked = {"at": at, "zone": str(zone()), "unit": unit_id, "since": start_of(first), "until": start_of(last + DAY)}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, asked)
        rows = cursor.fetchall()
    people = people_for(unit_id, first, last, {row[0] for row in rows}, for_shares=True)
    plan = Plan(first, last, (), people, since=first)  # the period alone: no ledger, nobody credited
    borne = {person.id: Borne(person.id, person.name) for person in people}
    load: Counter = Counter()
    duties = []
    for person, role, kind, holiday, begun, night, qualification, count, hours in rows:
        sorts = _sorts(role, kind, holiday, night)
        duties.append((role, qualification, night, kind, sorts, count))
        for sort in sorts:
            load[person, sort] += count
        one = borne[person]
        one.ahead += 0 if begun else count
        if role == RESERVE:
            one.reserve_hours += float(hours)
        else:
            one.hours += float(hours)
            if holiday:
                one.holidays[holiday] += count
    demand = demand_of(plan, duties)
    categories = {category for wanted in demand.values() for category in wanted}
    exposure = exposures(plan, categories)
    here = {p for p, _category in load} | {p for (p, _category), days in exposure.items() if days}
    fair = share_of(plan, demand, load, exposure)
    fair.people = tuple(person for person in fair.people if person in here)
    return Burdens(unit_id, first, last, fair, {p: one for p, one in borne.items() if p in here})


def _sorts(role: str, kind: str, holiday: str, night: bool) -> list[str]:
    """What `Duty.burdens` says of one duty."""
    if role == RESERVE:
        return ["reserve"]
    off = {"rest": ["weekend"], "holiday": ["holiday"]}.get(kind, [])
    named = [f"holiday:{holiday}"] if holiday else []
    return ["total", *(["night"] if night else []), *off, *named]
