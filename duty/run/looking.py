"""What is looked at before anything starts, so that all that is wrong is told at once, by name, with what to do."""

import contextlib
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import NamedTuple

from duty.env import Problem

SECONDS = 5  # to wait for a server elsewhere
OLDEST_POSTGRES = 150000


class Seen(NamedTuple):
    wrong: list[Problem]  # nothing starts with these
    amiss: list[Problem]  # what may be away for a while: told, and started all the same


def look_around(settings: ModuleType) -> Seen:
    """Every setting as it was read, then what it names: the port, the database, Redis, the mail server."""
    wrong, amiss = [*settings.ENV_PROBLEMS], []
    told = {problem.name for problem in wrong}
    with ThreadPoolExecutor(3) as at_once:
        database = redis = mail = None
        if not settings.DATABASE_IS_LOCAL and "DATABASE_URL" not in told:
            database = at_once.submit(_database, settings)
        if not settings.REDIS_IS_LOCAL and "REDIS_URL" not in told:
            redis = at_once.submit(_redis, settings)
        if not settings.MAIL_IS_LOCAL and "EMAIL_URL" not in told:
            mail = at_once.submit(_mail, settings)
    if not told & {"BIND", "PORT"}:
        wrong += _port(settings.BIND, settings.PORT)
    if settings.MAIL_IS_LOCAL and "VAR_DIR" not in told:
        wrong += _mailbox(settings.PLACE)
    wrong += database.result() if database else []
    for found in (redis, mail):
        for refused, problem in found.result() if found else []:
            (wrong if refused else amiss).append(problem)
    return Seen(wrong, amiss)


def _why(error: Exception) -> str:
    """What a library says, on one line."""
    return " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split()).rstrip(".")


def _cannot_listen(address: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            probe.listen()
    except OSError as error:
        return error
    return None


def _port(address: str, port: int) -> list[Problem]:
    error = _cannot_listen(address, port)
    if error is None:
        return []
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        other = port + 1 if 1024 <= port < 65535 else 8000
        return [Problem("PORT", str(port), f"{_why(error)}.", f"Choose another: PORT={other} make run")]
    hint = "Use 127.0.0.1, 0.0.0.0 for all networks, or an address this machine has."
    return [Problem("BIND", address, f"this machine cannot listen there: {_why(error)}.", hint)]


def _mailbox(place) -> list[Problem]:
    error = _cannot_listen("127.0.0.1", place.mail_port)
    if error is None:
        return []
    why = f"is empty, and port {place.mail_port}, where mails would be kept, cannot be used: {_why(error)}."
    return [Problem("EMAIL_URL", "", why, "Set EMAIL_URL, or another VAR_DIR: the port comes from it.")]


def _database(settings) -> list[Problem]:
    import psycopg2

    entry = settings.DATABASES["default"]
    named = {
        "dbname": entry["NAME"], "user": entry["USER"], "password": entry["PASSWORD"], "host": entry["HOST"],
        "port": entry["PORT"], "connect_timeout": SECONDS,
    }  # fmt: skip
    try:
        found = psycopg2.connect(**{key: value for key, value in (named | entry["OPTIONS"]).items() if value})
    except (psycopg2.Error, UnicodeError) as error:
        hint = "Start that server and make that database and user there, or correct the address."
        return [Problem("DATABASE_URL", _shown(entry), f"it cannot be reached: {_why(error)}.", hint)]
    with contextlib.closing(found):
        if found.server_version < OLDEST_POSTGRES:
            why = f"that is PostgreSQL {found.server_version // 10000}."
            return [Problem("DATABASE_URL", _shown(entry), why, "Use PostgreSQL 15 or newer.")]
    return []


def _shown(entry: dict) -> str:
    """The address of a database, without its password."""
    port = f":{entry['PORT']}" if entry["PORT"] else ""
    return f"postgres://{entry['USER']}@{entry['HOST']}{port}/{entry['NAME']}"


def _redis(settings) -> list[tuple[bool, Problem]]:
    """Redis may be away, at the start too; one that answers and does not let us in is a wrong setting."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    def told(why: str, hint: str, refused: bool):
        scheme = settings.REDIS_URL.split("://")[0]
        return [(refused, Problem("REDIS_URL", f"{scheme}://…", why, hint))]

    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=Retry(NoBackoff(), 0)
        )
        with contextlib.closing(client):
            client.ping()
    except (redis.AuthenticationError, redis.ResponseError) as error:
        return told(f"it does not let us in: {_why(error)}.", "Correct the user, the password or the database.", True)
    except (redis.RedisError, OSError, UnicodeError) as error:
        hint = "Start it, or correct the address; until then beat does the worker's sending, a little later."
        return told(f"it cannot be reached: {_why(error)}.", hint, False)
    except (TypeError, ValueError) as error:
        return told(f"it cannot be used: {_why(error)}.", "Write redis://:password@host:6379/0.", True)
    return []


def _mail(settings) -> list[tuple[bool, Problem]]:
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    try:
        socket.create_connection((host, port), SECONDS).close()
    except (OSError, UnicodeError) as error:
        hint = "Until it answers no mail leaves this machine; what is owed is sent afterwards."
        why = f"{host}:{port} cannot be reached: {_why(error)}."
        return [(False, Problem("EMAIL_URL", "smtp…://…", why, hint))]
    return []
