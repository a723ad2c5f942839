"""The lanes, as they run beside beat: real threads on the real database by the real clock."""

import datetime as dt
import os
import statistics
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from duty import lanes
from duty.clock import duty_now
from duty.env import ROOT
from duty.lanes import FireLane, SendLane
from duty.models import Deadline, Firing, Lane, Outage
from duty.tests.threads import beside, together
from duty.wakeups import wake_fire_lane

MILLISECONDS = dt.timedelta(milliseconds=1)


def wait_for(what, seconds: float = 5):
    """The first true answer, asked until then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture
def start(transactional_db):
    """Start a lane; all end with the test."""
    running = []

    def begin(lane):
        running.append(lane)
        lane.start()
        wait_for(lambda: Lane.objects.filter(place=lane.place, name=lane.name_of_lane).exists())
        return lane

    yield begin
    for lane in running:
        lane.stop()
    for lane in running:
        lane.join(5)
        assert not lane.is_alive()


@pytest.fixture
def due_in(promises, house):
    """Open a promise as a verb does: the lane is woken when the transaction commits."""

    def make(milliseconds: int) -> Deadline:
        at = duty_now()
        with transaction.atomic():
            deadline = promises.make(house["ops"], at + milliseconds * MILLISECONDS, opened_at=at)
            wake_fire_lane(deadline.fires_at, at)
        return deadline

    return make


def lateness(deadlines) -> list[float]:
    """Seconds from due to fired, by the database's clock, once all have fired."""
    wanted = {deadline.pk for deadline in deadlines}
    wait_for(lambda: set(Firing.objects.values_list("deadline", flat=True)) >= wanted)
    return [firing.lateness.total_seconds() for firing in Firing.objects.filter(rung=0)]


def terminate(which: str = "pid <> pg_backend_pid()") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            f"WHERE datname = current_database() AND {which}"
        )
        return cursor.fetchone()[0]


def test_a_promise_fires_when_it_is_due(start, due_in):
    start(FireLane("test"))
    late = lateness([due_in(n) for n in (400, 500, 650, 800, 900)])
    assert min(late) >= 0, "nothing fires before its time"
    assert statistics.median(late) < 0.3


def test_a_sleeping_lane_is_woken_for_what_is_due_now(start, due_in):
    start(FireLane("test"))
    late = []
    for pause in (0.31, 0.47, 0.13, 0.59, 0.23):  # wherever in its second of sleep it happens to be
        time.sleep(pause)
        late += lateness([due_in(0)])[-1:]
    assert statistics.median(late) < 0.2


def test_what_was_opened_without_a_word_is_found_within_a_second_or_so(start, promises, house):
    start(FireLane("test"))
    time.sleep(0.1)
    assert lateness([promises.make(house["ops"], duty_now())])[0] < 1.6


def test_two_lanes_fire_everything_once(start, due_in):
    start(FireLane("beat")), start(FireLane("worker"))
    deadlines = [due_in(200) for _ in range(30)]
    assert len(lateness(deadlines)) == 30
    assert Firing.objects.count() == 30


def test_a_lane_survives_losing_the_database(start, due_in):
    """Cut while it sleeps and while it works; `os._exit` would end this very process."""
    lane = start(FireLane("test"))
    for _ in range(3):
        assert terminate() >= 1
        assert max(lateness([due_in(0)])) < 3
    assert lane.is_alive()


def test_a_lane_survives_losing_the_database_just_before_it_sleeps(start, due_in):
    class Cut(FireLane):
        times = 0

        def rest(self):
            seconds = super().rest()
            if self.times < 3 and seconds:
                self.times += 1
                mine = connection.connection.info.backend_pid
                beside(lambda: terminate(f"pid = {mine}")).join()
                time.sleep(0.05)  # the end of the line has arrived, and nobody has looked
            return seconds

    lane = start(Cut("test"))
    wait_for(lambda: lane.times == 3 or not lane.is_alive())
    assert max(lateness([due_in(0)])) < 3
    assert lane.is_alive()


BROKEN = """
import django; django.setup()
from duty.lanes import FireLane
class Broken(FireLane):
    def work(self): raise ZeroDivisionError
lane = Broken("broken"); lane.start(); lane.join(20)
"""


def test_a_lane_that_cannot_work_ends_its_process(transactional_db):
    """The supervisor starts it anew. Seen from outside, in a process of its own."""
    here = os.environ["DATABASE_URL"].replace("/zhiban?", f"/{connection.settings_dict['NAME']}?")
    environment = os.environ | {"DATABASE_URL": here, "DJANGO_SETTINGS_MODULE": "duty.settings"}
    done = subprocess.run([sys.executable, "-c", BROKEN], cwd=ROOT, env=environment, capture_output=True, timeout=30)
    assert done.returncode == 70
    assert b"ZeroDivisionError" in done.stderr


