"""Two hundred telephones come back into the network at once: each with a round of its own, every parcel sent twice.

Counted afterwards in the database: nothing that was found may be lost, nothing may be there twice.
"""

import datetime as dt
import functools
import http.client
import io
import json
import os
import random
import threading
import time
import uuid

from django.db import transaction
from PIL import Image

from duty.clock import MINUTE, duty_now
from duty.models import Grant, Person, Role, Unit
from equipment.models import Checklist, Equipment, Item, Kind, Place, Round

from .engine import house_of_its_own
from .figures import load, note, percentile
from .pages import served
from .processes import Crew
from .visitors import CSRF, Visitor, session_of

PHONES, ITEMS, PARCELS, TWICE = 200, 30, 5, 2
PHOTOS_EVERY = 10  # of so many telephones one has taken photos
LIMIT_MS = 30_000  # as long as the walking page waits before it tries again
SEED = 1
COUNTED = """
SELECT count(*), count(DISTINCT a.uid), count(*) FILTER (WHERE a.superseded_at IS NULL),
       (SELECT count(*) FROM equipment_round WHERE status = 'done'), (SELECT count(*) FROM equipment_parcel),
       (SELECT count(*) FROM equipment_shot), (SELECT count(*) FROM equipment_defect)
FROM equipment_answer a
"""


class Phone:
    """One telephone with what was found on its round: some of it abnormal, some with photos."""

    def __init__(self, number: int, walk: Round, items: list[Item], person: Person, at: dt.datetime):
        self.walk, self.person, self.chance = walk, person, random.Random(SEED + number)
        self.session = session_of(person.pk)
        self.off = dt.timedelta(seconds=self.chance.randint(-7200, 7200))  # of its clock
        self.at = at
        size = ITEMS // PARCELS
        self.parcels = [self._parcel(items[n * size : (n + 1) * size], n) for n in range(PARCELS)]
        self.photos = [(str(uuid.uuid4()), item.pk) for item in items[:2]] if number % PHOTOS_EVERY == 0 else []

    def _parcel(self, items: list[Item], n: int) -> dict:
        answers = [self._answer(item, n) for item in items]
        last = {"done_at": self._said(n + 1)} if n == PARCELS - 1 else {}
        return {
            "uid": str(uuid.uuid4()),
            "person": self.person.pk,
            "version": items[0].version_id,
            "knows": items[0].version_id,
            "answers": answers,
        } | last

    def _said(self, minutes: int) -> str:
        return (self.at + minutes * MINUTE + self.off).isoformat()

    def _answer(self, item: Item, n: int) -> dict:
        given = {"uid": str(uuid.uuid4()), "item": item.pk, "answered_at": self._said(n), "note": ""}
        if item.kind == Kind.NUMBER:
            return given | {"value": str(round(self.chance.uniform(19, 26), 1))}
        bad = item.order == 0 and self.chance.random() < 0.1
        return given | ({"value": "abnormal", "note": "不亮"} if bad else {"value": "normal"})

    def send(self, port: int, times: list[float], faults: list[str]) -> None:
        """In the order in which the walking page sends: photos ahead of the answers; each parcel twice."""
        visitor = JsonVisitor(port, self.session)
        begin = {
            "uid": str(uuid.uuid4()),
            "person": self.person.pk,
            "begun_at": self._said(0),
            "version": self.parcels[0]["version"],
        }
        for n, parcel in enumerate([begin, *self.parcels]):
            for _time in range(TWICE):
                sent = parcel | {"sent_at": (dt.datetime.now(dt.UTC) + self.off).isoformat()}
                began = time.monotonic()
                status, text = visitor.send(f"/rounds/{self.walk.pk}/parcel/", sent)
                times.append((time.monotonic() - began) * 1000)
                if status != 200 or json.loads(text)["refused"]:
                    faults.append(f"{status} {text[:300]}")
            for uid, item in self.photos if n == 0 else []:
                for _time in range(TWICE):
                    status, text = visitor.photograph(self, uid, item)
                    if status != 200:
                        faults.append(f"photo {status} {text[:300]}")


