"""`make run`: everything on this machine, in the foreground, until Ctrl-C."""

import contextlib
import errno
import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

from duty.env import ROOT, Problem

from .looking import look_around
from .place import Place
from .postgres import TETHER, Broken, Postgres
from .supervisor import Program, Supervisor
from .valkey import Valkey

LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Up:
    def __init__(self):
        from duty import settings  # read now, and not when this file is imported

        self.settings = settings
        self.place: Place = settings.PLACE
        self.own_database = settings.DATABASE_IS_LOCAL
        self.own_redis = settings.REDIS_IS_LOCAL
        self.own_mail = settings.MAIL_IS_LOCAL
        self.began = time.monotonic()
        self.stopping = False

    def run(self) -> int:
        signal.signal(signal.SIGINT, self._interrupted)
        signal.signal(signal.SIGTERM, self._interrupted)
        supervisor = None
        try:
            self._say("Zhiban 值班\n")
            self._refuse_what_cannot_work()
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
        unusable = self._take_place() if not self.settings.env.refused("VAR_DIR") else []
        wrong, amiss = look_around(self.settings)
        if wrong := unusable + wrong:
            raise Broken(
                "These settings cannot be used; nothing was started.\n"
                + "".join(f"  {problem}\n" for problem in wrong + amiss)
                + f"They are read from the environment and {ROOT / '.env'}; .env.example names them all."
            )
        for problem in amiss:
            self._say(f"  ! {problem}")

    def _take_place(self) -> list[Problem]:
        """The folder is ours until we end; what is wrong with it is returned, another copy on it ends us at once."""
        try:
            self.place.prepare()
            self.lock = open(self.place.var / "run.lock", "w")  # noqa: SIM115 - held until we end
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as why:
            if why.errno in (errno.EAGAIN, errno.EACCES) and why.filename is None:
                running = f"It runs already, on the files in {self.place.var}"
                raise Broken(f"{running}. Stop it first, or set VAR_DIR and PORT to run a second copy.") from None
            told = f"{why.filename or self.place.var}: {why.strerror}."
            return [Problem("VAR_DIR", str(self.place.var), told, "Name a folder of your own that may be written to.")]
        return []

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
        command = [*TETHER, sys.executable, "manage.py", "prepare"]
        # A session of its own, like all the others: Ctrl-C ends it through us, without a word.
        done = subprocess.run(command, cwd=ROOT, env=environment, start_new_session=True)
        if done.returncode:
            raise Broken("The database could not be prepared; the lines above say why.")

    def _wait_for_web(self, supervisor: Supervisor, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while (answer := self._health()) != "200":
            if time.monotonic() > until or supervisor.process.poll() is not None:
                log = self.place.logs / "web.log"
                tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
                told = f"The web server was not well within {seconds:.0f} s; asked for /health/ it answered: {answer}."
                raise Broken(f"{told} The end of {log}:\n{tail}")
            time.sleep(0.1)

    def _health(self) -> str:
        """Asked as its proxy asks, under the name people use; but directly, whatever proxy this machine goes out by."""
        bind = self.settings.BIND
        asked = http.client.HTTPConnection(LOOPBACK.get(bind, bind), self.settings.PORT, timeout=5)
        with contextlib.closing(asked):
            try:
                asked.request("GET", "/health/", headers={"Host": urlsplit(self.settings.PUBLIC_URL).netloc})
                return str(asked.getresponse().status)
            except (OSError, http.client.HTTPException) as why:
                return f"nothing ({why})"

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
        lines = [f"\nReady after {time.monotonic() - self.began:.1f} s:  {self.settings.PUBLIC_URL}\n"]
        if self.settings.PUBLIC_URL_IS_SET or self.settings.BIND not in ("127.0.0.1", "::1"):
            lines.append(f"The web server listens on {self.settings.BIND}, port {self.settings.PORT}.")
        logins = self.place.var / "sample-logins.txt"
        if logins.exists():
            lines.append(logins.read_text())
        if self.own_mail:
            lines.append(f"Mail is kept in {self.place.mail} (set EMAIL_URL to send it).")
        lines.append(f"Logs: {self.place.logs}.  Ctrl-C stops everything; the data stays.")
        self._say("\n".join(lines))


def up() -> int:
    return Up().run()
