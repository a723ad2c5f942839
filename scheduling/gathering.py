"""From the database to the facts that rules and fairness speak of, in a handful of queries whatever the size."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from duty.clock import DAY, HOUR, day_of, local, start_of, zone
from duty.models import Person, Unit
from scheduling.exposure import HOLIDAY_YEARS, WINDOW_DAYS, Key
from scheduling.models import Absence, AbsenceKind, Exemption, Member, PatternSeat, Qualified, Seat, Shift, Terms, Wish
from scheduling.models.days import days_between
from scheduling.rules.facts import Away, Duty, Limits, Membership, Plan, Someone, Validity, is_night

WEEKENDS = 21  # days that the rule on weekends looks back
AROUND = 35 * DAY  # how far before and after a period its rows of days can reach
MEMBER = (
    "person_id", "roles", "percent", "from_on", "until_on",
    *(f"person__{name}" for name in ("name", "name_sort", "is_active", "employed_from", "employed_until")),
)  # fmt: skip
OF_HEAD = Exists(Unit.objects.filter(head=OuterRef("person")))


def limits_of(terms: Terms) -> Limits:
    return Limits(
        rest=terms.rest_hours * HOUR,
        days_in_row=terms.days_in_row,
        nights_in_row=terms.nights_in_row,
        recommended_hours=terms.recommended_hours,
        spacing_days=terms.spacing_days,
        rotation=terms.rotation,
        leader_daily=terms.leader_daily,
        whole_weekends=terms.whole_weekends,
        steady_pairs=terms.steady_pairs,
    )


def duties_of(slots: Iterable, first: dt.date, last: dt.date) -> list[Duty]:
    """The seats of a draft as duties; each keeps its slot's id as key. Their posts must be at hand."""
    days, nights = days_between(first, last), Nights()
    return [
        Duty(
            key=slot.pk,
            date=slot.date,
            start=slot.starts_at,
            end=slot.ends_at,
            post=slot.post_id,
            role=slot.role,
            day_kind=days[slot.date].kind,
            holiday=days[slot.date].holiday,
            name=slot.name,
            mark=slot.mark,
            is_night=nights[slot.starts_at, slot.ends_at],
            qualification=slot.qualification_id,
            watch=(slot.post_id, slot.starts_at),
            place=slot.post.name,
        )
        for slot in slots
    ]


class Nights(dict):
    """{(start, end): whether that is a night duty}, worked out once for each span: a month of watches has few."""

    def __missing__(self, span: tuple[dt.datetime, dt.datetime]) -> bool:
        found = self[span] = is_night(local(span[0]), local(span[1]))
        return found


PLAIN = (
    "id", "person_id", "role", "starts_at", "ends_at", "watch_starts_at",
    "shift_id", "shift__post_id", "shift__name", "shift__post__name",
)  # fmt: skip


class Kept(NamedTuple):
    """A published seat as a duty, with who sits there and on which watch."""

    person: int
    duty: Duty
    shift: int


def kept(seats: QuerySet[Seat]) -> list[Kept]:
    """Published seats as duties; each duty's key is ("seat", id). Read as plain rows: a month has thousands."""
    rows = list(seats.values_list(*PLAIN))
    if not rows:
        return []
    starts = {start: day_of(start) for start in {row[5] for row in rows}}
    days, nights = days_between(min(starts.values()), max(starts.values())), Nights()
    found = []
    for pk, person, role, start, end, watch_start, shift, post, name, place in rows:
        day = days[starts[watch_start]]
        duty = Duty(
            key=("seat", pk),
            date=day.date,
            start=start,
            end=end,
            post=post,
            role=role,
            day_kind=day.kind,
            holiday=day.holiday,
            name=name,
            is_night=nights[start, end],
            watch=(post, watch_start),
            place=place,
        )
        found.append(Kept(person, duty, shift))
    return found


