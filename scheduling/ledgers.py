"""From the database to what rights are reckoned from: the duties people really kept, the days, the rates.

A duty is kept once its watch has ended. Nothing of it is stored a second time: every sum is made from the seats.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from duty.clock import DAY, HOUR, day_of, start_of
from duty.models.units import unit_tree
from scheduling.earnings import Ledger, RateBook, ledger
from scheduling.models import Adjustment, Entitlement, Member, Rate, Seat
from scheduling.models.days import days_between
from scheduling.rights import Days, Duty

COLUMNS = ("id", "shift__unit_id", "role", "starts_at", "ends_at", "shift__name", "shift__post__name", "shift_id")


def kept_by(people: Iterable[int], at: dt.datetime, *, first: dt.date | None = None):
    """{person: the duties they kept}, by time; with a first day, those that reach into it or come after it."""
    seats = Seat.objects.filter(person__in=list(people), watch_ends_at__lte=at)
    return _read(seats.filter(ends_at__gt=start_of(first)) if first else seats)


def kept_in(units: Iterable[int], at: dt.datetime, *, first: dt.date, last: dt.date):
    """{person: the duties they kept for these units} that touch the days from first to last."""
    seats = Seat.objects.filter(shift__unit__in=list(units), watch_ends_at__lte=at)
    return _read(seats.between(start_of(first), start_of(last + DAY)))


def _read(seats) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = defaultdict(list)
    for person, *row in seats.order_by("starts_at", "id").values_list("person_id", *COLUMNS):
        found[person].append(_duty(row))
    return found


def _duty(row) -> Duty:
    pk, unit, role, starts_at, ends_at, name, post, shift = row
    return Duty(pk, unit, role, starts_at, ends_at, f"{post} {name}", shift)


def days_of(duties: Iterable[Duty]) -> Days:
    """Every day on which one of them passes."""
    duties = list(duties)
    if not duties:
        return {}
    return days_between(min(duty.date for duty in duties), max(day_of(duty.ends_at) for duty in duties))


def book_of_rates() -> RateBook:
    return RateBook(Rate.objects.all(), unit_tree().above)


def ledgers_of(duties: list[Duty], days: Days, person_id: int) -> dict[str, Ledger]:
    """Each entitlement of one person, from everything they kept and what was adjusted."""
    said = list(Adjustment.objects.filter(person=person_id).select_related("by").order_by("date", "id"))
    book = book_of_rates()
    return {kind: ledger(duties, said, days, book, kind) for kind in Entitlement.values}


class Average(NamedTuple):
    """What those who share the duty kept on average, reserve left out."""

    people: int
    duties: float
    hours: float
    nights: float
    rest_days: float
    holidays: float


AVERAGE = """
SELECT count(*), coalesce(sum(s.ends_at - s.starts_at), '0'::interval),
       count(*) FILTER (WHERE night.share >= interval '3 hours'),
       count(*) FILTER (WHERE coalesce(d.kind, usual.kind) = 'rest'),
       count(*) FILTER (WHERE coalesce(d.kind, usual.kind) = 'holiday')
FROM scheduling_seat s
CROSS JOIN LATERAL (SELECT (s.starts_at AT TIME ZONE %(zone)s)::date AS date) here
CROSS JOIN LATERAL (SELECT CASE WHEN extract(isodow FROM here.date) >= 6 THEN 'rest' ELSE 'workday' END AS kind) usual
LEFT JOIN scheduling_day d ON d.date = here.date
CROSS JOIN LATERAL (
    SELECT max(least(s.ends_at, dawn) - greatest(s.starts_at, dusk)) AS share
    FROM generate_series(-1, 2) AS n,
         LATERAL (SELECT (here.date + n + time '22:00') AT TIME ZONE %(zone)s AS dusk,
                         (here.date + n + 1 + time '06:00') AT TIME ZONE %(zone)s AS dawn) AS window_of_night
) night
WHERE s.person_id = ANY(%(people)s) AND s.role <> 'reserve' AND s.watch_ends_at <= %(at)s AND s.starts_at >= %(since)s
"""


def average_of(people: list[int], since: dt.date, at: dt.datetime) -> Average | None:
    """In one statement: a pool of hundreds costs no more than one of five. None for nobody."""
    if not people:
        return None
    values = {"zone": settings.TIME_ZONE, "people": people, "since": start_of(since), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(AVERAGE, values)
        duties, span, nights, rest_days, holidays = cursor.fetchone()
    n = len(people)
    return Average(n, duties / n, span / HOUR / n, nights / n, rest_days / n, holidays / n)


def pool_of(person_id: int, units: set[int], since: dt.date, today: dt.date) -> list[int]:
    """Who shares the duty with someone: the pools they are in; without any, whoever kept watch in these units."""
    here = Member.objects.between(today, today)
    mine = here.filter(person=person_id).values("unit_id")
    found = set(here.filter(unit__in=mine).values_list("person_id", flat=True))
    if not found and units:
        kept = Seat.objects.filter(shift__unit__in=units, starts_at__gte=start_of(since)).exclude(role="reserve")
        found = set(
            kept.filter(starts_at__lt=start_of(today + DAY)).order_by().values_list("person_id", flat=True).distinct()
        )
    return sorted(found)
