"""PostgreSQL and Redis around one command or one test run; both end with it."""

import contextlib
import shutil
import signal
import subprocess

from .place import Place
from .postgres import Postgres
from .valkey import Valkey


class Servers:
    """Both servers as children of this process. Used by tests and benchmarks, not by `make run`."""

    def __init__(self, place: Place, durable: bool = False):
        self.place = place
        self.postgres = Postgres(place, durable)
        self.valkey = Valkey(place, durable)
        self.running: list[subprocess.Popen] = []

    def start(self) -> "Servers":
        self.place.prepare()
        self.postgres.initialise()
        self.postgres.clear_the_way()
        for name, server in (("postgres", self.postgres), ("redis", self.valkey)):
            log = open(self.place.logs / f"{name}.log", "ab")  # noqa: SIM115 - handed to the child
            # A session of its own: Ctrl-C reaches the command first, the servers stop after it.
            child = subprocess.Popen(server.command(), stdout=log, stderr=log, start_new_session=True)
            log.close()
            self.running.append(child)
        self.postgres.wait()
        self.valkey.wait()
        self.postgres.create_database()
        return self

    def stop(self, forget: bool = False) -> None:
        for child in self.running:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGINT)
        for child in self.running:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.running.clear()
        if forget:
            shutil.rmtree(self.place.var, ignore_errors=True)
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        return {
            "VAR_DIR": str(self.place.var),
            "DATABASE_URL": self.place.database_url,
            "REDIS_URL": self.place.redis_url,
        }
