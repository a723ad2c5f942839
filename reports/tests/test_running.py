"""`make run`'s promises: it says what is wrong, comes back by itself, leaves nothing behind, and keeps the data."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from duty.env import ROOT
from duty.run.place import Place
from duty.run.postgres import alive
from duty.run.supervisor import Supervisor
from reports.tests.conftest import free_port

pytestmark = [pytest.mark.xdist_group("running")]


class Copy:
    """One copy of the product on a folder of its own, without the sample organisation."""

    def __init__(self, folder: Path, **settings: str):
        self.place, self.port = Place(folder), free_port()
        clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = clean | {
            "VAR_DIR": str(folder), "PORT": str(self.port), "PYTHONPATH": str(ROOT), "ENVIRONMENT": "production",
            "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost", "WEB_WORKERS": "1",
        } | settings  # fmt: skip
        self.process = None

    def start(self) -> "Copy":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "duty.run", "up"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Ready"):
                return self
        raise AssertionError("".join(said))

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=60)[0]

    def pids(self) -> dict[str, int]:
        supervisor = Supervisor(self.place, [], {})
        return {program["name"]: program["pid"] for program in supervisor.call("getAllProcessInfo")}

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/health/", headers={"Host": "localhost"})
            return urllib.request.urlopen(request, timeout=2).status == 200
        return False

    def sql(self, query: str):
        database = psycopg2.connect(host=str(self.place.sockets), user="zhiban", dbname="zhiban")
        with contextlib.closing(database), database, database.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else None


def wait_until(holds, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def copy(tmp_path):
    copies = []

    def make(**settings):
        copies.append(Copy(tmp_path / "var", **settings))
        return copies[-1]

    yield make
    for one in copies:
        if one.process and one.process.poll() is None:
            one.stop()


def refused(one: Copy) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "duty.run", "up"],
        cwd=ROOT,
        env=one.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("PORT", "eighty", "Give a whole number from 1 to 65535."),
        ("DATABASE_URL", "mysql://root:secret@db/x", "Write postgres://"),
        ("REDIS_URL", "http://redis", "Write redis://"),
        ("EMAIL_URL", "mail", "Write smtp://"),
        ("TIME_ZONE", "Peking", "Asia/Shanghai"),
    ],
)
def test_a_wrong_setting_is_told_at_start_up_by_name(copy, name, value, hint):
    said = refused(copy(**{name: value}))
    assert name in said
    assert hint in said
    assert "secret" not in said
    assert "Traceback" not in said


def test_a_port_in_use_is_told_with_another_to_try(copy):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(copy(PORT=str(taken.getsockname()[1])))
    assert "cannot be used" in said
    assert "make run" in said


def test_production_without_its_secrets_does_not_start(copy):
    said = refused(copy(SECRET_KEY="", ALLOWED_HOSTS=""))
    assert "SECRET_KEY is not set" in said
    assert "ALLOWED_HOSTS is empty" in said


def test_it_comes_back_from_every_kill_and_keeps_the_data(copy):
    one = copy().start()
    one.sql("INSERT INTO duty_unit (name, \"order\") VALUES ('总部', 0)")
    with pytest.raises(AssertionError, match="It runs already"):
        copy().start()

    for name in ("web", "worker", "beat", "postgres"):
        before = one.pids()
        os.kill(before[name], signal.SIGKILL)
        wait_until(lambda name=name, before=before: one.pids()[name] not in (0, before[name]))
        wait_until(one.answers)
        after = one.pids()
        assert {n: pid for n, pid in after.items() if n != name} == {n: pid for n, pid in before.items() if n != name}

    # Everything at once, as when the machine is pulled.
    everything = [one.process.pid, int((one.place.var / "supervisord.pid").read_text()), *one.pids().values()]
    for pid in everything:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    one.process.wait()
    again = copy().start()
    assert again.sql("SELECT name FROM duty_unit") == [("总部",)]

    running = list(again.pids().values())
    assert "Stopped. The data stays" in again.stop()
    wait_until(lambda: not any(alive(pid) for pid in running))
    assert not list(again.place.sockets.glob("*.sock"))
