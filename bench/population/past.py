"""Three years of incidents with their timelines, in the order in which they happened; set-wise, the triggers off."""

from . import words
from .rows import last_id, write

DAYS = 1095
# Unit sizes fall off steeply: the head office writes most of it, the smallest unit an incident every few days.
WHEEL = """
CREATE TEMP TABLE wheel AS
WITH weighed AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM duty_unit),
     reaching AS MATERIALIZED (
        SELECT id, 10000 * sum(power(place, -1.6) + 0.0004) OVER (ORDER BY place) / sum(power(place, -1.6) + 0.0004) OVER () AS reach
        FROM weighed)
SELECT slot, (SELECT id FROM reaching WHERE reach > slot ORDER BY reach LIMIT 1) AS unit_id FROM generate_series(0, 9999) AS slot
"""
# Who works in a unit, and at which post its watch is kept: its own, or that of the nearest unit above.
WATCHED = """
CREATE TEMP TABLE watched AS
WITH RECURSIVE above (unit_id, here, step) AS (
    SELECT id, id, 0 FROM duty_unit
    UNION ALL
    SELECT above.unit_id, unit.parent_id, step + 1 FROM above JOIN duty_unit unit ON unit.id = above.here
    WHERE unit.parent_id IS NOT NULL
)
SELECT DISTINCT ON (above.unit_id) above.unit_id, post.id AS post_id, unit.head_id,
       (SELECT array_agg(person.id ORDER BY person.id) FROM duty_person person WHERE person.unit_id = above.unit_id) AS people,
       (SELECT min(line.id) FROM incidents_dutyline line WHERE line.unit_id = post.unit_id) AS line_id
FROM above JOIN scheduling_post post ON post.unit_id = above.here JOIN duty_unit unit ON unit.id = above.unit_id
ORDER BY above.unit_id, step
"""
STORY = """
CREATE TEMP TABLE story AS
SELECT s.place - 1 AS story, nature.id AS nature_id, s.nature = '咨询投诉' AS enquiry, s.summary, s.urgency, s.scope,
       cell.standard_id, level.id AS level_id, level.rank AS gravity, level.name AS badge, level.must_report,
       level.report_within, level.update_every
FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[]) WITH ORDINALITY AS s (nature, summary, urgency, scope, place)
JOIN incidents_nature nature ON nature.name = s.nature
JOIN incidents_cell cell ON cell.urgency = s.urgency AND cell.scope = s.scope
JOIN incidents_level level ON level.id = cell.level_id
"""
PICK = """
CREATE FUNCTION pg_temp.pick(among text[], dice float8) RETURNS text IMMUTABLE LANGUAGE sql
AS 'SELECT among[1 + floor(dice * array_length(among, 1))::int]'
"""
HAPPENED = """
CREATE TEMP TABLE happened AS
SELECT d.g, d.g + %(after)s AS id, d.received_at, s.*, u.unit_id, u.post_id, u.head_id, u.line_id,
       received_at + make_interval(secs => CASE WHEN d1 < 0.03 THEN 3000 + 9000 * d2 ELSE 30 + 230 * d2 END) AS logged_at,
       make_interval(secs => CASE WHEN d3 < 0.06 THEN 2100 + 2400 * d4 ELSE 60 + 1000 * d4 END) AS answered_in, d3 < 0.06 AS slow,
       make_interval(secs => 1200 + 12000 * d5) AS closed_in,
       u.people[1 + floor(d6 * array_length(u.people, 1))::int] AS officer_id,
       pg_temp.pick(%(areas)s, d7 ^ 1.5) || (1 + floor(d8 * 12)) || ' 层' || pg_temp.pick(%(spots)s, d9 ^ 1.5) AS place,
       pg_temp.pick(%(scenes)s, d1 ^ 1.5) || {planted}
           || CASE WHEN mod(d.age, 365) BETWEEN 90 AND 180 AND d2 < 0.2 THEN ',{rains}' ELSE '' END AS scene,
       pg_temp.pick(%(suggestions)s, d3) AS suggestion, pg_temp.pick(%(results)s, d4) AS result,
       pg_temp.pick(%(reporters)s, d5 ^ 1.5) AS reporter, pg_temp.pick(%(notes)s, d6) AS note,
       '139' || lpad(floor(d7 * 1e8)::text, 8, '0') AS phone, d8, d9
FROM (
    SELECT g, (%(count)s - g) * %(days)s / %(count)s AS age,
           date_trunc('second', duty_now()) - interval '10 minutes' - (%(count)s - g) * (%(days)s * interval '1 day') / %(count)s
               AS received_at,
           floor(random() * 10000)::int AS slot, floor(random() ^ 1.6 * %(stories)s)::int AS story,
           random() AS d1, random() AS d2, random() AS d3, random() AS d4, random() AS d5, random() AS d6, random() AS d7,
           random() AS d8, random() AS d9
    FROM generate_series(1, %(count)s) AS g
) d JOIN wheel USING (slot) JOIN watched u USING (unit_id) JOIN story s USING (story)
"""
# One in a hundred still has a promise open: the newest that had to be reported. A few of the newest others are in hand.
STANDING = """
CREATE TEMP TABLE standing AS
SELECT h.*, received_at + report_within AS due_at, turn.id AS shift_id,
       CASE WHEN must_report AND nth <= %(count)s * 0.003 THEN 'reported' WHEN must_report AND nth <= %(count)s * 0.01 THEN 'acknowledged'
            WHEN NOT must_report AND nth <= %(count)s * 0.002 THEN 'open' ELSE 'closed' END AS status,
       row_number() OVER (PARTITION BY year ORDER BY g) AS serial,
       CASE WHEN must_report THEN least(logged_at + answered_in, duty_now()) END AS answered_at,
       least(logged_at + answered_in + closed_in, duty_now()) AS closed_at
FROM (SELECT *, date_part('year', logged_at AT TIME ZONE 'Asia/Shanghai')::int AS year,
             row_number() OVER (PARTITION BY must_report ORDER BY g DESC) AS nth FROM happened) h
LEFT JOIN turn ON turn.post_id = h.post_id
    AND turn.n = floor(EXTRACT(EPOCH FROM h.received_at - (SELECT min(starts_at) FROM turn)) / 43200)
"""
NUMBER = "year || '-' || lpad(serial::text, greatest(4, length(serial::text)), '0')"
CLOSED = "CASE WHEN status = 'closed' THEN {} END"
ANSWERED = "CASE WHEN must_report AND status <> 'reported' THEN {} END"


