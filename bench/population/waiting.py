"""Incidents that wait for their superior: each with a promise whose next rung fires at a given instant."""

import json

from django.db import connection

from duty.clock import duty_now
from duty.ladders import ESCALATE, frozen
from incidents.models import Level, Standard

from .house import found
from .past import WATCHED, WHEEL
from .rows import last_id, write
from .watches import keep_watch

WAITING = """
CREATE TEMP TABLE waiting AS
SELECT %(after)s + g AS id, %(serial)s + g AS serial, date_part('year', duty_now())::int AS year, g, watched.unit_id,
       people[1 + mod(g, array_length(people, 1))] AS officer_id, due_at, due_at - interval '1 hour' AS received_at,
       shift.matter_id AS shift_id
FROM (SELECT g, {due} AS due_at FROM generate_series(1, %(count)s) AS g) w
JOIN wheel ON wheel.slot = mod(g * 7919, 10000) JOIN watched USING (unit_id)
JOIN scheduling_shift shift ON shift.post_id = watched.post_id AND tstzrange(shift.starts_at, shift.ends_at) @> duty_now()
"""


def found_small() -> None:
    """The organisation with a few days of watches around now, and no incidents."""
    found()
    with connection.cursor() as cursor:
        keep_watch(cursor, back=2, ahead=3)
    connection.close()


def wait(count: int, due: str, values: dict | None = None) -> list[int]:
    """Report so many incidents; `due` is the SQL for the due time of number `g`. Returns the ids of their promises.

    The hour is over at that instant and the head of the unit hears of it: the escalation of the first standard.
    """
    level = Level.objects.get(standard=Standard.objects.in_force(), rank=3)
    now = duty_now()
    ladder = frozen(level.report_ladder(now, now + level.report_within))
    rung = next(number for number, step in enumerate(ladder) if step["action"] == ESCALATE)
    with connection.cursor() as cursor:
        # Only to be quick: what happens to the rows from now on is recorded as ever.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DROP TABLE IF EXISTS wheel, watched, waiting")
        cursor.execute(f"{WHEEL}; {WATCHED}")
        numbers = {
            "after": last_id(cursor, "duty_matter"),
            "serial": last_id(cursor, "incidents_counter", "last"),
            "count": count,
        }
        cursor.execute(WAITING.format(due=due), numbers | (values or {}))
        first = last_id(cursor, "duty_deadline")
        with_level = {
            "level": level.pk,
            "standard": level.standard_id,
            "ladder": json.dumps(ladder),
            "rung": rung,
            "first": first,
        }
        _write(cursor, with_level, level.name)
    connection.close()
    return list(range(first + 1, first + count + 1))


def _write(cursor, values: dict, badge: str) -> None:
    number = "year || '-' || lpad(serial::text, greatest(4, length(serial::text)), '0')"
    write(
        cursor, "duty_matter", "waiting ORDER BY id", {"badge": badge},
        id="id", kind="'incidents.incident'", unit_id="unit_id", number=number, title="'配电室冒烟'", badge="%(badge)s",
        gravity="3", opened_at="received_at",
    )  # fmt: skip
    write(
        cursor, "incidents_incident", "waiting ORDER BY id", values,
        matter_id="id", unit_id="unit_id", year="year", serial="serial", number=number, status="'reported'",
        logged_by_id="officer_id", logged_at="received_at + interval '2 minutes'", shift_id="shift_id", received_at="received_at",
        reporter_name="'张强'", reporter_contact="'13800138000'", place="'B 座地下一层 配电室'", summary="'配电室冒烟'",
        scene="'有焦味和轻烟,未见明火'", suggestion="'请电工到场'", standard_id="%(standard)s", level_id="%(level)s",
        urgency="3", scope="2", hay=f"{number} || ' 配电室冒烟 b 座地下一层 配电室 张强 有焦味和轻烟,未见明火 请电工到场'",
    )  # fmt: skip
    write(
        cursor, "duty_deadline", "waiting ORDER BY g", values,
        id="%(first)s + g", kind="'incidents.report'", matter_id="id", unit_id="unit_id", opened_by_id="officer_id",
        owed_as="'scheduling.officers'", opened_at="received_at + interval '2 minutes'", runs_from="received_at",
        due_at="due_at", pinned="true", ladder="%(ladder)s::jsonb", rung="%(rung)s", fires_at="due_at",
    )  # fmt: skip
    write(
        cursor, "incidents_report", "waiting ORDER BY g", values,
        incident_id="id", cause="'level'", level_id="%(level)s", by_id="officer_id", at="received_at + interval '2 minutes'",
        deadline_id="%(first)s + g", due_at="due_at",
    )  # fmt: skip
    cursor.execute(
        "INSERT INTO incidents_counter (year, last) SELECT year, max(serial) FROM waiting GROUP BY year "
        "ON CONFLICT (year) DO UPDATE SET last = excluded.last"
    )
    for table in ("duty_matter", "duty_deadline"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