class JsonVisitor(Visitor):
    """A browser's script: JSON and files, the token in the head."""

    def send(self, path: str, said: dict) -> tuple[int, str]:
        return self._post(path, json.dumps(said).encode(), "application/json")

    def photograph(self, phone: Phone, uid: str, item: int) -> tuple[int, str]:
        at = (dt.datetime.now(dt.UTC) + phone.off).isoformat()
        fields = {"uid": uid, "person": phone.person.pk, "item": item, "taken_at": at, "sent_at": at}
        line = uuid.uuid4().hex
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
        ]
        head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        body = b"".join([*parts, head.encode(), noise(), f"\r\n--{line}--\r\n".encode()])
        return self._post(f"/rounds/{phone.walk.pk}/photo/", body, f"multipart/form-data; boundary={line}")

    def _post(self, path: str, body: bytes, kind: str) -> tuple[int, str]:
        headers = self.headers | {"Content-Type": kind, "Accept": "application/json", "X-CSRFToken": CSRF}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            line.close()


@functools.cache
def noise() -> bytes:
    """A photo as large as a telephone sends it."""
    picture = Image.effect_noise((1600, 1200), 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def laid(at: dt.datetime) -> list[Phone]:
    """A checklist of thirty items on ten pieces, and a round and a walker for each telephone."""
    unit = Unit.objects.get(parent=None)
    by = Person.objects.order_by("pk").first()
    people = [
        Person(staff_number=f"W{n:03d}", name=f"巡检员{n:03d}", unit=unit, mail=f"w{n}@zhiban.example", password="!")
        for n in range(PHONES)
    ]
    Person.objects.bulk_create(people)
    Grant.objects.bulk_create(Grant(person=person, role=Role.OFFICER, unit=unit) for person in people)
    place = Place.objects.create(unit=unit, name="机房")
    pieces = [
        Equipment(unit=unit, place=place, name=f"机柜 {n}", code=f"W-{n:02d}", category="server") for n in range(10)
    ]
    with transaction.atomic():
        for piece in pieces:
            piece.register(by=by, at=at)
        checklist = Checklist(unit=unit, name="二百部手机")
        checklist.begin(by=by, at=at)
        draft = checklist.draft
        reading = {"kind": Kind.NUMBER, "measure": "℃", "normal_low": 18, "normal_high": 27, "alarm_high": 35}
        for n in range(ITEMS):
            more = reading if n % 3 else {}
            Item.objects.create(version=draft, order=n, question=f"第 {n + 1} 项", equipment=pieces[n // 3], **more)
        checklist.publish(draft, by=by, at=at)
    items, phones = list(draft.items.order_by("order")), []
    for number, person in enumerate(people):
        walk = Round(
            checklist=checklist, unit=unit, title=f"巡检 {number:03d}", person=person, planned_at=at, opens_at=at - 15 * MINUTE,
            starts_by=at + 15 * MINUTE, due_at=at + 60 * MINUTE, missed_at=at + 120 * MINUTE,
        )  # fmt: skip
        walk.schedule(by=None, at=at)
        phones.append(Phone(number, walk, items, person, at))
    return phones


def walkers(ground, sheet) -> None:
    house_of_its_own(ground)
    os.environ["MEDIA_ROOT"] = str(ground.var / "walkers-files")
    at = duty_now() - 30 * MINUTE  # walked half an hour ago, without network
    phones = laid(at)
    note(f"{PHONES} telephones with {ITEMS} answers each")
    times, faults = [], []
    with Crew(ground.place) as crew:
        web = served(crew)
        start = threading.Barrier(PHONES)

        def come_back(phone: Phone) -> None:
            start.wait(60)
            try:
                phone.send(web.port, times, faults)
            except Exception as why:
                faults.append(repr(why))

        threads = [threading.Thread(target=come_back, args=(phone,)) for phone in phones]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
    rows, uids, standing, done, parcels, shots, defects = ground.ask(COUNTED)
    expected = PHONES * ITEMS
    photos = sum(len(phone.photos) for phone in phones)
    more = {
        "seconds": seconds,
        "load": load(),
        "refused": len(faults),
        "first_fault": faults[0] if faults else "",
        "sql": COUNTED,
    }
    sheet.add("walkers_answers_lost", expected - uids, "answers", 0, holds=done == PHONES and shots == photos, of=expected, rounds_done=done,
              photos=shots, **more)  # fmt: skip
    sheet.add("walkers_answers_doubled", rows - uids + rows - standing, "answers", 0, holds=parcels == PHONES * (PARCELS + 1), parcels=parcels,
              defects=defects)  # fmt: skip
    sheet.add("walkers_parcel_p95", percentile(times, 95), "ms", LIMIT_MS, p50=percentile(times, 50), count=len(times),
              parcels_per_second=len(times) / seconds)  # fmt: skip
