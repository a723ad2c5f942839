"""The engine: how soon after its time a rung fires, how long ten thousand at once take, how many a second."""

import contextlib
import datetime as dt
import itertools
import random
import time

from django.db import connection, transaction

from bench.population.waiting import found_small, wait
from duty.clock import duty_now
from incidents.models import Incident

from .bare_loop import bare_loop
from .figures import note, percentile
from .processes import Crew

SEED = 1
SOON = dt.timedelta(milliseconds=5)
LATENESS = (
    "SELECT array_agg(EXTRACT(EPOCH FROM fired_at - planned_at)::float8 * 1000) FROM duty_firing "
    "WHERE deadline_id IN (SELECT id FROM duty_deadline WHERE kind LIKE '{kind}')"
)
LAST = "SELECT EXTRACT(EPOCH FROM max(fired_at) - min(planned_at))::float8 FROM duty_firing"
LOST = "SELECT count(*) FROM duty_deadline d WHERE NOT EXISTS (SELECT FROM duty_firing f WHERE f.deadline_id = d.id)"
TWICE = "SELECT count(*) - count(DISTINCT deadline_id) FROM duty_firing"
STILL_DUE = """
SELECT duty_now() < due OR EXISTS (SELECT FROM duty_deadline WHERE fires_at < due + interval '1 second'),
       EXTRACT(EPOCH FROM duty_now() - due)::float8 FROM (SELECT %s::timestamptz AS due) d
"""


def house_of_its_own(ground) -> None:
    """A database with the organisation and no incidents, copied from one made once."""
    if not getattr(ground, "has_blank", False):
        ground.migrate("blank")
        found_small()
        ground.has_blank = True
    ground.make("engine", like="blank")
    ground.enter("engine")
    ground.empty_redis()


@contextlib.contextmanager
def as_in_service(ground):
    """One beat and one worker as `make run` has them, and mail going out."""
    with Crew(ground.place) as crew:
        crew.receiver()
        crew.beat()
        crew.worker()
        crew.wait_for_lanes(ground, 2)
        yield


def idle(ground, sheet, planned: int = 150, at_once: int = 50) -> None:
    """Deadlines fall due one by one; most were planned before, some are due the moment they are written."""
    dice = random.Random(SEED)
    house_of_its_own(ground)
    with as_in_service(ground):
        time.sleep(3)
        moments = list(itertools.accumulate((0.06 + dice.expovariate(1 / 0.12) for _ in range(planned)), initial=3.0))
        note(f"{planned + at_once} deadlines one by one, {moments[-1]:.0f} s")
        wait(planned, "duty_now() + (%(moments)s)[g] * interval '1 second'", {"moments": moments})
        began = time.monotonic()
        for incident in Incident.objects.order_by("pk")[:at_once]:
            time.sleep(dice.uniform(0.4, 1.6) * moments[-1] / at_once)
            with transaction.atomic():
                at = duty_now()
                incident.owe("incidents.update", at + SOON, at=at, owed_as="scheduling.officers")
        connection.close()
        time.sleep(max(2.0, began + moments[-1] + 2 - time.monotonic()))
    every, woken = (ground.ask(LATENESS.format(kind=kind))[0] or [] for kind in ("%", "incidents.update"))
    sheet.add(
        "due_to_fired_idle_p99", percentile(every, 99), "ms", 50, holds=len(every) == planned + at_once,
        p50=percentile(every, 50), p95=percentile(every, 95), most=max(every, default=0.0),
        due_at_once_p95=percentile(woken, 95), count=len(every), due_at_once=len(woken), seed=SEED,
        sql=LATENESS.format(kind="%"),
    )  # fmt: skip


def burst(ground, sheet, count: int = 10_000) -> None:
    """So many due in the same second."""
    house_of_its_own(ground)
    with as_in_service(ground):
        note(f"{count} deadlines due at once")
        moments = "%(due)s + mod(g, 1000) * interval '1 millisecond'"
        written_before, seconds = until_all_fired(ground, count, moments, seconds_ahead=8)
    lost, twice = ground.ask(LOST)[0], ground.ask(TWICE)[0]
    sheet.add(
        "ten_thousand_due_at_once", ground.ask(LAST)[0] or float("nan"), "s", 5,
        holds=not lost and not twice and written_before > 0, seen_after=seconds, written_before=written_before, lost=lost, twice=twice, count=count,
        lanes=2, sql=f"{LAST}; {LOST}; {TWICE}",
    )  # fmt: skip


def rate(ground, sheet, count: int = 20_000) -> None:
    """One fire lane alone, against the least that the same work can cost in SQL."""
    house_of_its_own(ground)
    bare = bare_loop(ground)
    with Crew(ground.place) as crew:
        crew.module("bench.lane")
        crew.wait_for_lanes(ground, 1)
        note(f"{count} deadlines for one fire lane")
        written_before, seconds = until_all_fired(ground, count, "%(due)s", seconds_ahead=12)
    fired = ground.ask("SELECT count(*) FROM duty_firing")[0] / seconds
    sheet.add(
        "firings_per_second", fired, "1/s", 3000, at_least=True, holds=written_before > 0 and ground.ask(LOST)[0] == 0,
        written_before=written_before, ratio_to_bare_loop=fired / bare, bare_loop=bare, count=count, lanes=1,
        sql="SELECT count(*) FROM duty_firing, over the time until nothing is due",
    )  # fmt: skip


def until_all_fired(ground, count: int, moments: str, seconds_ahead: int) -> tuple[float, float]:
    """Write so many that fall due at `moments`, an SQL expression of `due` and g = 1…count.

    Seconds that the last was written before `due`, and seconds from `due` until all were seen as fired.
    """
    due = ground.ask("SELECT duty_now() + %s * interval '1 second'", [seconds_ahead])[0]
    wait(count, moments, {"due": due})
    written_before = ground.ask("SELECT EXTRACT(EPOCH FROM %s - duty_now())::float8", [due])[0]
    return written_before, until_none_is_due(ground, due)


def until_none_is_due(ground, due, seconds: float = 120) -> float:
    """Seconds from `due` until the last of them is seen as fired and committed."""
    line = ground.connect()
    try:
        with line.cursor() as cursor:
            while True:
                cursor.execute(STILL_DUE, [due])
                waits, since = cursor.fetchone()
                if not waits or since > seconds:
                    return since
                time.sleep(0.02)
    finally:
        line.close()
