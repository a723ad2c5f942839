"""The product's own processes, started by the very commands of `make run`, and what a fault does to them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from duty.env import ROOT
from duty.run.place import Place
from duty.run.postgres import TETHER, Postgres
from duty.run.up import Up


class Process:
    """One process of the product. What it says goes to a file of its own under the ground's logs."""

    def __init__(self, name: str, command: list[str], place: Place, **environment: str):
        self.name, self.command, self.environment = name, command, environment
        self.log = place.logs / f"{name}.log"
        self.child: subprocess.Popen | None = None
        self.kills = 0

    def start(self) -> "Process":
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | self.environment
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def kill(self) -> None:
        """kill -9, as a machine out of memory does it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.kills += 1

    def stop(self) -> None:
        if self.child is None or self.child.poll() is not None:
            return
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def runs(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def last_words(self, letters: int = 3000) -> str:
        return self.log.read_text(errors="replace")[-letters:]


class Web(Process):
    """gunicorn on a free port. Several may run side by side."""

    def __init__(self, name: str, command: list[str], place: Place, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [*command, "--control-socket", str(place.sockets / f"{name}.ctl")]
        super().__init__(name, command, place, PORT=str(self.port), **environment)

    def wait(self, path: str = "/health/", seconds: float = 60) -> "Web":
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.runs:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                    if answer.status == 200:
                        return self
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        raise SystemExit(f"{self.name} did not answer.\n{self.last_words()}")


class Crew:
    """The processes of one experiment; all of them end with it."""

    def __init__(self, place: Place, **environment: str):
        self.place, self.environment = place, environment
        up = Up()
        self.commands = {program.name: program.command for program in up._programs(Postgres(up.place))}
        self.all: list[Process] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_) -> None:
        for process in self.all:
            if process.runs:
                process.child.terminate()
        for process in self.all:
            process.stop()

    def web(self, name: str = "web", **environment: str) -> Web:
        return self._join(Web(name, self.commands["web"], self.place, **(self.environment | environment)))

    def beat(self, number: int = 1) -> Process:
        """A beat with a schedule of its own, as on a host of its own."""
        command = [*self.commands["beat"]]
        command[command.index("--schedule") + 1] += f"-{number}"
        return self._join(Process(f"beat-{number}", command, self.place, **self.environment))

    def worker(self, number: int = 1) -> Process:
        command = [*self.commands["worker"], "--hostname", f"worker-{number}@%h"]
        return self._join(Process(f"worker-{number}", command, self.place, **self.environment))

    def module(self, name: str, *arguments: str) -> Process:
        """A program of the bench itself: `python -m name arguments`."""
        return self._join(Process(name, [*TETHER, sys.executable, "-m", name, *arguments], self.place))

    def _join(self, process: Process) -> Process:
        self.all.append(process)
        return process.start()

    def wait_for_lanes(self, ground, number: int, seconds: float = 60) -> None:
        """Until the fire lanes of so many processes look at the deadlines."""
        until, seen = time.monotonic() + seconds, set()
        while len(seen) < number:
            seen |= set(ground.ask(LOOKING)[0] or ())
            if time.monotonic() > until:
                raise SystemExit("the lanes did not start\n" + "\n".join(p.last_words() for p in self.all))
            time.sleep(0.05)

    def receiver(self) -> tuple[Process, Path]:
        """A mail server that keeps what it was handed; returns where it writes the message ids."""
        kept = self.place.var / "received.txt"
        kept.unlink(missing_ok=True)
        return self.module("bench.receiver", str(self.place.mail_port), str(kept)), kept


# Several on one host share their sign of life, so the lanes are told by what they ask: when the next rung is due.
LOOKING = """
SELECT array_agg(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%fires_at%'
"""
