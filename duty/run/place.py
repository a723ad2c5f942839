"""Where one running copy keeps its files: data and sockets under `var/`, sockets elsewhere if the path is too long."""

import errno
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

from duty.env import ROOT

# A Unix socket's path may have 107 bytes at most, so it cannot always live below a deep clone.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock") - 8


class Place:
    """One copy's folders. Two clones, or two copies in one clone, never share anything."""

    def __init__(self, var: Path | str | None = None):
        self.var = Path(var or os.environ.get("VAR_DIR") or ROOT / "var").resolve()
        mark = hashlib.sha256(str(self.var).encode()).hexdigest()[:10]
        self.sockets = self.var / "sockets"
        if len(str(self.sockets)) > LONGEST_SOCKET_FOLDER:
            self.sockets = Path(tempfile.gettempdir()) / f"zhiban-{os.getuid()}-{mark}"
        self.postgres_data = self.var / "postgres"
        self.redis_data = self.var / "redis"
        self.logs = self.var / "log"
        self.mail = self.var / "mail"
        self.redis_socket = self.sockets / "redis.sock"
        self.supervisor_socket = self.sockets / "supervisor.sock"
        self.gunicorn_socket = self.sockets / "gunicorn.ctl"
        self.mail_port = 20000 + int(mark, 16) % 10000

    def prepare(self) -> "Place":
        """Make the folders. Raises OSError where that cannot be."""
        for folder in (self.var, self.logs, self.mail, self.redis_data):
            folder.mkdir(parents=True, exist_ok=True)
        if len(str(self.sockets)) > LONGEST_SOCKET_FOLDER:
            raise OSError(errno.ENAMETOOLONG, "too long for a socket; set TMPDIR to a shorter folder", self.sockets)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.stat().st_uid != os.getuid():
            raise PermissionError(
                errno.EPERM,
                "it belongs to someone else; remove it, or set TMPDIR to a folder of your own",
                self.sockets,
            )
        self.sockets.chmod(0o700)
        return self

    @property
    def database_url(self) -> str:
        return f"postgres://zhiban@/zhiban?host={quote(str(self.sockets))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db=0"

    def secret(self) -> str:
        """A secret key made once for this copy and kept readable for its owner only."""
        file = self.var / "secret_key"
        if not file.exists():
            self.var.mkdir(parents=True, exist_ok=True)
            with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(50))
        return file.read_text().strip()
