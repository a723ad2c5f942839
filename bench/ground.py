"""Where measuring happens: a PostgreSQL and a Redis of our own, and one database per experiment."""

import os
import tempfile
from pathlib import Path

import psycopg2

from duty.run.place import Place
from duty.run.servers import Servers

from .figures import note


class Ground:
    """Servers in a folder of their own: forgotten at the end, unless the folder was given to be kept."""

    def __init__(self, folder: str | None = None, durable: bool = True):
        self.kept = bool(folder)
        self.servers = Servers(Place(folder or tempfile.mkdtemp(prefix="zhiban-bench-")), durable)
        self.place = self.servers.place
        self.database = "zhiban"

    def __enter__(self) -> "Ground":
        self.servers.start()
        os.environ.update(self.servers.environment())
        # Said here: what is measured must not depend on a developer's .env.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="duty.settings", ENVIRONMENT="development", TIME_ZONE="Asia/Shanghai",
            LANGUAGE_CODE="zh-hans", LOG_LEVEL="WARNING", EMAIL_URL=f"smtp://127.0.0.1:{self.place.mail_port}",
        )  # fmt: skip
        for name in ("PUBLIC_URL", "TRUSTED_PROXIES", "SSL_REDIRECT", "DEBUG", "TIMING"):
            os.environ[name] = ""
        import django

        django.setup()
        return self

    def __exit__(self, *_) -> None:
        from django.db import connection

        connection.close()
        self.servers.stop(forget=not self.kept)

    @property
    def var(self) -> Path:
        return self.place.var

    def enter(self, database: str) -> None:
        """This process and all it starts from now on work on that database."""
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = self.database = database
        os.environ["DATABASE_URL"] = f"postgres://zhiban@/{database}?host={self.place.sockets}"

    def connect(self, database: str | None = None):
        """A plain connection that commits every statement."""
        plain = psycopg2.connect(host=str(self.place.sockets), user="zhiban", dbname=database or self.database)
        plain.autocommit = True
        return plain

    def ask(self, sql: str, values=None, database: str | None = None) -> tuple:
        """The first row of an answer, on a connection of its own."""
        plain = self.connect(database)
        try:
            with plain.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchone() if cursor.description else ()
        finally:
            plain.close()

    def make(self, database: str, like: str | None = None) -> None:
        """A fresh database, empty or a copy of another that nobody uses at the moment."""
        from django.db import connection

        connection.close()
        self.ask(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', database="postgres")
        copied = f' TEMPLATE "{like}" STRATEGY FILE_COPY' if like else ""
        self.ask(f'CREATE DATABASE "{database}"{copied}', database="postgres")

    def migrate(self, database: str) -> None:
        """A fresh database with the product's tables in it."""
        from django.core.management import call_command

        note(f"tables in {database}")
        self.make(database)
        self.enter(database)
        call_command("migrate", verbosity=0, skip_checks=True)

    def empty_redis(self) -> None:
        """What one experiment left on the broker is not the next one's to do."""
        import redis

        client = redis.Redis(unix_socket_path=str(self.place.redis_socket))
        client.flushall()
        client.close()
