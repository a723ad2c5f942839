"""What incidents owed and owe: report and follow-up clocks, their fired rungs, who was told and how it went out."""

from duty.ladders import frozen
from incidents.models import Level

from .past import ANSWERED
from .rows import last_id, write

LADDERS = "CREATE TEMP TABLE ladder (level_id bigint, ladder jsonb, steps int)"
PROMISED = """
CREATE TEMP TABLE promised AS
SELECT s.*, %s + row_number() OVER (ORDER BY g) AS deadline_id, ladder.ladder, ladder.steps,
       status <> 'reported' AS kept, CASE WHEN status = 'reported' THEN steps WHEN slow THEN 3 ELSE 1 END AS climbed
FROM standing s JOIN ladder USING (level_id) WHERE must_report
"""
# Seven in ten follow-ups ran and were let go at the close; those of acknowledged incidents run still.
FOLLOWED = """
(SELECT *, CASE WHEN status = 'acknowledged' THEN duty_now() + (d9 * 6 - 1) * interval '1 day' ELSE answered_at + update_every END AS next_at
 FROM promised WHERE update_every IS NOT NULL AND (status = 'acknowledged' OR status = 'closed' AND d8 < 0.7)) f
"""
# Nothing of this fires while pages are measured.
LATER = "duty_now() + interval '90 days' + g * interval '1 second'"
FIRED = """
CREATE TEMP TABLE fired AS
SELECT %s + row_number() OVER (ORDER BY fired_at, deadline_id) AS firing_id, f.*
FROM (SELECT p.*, rung, greatest(logged_at, due_at + make_interval(secs => (ladder -> least(rung, steps - 1) ->> 'offset')::int))
          + interval '30 milliseconds' AS fired_at
      FROM promised p, LATERAL generate_series(0, climbed - 1) AS rung) f
"""
# The head of the unit, and one of those who lead at the head office.
TOLD = """
(SELECT DISTINCT ON (firing_id, person_id) f.*, person_id FROM fired f,
     (SELECT array_agg(person_id ORDER BY person_id) AS leaders FROM duty_grant
      WHERE role = 'leader' AND unit_id = (SELECT id FROM duty_unit WHERE parent_id IS NULL)) top,
     LATERAL (VALUES (head_id), (leaders[1 + mod(f.g, array_length(leaders, 1))])) AS told (person_id)) t
"""
# Everyone below the head office was told about a hundred matters of other units.
ELSEWHERE = """
(SELECT p.id AS person_id, s.id, s.unit_id, s.summary, s.logged_at FROM duty_person p,
     LATERAL (SELECT s.* FROM generate_series(1, 100) AS n JOIN standing s ON s.g = 1 + mod(p.id * 7919 + n * %(step)s, %(count)s)
              WHERE s.unit_id <> p.unit_id) s
 WHERE p.unit_id <> (SELECT id FROM duty_unit WHERE parent_id IS NULL)) e
"""
SENT = "(SELECT n.* FROM duty_notice n WHERE n.id > %s) n"


def promise(cursor, count: int) -> None:
    """For the incidents in the table `standing`."""
    cursor.execute(LADDERS)
    for level in Level.objects.all():
        due = level.report_within
        # As if reported the minute it was received; every ladder of a level is alike.
        ladder = frozen(level.report_ladder(level.standard.published_at, level.standard.published_at + due))
        cursor.execute("INSERT INTO ladder VALUES (%s, %s, %s)", [level.pk, _json(ladder), len(ladder)])
    cursor.execute(PROMISED, [last_id(cursor, "duty_deadline")])
    cursor.execute(FIRED, [last_id(cursor, "duty_firing")])
    cursor.execute("ANALYZE promised, fired")
    _deadlines(cursor)
    _firings(cursor)
    _notices(cursor, count)


def _json(ladder: list) -> str:
    import json

    return json.dumps(ladder)


def _deadlines(cursor) -> None:
    write(
        cursor, "duty_deadline", "promised ORDER BY deadline_id",
        id="deadline_id", kind="'incidents.report'", matter_id="id", unit_id="unit_id", opened_by_id="officer_id",
        owed_as="'scheduling.officers'", opened_at="logged_at", runs_from="received_at", due_at="due_at", pinned="true",
        ladder="ladder", rung="climbed", fires_at=f"CASE WHEN NOT kept THEN {LATER} END",
        settled_at=ANSWERED.format("answered_at"), settled_by_id=ANSWERED.format("head_id"),
        settled_as="CASE WHEN kept THEN 'kept' ELSE '' END",
    )  # fmt: skip
    write(
        cursor, "incidents_report", "promised ORDER BY deadline_id",
        incident_id="id", cause="'level'", level_id="level_id", by_id="officer_id", at="logged_at", deadline_id="deadline_id",
        due_at="due_at", acknowledged_at=ANSWERED.format("answered_at"), acknowledged_by_id=ANSWERED.format("head_id"),
    )  # fmt: skip
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('duty_deadline', 'id'), greatest(1, max(id))) FROM duty_deadline"
    )
    write(
        cursor, "duty_deadline", FOLLOWED,
        kind="'incidents.update'", matter_id="id", unit_id="unit_id", opened_by_id="head_id", owed_as="'scheduling.officers'",
        opened_at="answered_at", runs_from="answered_at", due_at="next_at", ladder="ladder",
        fires_at=f"CASE WHEN status = 'acknowledged' THEN {LATER} END",
        settled_at="CASE WHEN status = 'closed' THEN closed_at END",
        settled_as="CASE WHEN status = 'closed' THEN 'withdrawn' ELSE '' END",
        settled_by_id="CASE WHEN status = 'closed' THEN officer_id END",
    )  # fmt: skip


def _firings(cursor) -> None:
    rung = "ladder -> least(rung, steps - 1)"
    write(
        cursor, "duty_firing", "fired ORDER BY firing_id",
        id="firing_id", deadline_id="deadline_id", matter_id="id", rung="rung", action=f"{rung} ->> 'action'",
        to=f"{rung} ->> 'to'", planned_at="fired_at - interval '30 milliseconds'", fired_at="fired_at",
        outcome="'told'", told="""'["王建国", "赵红"]'""",
    )  # fmt: skip


def _notices(cursor, count: int) -> None:
    after = last_id(cursor, "duty_notice")
    write(
        cursor, "duty_notice", TOLD + " ORDER BY firing_id",
        recipient_id="person_id", key="'rung:' || deadline_id || ':' || rung", title="'[' || badge || '] ' || summary",
        text="'收到 ' || place || E'\\n现场:' || scene", matter_id="id", firing_id="firing_id", urgency="'urgent'",
        needs_acknowledgement="true", created_at="fired_at",
        acknowledged_at="CASE WHEN kept AND person_id = head_id THEN answered_at END",
        acknowledged_via="CASE WHEN kept AND person_id = head_id THEN 'link' ELSE '' END",
        released_at="CASE WHEN kept AND person_id <> head_id THEN answered_at END",
    )  # fmt: skip
    write(
        cursor, "duty_notice", ELSEWHERE, {"count": count, "step": max(1, count // 101)},
        recipient_id="person_id", key="'closed:' || id || ':x'", title="summary", matter_id="id", urgency="'normal'",
        created_at="logged_at",
    )  # fmt: skip
    write(
        cursor, "duty_delivery", SENT, [after],
        notice_id="id", channel="'mail'", state="'sent'", attempts="1", claimed_at="created_at",
        sent_at="created_at + interval '2 seconds'", reference="'<notice-' || id || '@localhost>'",
    )  # fmt: skip
