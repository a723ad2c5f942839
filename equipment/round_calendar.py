"""Rounds of a month as plans × days, each cell judged, with percentages by plan and by walker."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from duty.clock import DAY, day_of, last_of_month, start_of
from duty.models import Person
from equipment.compliance import DONE, LATE, Tally, Walk, by_walker, state_of, tallied
from equipment.models import Item, Plan, Round, Status
from equipment.models.rounds import WALKED_STATES

SCANNED = """
SELECT plan_id, count(*) FROM (
    SELECT DISTINCT r.plan_id, v.round_id, v.equipment_id, v.place_id
    FROM equipment_round r JOIN equipment_visit v ON v.round_id = r.matter_id
    WHERE r.unit_id = ANY(%(units)s) AND r.planned_at >= %(start)s AND r.planned_at < %(end)s AND r.must_scan
    AND r.status = ANY(%(walked)s) AND v.how <> 'none'
) stood GROUP BY plan_id
"""
NO_TIME = dt.timedelta()


@dataclass
class Month:
    """One month of rounds; `plans` in the order of their names, those without a plan last under None."""

    first: dt.date
    last: dt.date
    plans: dict[int | None, Plan | None]
    cells: dict[tuple[int | None, dt.date], Tally]
    by_plan: dict[int | None, Tally]
    total: Tally
    walkers: list[tuple[Person, Tally]]

    @property
    def days(self) -> list[dt.date]:
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


def month_of_rounds(
    units: Collection[int], first: dt.date, at: dt.datetime, compared: Collection[int] = (), myself: int | None = None
) -> Month:
    """The rounds of these units in the month that begins on `first`.

    Walkers are told apart where they walked for the units of `compared`; `myself` always.
    """
    last = last_of_month(first)
    start, end = start_of(first), start_of(last + DAY)
    rows = list(
        Round.objects.filter(unit_id__in=units).planned_between(start, end).order_by().values_list(
            "plan_id", "planned_at", "status", "due_at", "missed_at", "done_at", "explained_at", "done_by_id", "unit_id",
            "must_scan", "version_id",
        )
    )  # fmt: skip
    walks = [judged(row, at) for row in rows]
    total = Tally()
    for walk in walks:
        total.add(walk)
    by_plan = tallied(walks, lambda walk: walk.plan)
    _scanned(rows, by_plan, total, units, start, end)
    plans = Plan.objects.filter(pk__in={plan for plan in by_plan if plan}).select_related("unit").order_by("name")
    named = {plan.pk: plan for plan in plans} | ({None: None} if None in by_plan else {})
    compared = set(compared)
    seen = [walk for walk, row in zip(walks, rows, strict=True) if row[8] in compared or walk.walker == myself]
    tallies = by_walker(seen)
    people = Person.objects.filter(pk__in=tallies).order_by("name_sort", "pk") if tallies else []
    return Month(
        first, last, named, tallied(walks, lambda walk: (walk.plan, walk.day)), by_plan, total,
        [(person, tallies[person.pk]) for person in people],
    )  # fmt: skip


def judged(row, at: dt.datetime) -> Walk:
    plan, planned_at, status, due_at, missed_at, done_at, explained_at, walker, *_more = row
    state = state_of(status, due_at, missed_at, done_at, at)
    how_late = done_at - due_at if state == LATE else NO_TIME
    return Walk(
        plan, day_of(planned_at), state, explained_at is not None, how_late, walker if state in (DONE, LATE) else None
    )


def _scanned(rows, by_plan: dict, total: Tally, units, start: dt.datetime, end: dt.datetime) -> None:
    """How many stops there were on rounds that ask for labels to be scanned, and at how many one was."""
    asked = [(row[0], row[10]) for row in rows if row[9] and row[2] in WALKED_STATES]
    if not asked:
        return
    rows = Item.objects.filter(version__in={version for _plan, version in asked}, after=None).order_by()
    stops = Counter(version for version, *_stop in rows.values_list("version", "equipment", "place").distinct())
    for plan, version in asked:
        by_plan[plan].stops += stops[version]
    with connection.cursor() as cursor:
        cursor.execute(SCANNED, {"units": list(units), "start": start, "end": end, "walked": [*WALKED_STATES]})
        for plan, scanned in cursor.fetchall():
            by_plan[plan].scanned = scanned
    total.stops = sum(tally.stops for tally in by_plan.values())
    total.scanned = sum(tally.scanned for tally in by_plan.values())


def explained(units: Collection[int], start: dt.datetime, end: dt.datetime, at: dt.datetime) -> list[Round]:
    """The missed ones of a span with what was said about them, in order of time."""
    rows = Round.objects.filter(unit_id__in=units).planned_between(start, end).missed(at)
    return list(rows.exclude(status=Status.CANCELLED).select_related("explained_by", "unit").order_by("planned_at"))
