"""What the sample's people are qualified for: one record expires in 20 days, one has expired."""

import datetime as dt

from duty.clock import DAY, MINUTE, day_of, start_of
from duty.ladders import first_firing, frozen
from duty.models import Deadline, Line, Matter
from duty.sample import House
from scheduling.models import Qualification, Qualified
from scheduling.models.qualified import EXPIRES, last_day
from scheduling.renewals import LADDER
from scheduling.sample.watches import POSTS

EXAM, FIRE = ("值班上岗考核", 24), ("消防控制室操作证", 36)
SOON, OVER = "赵静", "邱实"  # in 20 days; nine days ago
WITH_FIRE = ("陈立", "孙伟", "吴昊", "韩雪", "熊伟", "金鑫", "邱实", "顾北")


def load(house: House) -> None:
    """In bulk: a verb each would take longer than everything else of the sample."""
    today = day_of(house.at)
    exam, fire = (Qualification.objects.create(name=name, months_valid=months) for name, months in (EXAM, FIRE))
    assessor = house.people["董洁"]
    rows = []
    for unit, _phone, _spans, _leading, watching in POSTS.values():
        for number, person in enumerate(house.titled(unit, *watching)):
            rows.append(_held(person, exam, today - (150 + 31 * number) * DAY, assessor))
            if person.name in WITH_FIRE:
                rows.append(_held(person, fire, today - (200 + 40 * number) * DAY, assessor))
    for row in rows:
        if row.qualification == exam and row.person.name in (SOON, OVER):
            row.until_on = today + (20 if row.person.name == SOON else -9) * DAY
            row.from_on = row.until_on - 730 * DAY
    _keep(rows, assessor, house.at)


def _held(person, kind: Qualification, first: dt.date, assessor) -> Qualified:
    until = last_day(first, kind.months_valid)
    return Qualified(person=person, qualification=kind, from_on=first, until_on=until, assessor=assessor)


def _keep(rows: list[Qualified], assessor, at: dt.datetime) -> None:
    matters = Matter.objects.bulk_create(
        Matter(
            kind="scheduling.qualified", unit_id=row.person.unit_id, title=str(row),
            opened_at=start_of(row.from_on) + 600 * MINUTE,
        )
        for row in rows
    )  # fmt: skip
    for row, matter in zip(rows, matters, strict=True):
        row.matter, row.unit_id = matter, matter.unit_id
    Qualified.objects.bulk_create(rows)
    Line.objects.bulk_create(
        Line(
            matter=row.matter, unit_id=row.unit_id, verb="scheduling.qualified.record", who=assessor,
            at=row.matter.opened_at, text=row.span,
        )
        for row in rows
    )  # fmt: skip
    Deadline.objects.bulk_create(_owed(row, assessor, at) for row in rows)


def _owed(row: Qualified, by, at: dt.datetime) -> Deadline:
    """Owed since the record was made; what would have been reminded of by now is passed over."""
    due_at = start_of(row.until_on + DAY) - MINUTE
    rung, fires_at = first_firing(list(LADDER), at, due_at)
    return Deadline(
        kind=EXPIRES, matter=row.matter, unit_id=row.unit_id, opened_by=by, owed_by=row.person,
        opened_at=row.matter.opened_at, runs_from=row.matter.opened_at, due_at=due_at, ladder=frozen(LADDER),
        rung=rung, fires_at=fires_at,
    )  # fmt: skip
