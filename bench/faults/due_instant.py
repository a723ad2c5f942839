"""T12: acknowledge against escalate at the due instant: one order for each, both facts on the trail, never a late firing.

Superiors answer over HTTP, and for each the hour is over somewhere within the time their answer takes, while the lanes
of two beats fire. Without a worker the mail leaves in batches, and leaves the processors to the race. The true order is
that of the deadline's evidence: its events are written by triggers under the row's lock.
"""

import queue
import random
import threading
import time
import uuid

from bench.cast import HEAD, asked
from bench.figures import note
from bench.population.waiting import wait
from bench.visitors import Visitor, session_of

from .experiment import counted, crew_on_fresh_ground, until

SEED, INCIDENTS, SHORT_INCIDENTS = 31, 10_000, 60
BAD_INCIDENTS = 1_000  # a variant that cannot be told from the product by a thousand is not bad enough
CLIENTS = 8
AROUND = (0.0, 1.2)  # when the hour is over, as a share of the time that answers take at the moment
LEAST_SHARE = 0.05  # of either order, or there was no race
# Nothing is killed here, and who commits first does not depend on when the disk has it.
NOT_WAITING_FOR_THE_DISK = "ALTER DATABASE engine SET synchronous_commit = off"
# The instant is set when the answer leaves, so that a slow machine races as closely as a fast one.
DUE = """
WITH due AS (
    UPDATE duty_deadline SET due_at = duty_now() + %s * interval '1 second', fires_at = duty_now() + %s * interval '1 second'
    WHERE matter_id = %s RETURNING id
) SELECT pg_notify('duty_fire', '') FROM due
"""

# `moved`: the rung went on while the promise was open. `settled`: when it was settled, by the order of the evidence.
ORDER = """
WITH raced AS (
    SELECT d.id, d.matter_id, d.settled_at, f.id AS firing_id, f.fired_at,
           (SELECT min(pgh_id) FROM duty_deadlineevent e WHERE e.pgh_obj_id = d.id AND e.settled_at IS NOT NULL) AS settled,
           (SELECT min(pgh_id) FROM duty_deadlineevent e WHERE e.pgh_obj_id = d.id AND e.settled_at IS NULL) AS moved
    FROM duty_deadline d LEFT JOIN duty_firing f ON f.deadline_id = d.id WHERE d.kind = 'incidents.report'
)
"""
MUST_BE_NOTHING = {
    "lost": "SELECT count(*) FROM incidents_incident i JOIN duty_deadline d ON d.matter_id = i.matter_id AND d.kind = 'incidents.report' "
    "WHERE i.status <> 'acknowledged' OR d.settled_at IS NULL OR d.settled_as <> 'kept'",
    "fired_after_settled": ORDER
    + "SELECT count(*) FROM raced WHERE firing_id IS NOT NULL AND (moved IS NULL OR moved > settled)",
    "moved_after_settled": ORDER + "SELECT count(*) FROM raced JOIN duty_deadlineevent e ON e.pgh_obj_id = raced.id "
    "WHERE e.pgh_id > raced.settled",
    "trail_tells_another_order": ORDER
    + "SELECT count(*) FROM raced WHERE firing_id IS NOT NULL AND fired_at > settled_at",
    "fired_twice": "SELECT count(*) - count(DISTINCT deadline_id) FROM duty_firing",
    "fired_told_nobody": "SELECT count(*) FROM duty_firing f WHERE NOT EXISTS (SELECT FROM duty_notice n WHERE n.firing_id = f.id)",
    "acknowledged_not_once": "SELECT count(*) FROM incidents_incident i WHERE 1 <> (SELECT count(*) FROM duty_line l "
    "WHERE l.matter_id = i.matter_id AND l.verb = 'incidents.incident.acknowledge')",
    "not_followed_up": "SELECT count(*) FROM incidents_incident i WHERE 1 <> (SELECT count(*) FROM duty_deadline d "
    "WHERE d.matter_id = i.matter_id AND d.kind = 'incidents.update' AND d.settled_at IS NULL)",
    "still_asked": "SELECT count(*) FROM duty_notice WHERE needs_acknowledgement AND acknowledged_at IS NULL AND released_at IS NULL",
}
INTEGRITY = ("fired_after_settled",)
ORDERS = ORDER + "SELECT count(*) FILTER (WHERE firing_id IS NULL), count(*) FILTER (WHERE moved < settled) FROM raced"


def run(ground, sheet, *, bad: bool, short: bool) -> None:
    count = SHORT_INCIDENTS if short else BAD_INCIDENTS if bad else INCIDENTS
    with crew_on_fresh_ground(ground, "reads_without_lock" if bad else "") as crew:
        ground.ask(NOT_WAITING_FOR_THE_DISK)
        crew.receiver()
        crew.beat(1)
        if not short:
            crew.beat(2)
        web = crew.web().wait()
        crew.wait_for_lanes(ground, 1 if short else 2)
        visitor = Visitor(web.port, session_of(asked(HEAD)[0][0]))
        wait(count, "duty_now() + interval '50 minutes'")
        began = time.monotonic()
        refused = _answer(ground, visitor)
        note(f"{count} answers at the due instant, {count / (time.monotonic() - began):.0f} a second")
        until(lambda: ground.ask("SELECT NOT EXISTS (SELECT FROM duty_deadline WHERE fires_at <= duty_now())")[0], 10)
    found = counted(ground, MUST_BE_NOTHING)
    settled_first, fired_first = ground.ask(ORDERS)
    if bad:
        found = {what: found[what] for what in INTEGRITY}
    else:
        found["refused"] = refused
    raced = min(settled_first, fired_first) >= LEAST_SHARE * count
    sheet.add(
        "T12", sum(found.values()), "faults", 0, holds=bad or raced, variant="reads_without_lock" if bad else "", seed=SEED,
        **found, incidents=count, settled_first=settled_first, fired_first=fired_first, least_share=LEAST_SHARE,
        sql=MUST_BE_NOTHING | {"orders": ORDERS},
    )  # fmt: skip


def _answer(ground, visitor: Visitor) -> int:
    """Acknowledge each incident around its instant; returns how many were not simply taken."""
    jobs: queue.SimpleQueue = queue.SimpleQueue()
    for (pk,) in asked("SELECT matter_id FROM duty_deadline ORDER BY id"):
        jobs.put(pk)
    refused: list[tuple] = []

    def answer(client: int) -> None:
        dice, line, took = random.Random(SEED + client), ground.connect(), 0.05
        with line.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # moving the instant is no event of the race
            while True:
                try:
                    pk = jobs.get_nowait()
                except queue.Empty:
                    break
                after = took * dice.uniform(*AROUND)
                cursor.execute(DUE, [after, after, pk])
                began = time.monotonic()
                got = visitor.post(
                    f"/incidents/{pk}/acknowledge/", {"once": str(uuid.UUID(int=dice.getrandbits(128), version=4))}
                )
                took += (time.monotonic() - began - took) / 10
                if (got.status, got.location) != (302, f"/incidents/{pk}/"):
                    refused.append((pk, got.status, got.location))
        line.close()

    superiors = [threading.Thread(target=answer, args=(client,)) for client in range(CLIENTS)]
    for superior in superiors:
        superior.start()
    for superior in superiors:
        superior.join()
    if refused:
        note(f"not taken: {refused[:3]}")
    return len(refused)
