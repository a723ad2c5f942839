"""`make run`: everything on this machine, in the foreground, until Ctrl-C."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from duty.env import ROOT, Env

from .place import Place
from .postgres import TETHER, Broken, Postgres
from .supervisor import Program, Supervisor
from .valkey import Valkey


class Up:
    def __init__(self):
        self.env = Env.here()
        self.place = Place(self.env.text("VAR_DIR") or None)
        self.port = self.env.number("PORT", 8000, 1, 65535)
        self.own_database = not self.env.text("DATABASE_URL")
        self.own_redis = not self.env.text("REDIS_URL")
        self.own_mail = not self.env.text("EMAIL_URL")
        self.began = time.monotonic()
        self.stopping = False

    def run(self) -> int:
        self._say("Zhiban 值班\n")
        self._refuse_what_cannot_work()
        signal.signal(signal.SIGINT, self._interrupted)
        signal.signal(signal.SIGTERM, self._interrupted)
        supervisor = None
        try:
            postgres = Postgres(self.place)
            if self.own_database:
                with self._step("database files"):
                    postgres.initialise()
                    postgres.clear_the_way()
            supervisor = Supervisor(self.place, self._programs(postgres), self._environment())
            with self._step("database, Redis" + (", mailbox" if self.own_mail else "")):
                supervisor.start()
                if self.own_database:
                    postgres.wait()
                    postgres.create_database()
                if self.own_redis:
                    Valkey(self.place).wait()
            with self._step("tables, sample organisation, static files"):
                self._prepare()
            with self._step("web, worker, beat"):
                supervisor.start_programs()
                self._wait_for_web(supervisor)
            self._greet()
            return self._stay(supervisor)
        except KeyboardInterrupt:
            return 0
        finally:
            self.stopping = True
            if supervisor is not None:
                self._say("\nStopping …")
                supervisor.stop()
                self._say("Stopped. The data stays in " + str(self.place.var) + ".")

    # Before anything starts

    def _refuse_what_cannot_work(self) -> None:
        for reader in (lambda: self.env.database("DATABASE_URL", ""), lambda: self.env.redis("REDIS_URL", "")):
            reader()
        self.env.mail("EMAIL_URL", "")
        if self.env.problems:
            raise Broken("These settings cannot be used:\n" + "\n".join(f"  {p}" for p in self.env.problems))
        self.place.prepare()
        self.lock = open(self.place.var / "run.lock", "w")  # noqa: SIM115 - held until we end
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Broken(f"It runs already, on the files in {self.place.var}. Stop it first, or set VAR_DIR.") from None
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.env.text("BIND", "127.0.0.1"), self.port))
            except OSError as why:
                raise Broken(
                    f"PORT={self.port} cannot be used: {why.strerror}. Choose another: PORT={self.port + 1} make run"
                ) from None

    # The processes

    def _environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "duty.settings"}

    def _programs(self, postgres: Postgres) -> list[Program]:
        python, place = [*TETHER, sys.executable], self.place
        celery = [*python, "-m", "celery", "--app", "duty", "--workdir", str(ROOT)]
        worker = ["worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        beat = ["beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(place.var / "beat-schedule")]
        programs = [
            Program("web", [*python, "-m", "gunicorn", "--config", str(ROOT / "duty/run/web.py")], waits=True),
            Program("worker", [*celery, *worker], waits=True),
            Program("beat", [*celery, *beat], waits=True),
        ]
        if self.own_database:
            # INT is PostgreSQL's fast shutdown: it does not wait for clients that will not leave.
            programs.append(Program("postgres", postgres.command(), stop_signal="INT", priority=10, stop_seconds=30))
        if self.own_redis:
            programs.append(Program("redis", Valkey(place).command(), priority=10))
        if self.own_mail:
            command = [*python, "-m", "duty.run", "mailbox", str(place.mail_port), str(place.mail)]
            programs.append(Program("mailbox", command, priority=10))
        return programs

    def _prepare(self) -> None:
        environment = os.environ | self._environment()
        done = subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment)
        if done.returncode:
            raise Broken("The database could not be prepared; the lines above say why.")

    def _wait_for_web(self, supervisor: Supervisor, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, urllib.error.URLError):
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}/health/", headers={"Host": "localhost"})
                with urllib.request.urlopen(request, timeout=5) as answer:
                    if answer.status == 200:
                        return
            if time.monotonic() > until or supervisor.process.poll() is not None:
                tail = (self.place.logs / "web.log").read_text(errors="replace")[-1500:]
                raise Broken(f"The web server did not answer in {seconds:.0f} s. The end of var/log/web.log:\n{tail}")
            time.sleep(0.1)

    def _stay(self, supervisor: Supervisor) -> int:
        code = supervisor.process.wait()
        if not self.stopping:
            self._say(f"The supervisor ended ({code}). Start again with: make run")
        return 1

    # What is shown

    def _interrupted(self, *_):
        if not self.stopping:
            self.stopping = True
            raise KeyboardInterrupt

    @staticmethod
    def _say(text: str) -> None:
        # Whoever listened may be gone; what must be stopped is stopped all the same.
        with contextlib.suppress(BrokenPipeError):
            print(text, flush=True)

    @contextlib.contextmanager
    def _step(self, what: str):
        began = time.monotonic()
        print(f"  … {what}", end="", flush=True)
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        print(f"\r  ✓ {what}  {time.monotonic() - began:.1f} s", flush=True)

    def _greet(self) -> None:
        lines = [f"\nReady after {time.monotonic() - self.began:.1f} s:  http://localhost:{self.port}\n"]
        logins = self.place.var / "sample-logins.txt"
        if logins.exists():
            lines.append(logins.read_text())
        if self.own_mail:
            lines.append(f"Mail is kept in {self.place.mail} (set EMAIL_URL to send it).")
        lines.append(f"Logs: {self.place.logs}.  Ctrl-C stops everything; the data stays.")
        self._say("\n".join(lines))


def up() -> int:
    return Up().run()
