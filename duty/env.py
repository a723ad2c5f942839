"""Settings come from the environment or `.env`; a wrong one is remembered by name, with what to do.

Nothing here knows Django, so the launcher (`duty.run`) reads the same settings the application does.
"""

import ipaddress
import os
import re
import socket
import zoneinfo
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
# What Django takes for the name of a host, before any port.
HOST = re.compile(r"[a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\]")
ENCODED = "Special characters in a password are written like %40 for @."


class Problem(NamedTuple):
    name: str
    value: str
    why: str
    hint: str

    @property
    def what(self) -> str:
        return f"{self.name}={self.value!r}: {self.why}" if self.value else f"{self.name} {self.why}"

    def __str__(self) -> str:
        return f"{self.what} {self.hint}"


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
        from_file, file = {}, ROOT / ".env"
        unreadable = None
        try:
            from_file = {k: v for k, v in dotenv_values(file, encoding="utf-8-sig").items() if v is not None}
        except (OSError, UnicodeDecodeError) as why:
            unreadable = f"cannot be read: {getattr(why, 'strerror', None) or 'it is not written in UTF-8'}."
        env = cls({**from_file, **os.environ})
        if unreadable:
            env.refuse(str(file), unreadable, "Save it in UTF-8, readable for whoever starts the product.")
        return env

    def refuse(self, name: str, why: str, hint: str, secret: bool = False) -> None:
        """Remember that this setting cannot be used. Of a secret one only the kind of address is shown."""
        raw = self.given(name)
        if secret and raw:
            raw = raw.split("://")[0] + "://…" if "://" in raw else "…"
        self.problems.append(Problem(name, raw, why, hint))

    def refused(self, name: str) -> bool:
        return any(problem.name == name for problem in self.problems)

    def given(self, name: str) -> str:
        """As it was written; empty where it was not."""
        return self.values.get(name, "").strip()

    def _read(self, name: str, default, parse: Callable[[str], object], secret: bool = False):
        raw = self.given(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except Unusable as bad:
            self.refuse(name, bad.why, bad.hint, secret)
            return default

    def text(self, name: str, default: str = "") -> str:
        return self._read(name, default, str)

    def folder(self, name: str, default: Path) -> Path:
        """A folder that is there, or can be made."""

        def parse(raw):
            if not raw.isprintable() or " ;" in raw or " #" in raw:
                raise Unusable("its name cannot be written into a configuration.", "Name one without ; and #.")
            try:
                folder = Path(raw).resolve()
                folder.mkdir(parents=True, exist_ok=True)
            except (OSError, RuntimeError, ValueError) as bad:  # RuntimeError: links that lead round in a circle
                why = getattr(bad, "strerror", None) or str(bad)
                raise Unusable(f"this folder cannot be made: {why}.", "Name one you may write to.") from None
            return folder

        return self._read(name, default, parse)

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Names a browser may ask for: duty.example.cn, .example.cn for all below it, or *."""

        def parse(raw):
            hosts = [word.strip().lower() for word in raw.split(",") if word.strip()]
            for host in hosts:
                if host != "*" and not HOST.fullmatch(host):
                    raise Unusable(
                        f"{host} is not the name of a host.", "List bare names with commas: duty.example.cn,10.0.0.5."
                    )
            return hosts

        return self._read(name, default, parse)

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
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                raise Unusable("it is not a time zone.", "Use a name such as Asia/Shanghai.") from None
            return raw

        return self._read(name, default, parse)

    def web_address(self, name: str, default: str) -> str:
        """scheme://host[:port] as browsers write it: small letters, no usual port, no path."""

        def parse(raw):
            hint = "Write it like https://duty.example.cn."
            parts, port = taken_apart(raw, ("http", "https"), "a web address", hint)
            host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
            if not HOST.fullmatch(host):
                raise Unusable("it names no host.", f"{hint} A name in Chinese is written in its xn-- form.")
            if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
                raise Unusable("it holds more than a scheme, a name and a port.", hint)
            usual = port in (None, {"http": 80, "https": 443}[parts.scheme])
            return f"{parts.scheme}://{host}" + ("" if usual else f":{port}")

        return self._read(name, default, parse)

    def bind(self, name: str, default: str) -> str:
        """An address of this machine to listen at; IPv6 without brackets."""

        def parse(raw):
            address = raw.removeprefix("[").removesuffix("]")
            try:
                return str(ipaddress.ip_address(address))
            except ValueError:
                pass
            try:
                return socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)[0][4][0]
            except (OSError, UnicodeError):
                hint = "Use 127.0.0.1 for this machine only, 0.0.0.0 for all its networks; the port is PORT."
                raise Unusable("it is not an address.", hint) from None

        return self._read(name, default, parse)

    def sender(self, name: str, default: str) -> str:
        def parse(raw):
            address = parseaddr(raw)[1]
            whole = raw.isprintable() and (raw == address or raw.endswith(f"<{address}>"))
            if not whole or not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address):
                hint = "Write it like 值班 <duty@example.cn>, a name with a comma in quotes."
                raise Unusable("it is not a mail address.", hint)
            return raw

        return self._read(name, default, parse)

    def database(self, name: str, default: str) -> dict:
        return self._read(name, postgres_options(default) if default else {}, postgres_options, secret=True)

    def redis(self, name: str, default: str) -> str:
        def parse(raw):
            hint = f"Write redis://:password@host:6379/0 or unix:///path?db=0. {ENCODED}"
            parts, _port = taken_apart(raw, ("redis", "rediss", "unix"), "a Redis address", hint)
            if not (parts.path if parts.scheme == "unix" else parts.hostname):
                raise Unusable("it names no server.", hint)
            number = parse_qs(parts.query).get("db") or ["" if parts.scheme == "unix" else parts.path.strip("/")]
            if not re.fullmatch("[0-9]*", number[-1]):
                raise Unusable("its database is not a number.", hint)
            return raw

        return self._read(name, default, parse, secret=True)

    def mail(self, name: str, default: str) -> dict:
        return self._read(name, smtp_options(default) if default else {}, smtp_options, secret=True)


def taken_apart(raw: str, schemes: tuple[str, ...], what: str, hint: str) -> tuple[SplitResult, int | None]:
    """The parts of an address, and its port. What Python says of a bad one may hold the password: it is not passed on."""
    try:
        parts = urlsplit(raw)
    except ValueError:
        raise Unusable(f"it is not {what}.", hint) from None
    if parts.scheme not in schemes:
        raise Unusable(f"it is not {what}.", hint)
    try:
        return parts, parts.port
    except ValueError:
        raise Unusable("its port is not a number from 1 to 65535.", hint) from None


def postgres_options(raw: str) -> dict:
    """Django's DATABASES entry for postgres://user:password@host:port/name, or …/name?host=/socket/folder."""
    hint = (
        "Write postgres://user:password@host:5432/name, or postgres://user@/name?host=/folder/of/the/socket. " + ENCODED
    )
    parts, port = taken_apart(raw, ("postgres", "postgresql"), "a PostgreSQL address", hint)
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise Unusable("it names no database.", hint)
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
    hint = f"Write smtp://host:25, smtp+tls://user:password@host:587 or smtps://user:password@host:465. {ENCODED}"
    parts, port = taken_apart(raw, ("smtp", "smtp+tls", "smtps"), "a mail server's address", hint)
    if not parts.hostname:
        raise Unusable("it names no server.", hint)
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
