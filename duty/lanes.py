"""Two lanes beside Celery beat and each worker host: *fire* (deadlines → notices) and *send* (outbox → channels).

A lane is a plain thread with its own connection. It sleeps until the next thing is due, is woken by NOTIFY for
an earlier one, and looks at least every second; a missed, doubled or late wake-up is harmless, any number may run.
A lane that cannot go on ends its process, and the supervisor starts it anew. Tried before and not kept: ETA tasks
lost every timer with their worker; a beat scheduler froze for as long as Redis hung.
"""

import contextlib
import logging
import os
import select
import socket
import threading
import time

from django.db import InterfaceError, OperationalError, connection, transaction

from duty.sending import see_to_outbox
from duty.sweeping import seconds_to_next, sweep
from duty.wakeups import LOOK_SECONDS

log = logging.getLogger("duty.lanes")

SIGN_OF_LIFE_SECONDS = 5
OUTAGE_SECONDS = 30
BREATH_SECONDS, LONGEST_BREATH_SECONDS = 0.002, 0.1


class Lane(threading.Thread):
    """Looks, works until nothing is due, sleeps. `work()` returns how much it did; `rest()` how long to sleep."""

    name_of_lane = ""

    def __init__(self, place: str):
        super().__init__(name=f"{self.name_of_lane} lane", daemon=True)
        self.place = f"{socket.gethostname()} {place}"[:80]
        self.stopping = threading.Event()
        self.last_sign = 0.0

    def work(self) -> int:
        raise NotImplementedError

    def rest(self) -> float:
        return LOOK_SECONDS

    def run(self) -> None:
        lost_since = None
        while not self.stopping.is_set():
            try:
                self._listen()
                while not self.stopping.is_set():
                    self._sign_of_life()
                    lost_since = None
                    if not self.work():
                        self._sleep(min(self.rest(), LOOK_SECONDS))
            except (OperationalError, InterfaceError) as lost:
                # The database is restarting, or the line to it was cut: ours to survive.
                lost_since = lost_since or time.monotonic()
                log.warning(
                    "%s lane lost the database for %.0f s: %s", self.name_of_lane, time.monotonic() - lost_since, lost
                )
                with contextlib.suppress(Exception):
                    connection.close()
                self.stopping.wait(0.3)
            except BaseException:
                log.exception("%s lane cannot go on; ending the process so that it is started anew", self.name_of_lane)
                os._exit(70)
        connection.close()

    def stop(self) -> None:
        self.stopping.set()

    def _listen(self) -> None:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN duty_{self.name_of_lane}")

    def _sleep(self, seconds: float) -> None:
        raw = connection.connection
        with connection.wrap_database_errors:  # the driver's own errors are none that `run` knows
            raw.poll()
            if not raw.notifies and select.select([raw], [], [], seconds)[0]:
                raw.poll()
        raw.notifies.clear()

    def _sign_of_life(self) -> None:
        if time.monotonic() - self.last_sign < SIGN_OF_LIFE_SECONDS:
            return
        self.last_sign = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            if self.name_of_lane == "fire":
                cursor.execute(TAKE_TURNS)
                cursor.execute(NOTE_OUTAGE, [OUTAGE_SECONDS])
            cursor.execute(SIGN, [self.name_of_lane, self.place])


# The first fire lane back after a silence notes it; two at once would note it twice, so they take turns. The turn is
# a statement of its own: what one statement sees was fixed before it began to wait.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtext('duty outage'))"
NOTE_OUTAGE = """
INSERT INTO duty_outage (began_at, ended_at)
SELECT max(seen_at), duty_now() FROM duty_lane WHERE name = 'fire'
HAVING max(seen_at) < duty_now() - make_interval(secs => %s)
"""
SIGN = """
INSERT INTO duty_lane (name, place, seen_at, started_at) VALUES (%s, %s, duty_now(), duty_now())
ON CONFLICT (name, place) DO UPDATE SET seen_at = duty_now()
"""


class FireLane(Lane):
    name_of_lane = "fire"
    breath = BREATH_SECONDS

    def work(self) -> int:
        return sweep()

    def rest(self) -> float:
        # What is due and was not fired fell due between two looks, or someone else holds it: look again almost at
        # once, then ever more calmly.
        if seconds := seconds_to_next():
            self.breath = BREATH_SECONDS
            return seconds
        breath, self.breath = self.breath, min(2 * self.breath, LONGEST_BREATH_SECONDS)
        return breath


class SendLane(Lane):
    name_of_lane = "send"

    def work(self) -> int:
        return see_to_outbox()


def start_lanes(place: str) -> list[Lane]:
    lanes = [FireLane(place), SendLane(place)]
    for lane in lanes:
        lane.start()
    return lanes
