"""Two sweeps that look right and are not."""

import logging
import os

from django.db import connection, transaction

from duty import ladders, lanes, sweeping
from duty.models import Outcome

log = logging.getLogger("bench.bad")

# The smaller the batch, the fewer a kill loses: one is the hardest to catch. The short form has no time for that.
FEW = int(os.environ.get("BAD_BATCH", "1"))


def put_in_place(sweep) -> None:
    sweeping.sweep = lanes.sweep = sweep


def mark_then_write(limit: int = FEW) -> int:
    """Moves the deadline on and commits; whoever dies before the second transaction has told nobody."""
    with transaction.atomic():
        dues = sweeping._claim(FEW)
        if not dues:
            return 0
        after = [ladders.next_firing(due.rungs, due.number, due.at, due.due_at, reached=True) for due in dues]
        with connection.cursor() as cursor:
            cursor.execute(sweeping.MOVE_ON, [[due.id for due in dues], *map(list, zip(*after, strict=True))])
    for due in dues:
        try:
            with transaction.atomic():
                sweeping._fire([due])
        except Exception as fault:
            log.exception("deadline %s cannot fire", due.id)
            sweeping._park(due.id, fault)
    return len(dues)


# The claim as it is, but for the lock.
UNLOCKED = sweeping.CLAIM.replace("FOR NO KEY UPDATE SKIP LOCKED", "")
MOVE_ON = sweeping.MOVE_ON + " AND d.settled_at IS NULL"  # or the database's own rule would stop it


def read_then_write(limit: int = 20) -> int:
    """Reads what is due without holding it, and writes what it read a moment later: settled in between or not."""
    with connection.cursor() as cursor:
        cursor.execute(UNLOCKED.format(which="d.fires_at <= duty_now()", limit=limit))
        rows = cursor.fetchall()
        cursor.execute("SELECT duty_now()")
        at = cursor.fetchone()[0]
    fired = 0
    for row in rows:
        due = sweeping.Due(*row[:9], sweeping.json.loads(row[9]), *row[10:-1], at)
        fired += _written(due)
    return fired


def _written(due) -> int:
    people, outcomes, owners = sweeping._recipients([due], {due.id: due.rung})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT duty_now()")
        (at,) = cursor.fetchone()
        after = ladders.next_firing(due.rungs, due.number, at, due.due_at, bool(people[due.id]))
        cursor.execute(
            sweeping.FIRINGS.replace("RETURNING", "ON CONFLICT DO NOTHING RETURNING"),
            [[due.id], [due.matter_id], [due.number], [due.rung.action], [due.rung.to], [due.planned_at], [at]]
            + [[outcomes.get(due.id, Outcome.TOLD)], ["[]"]],
        )  # fmt: skip
        firing = dict(cursor.fetchall())
        if not firing:
            return 0  # another sweeper had the same idea
        cursor.execute(MOVE_ON, [[due.id], [after[0]], [after[1]]])
        sweeping.tell_all(list(sweeping._notices([due], {due.id: due.rung}, people, owners, firing)), at)
    return 1
