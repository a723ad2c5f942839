"""Five hundred pieces, and the rounds of three years on them with all that was found; set-wise, the triggers off.

Twenty-five checklists, each of twenty pieces, walked twice a day: fifty rounds a day, some ninety answers each.
"""

import datetime as dt

from django.db import transaction

from duty.clock import DAY, day_of, duty_now
from duty.models import Person, Unit
from equipment.models import Checklist, Equipment, Gauge, Item, Kind, Place, Plan
from equipment.models.pieces import Category, Criticality
from scheduling.models import Post

from .rows import go_on_counting, last_id, write

PIECES, CHECKLISTS, TIMES_A_DAY, DAYS = 500, 25, 2, 1095
GAUGES = (("温度", "℃", 18, 27, 10, 35), ("负载", "%", 10, 80, 2, 95))
STATES = ("指示灯", "异响、异味")
PLACES = 11  # looked at on each checklist, beside its pieces
REVISED_BEFORE = (700, 300)  # days: when each checklist got its later versions
WALKED = (
    "duty_matter", "duty_line", "duty_deadline", "equipment_round", "equipment_answer", "equipment_visit", "equipment_defect",
    "equipment_callout", "equipment_parcel",
)  # fmt: skip


def furnish() -> None:
    """The register, the checklists in three versions and their plans, by the verbs of the product."""
    now = duty_now()
    at, units = now - (DAYS + 1) * DAY, list(Unit.objects.filter(posts__isnull=False).distinct().order_by("pk"))
    by = Person.objects.order_by("pk").first()
    places = {unit.pk: _places(unit) for unit in units}
    categories, levels = list(Category), list(Criticality)
    for n in range(CHECKLISTS):
        with transaction.atomic():
            unit = units[n % len(units)]
            pieces = []
            for m in range(PIECES // CHECKLISTS):
                piece = Equipment(
                    unit=unit, place=places[unit.pk][m % PLACES], name=f"{unit.name[:2]}设备 {n + 1}-{m + 1}", code=f"E-{n:02d}-{m:02d}",
                    category=categories[m % len(categories)], criticality=levels[m % len(levels)], from_on=day_of(at),
                )  # fmt: skip
                piece.register(by=by, at=at)
                pieces.append(piece)
            _gauges(pieces)
            checklist = Checklist(unit=unit, name=f"巡检清单 {n + 1:02d}")
            checklist.begin(by=by, at=at)
            checklist.put_items(checklist.draft, _items(pieces, places[unit.pk]), by=by, at=at)
            checklist.publish(checklist.draft, by=by, at=at)
            for before in REVISED_BEFORE:
                when = now - before * DAY
                checklist.publish(checklist.revise(by=by, at=when), by=by, at=when)
            hours = [(n % 12), (n % 12) + 12]
            plan = Plan(
                unit=unit, name=f"巡检 {n + 1:02d}", checklist=checklist, post=Post.objects.filter(unit=unit).first(),
                times=[dt.time(hour) for hour in hours[:TIMES_A_DAY]], must_scan=n % 2 == 0, from_on=day_of(at),
            )  # fmt: skip
            plan.enter(by=by, at=at)


def _places(unit: Unit) -> list[Place]:
    building = Place.objects.create(unit=unit, name=f"{unit.name[:2]} A 楼")
    return [Place.objects.create(unit=unit, parent=building, name=f"{n + 1} 号机房") for n in range(PLACES)]


def _gauges(pieces: list[Equipment]) -> None:
    Gauge.objects.bulk_create(
        Gauge(
            equipment=piece, name=name, measure=measure, normal_low=low, normal_high=high, alarm_low=least, alarm_high=most,
            order=order,
        )
        for piece in pieces
        for order, (name, measure, low, high, least, most) in enumerate(GAUGES)
    )  # fmt: skip


def _items(pieces: list[Equipment], places: list[Place]):
    for piece in pieces:
        for gauge in piece.gauges.all():
            item = Item(equipment=piece, question=gauge.name)
            item.take_from(gauge)
            yield item
        for question in STATES:
            yield Item(equipment=piece, question=question)
    for place in places:
        yield Item(place=place, question="门窗", kind=Kind.CHOICE, choices=["关好", "未关"], bad_choices=["未关"])


# Every round that its plan asked for, and those of the next day and a half; what became of each by the throw of a die.
TURNED = """
CREATE TEMP TABLE walked AS
SELECT row_number() OVER (ORDER BY d.planned_at, d.plan_id) + %(after)s AS id, d.*, v.id AS version_id, v.items,
       (SELECT turn.id FROM turn WHERE turn.post_id = d.post_id AND turn.n = floor(
            EXTRACT(EPOCH FROM d.planned_at - (SELECT min(starts_at) FROM turn)) / 43200)) AS shift_id,
       people[1 + floor(d1 * array_length(people, 1))::int] AS walker_id,
       CASE WHEN planned_at > duty_now() - interval '2 hours' THEN 'scheduled' WHEN d2 < 0.004 THEN 'cancelled'
            WHEN d2 < 0.018 THEN 'missed' ELSE 'done' END AS status,
       planned_at + make_interval(secs => 840 * d3) AS started_at,
       planned_at + make_interval(secs => CASE WHEN d2 < 0.07 THEN 3660 + 3000 * d4 ELSE 1500 + 2000 * d4 END) AS done_at
FROM (
    SELECT p.matter_id AS plan_id, p.checklist_id, p.unit_id, p.post_id, p.name AS title, p.must_scan, day, random() AS d1,
           random() AS d2, random() AS d3, random() AS d4,
           date_trunc('day', duty_now(), %(zone)s) + (day - %(days)s) * interval '1 day' + time AS planned_at,
           (SELECT array_agg(person.id ORDER BY person.id) FROM duty_person person WHERE person.unit_id = p.unit_id) AS people
    FROM equipment_plan p, unnest(p.times) AS time, generate_series(0, %(days)s + 2) AS day
) d JOIN LATERAL (
    SELECT v.id, (SELECT count(*) FROM equipment_item i WHERE i.version_id = v.id) AS items FROM equipment_version v
    WHERE v.checklist_id = d.checklist_id AND v.published_at <= d.planned_at ORDER BY v.number DESC LIMIT 1
) v ON true
WHERE d.planned_at < duty_now() + interval '36 hours'
"""
BEGUN = "CASE WHEN status = 'done' THEN {} END"
EXPLAINED = "CASE WHEN status = 'missed' THEN {} END"
# Values swing with the hour and the year; every fiftieth gauge has drifted for the last forty days.
FOUND = """
CREATE TEMP TABLE found AS
SELECT row_number() OVER () + %(after)s AS id, w.id AS round_id, w.walker_id, i.id AS item_id, i.equipment_id, i.place_id, i.gauge_id,
       i.thread, i.kind, i.question, i.choices, w.unit_id, received_at, answered_at, number,
       CASE WHEN number IS NOT NULL THEN
            CASE WHEN number < i.alarm_low OR number > i.alarm_high THEN 2 WHEN number < i.normal_low OR number > i.normal_high THEN 1
                 ELSE 0 END
            WHEN dice < 0.001 THEN 2 WHEN dice > 0.998 THEN 3 ELSE 0 END AS judged
FROM walked w JOIN equipment_item i USING (version_id)
CROSS JOIN LATERAL (SELECT random() AS dice, random() + random() + random() - 1.5 AS noise, w.id AS _a, i.id AS _b) r
CROSS JOIN LATERAL (SELECT w.done_at AS received_at, w.started_at + (w.done_at - w.started_at) * (i."order" / (w.items + 1.0)) AS answered_at) t
CROSS JOIN LATERAL (
    SELECT CASE WHEN i.kind = 'number' THEN round((
        (i.normal_low + i.normal_high) / 2 + (i.normal_high - i.normal_low) * (
            0.22 * noise + 0.06 * sin(w.day / 58.09) + CASE WHEN dice < 0.0015 THEN 0.62 WHEN dice < 0.0022 THEN 1.6 ELSE 0 END
            + CASE WHEN mod(i.gauge_id, 50) = 0 THEN greatest(0, w.day - %(days)s + 40) / 100.0 ELSE 0 END
        )::numeric), 1) END AS number
) n
WHERE w.status = 'done'
"""
# What was abnormal was mended, some hours later; of the last three weeks some are still open, one of an item at most.
BROKEN = """
CREATE TEMP TABLE broken AS
SELECT f.*, row_number() OVER (ORDER BY f.answered_at, f.id) + %(after)s AS defect_id,
       row_number() OVER (PARTITION BY f.equipment_id, f.place_id, f.thread ORDER BY f.answered_at DESC) = 1
           AND f.answered_at > duty_now() - interval '21 days' AS standing,
       (SELECT people[1 + mod(f.id, array_length(people, 1))] FROM (
            SELECT array_agg(person.id ORDER BY person.id) AS people FROM duty_person person
            WHERE person.unit_id = f.unit_id AND person.id <> f.walker_id) p) AS mender_id,
       f.answered_at + interval '20 minutes' AS taken_at, f.answered_at + interval '5 hours' AS fixed_at,
       f.answered_at + interval '9 hours' AS verified_at
FROM found f WHERE judged = 2
"""
SETTLED = "CASE WHEN NOT standing THEN {} END"


def walk_for_years(cursor, days: int, zone: str) -> None:
    """Rounds of so many days until now, what was found, what was mended. Needs the table `turn` of the watches."""
    cursor.execute("SELECT setseed(0.2026)")
    cursor.execute(TURNED, {"days": days, "zone": zone, "after": last_id(cursor, "duty_matter")})
    cursor.execute("ANALYZE walked")
    cursor.execute(FOUND, {"days": days, "after": last_id(cursor, "equipment_answer")})
    cursor.execute("ANALYZE found")
    _rounds(cursor)
    cursor.execute(BROKEN, {"after": last_id(cursor, "duty_matter")})
    cursor.execute("ANALYZE broken")
    _answers(cursor)
    _defects(cursor)
    cursor.execute("UPDATE equipment_plan SET laid_until = duty_now() + interval '36 hours'")
    go_on_counting(cursor, *(table for table in WALKED if table not in ("equipment_round", "equipment_defect")))


def _rounds(cursor) -> None:
    closed = "CASE status WHEN 'done' THEN done_at WHEN 'missed' THEN planned_at + interval '5 hours' WHEN 'cancelled' THEN planned_at END"
    write(
        cursor, "duty_matter", "walked ORDER BY id",
        id="id", kind="'equipment.round'", unit_id="unit_id", title="title", opened_at="planned_at", closed_at=closed,
    )  # fmt: skip
    minutes = "planned_at + interval '{} minutes'"
    bad = "(SELECT round_id AS id, count(*) AS bad FROM found WHERE judged IN (1, 2) GROUP BY round_id) b"
    write(
        cursor, "equipment_round", f"walked LEFT JOIN {bad} USING (id) ORDER BY id",
        matter_id="id", unit_id="unit_id", plan_id="plan_id", checklist_id="checklist_id", post_id="post_id", shift_id="shift_id",
        version_id=BEGUN.format("version_id"), title="title", planned_at="planned_at", opens_at=minutes.format(-15),
        starts_by=minutes.format(15), due_at=minutes.format(60), missed_at=minutes.format(120), must_scan="must_scan",
        status="status", started_at=BEGUN.format("started_at"), started_by_id=BEGUN.format("walker_id"),
        done_at=BEGUN.format("done_at"), done_by_id=BEGUN.format("walker_id"), received_at=BEGUN.format("done_at"),
        explanation="CASE WHEN status = 'missed' THEN '现场处置突发事件' ELSE '' END",
        explained_at=EXPLAINED.format("planned_at + interval '5 hours'"), explained_by_id=EXPLAINED.format("walker_id"),
        asked="items", given="CASE WHEN status = 'done' THEN items ELSE 0 END",
        abnormal="coalesce(bad, 0)",
    )  # fmt: skip
    told = """
    (SELECT id, unit_id, verb, who_id, at FROM walked, LATERAL (VALUES
        ('begin', walker_id, started_at, status = 'done'), ('finish', walker_id, done_at, status = 'done'),
        ('explain', walker_id, planned_at + interval '5 hours', status = 'missed')
    ) AS line (verb, who_id, at, written) WHERE written ORDER BY at, id) told
    """
    write(
        cursor, "duty_line", told,
        matter_id="id", unit_id="unit_id", verb="'equipment.round.' || verb", who_id="who_id", at="at",
    )  # fmt: skip
    promised = """
    (SELECT id, unit_id, kind, due_at, settled_at, walker_id, how FROM walked, LATERAL (VALUES
        ('equipment.round_begun', planned_at + interval '15 minutes', CASE WHEN status = 'done' THEN started_at
            WHEN status <> 'scheduled' THEN planned_at + interval '5 hours' END, CASE WHEN status = 'done' THEN 'kept' ELSE 'withdrawn' END),
        ('equipment.round_walked', planned_at + interval '60 minutes', done_at, 'kept')
    ) AS promise (kind, due_at, settled_at, how) WHERE kind = 'equipment.round_begun' OR status = 'done' ORDER BY due_at) owed
    """
    write(
        cursor, "duty_deadline", promised,
        kind="kind", matter_id="id", unit_id="unit_id", owed_by_id="CASE WHEN kind LIKE '%%walked' THEN walker_id END",
        owed_as="CASE WHEN kind LIKE '%%walked' THEN '' ELSE 'equipment.walkers' END", opened_at="due_at - interval '1 day'",
        runs_from="due_at - interval '1 day'", due_at="due_at", ladder="'[]'", settled_at="settled_at",
        settled_as="CASE WHEN settled_at IS NULL THEN '' ELSE how END", settled_by_id="CASE WHEN settled_at IS NOT NULL THEN walker_id END",
    )  # fmt: skip


def _answers(cursor) -> None:
    write(
        cursor, "equipment_answer", "found LEFT JOIN (SELECT id, defect_id FROM broken) b USING (id) ORDER BY id",
        id="id", round_id="round_id", item_id="item_id", uid="gen_random_uuid()", equipment_id="equipment_id", gauge_id="gauge_id",
        number="number", text="CASE WHEN kind = 'choice' THEN choices[CASE WHEN judged = 2 THEN 2 ELSE 1 END] ELSE '' END",
        judged="judged", note="CASE judged WHEN 3 THEN '设备停机检修' WHEN 2 THEN '已报修' ELSE '' END", answered_at="answered_at",
        received_at="received_at", by_id="walker_id", defect_id="defect_id",
    )  # fmt: skip
    stood = """
    (SELECT DISTINCT ON (f.round_id, f.equipment_id) f.round_id, f.equipment_id, f.walker_id, f.answered_at, f.received_at
     FROM found f JOIN walked w ON w.id = f.round_id AND w.must_scan WHERE f.equipment_id IS NOT NULL
     ORDER BY f.round_id, f.equipment_id, f.answered_at) stood
    """
    write(
        cursor, "equipment_visit", stood,
        round_id="round_id", uid="gen_random_uuid()", equipment_id="equipment_id", arrived_at="answered_at", received_at="received_at",
        how="CASE WHEN mod(round_id + equipment_id, 12) = 0 THEN 'none' ELSE 'scanned' END", by_id="walker_id",
    )  # fmt: skip


def _defects(cursor) -> None:
    number = "'R' || lpad((row_number() OVER (ORDER BY defect_id))::text, 6, '0')"
    numbered = f"(SELECT *, {number} AS ticket FROM broken) broken ORDER BY defect_id"
    write(
        cursor, "duty_matter", numbered,
        id="defect_id", kind="'equipment.defect'", unit_id="unit_id", number="ticket", title="question", opened_at="answered_at",
        closed_at=SETTLED.format("verified_at"),
    )  # fmt: skip
    write(
        cursor, "equipment_defect", numbered,
        matter_id="defect_id", unit_id="unit_id", number="ticket", equipment_id="equipment_id", place_id="place_id",
        round_id="round_id", thread="thread", what="question", detail="'已报修'", criticality="'important'", found_at="answered_at",
        found_by_id="walker_id", status="CASE WHEN standing THEN 'taken' ELSE 'verified' END", mender_id="mender_id", taken_at="taken_at",
        take_by="answered_at + interval '30 minutes'", fix_by="answered_at + interval '24 hours'",
        fixed_at=SETTLED.format("fixed_at"), fixed_by_id=SETTLED.format("mender_id"),
        verified_at=SETTLED.format("verified_at"), verified_by_id=SETTLED.format("walker_id"),
        cause="'老化'", remedy="'更换'", parts="''",
    )  # fmt: skip
    told = """
    (SELECT defect_id, unit_id, verb, who_id, at FROM broken, LATERAL (VALUES
        ('report', walker_id, answered_at, true), ('take', mender_id, taken_at, true), ('fix', mender_id, fixed_at, NOT standing),
        ('verify', walker_id, verified_at, NOT standing)
    ) AS line (verb, who_id, at, written) WHERE written ORDER BY at, defect_id) told
    """
    write(
        cursor, "duty_line", told,
        matter_id="defect_id", unit_id="unit_id", verb="'equipment.defect.' || verb", who_id="who_id", at="at",
    )  # fmt: skip
    write(
        cursor, "equipment_callout", "broken WHERE mod(defect_id, 5) = 0 ORDER BY defect_id",
        defect_id="defect_id", vendor="'恒通设备维保'", called_at="taken_at", called_by_id="mender_id",
        arrive_by="taken_at + interval '2 hours'", arrived_at="taken_at + interval '1 hour' * (0.5 + mod(defect_id, 7) / 3.0)",
    )  # fmt: skip