def happen(cursor, count: int) -> None:
    """Write `count` incidents. Leaves the table `standing`, a row per incident, for what hangs on them."""
    stories = words.stories()
    planted = " || ".join(
        f"CASE WHEN mod(g, {every}) = {every // 2} THEN ',{word}' ELSE '' END" for every, word in words.PLANTED.items()
    )
    values = {
        "after": last_id(cursor, "duty_matter"), "count": count, "days": DAYS, "stories": len(stories),
        "areas": words.AREAS, "spots": words.SPOTS, "scenes": words.SCENES, "suggestions": words.SUGGESTIONS,
        "results": words.RESULTS, "reporters": words.REPORTERS, "notes": words.NOTES,
    }  # fmt: skip
    cursor.execute("SELECT setseed(0.2026)")
    cursor.execute(WHEEL + ";" + WATCHED + ";" + PICK)
    cursor.execute(STORY, [list(column) for column in zip(*stories, strict=True)])
    cursor.execute("ANALYZE story, watched, wheel, turn")
    cursor.execute(HAPPENED.format(planted=planted, rains=words.RAINS), values)
    cursor.execute(STANDING, values)
    cursor.execute("ANALYZE standing")
    _matters(cursor)
    _incidents(cursor)
    _timelines(cursor)


def _matters(cursor) -> None:
    write(
        cursor, "duty_matter", "standing ORDER BY id",
        id="id", kind="'incidents.incident'", unit_id="unit_id", number=NUMBER, title="summary", badge="badge",
        gravity="gravity", opened_at="received_at", closed_at=CLOSED.format("closed_at"),
    )  # fmt: skip


def _incidents(cursor) -> None:
    write(
        cursor, "incidents_incident", "standing ORDER BY id",
        matter_id="id", unit_id="unit_id", year="year", serial="serial", number=NUMBER, status="status",
        logged_by_id="officer_id", logged_at="logged_at", shift_id="shift_id", received_at="received_at",
        line_id="CASE WHEN d8 < 0.8 THEN line_id END", rang_at="CASE WHEN d8 < 0.8 THEN received_at END",
        answered_at="CASE WHEN d8 < 0.8 THEN received_at + interval '7 seconds' END",
        reporter_name="CASE WHEN d9 < 0.93 THEN reporter ELSE '' END", name_not_given="d9 >= 0.93",
        reporter_contact="CASE WHEN d9 < 0.85 THEN phone ELSE '' END", contact_not_given="d9 >= 0.85",
        place="place", nature_id="nature_id", summary="summary", scene="scene", suggestion="suggestion",
        standard_id="standard_id", urgency="urgency", scope="scope", level_id="level_id",
        disposition="CASE WHEN enquiry AND status = 'closed' THEN 'answered' ELSE '' END",
        acknowledged_by_id=ANSWERED.format("head_id"), acknowledged_at=ANSWERED.format("answered_at"),
        result="CASE WHEN status = 'closed' THEN result ELSE '' END",
        closed_by_id=CLOSED.format("officer_id"), closed_at=CLOSED.format("closed_at"),
        hay=f"lower({NUMBER} || ' ' || summary || ' ' || place || ' ' || CASE WHEN d9 < 0.93 THEN reporter ELSE '' END || ' ' || "
        "scene || ' ' || suggestion || CASE WHEN status = 'closed' THEN ' ' || result ELSE '' END)",
    )  # fmt: skip
    write(
        cursor, "incidents_counter", "(SELECT year, max(serial) AS last FROM standing GROUP BY year) counted",
        year="year", last="last",
    )  # fmt: skip


TIMELINE = """
(SELECT id, unit_id, verb, who_id, text, at FROM standing, LATERAL (VALUES
    ('log', officer_id, place || ' ' || summary, logged_at, true),
    ('report', officer_id, '上级', logged_at, must_report),
    ('acknowledge', head_id, '', answered_at, must_report AND status <> 'reported'),
    ('note', officer_id, note, logged_at + answered_in / 2, true),
    ('note', officer_id, '已复查', logged_at + closed_in / 2, NOT enquiry AND d8 < 0.5),
    ('close', officer_id, result, closed_at, status = 'closed')
) AS line (verb, who_id, text, at, written) WHERE written ORDER BY at, id) told
"""


def _timelines(cursor) -> None:
    write(
        cursor, "duty_line", TIMELINE,
        matter_id="id", unit_id="unit_id", verb="'incidents.incident.' || verb", who_id="who_id", text="text", at="at",
    )  # fmt: skip
