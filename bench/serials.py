"""Serial numbers under twenty writers at once: how many a second, with no gap and none given twice."""

import multiprocessing
import os
import time

from django.db import connection, transaction

from duty.clock import duty_now
from duty.models import Person, Unit
from incidents.models import Incident, Standard

from .engine import house_of_its_own
from .figures import note

WRITERS, SECONDS = 20, 8
CHANGED_THEIR_MIND = 25  # one in so many fails at the very end and gives its number back
COUNTED = "SELECT count(*), count(DISTINCT serial), min(serial), max(serial) FROM incidents_incident"


class ChangedTheirMind(Exception):
    """Raised after the number was taken."""


def _write(person_id: int, standard_id: int, starts: float, written) -> None:
    connection.close()
    person, standard = Person.objects.get(pk=person_id), Standard.objects.get(pk=standard_id)
    cell, done, number = standard.suggest(2, 1), 0, 0
    time.sleep(max(0, starts - time.monotonic()))
    while time.monotonic() < starts + SECONDS:
        number += 1
        at = duty_now()
        incident = Incident(
            unit_id=person.unit_id, received_at=at, place="A 座三楼", summary="走廊照明灯具损坏", reporter_name="张强",
            reporter_contact="13800138000", standard=standard, urgency=2, scope=1, level=cell.level,
        )  # fmt: skip
        try:
            with transaction.atomic():
                incident.log(by=person, at=at)
                if number % CHANGED_THEIR_MIND == 0:
                    raise ChangedTheirMind
            done += 1
        except ChangedTheirMind:
            pass
    written.put(done)
    connection.close()
    os._exit(0)


def serial_numbers(ground, sheet) -> None:
    house_of_its_own(ground)
    standard = Standard.objects.in_force()
    people = list(Person.objects.filter(grants__role="officer").order_by("pk").values_list("pk", flat=True)[:WRITERS])
    units = Unit.objects.count()
    connection.close()  # before the fork: a connection has one owner
    forked = multiprocessing.get_context("fork")
    written, starts = forked.SimpleQueue(), time.monotonic() + 2
    writers = [forked.Process(target=_write, args=(pk, standard.pk, starts, written)) for pk in people]
    note(f"{WRITERS} writers for {SECONDS} s, {units} units")
    for writer in writers:
        writer.start()
    done = [written.get() for _ in writers]
    for writer in writers:
        writer.join()
    count, different, first, last = ground.ask(COUNTED)
    gaps = (last or 0) - (first or 1) + 1 - different
    sheet.add(
        "serial_numbers_per_second", count / SECONDS, "1/s", 100, at_least=True,
        holds=gaps == 0 and count == different == sum(done) and first == 1, gaps=gaps, twice=count - different,
        writers=WRITERS, written=count, least_by_one_writer=min(done), given_back_every=CHANGED_THEIR_MIND, sql=COUNTED,
    )  # fmt: skip
