"""People at their browsers: signed in by a session of their own, asking in a closed loop, one request after another."""

import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

CSRF = "b" * 32
TIMING = re.compile(r"all;dur=([\d.]+), db;dur=([\d.]+);desc=(\d+)")
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back, and how long the product took by its own account (TIMING=1)."""

    status: int
    location: str
    milliseconds: float
    in_database: float
    queries: int
    body: str


def session_of(person_id: int) -> str:
    """Sign a person in without the login page: the key of a fresh session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from duty.models import Person

    person, session = Person.objects.get(pk=person_id), SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "duty.access.Backend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key


class Visitor:
    """One browser. Each request has a connection of its own, so that both web workers get their share."""

    def __init__(self, port: int, session: str = ""):
        self.port = port
        self.headers = {"Cookie": f"zhiban={session}; csrftoken={CSRF}", "Accept-Language": "zh-CN"}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, values: dict) -> Answer:
        return self._ask("POST", path, urlencode(values | {"csrfmiddlewaretoken": CSRF}))

    def hidden_fields(self, path: str) -> dict:
        """What the form on that page carries besides what is typed."""
        fields = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(self.get(path).body)]
        return {field["name"]: field.get("value", "") for field in fields if "name" in field}

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            line.request(method, path, body, self.headers | kind)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        told = TIMING.search(answer.getheader("Server-Timing", ""))
        spent = (float(told[1]), float(told[2]), int(told[3])) if told else (0.0, 0.0, 0)
        return Answer(answer.status, answer.getheader("Location", ""), *spent, text)


def closed_loops(number: int, turn: Callable[[int, int], None], turns: int) -> float:
    """`number` clients at once, each taking its turns one after another: turn(client, n). Returns the seconds."""
    faults: list[BaseException] = []

    def loop(client: int) -> None:
        try:
            for n in range(turns):
                turn(client, n)
        except BaseException as fault:
            faults.append(fault)

    began = time.monotonic()
    clients = [threading.Thread(target=loop, args=(client,)) for client in range(number)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if faults:
        raise faults[0]
    return time.monotonic() - began
