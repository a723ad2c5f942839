"""A whole data set: made once, kept between runs while neither the tables nor this recipe change."""

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from bench.figures import note
from duty.env import ROOT

from .house import found
from .past import happen
from .promises import promise
from .rows import go_on_counting
from .watches import keep_watch

BIG = (
    "duty_matter", "incidents_incident", "duty_line", "duty_deadline", "duty_firing", "duty_notice", "duty_delivery",
    "incidents_report",
)  # fmt: skip
# Those a constraint stands on stay; the others are faster built again than kept up to date.
PLAIN_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public' AND tablename = ANY(%s)
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = quote_ident(i.indexname)::regclass)
ORDER BY tablename, indexname
"""
GOOD_FOR_DAYS = 14


def recipe(**of_what) -> dict:
    """What a kept data set must have been made from to be used again."""
    sources = sorted([*Path(__file__).parent.glob("*.py"), *ROOT.glob("*/migrations/*.py")])
    sources = [source for source in sources if source.name != "waiting.py"]
    made_from = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return of_what | {"made_from": made_from}


def ready(ground, database: str, count: int) -> None:
    """Have the data set of so many incidents in this database, and work on it."""
    kept(ground, database, recipe(count=count), lambda: fill(count))


def kept(ground, database: str, wanted: dict, make: Callable[[], None]) -> None:
    """Work on this database; it is made anew unless an earlier run left one made just so."""
    mark = ground.var / f"{database}.json"
    if mark.exists():
        found = json.loads(mark.read_text())
        if found["recipe"] == wanted and time.time() - found["at"] < GOOD_FOR_DAYS * 86400:
            note(f"{database} is here from an earlier run")
            ground.enter(database)
            return
        mark.unlink()
    began = time.monotonic()
    ground.migrate(database)
    make()
    mark.write_text(json.dumps({"recipe": wanted, "at": time.time()}))
    note(f"{database} made in {time.monotonic() - began:.0f} s")


def fill(count: int) -> None:
    """The organisation, its watches, and so many incidents with all that hangs on them."""
    found()
    with set_wise(BIG) as cursor:
        keep_watch(cursor)
        note("incidents and timelines")
        happen(cursor, count)
        note("promises, firings, notices")
        promise(cursor, count)
        go_on_counting(cursor, *(table for table in BIG if table != "incidents_incident"))
    connection.close()


@contextlib.contextmanager
def set_wise(big: tuple[str, ...]):
    """A cursor that writes the past as an import would: without an event per row, each row whole from the start.

    The plain indexes of the tables in `big` are put back at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(PLAIN_INDEXES, [list(big)])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield cursor
        note(f"{len(indexes)} indexes")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
        note("vacuum")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(AWAKE)


# Pages are measured without the engine beside them; it is to look alive all the same.
AWAKE = """
INSERT INTO duty_lane (name, place, seen_at, started_at) VALUES ('fire', 'bench', duty_now() + interval '1 year', duty_now())
"""