def plan_of(
    unit_id: int,
    first: dt.date,
    last: dt.date,
    duties: Iterable[Duty],
    who: Mapping[Hashable, int | None],
    *,
    replaced: Iterable[int] = (),
    pinned: Iterable[Hashable] = (),
) -> Plan:
    """The plan of a unit's period: its pool, whoever sits there now, and what they keep around and elsewhere.

    `replaced` are published shifts that these duties stand for: their seats are not counted a second time.
    """
    seated = {person for person in who.values() if person is not None}
    people, limits, replaced = people_for(unit_id, first, last, seated), limits_of(Terms.of(unit_id)), set(replaced)
    reach = (max(limits.days_in_row, limits.nights_in_row, WEEKENDS) + 1) * DAY
    around = Seat.objects.between(start_of(first) - reach, start_of(last) + reach)
    fixed = defaultdict(list)
    theirs = around.filter(person__in=[person.id for person in people])
    for person, duty, _shift in kept(theirs.exclude(shift__in=replaced) if replaced else theirs):
        fixed[person].append(duty)
    return Plan(first, last, duties, people, who, fixed, limits, pinned, known_since(unit_id, first))


def known_since(unit_id: int, first: dt.date) -> dt.date:
    """The first day of which watches of the unit are known; where none are, the first that is planned."""
    earliest = Shift.objects.live().filter(unit=unit_id).aggregate(first=Min("starts_at"))["first"]
    return day_of(earliest) if earliest else first


def published_plan(unit_id: int, first: dt.date, last: dt.date) -> Plan:
    """The published watches of a unit that begin in these days, as a plan; its keys are ("seat", id)."""
    seats = (
        Seat.objects.filter(shift__unit=unit_id, shift__removed_at__isnull=True)
        .filter(watch_starts_at__gte=start_of(first), watch_starts_at__lt=start_of(last + DAY))
    )  # fmt: skip
    held = kept(seats)
    wanted = qualifications_asked(unit_id, first, last)
    duties = [replace(duty, qualification=asked) if (asked := wanted(duty)) else duty for _person, duty, _shift in held]
    who = {duty.key: person for person, duty, _shift in held}
    return plan_of(unit_id, first, last, duties, who, replaced={shift for _person, _duty, shift in held})


def qualifications_asked(unit_id: int, first: dt.date, last: dt.date):
    """A function from a duty to the qualification that its pattern asks for on that day, if any."""
    asked = defaultdict(list)
    seats = PatternSeat.objects.filter(qualification__isnull=False, pattern__post__unit=unit_id)
    in_force = Q(pattern__until_on__isnull=True) | Q(pattern__until_on__gte=first)
    for seat in seats.filter(in_force, pattern__from_on__lte=last).select_related("pattern"):
        asked[seat.pattern.post_id, seat.pattern.name, seat.role].append(seat)

    def wanted(duty: Duty) -> int | None:
        for seat in asked.get((duty.post, duty.name, duty.role), ()):
            if seat.pattern.holds_on(duty.date, duty.day_kind):
                return seat.qualification_id
        return None

    return wanted


def people_for(
    unit_id: int, first: dt.date, last: dt.date, besides: Iterable[int] = (), *, for_shares: bool = False
) -> list[Someone]:
    """Everyone who was in a unit's pool at any time that counts for its shares, and those who sit there besides.

    `for_shares`: what no share depends on, wishes and standing in for a leader, is not asked for.
    """
    begin, terms = first - WINDOW_DAYS * DAY, Terms.of(unit_id)
    memberships = list(Member.objects.filter(unit=unit_id).between(begin, last).select_related("person").only(*MEMBER))
    known = {m.person_id: m.person for m in memberships if m.until_on is None or m.until_on >= first}
    if others := set(besides) - set(known):
        known |= Person.objects.in_bulk(others)
    everyone = set(known)
    members = defaultdict(list)
    for member in memberships:
        members[member.person_id].append(member)
    qualified, exempt, away, wishes = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(dict)
    acting = defaultdict(list)
    for held in Qualified.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=begin), person__in=everyone):
        ends = [day for day in (held.until_on, held.revoked_at and day_of(held.revoked_at) - DAY) if day]
        qualified[held.person_id].append((held.qualification_id, Validity(held.from_on, min(ends, default=None))))
    for one in Exemption.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=begin), person__in=everyone):
        exempt[one.person_id].append((one.kind, Validity(one.from_on, one.until_on)))
    since, until = start_of(begin), start_of(last) + AROUND
    concerned = Q(person__in=everyone)
    if not for_shares:
        concerned |= Q(acting__in=everyone, of_head=True)
    absences = Absence.objects.counted().between(since, until).annotate(of_head=OF_HEAD, absent=F("person__name"))
    for absence in absences.filter(concerned):
        start, end = absence.starts_at, absence.ends_at
        if absence.person_id in everyone:
            short = absence.kind == AbsenceKind.SICK and end - start < terms.sick_days_counted * DAY
            away[absence.person_id].append(Away(local(start), local(end), absence.kind, counts=not short))
        if absence.of_head and absence.acting_id in everyone:
            acting[absence.acting_id].append((start, end, absence.absent))
    wished = Wish.objects.filter(person__in=() if for_shares else everyone, date__range=(first, last))
    for wish in wished:
        wishes[wish.person_id][wish.date] = wish.wants
    return [
        Someone(
            id=person.pk,
            name=person.name,
            memberships=tuple(_membership(member) for member in members[person.pk]),
            employed=Validity(person.employed_from or dt.date.min, person.employed_until),
            is_active=person.is_active,
            qualified=_by_kind(qualified[person.pk]),
            exempt=tuple(exempt[person.pk]),
            away=tuple(away[person.pk]),
            acting=tuple(acting[person.pk]),
            wishes=wishes[person.pk],
        )
        for person in sorted(known.values(), key=lambda one: (one.name_sort, one.pk))
    ]


