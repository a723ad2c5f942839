"""`make run`'s promises: it says what is wrong, comes back by itself, leaves nothing behind, and keeps the data."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
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
        self.place, self.port, self.said = Place(folder), free_port(), ""
        clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = clean | {
            "VAR_DIR": str(folder), "PORT": str(self.port), "PYTHONPATH": str(ROOT), "ENVIRONMENT": "production",
            "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost", "WEB_WORKERS": "1",
        } | settings  # fmt: skip
        self.process = None

    def begin(self, **how) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "duty.run", "up"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, **how,
        )  # fmt: skip

    def start(self) -> "Copy":
        self.begin()
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ready"):
                return self
        raise AssertionError(self.said)

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=60)[0]

    def pids(self) -> dict[str, int]:
        supervisor = Supervisor(self.place, [], {})
        return {program["name"]: program["pid"] for program in supervisor.call("getAllProcessInfo")}

    def answers(self, host: str = "localhost", **headers: str) -> int:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(asked), contextlib.suppress(OSError):
            asked.request("GET", "/health/", headers={"Host": host} | headers)
            return asked.getresponse().status
        return 0

    def sql(self, query: str):
        database = psycopg2.connect(host=str(self.place.sockets), user="zhiban", dbname="zhiban")
        with contextlib.closing(database), database, database.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else None


def children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [
            int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
        ]
    return []


def offspring(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *offspring(child))]


def wait_until(holds, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def copy(tmp_path):
    copies = []

    def make(folder=tmp_path / "var", **settings):
        copies.append(Copy(folder, **settings))
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


def test_all_that_is_wrong_is_told_in_one_message_before_anything_starts(copy):
    one = copy(
        DATABASE_URL="postgres://duty:secret@127.0.0.1:1/duty", REDIS_URL="redis://127.0.0.1:1/0", BIND="999.1.1.1",
        PUBLIC_URL="http://[bad", WEB_WORKERS="0", MAIL_FROM="garbage", TIME_ZONE="Peking", SECRET_KEY="",
    )  # fmt: skip
    said = refused(one)
    names = ("DATABASE_URL", "REDIS_URL", "BIND", "PUBLIC_URL", "WEB_WORKERS", "MAIL_FROM", "TIME_ZONE", "SECRET_KEY")
    assert [name for name in names if f"  {name}" not in said] == []
    assert said.count("cannot be used; nothing was started") == 1
    assert "Traceback" not in said
    assert "secret" not in said
    assert not one.place.postgres_data.exists()


def test_a_folder_that_cannot_be_made_is_told(copy):
    said = refused(copy(VAR_DIR="/proc/x"))
    assert "VAR_DIR='/proc/x'" in said
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


def test_it_starts_behind_https_under_a_name_and_without_redis_and_ctrl_c_leaves_nothing(copy, tmp_path):
    """As docs/deployment.md has it; in a deep folder with an odd name, where an office's proxy is set too."""
    folder = tmp_path / ("deep " * 20 + "值班 50%") / "it's + so"
    one = copy(
        folder, PUBLIC_URL="https://duty.example.cn", ALLOWED_HOSTS="duty.example.cn", BIND="0.0.0.0",
        TRUSTED_PROXIES="1", REDIS_URL="redis://127.0.0.1:1/0", http_proxy="http://127.0.0.1:9",
    ).start()  # fmt: skip
    assert "REDIS_URL" in one.said
    assert "https://duty.example.cn" in one.said
    assert one.answers("localhost") == one.answers("duty.example.cn") == 200
    assert one.answers("duty.example.cn", **{"X-Forwarded-Proto": "https"}) == 200
    assert one.answers("evil.example.cn") == 400
    # Promises are kept without Redis: beat's own lanes look after them.
    wait_until(lambda: one.sql("SELECT count(DISTINCT name) FROM duty_lane WHERE place LIKE '%beat'") == [(2,)])

    assert "It runs already" in refused(copy(folder))
    assert one.answers() == 200

    running = offspring(one.process.pid)
    assert {*one.pids().values()} < {*running}
    began = time.monotonic()
    assert "Stopped. The data stays" in one.stop()
    assert one.process.returncode == 0
    assert not any(alive(pid) for pid in running)
    assert not list(one.place.sockets.glob("*.sock"))
    assert time.monotonic() - began < 40


@pytest.mark.parametrize("during", ["database files", "tables"])
def test_ctrl_c_while_it_starts_leaves_nothing_and_says_no_more_than_that(copy, during):
    one = copy()
    # A session of its own, as a terminal has: Ctrl-C reaches all of it at once.
    one.begin(start_new_session=True)
    said = ""
    while during not in said:
        said += (letter := one.process.stdout.read(1))
        assert letter, said
    time.sleep(0.3)
    started = offspring(one.process.pid)
    os.killpg(one.process.pid, signal.SIGINT)
    said += one.process.communicate(timeout=60)[0]
    assert started
    assert one.process.returncode == 0
    assert "Traceback" not in said
    assert not any(alive(pid) for pid in started)


def test_it_comes_back_from_every_kill_and_keeps_the_data(copy):
    one = copy().start()
    one.sql("INSERT INTO duty_unit (name, \"order\") VALUES ('总部', 0)")
    with pytest.raises(AssertionError, match="It runs already"):
        copy().start()

    for name in ("web", "worker", "beat", "postgres"):
        before = one.pids()
        os.kill(before[name], signal.SIGKILL)
        wait_until(lambda name=name, before=before: one.pids()[name] not in (0, before[name]))
        wait_until(lambda: one.answers() == 200)
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
