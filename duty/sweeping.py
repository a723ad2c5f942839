"""The fire sweep: what is due becomes fired rungs, notices and the next rung, set-wise, in one transaction.

It writes kernel tables only, so it can never deadlock with a verb that settles: a verb takes its own row first
and the deadline after it, the sweep only ever the deadline. Idempotent: a rung is unique on (deadline, rung).
"""

import datetime as dt
import json
import logging
from collections import defaultdict
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation

from duty import ladders, sockets, wording
from duty.ladders import Rung
from duty.models import Outcome
from duty.recipients import reachable
from duty.telling import Told, alarm_administrators, tell_all
from duty.wakeups import wake_send_lane

log = logging.getLogger("duty.sweep")

BATCH = 500  # more is hardly faster, and whoever is killed in the act loses less
OWNER = "duty.owner"
RETRY_SECONDS = (60, 120, 300, 600)


class Due(NamedTuple):
    """A claimed deadline, with what firing it needs to know."""

    id: int
    kind: str
    matter_id: int
    unit_id: int
    opened_by_id: int | None
    owed_by_id: int | None
    owed_as: str
    opened_at: dt.datetime
    due_at: dt.datetime
    ladder: list
    number: int  # of the rung to fire
    planned_at: dt.datetime
    badge: str
    title: str
    at: dt.datetime

    @property
    def rungs(self) -> list[Rung]:
        return ladders.thawed(self.ladder)

    @property
    def rung(self) -> Rung:
        return ladders.rung_at(self.rungs, self.number)


# Claimed by one index alone and joined afterwards: of thousands that are due only a batch is read and sorted.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT * FROM duty_deadline d WHERE {which} ORDER BY d.fires_at LIMIT {limit} FOR NO KEY UPDATE SKIP LOCKED
)
SELECT d.id, d.kind, d.matter_id, d.unit_id, d.opened_by_id, d.owed_by_id, d.owed_as, d.opened_at, d.due_at,
       d.ladder, d.rung, d.fires_at, m.badge, m.title, duty_now()
FROM due d JOIN duty_matter m ON m.id = d.matter_id ORDER BY d.fires_at, d.id
"""
NEXT = "SELECT EXTRACT(EPOCH FROM min(fires_at) - duty_now())::float8 FROM duty_deadline WHERE fires_at IS NOT NULL"


def seconds_to_next() -> float:
    """Seconds until the next rung is due, 0 if one is, a large number if none is planned."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        seconds = cursor.fetchone()[0]
    return 3600.0 if seconds is None else max(0.0, seconds)


def sweep(limit: int = BATCH) -> int:
    """Fire up to `limit` rungs that are due; returns how many deadlines it dealt with."""
    dues: list[Due] = []
    try:
        with transaction.atomic():
            dues = _claim(limit)
            _fire(dues)
        return len(dues)
    except (OperationalError, InterfaceError):
        raise  # the database went away: the lane's to survive
    except Exception as fault:
        log.exception("a batch of deadlines raised; looking for those at fault")
        ids = [due.id for due in dues] or _waiting(limit)
        _narrow_down(ids, fault)
        return len(ids)


def _claim(limit: int, which: str = "d.fires_at <= duty_now()", values: tuple = ()) -> list[Due]:
    """Lock what is due and nobody else holds."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(which=which, limit=limit), values)
        return [Due(*row[:9], json.loads(row[9]), *row[10:]) for row in cursor.fetchall()]


def fire_now(deadline_id: int) -> None:
    """Fire a promise's next rung in the caller's transaction: whoever opens it has the first level told with it."""
    _fire(_claim(1, "d.id = %s AND d.fires_at IS NOT NULL", (deadline_id,)))


def _waiting(limit: int) -> list[int]:
    """What is due, where not even claiming it went well: a row may hold what cannot be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM duty_deadline WHERE fires_at <= duty_now() ORDER BY fires_at, id LIMIT %s", [limit]
        )
        return [row[0] for row in cursor.fetchall()]


def _narrow_down(ids: list[int], fault: Exception) -> None:
    """Halve what raised until the row at fault stands alone and is parked; the others fire in few transactions."""
    if len(ids) == 1:
        log.error("deadline %s cannot fire and is parked", ids[0], exc_info=fault)
        _park(ids[0], fault)
    elif ids:
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            try:
                with transaction.atomic():
                    # Still due: another sweeper may have fired it meanwhile, and its next rung is for later.
                    _fire(_claim(len(half), "d.id = ANY(%s) AND d.fires_at <= duty_now()", (half,)))
            except (OperationalError, InterfaceError):
                raise
            except Exception as its_fault:
                _narrow_down(half, its_fault)


PARK = """
UPDATE duty_deadline SET parked_at = duty_now(), fault = %s, faults = least(faults + 1, 999),
    fires_at = duty_now() + make_interval(secs => (%s::int[])[least(faults + 1, %s)])
WHERE id = %s AND fires_at <= duty_now() RETURNING matter_id, kind
"""


