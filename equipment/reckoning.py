"""Readings in bulk: thinned for a chart, by day for a drift, the last one of each gauge; drifts reckoned once a day."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db import connection, transaction

from duty.clock import DAY, day_of, start_of, zone
from equipment.models import Gauge, Judged, Outlook
from equipment.models.gauges import BOUNDS, shown
from equipment.trend_words import with_measure
from equipment.trends import NEAR_DAYS, SPAN_DAYS, YEAR_DAYS, Bounds, Drift, drift

MOST_POINTS = 400  # on a chart: the lowest and the highest of every part of the span, so that no peak is lost

READINGS = "equipment_answer WHERE gauge_id = ANY(%(ids)s) AND superseded_at IS NULL AND number IS NOT NULL"
THINNED = f"""
WITH reading AS (
    SELECT gauge_id, answered_at, number,
           width_bucket(extract(epoch FROM answered_at)::float8, %(from)s, %(to)s, %(parts)s) AS part
    FROM {READINGS} AND answered_at >= %(start)s AND answered_at <= %(end)s
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY gauge_id, part ORDER BY number, answered_at) AS lowest,
           row_number() OVER (PARTITION BY gauge_id, part ORDER BY number DESC, answered_at) AS highest FROM reading
)
SELECT gauge_id, answered_at, number FROM ranked WHERE lowest = 1 OR highest = 1 ORDER BY gauge_id, answered_at
"""
FIRST = f"SELECT min(answered_at) FROM {READINGS}"
BY_DAY = f"""
SELECT gauge_id, (answered_at AT TIME ZONE %(zone)s)::date AS day,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY number)::float8, min(number), max(number), count(*)
FROM {READINGS} AND answered_at >= %(start)s AND answered_at < %(end)s GROUP BY 1, 2 ORDER BY 1, 2
"""
LAST = """
SELECT asked.id, last.answered_at, last.number, last.judged FROM unnest(%(ids)s::bigint[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT answered_at, number, judged FROM equipment_answer WHERE gauge_id = asked.id AND superseded_at IS NULL
    ORDER BY answered_at DESC LIMIT 1
) last
"""

OUTSIDE = """
SELECT g.id, last.answered_at, last.number, last.judged
FROM equipment_gauge g JOIN equipment_equipment e ON e.matter_id = g.equipment_id AND e.until_on IS NULL
CROSS JOIN LATERAL (
    SELECT answered_at, number, judged FROM equipment_answer WHERE gauge_id = g.id AND superseded_at IS NULL
    ORDER BY answered_at DESC LIMIT 1
) last
WHERE g.is_active AND e.unit_id = ANY(%(ids)s) AND last.judged IN (1, 2) ORDER BY last.judged DESC, last.answered_at DESC
"""


class Day(NamedTuple):
    day: dt.date
    median: float
    lowest: Decimal
    highest: Decimal
    readings: int


class Last(NamedTuple):
    at: dt.datetime
    number: Decimal | None
    judged: int

    @property
    def colour(self) -> str:
        return Judged(self.judged).colour

    def said(self, measure: str) -> str:
        """27.4 ℃; the word where it was not read."""
        return str(Judged(self.judged).label) if self.number is None else with_measure(shown(self.number), measure)


def _asked(sql: str, ids: Iterable[int], **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids)} | values)
        return cursor.fetchall()


def first_reading(gauges: Iterable[int]) -> dt.datetime | None:
    return _asked(FIRST, gauges)[0][0]


def thinned(
    gauges: Iterable[int], start: dt.datetime, end: dt.datetime, most: int = MOST_POINTS
) -> dict[int, list[tuple[dt.datetime, Decimal]]]:
    """{gauge: (instant, value) in order}: at most `most` of each, among them the lowest and the highest of every part."""
    values = {"from": start.timestamp(), "to": max(end, start + DAY).timestamp() + 1, "parts": most // 2 - 1}
    rows = _asked(THINNED, gauges, start=start, end=end, **values)
    return {gauge: [row[1:] for row in of_it] for gauge, of_it in groupby(rows, key=lambda row: row[0])}


def by_day(gauges: Iterable[int], first: dt.date, last: dt.date) -> dict[int, list[Day]]:
    rows = _asked(BY_DAY, gauges, zone=str(zone()), start=start_of(first), end=start_of(last + DAY))
    return {gauge: [Day(*row[1:]) for row in of_it] for gauge, of_it in groupby(rows, key=lambda row: row[0])}


def last_of(gauges: Iterable[int]) -> dict[int, Last]:
    return {row[0]: Last(*row[1:]) for row in _asked(LAST, gauges)}


def outside_now(units: Iterable[int]) -> dict[int, Last]:
    """{gauge: its last reading}, of those whose last reading was not normal; alarms first, then the newest."""
    return {row[0]: Last(*row[1:]) for row in _asked(OUTSIDE, units)}


def drifts(gauges: Iterable[Gauge], today: dt.date) -> dict[int, Drift]:
    """{gauge: how it moves}; without those of which nothing can be said."""
    gauges = list(gauges)
    bounds = {gauge.pk: Bounds(*(getattr(gauge, name) for name in BOUNDS)) for gauge in gauges}
    daily = medians(bounds, today - SPAN_DAYS * DAY, today)
    found = {gauge: drift(days, bounds[gauge], today) for gauge, days in daily.items()}
    moving = [gauge for gauge, moves in found.items() if moves and moves.is_significant]
    if moving:  # only of these it is asked what they did a year before
        then = today - YEAR_DAYS * DAY
        before = medians(moving, then - (SPAN_DAYS + NEAR_DAYS) * DAY, then + NEAR_DAYS * DAY)
        found |= {gauge: drift(daily[gauge], bounds[gauge], today, before.get(gauge, ())) for gauge in moving}
    return {gauge: moves for gauge, moves in found.items() if moves}


def medians(gauges: Iterable[int], first: dt.date, last: dt.date) -> dict[int, list[tuple[dt.date, float]]]:
    return {gauge: [(row.day, row.median) for row in rows] for gauge, rows in by_day(gauges, first, last).items()}


def reckon(at: dt.datetime) -> int:
    """Every gauge in use, for the list of what drifts; returns how many will reach a limit."""
    today = day_of(at)
    gauges = Gauge.objects.in_use().filter(equipment__matter__closed_at__isnull=True)
    found = drifts(gauges, today)
    rows = [
        Outlook(
            gauge_id=gauge, reckoned_on=today, a_day=moves.a_day, p=moves.p, level=moves.level, limit=moves.limit,
            reaches_on=today + moves.days_left * DAY if moves.reaches else None,
        )
        for gauge, moves in found.items()
    ]  # fmt: skip
    with transaction.atomic():
        Outlook.objects.exclude(gauge__in=found).delete()
        Outlook.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["gauge"], batch_size=1000,
            update_fields=["reckoned_on", "a_day", "p", "level", "limit", "reaches_on"],
        )  # fmt: skip
    return sum(row.reaches_on is not None for row in rows)
