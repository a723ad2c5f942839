"""The least that claiming and firing can cost: two plain tables, one connection, batches; no notices, no evidence."""

import time

TABLES = """
DROP TABLE IF EXISTS bare_firing, bare_deadline;
CREATE TABLE bare_deadline (id bigint PRIMARY KEY, rung int NOT NULL, fires_at timestamptz);
CREATE TABLE bare_firing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deadline_id bigint REFERENCES bare_deadline, rung int,
    planned_at timestamptz, fired_at timestamptz, UNIQUE (deadline_id, rung));
INSERT INTO bare_deadline SELECT g, 0, now() - interval '1 second' FROM generate_series(1, %s) AS g;
CREATE INDEX ON bare_deadline (fires_at) WHERE fires_at IS NOT NULL;
ANALYZE bare_deadline;
"""
FIRE = """
WITH due AS (
    SELECT id, rung, fires_at FROM bare_deadline WHERE fires_at <= now() ORDER BY fires_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED
), fired AS (
    INSERT INTO bare_firing (deadline_id, rung, planned_at, fired_at) SELECT id, rung, fires_at, now() FROM due
)
UPDATE bare_deadline d SET rung = d.rung + 1, fires_at = NULL FROM due WHERE d.id = due.id
"""


def bare_loop(ground, count: int = 60_000) -> float:
    """Firings per second."""
    line = ground.connect()
    with line.cursor() as cursor:
        cursor.execute(TABLES, [count])
        began = time.monotonic()
        while True:
            cursor.execute(FIRE)
            if not cursor.rowcount:
                break
        rate = count / (time.monotonic() - began)
        cursor.execute("DROP TABLE bare_firing, bare_deadline")
    line.close()
    return rate