def _park(pk: int, fault: Exception) -> None:
    """Put off the row at fault, then say so. An alarm that cannot be written parks nothing less."""
    why = f"{type(fault).__name__}: {fault}".replace("\0", "�").encode(errors="replace").decode()[:2000]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PARK, [why, list(RETRY_SECONDS), len(RETRY_SECONDS), pk])
        row = cursor.fetchone()
    if row is None:
        return
    try:
        with transaction.atomic():
            alarm_administrators(f"parked:{pk}", wording.parked(row[1], pk, why), matter_id=row[0])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("nobody could be alarmed about deadline %s", pk)


FIRINGS = """
INSERT INTO duty_firing (deadline_id, matter_id, rung, action, "to", planned_at, fired_at, outcome, told)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::timestamptz[],
                     %s::timestamptz[], %s::text[], %s::jsonb[])
RETURNING deadline_id, id
"""
MOVE_ON = """
UPDATE duty_deadline d SET rung = n.rung, fires_at = n.fires_at, parked_at = NULL
FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS n (id, rung, fires_at) WHERE d.id = n.id
"""


def _fire(dues: list[Due]) -> None:
    """Fire the next rung of each claimed deadline. Every row given must be locked by this transaction."""
    if not dues:
        return
    at = dues[0].at
    ladder = {due.id: due.rungs for due in dues}
    rungs = {due.id: ladders.rung_at(ladder[due.id], due.number) for due in dues}
    people, outcomes, owners = _recipients(dues, rungs)
    rows = [
        (due.id, due.matter_id, due.number, rungs[due.id].action, rungs[due.id].to, due.planned_at, at)
        + (outcomes[due.id], json.dumps([person.name for person in people[due.id]], ensure_ascii=False))
        for due in dues
    ]
    after = [ladders.next_firing(ladder[due.id], due.number, at, due.due_at, bool(people[due.id])) for due in dues]
    with connection.cursor() as cursor:
        cursor.execute(FIRINGS, [*map(list, zip(*rows, strict=True))])
        firing = dict(cursor.fetchall())
        cursor.execute(MOVE_ON, [[due.id for due in dues], *map(list, zip(*after, strict=True))])
    if tell_all(list(_notices(dues, rungs, people, owners, firing)), at):
        wake_send_lane()
    for due, (number, _when) in zip(dues, after, strict=True):
        if outcomes[due.id] != Outcome.TOLD and number >= len(due.ladder):
            alarm_administrators(f"nobody:{due.id}", wording.nobody(due), matter_id=due.matter_id)


def _notices(dues: list[Due], rungs: dict[int, Rung], people: dict, owners: dict, firing: dict[int, int]):
    briefs = _Briefs(dues)
    for due in dues:
        kind = sockets.deadline_kind(due.kind)
        for person in people[due.id]:
            title, text = wording.fired(due, rungs[due.id], kind, person.tongue)
            brief = briefs[due.kind, person.tongue].get(due.matter_id, "")
            yield Told(
                recipient=person,
                key=f"rung:{due.id}:{due.number}",
                title=title,
                text=f"{text}\n{brief}".strip(),
                matter_id=due.matter_id,
                firing_id=firing[due.id],
                urgent=kind.urgent or rungs[due.id].urgent,
                # Whoever owes it is only reminded; the answer is asked of the others.
                needs_acknowledgement=kind.needs_acknowledgement and person.id not in owners[due.id],
            )


class _Briefs(dict):
    """The facts that go with a kind's messages: asked once per kind and language for the whole batch."""

    def __init__(self, dues):
        self.dues = dues

    def __missing__(self, kind_and_tongue):
        kind, tongue = kind_and_tongue
        brief = sockets.deadline_kind(kind).brief
        ids = {due.matter_id for due in self.dues if due.kind == kind}
        with translation.override(tongue):
            self[kind_and_tongue] = brief(ids) if brief else {}
        return self[kind_and_tongue]


def _recipients(dues: list[Due], rungs: dict[int, Rung]):
    """Whom each rung reaches now: resolved set-wise per resolver, then kept if reachable."""
    by_resolver = defaultdict(list)
    for due in dues:
        for name in rungs[due.id].to.split("+"):
            by_resolver[name].append(due)
    at = dues[0].at
    found: dict[int, list[int]] = defaultdict(list)
    asked: dict[int, set[int]] = defaultdict(set)
    for name, group in by_resolver.items():
        for pk, ids in sockets.resolvers[name].find(group, at).items():
            found[pk] += ids
            if name != OWNER:
                asked[pk].update(ids)
    people = reachable({pk for ids in found.values() for pk in ids}, at)
    kept, outcomes, owners = {}, {}, {}
    for due in dues:
        here = {person.id: person for pk in found[due.id] if (person := people.get(pk))}
        kept[due.id] = list(here.values())
        outcomes[due.id] = Outcome.TOLD if here else Outcome.UNREACHABLE if found[due.id] else Outcome.NOBODY
        answering = {people[pk].id for pk in asked[due.id] if pk in people}
        owners[due.id] = here.keys() - answering
    return kept, outcomes, owners
