"""Three years of watches at six posts, two a day, and three weeks ahead; set-wise."""

# The crew of a post comes from its own unit in fixed order, so that nobody is seated twice at a time.
CREW = """
CREATE TEMP TABLE crew AS
SELECT post.id AS post_id, post.unit_id, post.name AS post, role, person_id,
       row_number() OVER (PARTITION BY post.id, role ORDER BY person_id) - 1 AS place,
       count(*) OVER (PARTITION BY post.id, role) AS among
FROM scheduling_post post
JOIN (SELECT person.unit_id, person.id AS person_id,
             CASE WHEN row_number() OVER (PARTITION BY person.unit_id ORDER BY person.id) <= 4 THEN 'leader' ELSE 'officer' END AS role
      FROM duty_person person) p ON p.unit_id = post.unit_id
"""
TURNS = """
CREATE TEMP TABLE turn AS
SELECT nextval(pg_get_serial_sequence('duty_matter', 'id')) AS id, post.id AS post_id, post.unit_id, post.name AS post, n,
       first + n * interval '12 hours' AS starts_at, first + (n + 1) * interval '12 hours' AS ends_at
FROM scheduling_post post,
     generate_series(0, %(turns)s - 1) AS n,
     (SELECT date_trunc('day', duty_now(), 'Asia/Shanghai') + interval '8 hours' - %(back)s * interval '1 day' AS first) f
ORDER BY n, post.id
"""
MATTERS = """
INSERT INTO duty_matter (id, kind, number, title, badge, gravity, opened_at, unit_id)
SELECT id, 'scheduling.shift', '', post || CASE WHEN n %% 2 = 0 THEN ' 日班 ' ELSE ' 夜班 ' END || to_char(starts_at, 'MM-DD'),
       '', 0, starts_at, unit_id FROM turn
"""
SHIFTS = """
INSERT INTO scheduling_shift (matter_id, unit_id, post_id, name, starts_at, ends_at, version)
SELECT id, unit_id, post_id, CASE WHEN n %% 2 = 0 THEN '日班' ELSE '夜班' END, starts_at, ends_at, 1 FROM turn
"""
SEATS = """
INSERT INTO scheduling_seat (shift_id, role, person_id, starts_at, ends_at, watch_starts_at, watch_ends_at)
SELECT turn.id, seat.role, crew.person_id, turn.starts_at, turn.ends_at, turn.starts_at, turn.ends_at
FROM turn, (VALUES ('leader', 'leader', 0), ('primary', 'officer', 0), ('secondary', 'officer', 1)) AS seat (role, pool, step)
JOIN crew ON crew.role = seat.pool
WHERE crew.post_id = turn.post_id AND crew.place = (turn.n * CASE seat.pool WHEN 'leader' THEN 1 ELSE 2 END + seat.step) %% crew.among
"""
PLANNED = """
INSERT INTO duty_line (verb, via, text, reason, data, at, matter_id, unit_id, who_id)
SELECT 'scheduling.shift.plan', '', '', '', '{}', starts_at - interval '20 days', id, unit_id,
       (SELECT person_id FROM duty_grant WHERE role = 'manager' LIMIT 1) FROM turn
"""
BACK, AHEAD = 1096, 21


def keep_watch(cursor, back: int = BACK, ahead: int = AHEAD) -> None:
    """So many days. Leaves the table `turn`, by which incidents find the watch they happened on."""
    for sql in (CREW, TURNS, MATTERS, SHIFTS, SEATS, PLANNED):
        cursor.execute(sql, {"turns": 2 * (back + ahead), "back": back})