def _membership(member: Member) -> Membership:
    return Membership(frozenset(member.roles), member.percent / 100, Validity(member.from_on, member.until_on))


def _by_kind(held: list[tuple[int, Validity]]) -> dict[int, tuple[Validity, ...]]:
    found = defaultdict(tuple)
    for kind, valid in held:
        found[kind] += (valid,)
    return dict(found)


# Duties done, by person and sort; a night is what `rules.facts.is_night` calls one. Many sit on each watch: what it
# counts as is worked out once for it.
TALLY = """
WITH seat AS (
    SELECT person_id, role = 'reserve' AS reserve, starts_at, ends_at, watch_starts_at
    FROM scheduling_seat WHERE person_id = ANY(%(people)s) AND starts_at >= %(since)s AND starts_at < %(until)s
), span AS MATERIALIZED (
    SELECT starts_at, ends_at, watch_starts_at, date_trunc('day', f)::date >= %(begin)s AS recent,
           greatest(least(t, f0 + interval '6 h') - greatest(f, f0 - interval '2 h'),
                    least(t, f0 + interval '30 h') - greatest(f, f0 + interval '22 h'),
                    least(t, f0 + interval '54 h') - greatest(f, f0 + interval '46 h')) >= interval '3 h' AS night,
           coalesce(day.kind, CASE WHEN extract(isodow FROM d) >= 6 THEN 'rest' ELSE 'workday' END) AS kind,
           CASE WHEN day.kind = 'holiday' THEN day.name ELSE '' END AS holiday
    FROM (SELECT *, starts_at AT TIME ZONE %(zone)s AS f, date_trunc('day', starts_at AT TIME ZONE %(zone)s) AS f0,
                 ends_at AT TIME ZONE %(zone)s AS t, (watch_starts_at AT TIME ZONE %(zone)s)::date AS d
          FROM (SELECT DISTINCT starts_at, ends_at, watch_starts_at FROM seat) known) local
    LEFT JOIN scheduling_day day ON day.date = d
)
SELECT person_id, reserve, recent, night, kind, holiday, count(*)
FROM seat JOIN span USING (starts_at, ends_at, watch_starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
"""


def tallies(people: Iterable[int], first: dt.date) -> dict[Key, float]:
    """{(person, category): duties} kept before the first day: in twelve months, named holidays in three years."""
    asked = {
        "zone": str(zone()),
        "people": list(people),
        "since": start_of(first - WINDOW_DAYS * HOLIDAY_YEARS * DAY),
        "until": start_of(first),
        "begin": first - WINDOW_DAYS * DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(TALLY, asked)
        rows = cursor.fetchall()
    found: Counter = Counter()
    for person, reserve, recent, night, kind, holiday, count in rows:
        if reserve:
            sorts = ["reserve"]
        else:
            off = {"rest": ["weekend"], "holiday": ["holiday"]}.get(kind, [])
            sorts = ["total", *(["night"] if night else []), *off]
        for sort in sorts if recent else ():
            found[person, sort] += count
        if holiday and not reserve:
            found[person, f"holiday:{holiday}"] += count
    return found
