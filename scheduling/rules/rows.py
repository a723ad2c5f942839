"""Rules on the row of one person's duties in time: rest, days and nights in a row, spacing, weekends.

Each takes the person's duties sorted by start, fixed ones among them, and yields what is broken.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby, pairwise

from .facts import HOUR, LEADER, Break, Duty, Plan, Someone

DAY = dt.timedelta(days=1)
WEEKENDS_IN_ROW = 2  # a third one needs a word


def one_at_a_time(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    for one, other in _neighbours(row):
        if other.start < one.end:
            yield Break("one_at_a_time", person.id, (one.key, other.key))


def rest(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    """From the end of a duty to the start of the next, except inside a block that the rotation means to be kept."""
    least = plan.limits.rest
    for one, other in _neighbours(row):
        free = other.start - one.end
        if dt.timedelta() <= free < least and not plan.limits.in_one_block(one, other):
            yield Break("rest", person.id, (one.key, other.key), (("hours", round(free / HOUR, 1)),))


def _neighbours(row: list[Duty]) -> Iterator[tuple[Duty, Duty]]:
    """Each duty after the one that ends last before it: a long watch reaches over short ones."""
    latest = None
    for duty in row:
        if latest is not None:
            yield latest, duty
        if latest is None or duty.end >= latest.end:
            latest = duty


def days_in_row(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    yield from _runs("days_in_row", person, row, plan.limits.days_in_row)


def nights_in_row(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    yield from _runs("nights_in_row", person, [duty for duty in row if duty.is_night], plan.limits.nights_in_row)


def _runs(rule: str, person: Someone, row: list[Duty], most: int) -> Iterator[Break]:
    """One break for every day beyond the limit, so that the day to be changed is the one that is marked."""
    length, before = 0, None
    for date, duties in groupby(row, key=lambda duty: duty.date):
        length = length + 1 if before is not None and date - before == DAY else 1
        before = date
        if length > most:
            yield Break(rule, person.id, tuple(duty.key for duty in duties), (("days", length), ("most", most)))


def spacing(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    wanted = plan.limits.spacing_days
    if not wanted:
        return
    for one, other in pairwise(row):
        free = (other.date - one.date).days - 1
        if 0 <= free < wanted and not plan.limits.in_one_block(one, other):
            yield Break("spacing", person.id, (one.key, other.key), (("days", free), ("wanted", wanted)))


def leader_changes_daily(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    if not plan.limits.leader_daily:
        return
    led = [duty for duty in row if duty.role == LEADER]
    for one, other in pairwise(led):
        if other.date - one.date == DAY and one.post == other.post:
            yield Break("leader_changes_daily", person.id, (one.key, other.key))


def weekends_in_row(plan: Plan, person: Someone, row: list[Duty]) -> Iterator[Break]:
    length, before = 0, None
    off = [duty for duty in row if duty.date.weekday() >= 5]
    for week, duties in groupby(off, key=lambda duty: duty.date - duty.date.weekday() * DAY):
        length = length + 1 if before is not None and week - before == 7 * DAY else 1
        before = week
        if length > WEEKENDS_IN_ROW:
            yield Break("weekends_in_row", person.id, tuple(duty.key for duty in duties), (("times", length),))
