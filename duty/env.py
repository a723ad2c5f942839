"""Settings come from the environment or `.env`; a wrong one is remembered by name, with what to do.

Nothing here knows Django, so the launcher (`duty.run`) reads the same settings the application does.
"""

import os
import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Problem(NamedTuple):
    name: str
    value: str
    why: str
    hint: str

    def __str__(self) -> str:
        return f"{self.name}={self.value!r}: {self.why} {self.hint}"


class Unusable(Exception):
    """A value that cannot be used; the message says why, the hint what to do."""

    def __init__(self, why: str, hint: str):
        self.why, self.hint = why, hint
        super().__init__(why)


class Env:
    """Typed reading of one mapping. A wrong value yields the default and joins `problems`."""

    def __init__(self, values: Mapping[str, str]):
        self.values = values
        self.problems: list[Problem] = []

    @classmethod
    def here(cls) -> "Env":
        """The process environment over the `.env` file beside `manage.py`."""
        from_file = {k: v for k, v in dotenv_values(ROOT / ".env").items() if v is not None}
        return cls({**from_file, **os.environ})

    def _read(self, name: str, default, parse: Callable[[str], object]):
        raw = self.values.get(name, "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except Unusable as bad:
            shown = raw if "://" not in raw else raw.split("://")[0] + "://…"  # no password in a log
            self.problems.append(Problem(name, shown, bad.why, bad.hint))
            return default

    def text(self, name: str, default: str = "") -> str:
        return self._read(name, default, str)

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        return self._read(name, default or [], lambda raw: [w.strip() for w in raw.split(",") if w.strip()])

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def parse(raw):
            if raw not in choices:
                raise Unusable("it is none of the known values.", f"Use one of: {', '.join(choices)}.")
            return raw

        return self._read(name, default, parse)

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def parse(raw):
            hint = f"Give a whole number from {low} to {high}."
            try:
                value = int(raw)
            except ValueError:
                raise Unusable("it is not a whole number.", hint) from None
            if not low <= value <= high:
                raise Unusable("it is out of range.", hint)
            return value

        return self._read(name, default, parse)

    def switch(self, name: str, default: bool) -> bool:
        def parse(raw):
            if raw.lower() not in SWITCH:
                raise Unusable("it is neither on nor off.", "Use 1 or 0.")
            return SWITCH[raw.lower()]

        return self._read(name, default, parse)

    def zone(self, name: str, default: str) -> str:
        def parse(raw):
            try:
                zoneinfo.ZoneInfo(raw)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError):
                raise Unusable("it is not a time zone.", "Use a name such as Asia/Shanghai.") from None
            return raw

        return self._read(name, default, parse)

    def web_address(self, name: str, default: str) -> str:
        def parse(raw):
            parts = urlsplit(raw)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise Unusable("it is not a web address.", "Write it like https://duty.example.cn.")
            return raw.rstrip("/")

        return self._read(name, default, parse)

    def database(self, name: str, default: str) -> dict:
        return self._read(name, postgres_options(default) if default else {}, postgres_options)

    def redis(self, name: str, default: str) -> str:
        def parse(raw):
            if urlsplit(raw).scheme not in ("redis", "rediss", "unix"):
                raise Unusable("it is not a Redis address.", "Write redis://host:6379/0 or unix:///path?db=0.")
            return raw

        return self._read(name, default, parse)

    def mail(self, name: str, default: str) -> dict:
        return self._read(name, smtp_options(default) if default else {}, smtp_options)


def postgres_options(raw: str) -> dict:
    """Django's DATABASES entry for postgres://user:password@host:port/name, or …/name?host=/socket/folder."""
    parts = urlsplit(raw)
    hint = "Write postgres://user:password@host:5432/name, or postgres://user@/name?host=/folder/of/the/socket."
    if parts.scheme not in ("postgres", "postgresql"):
        raise Unusable("it is not a PostgreSQL address.", hint)
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise Unusable("it names no database.", hint)
    try:
        port = parts.port
    except ValueError:
        raise Unusable("its port is not a number.", hint) from None
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def smtp_options(raw: str) -> dict:
    """Django's EMAIL_* values for smtp://…, smtp+tls://… (STARTTLS) or smtps://user:password@host:port."""
    parts = urlsplit(raw)
    hint = "Write smtp://host:25, smtp+tls://user:password@host:587 or smtps://user:password@host:465."
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise Unusable("it is not a mail server's address.", hint)
    try:
        port = parts.port
    except ValueError:
        raise Unusable("its port is not a number.", hint) from None
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