def test_a_row_that_someone_holds_does_not_make_the_lane_spin(start, promises, house):
    looks = []

    class Counting(FireLane):
        def work(self):
            looks.append(1)
            return super().work()

    held = promises.make(house["ops"], duty_now())

    def hold():
        with transaction.atomic():
            Deadline.objects.select_for_update().get(pk=held.pk)
            start(Counting("test"))
            looks.clear()
            time.sleep(1)
            return len(looks)

    assert hold() < 30
    assert lateness([held])[0] < 3


def test_signs_of_life_are_given_one_row_per_lane_and_place(start, monkeypatch):
    monkeypatch.setattr(lanes, "SIGN_OF_LIFE_SECONDS", 0.2)
    start(FireLane("beat")), start(FireLane("worker")), start(SendLane("worker"))
    assert sorted(Lane.objects.values_list("name", flat=True)) == ["fire", "fire", "send"]
    first = {row.pk: row.seen_at for row in Lane.objects.all()}
    wait_for(lambda: all(row.seen_at > first[row.pk] for row in Lane.objects.all()))
    assert Lane.objects.count() == 3


def test_the_first_fire_lane_back_notes_the_outage_once(transactional_db):
    at = duty_now()
    gone = Lane.objects.create(name="fire", place="elsewhere", seen_at=at - dt.timedelta(minutes=10))
    Lane.objects.create(name="fire", place="longer ago", seen_at=at - dt.timedelta(hours=3))
    back = [FireLane(f"host {n}") for n in range(4)]
    together(*(lane._sign_of_life for lane in back))
    outage = Outage.objects.get()
    assert outage.began_at == gone.seen_at
    assert at <= outage.ended_at < at + dt.timedelta(seconds=30)


def test_a_short_pause_is_no_outage_and_the_send_lane_notes_none(transactional_db):
    at = duty_now()
    Lane.objects.create(name="fire", place="elsewhere", seen_at=at - dt.timedelta(minutes=10))
    SendLane("test")._sign_of_life()
    assert not Outage.objects.exists()
    Lane.objects.filter(name="fire").update(seen_at=at - dt.timedelta(seconds=20))
    FireLane("test")._sign_of_life()
    assert not Outage.objects.exists()


def test_the_very_first_start_is_no_outage(transactional_db):
    FireLane("test")._sign_of_life()
    assert Lane.objects.count() == 1 and not Outage.objects.exists()


# What pages say about it


def banner(client, path="/") -> str:
    page = client.get(path).content.decode()
    return page.split('role="alert"')[1].split("</div>")[0] if "banner-late" in page else ""


@pytest.mark.django_db
def test_what_fell_due_between_two_looks_waits_milliseconds_and_what_is_held_is_not_pestered(promises, house, now):
    lane = FireLane("here")
    due = promises.make(house["ops"], now)
    breaths = [lane.rest() for _ in range(9)]
    assert breaths[:3] == [0.002, 0.004, 0.008] and breaths[-2:] == [0.1, 0.1]
    due.settle(now, None)
    assert lane.rest() == 3600 and lane.breath == 0.002


@pytest.mark.django_db
def test_pages_say_when_the_engine_is_silent_and_only_then(as_, officer, now, client):
    signed_in = as_(officer)
    assert banner(signed_in) and banner(client, "/login/"), "no lane has ever run"
    lane = Lane.objects.create(name="fire", place="x", seen_at=now - dt.timedelta(seconds=20))
    assert not banner(signed_in) and not banner(client, "/login/")
    assert client.get("/health/").json() == {"ok": True, "engine_late": False}
    Lane.objects.filter(pk=lane.pk).update(seen_at=now - dt.timedelta(seconds=21))
    silent = banner(signed_in)
    assert silent and banner(client, "/login/")
    assert client.get("/health/").json() == {"ok": True, "engine_late": True}
    Lane.objects.create(name="fire", place="y", seen_at=now)
    assert not banner(signed_in), "one that lives is enough"
    Lane.objects.create(name="send", place="y", seen_at=now)
    Lane.objects.filter(name="fire").delete()
    assert banner(signed_in) == silent, "a send lane fires nothing"


@pytest.mark.django_db
def test_pages_say_when_the_engine_lives_but_is_behind(as_, officer, now, promises, house):
    Lane.objects.create(name="fire", place="x", seen_at=now)
    deadline = promises.make(house["ops"], now - dt.timedelta(seconds=20))
    assert not banner(as_(officer))
    Deadline.objects.filter(pk=deadline.pk).update(fires_at=now - dt.timedelta(seconds=21))
    behind = banner(as_(officer))
    Lane.objects.all().delete()
    assert behind and behind != banner(as_(officer))


@pytest.mark.django_db
def test_the_live_stamp_changes_with_the_engines_state(as_, officer, now):
    client = as_(officer)
    Lane.objects.create(name="fire", place="x", seen_at=now)
    lively = client.get("/live/").json()["stamp"]
    Lane.objects.update(seen_at=now - dt.timedelta(minutes=1))
    assert client.get("/live/").json()["stamp"] != lively
