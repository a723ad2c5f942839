"""What a telephone asks and sends, over the wire: bad input, wrong clocks, photos that are none, many at once."""

import datetime as dt
import io
import json
import uuid
import zlib
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import make_person
from duty.clock import MINUTE
from duty.models import Role
from duty.tests.threads import together
from equipment.models import Answer, Defect, Kind, Parcel, Round, Shot, Status
from equipment.tests.conftest import picture
from equipment.tests.rounds import answer, make_checklist, make_round, parcel
from equipment.walking import stops_of, version_of, with_last_values


@pytest.fixture
def checklist(house, manager, piece, now):
    items = [
        {"question": "指示灯", "equipment": piece},
        {"question": "温度", "equipment": piece, "kind": Kind.NUMBER, "least": -40, "most": 90, "alarm_high": 35},
        {"question": "照片", "kind": Kind.PHOTO},
    ]
    return make_checklist(house["ops"], manager, now, items=items)


@pytest.fixture
def walk(checklist, now):
    return make_round(checklist, now)


@pytest.fixture
def items(checklist):
    return list(checklist.in_force.items.order_by("order"))


def send(client, walk, person, sent, **more):
    body = sent if isinstance(sent, str | bytes) else json.dumps({"person": person.pk} | sent)
    headers = {"Accept": "application/json"}
    return client.post(
        f"/rounds/{walk.pk}/parcel/", body, content_type=more.pop("type", "application/json"), headers=headers
    )


def photograph(client, walk, person, item, content: bytes, at, name="photo.jpg", **more):
    fields = {
        "uid": str(uuid.uuid4()), "person": person.pk, "item": more.pop("pk", item.pk), "taken_at": at.isoformat(), "sent_at": at.isoformat(),
        "file": SimpleUploadedFile(name, content), **more,
    }  # fmt: skip
    return client.post(f"/rounds/{walk.pk}/photo/", fields, headers={"Accept": "application/json"})


@pytest.mark.django_db
class TestOneTelephone:
    def test_the_state_tells_all_that_is_asked_and_found(self, walk, items, officer, as_, now):
        client = as_(officer)
        send(client, walk, officer, parcel(now, answer(items[1], "21.5", now)))
        told = client.get(f"/rounds/{walk.pk}/state/").json()
        assert [item["question"] for stop in told["stops"] for item in stop["items"]] == ["指示灯", "温度", "照片"]
        assert [(row["item"], row["value"], row["judged"]) for row in told["answers"]] == [(items[1].pk, "21.5", 0)]
        assert (told["person"]["pk"], told["round"]["may_walk"], bool(told["csrf"])) == (officer.pk, True, True)
        assert set(told["missing"]) == {str(items[0].pk), str(items[2].pk)}

    def test_the_last_values_are_those_of_the_round_before(self, checklist, walk, items, officer, as_, clock, now):
        client = as_(officer)
        send(client, walk, officer, parcel(now, answer(items[1], "21.5", now)))
        Round.objects.filter(pk=walk.pk).update(status=Status.DONE, done_at=now, done_by=officer, received_at=now)
        later = clock(now + dt.timedelta(hours=2))
        told = client.get(f"/rounds/{make_round(checklist, later).pk}/state/").json()
        assert told["stops"][0]["items"][1]["last"] == {"said": "21.5", "judged": 0, "at": "23:02"}

    @pytest.mark.parametrize(
        "body",
        ["", "{", "[]", "null", "7", '"x"', "[" * 100_000, "\xff", '{"a": 1e999}', '{"uid": 5}', '{"uid": "x", "sent_at": []}',
         '{"answers": {}}', '{"uid": "0b4fd5a8-3f43-4b57-9d3d-0c1f4a3b8d11", "sent_at": "9999-12-31T23:59:59+00:00"}'],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused_with_a_sentence(self, body, walk, officer, as_):
        for with_person in (body, body.replace("{", f'{{"person": {officer.pk}, ', 1)):
            answer = send(as_(officer), walk, officer, with_person)
            assert answer.status_code in (400, 409, 422), answer.content
            assert len(answer.json()["error"]) > 5
        assert not Parcel.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [{"value": "NaN"}, {"value": "Infinity"}, {"value": "1e999999999"}, {"value": "9" * 400}, {"value": None}, {"value": {}}, {"value": [1]},
         {"value": True}, {"item": "1 OR 1=1"}, {"item": 2**70}, {"item": -1}, {"item": None}],
    )  # fmt: skip
    def test_answers_that_make_no_sense_are_named_and_the_rest_is_taken(self, wrong, walk, items, officer, as_, now):
        bad, good = answer(items[1], "20", now) | wrong, answer(items[0], "normal", now)
        told = send(as_(officer), walk, officer, parcel(now, bad, good)).json()
        assert (list(told["refused"]), told["taken"]) == ([bad["uid"]], [good["uid"]])

    def test_visits_that_make_no_sense_harm_nothing(self, walk, items, officer, as_, now):
        for wrong in ({"equipment": [1]}, {"equipment": {}}, {"equipment": "x"}, {"place": 10**30}, {"how": 7}):
            visit = {"uid": str(uuid.uuid4()), "arrived_at": now.isoformat(), "how": "scanned"} | wrong
            assert (
                send(as_(officer), walk, officer, parcel(now, visits=[visit], begun_at=now.isoformat())).status_code
                == 200
            )

    def test_text_that_no_database_keeps_is_kept_without_it(self, walk, items, officer, as_, now):
        given = answer(items[0], "abnormal", now, note="冒\x00烟\ud800")
        assert send(as_(officer), walk, officer, parcel(now, given)).json()["taken"] == [given["uid"]]
        assert Answer.objects.get().note == "冒烟"

    def test_numbers_are_read_as_people_type_them(self, walk, items, officer, as_, now):
        for typed, read in (("２１．５", "21.5"), ("21,5", "21.5"), ("-3", "-3"), ("−3", "-3"), (" 7 ", "7")):
            send(as_(officer), walk, officer, parcel(now, answer(items[1], typed, now)))
            assert Answer.objects.order_by("-pk").first().said == read

    def test_a_refused_answer_is_refused_again_when_nobody_heard_the_first_time(self, walk, items, officer, as_, now):
        sent = parcel(now, answer(items[1], "999", now))
        first, again = (send(as_(officer), walk, officer, sent).json() for _time in range(2))
        assert list(first["refused"]) == list(again["refused"]) == [sent["answers"][0]["uid"]]
        assert first["taken"] == again["taken"] == []

    def test_a_clock_ten_years_off_is_corrected_over_the_wire(self, walk, items, officer, as_, now):
        wrong = now - dt.timedelta(days=3650)
        sent = parcel(now, answer(items[0], "normal", wrong - 3 * MINUTE), sent=wrong)
        assert send(as_(officer), walk, officer, sent).status_code == 200
        assert Answer.objects.get().answered_at == now - 3 * MINUTE

    def test_what_another_found_is_not_sent_under_ones_name(self, walk, items, officer, leader, as_, now):
        told = send(as_(leader), walk, officer, parcel(now, answer(items[0], "normal", now)))
        assert (told.status_code, told.json()["code"]) == (409, "another")
        assert not Answer.objects.exists()

    def test_a_cancelled_round_says_so_and_takes_nothing(self, walk, items, officer, leader, as_, now):
        walk.cancel(by=leader, at=now)
        told = send(as_(officer), walk, officer, parcel(now, answer(items[0], "normal", now)))
        assert (told.status_code, told.json()["code"]) == (409, "conflict")
        assert "取消" in told.json()["error"] or "cancelled" in told.json()["error"]

    def test_more_than_two_megabytes_at_once_are_refused(self, walk, officer, as_):
        assert send(as_(officer), walk, officer, " " * 2_100_000).status_code == 413

    def test_without_a_token_nothing_is_taken(self, walk, items, officer, now):
        client = Client(enforce_csrf_checks=True)
        client.force_login(officer, backend="duty.access.Backend")
        refused = send(client, walk, officer, parcel(now, answer(items[0], "normal", now)))
        assert (refused.status_code, refused.json()["code"]) == (403, "stale")
        token = client.get(f"/rounds/{walk.pk}/state/").json()["csrf"]
        sent = json.dumps(parcel(now, answer(items[0], "normal", now)) | {"person": officer.pk})
        headers = {"X-CSRFToken": token}
        assert (
            client.post(
                f"/rounds/{walk.pk}/parcel/", sent, content_type="application/json", headers=headers
            ).status_code
            == 200
        )

    def test_an_outsider_sends_and_reads_nothing(self, walk, items, outsider, as_, now):
        assert send(as_(outsider), walk, outsider, parcel(now, answer(items[0], "normal", now))).status_code == 404
        assert as_(outsider).get(f"/rounds/{walk.pk}/state/", headers={"Accept": "application/json"}).json()["error"]

    def test_an_item_of_an_older_version_is_taken_by_its_thread(
        self, walk, checklist, items, manager, officer, as_, now
    ):
        draft = checklist.revise(by=manager, at=now)
        draft.items.filter(order=0).update(question="状态灯")
        checklist.publish(draft, by=manager, at=now)
        client = as_(officer)
        send(client, walk, officer, parcel(now, begun_at=now.isoformat()))
        told = send(client, walk, officer, parcel(now, answer(items[0], "normal", now))).json()
        assert told["refused"] == {}
        assert Answer.objects.get().item.question == "状态灯"


@pytest.mark.django_db
class TestPhotos:
    @pytest.fixture
    def begun(self, walk, officer, as_, now):
        client = as_(officer)
        send(client, walk, officer, parcel(now, begun_at=now.isoformat()))
        return client

    def test_a_photo_is_kept_once_however_often_it_is_sent(self, begun, walk, items, officer, now):
        uid = str(uuid.uuid4())
        for _time in range(2):
            assert photograph(begun, walk, officer, items[2], picture(), now, uid=uid).json()["uid"] == uid
        assert Shot.objects.count() == 1

    def test_one_that_belongs_to_an_abnormal_answer_goes_to_its_defect(self, begun, walk, items, officer, now):
        photograph(begun, walk, officer, items[0], picture(), now)
        send(begun, walk, officer, parcel(now, answer(items[0], "abnormal", now, note="灭")))
        photograph(begun, walk, officer, items[0], picture(size=(30, 30)), now)
        assert Defect.objects.get().photos.count() == 2

    def test_what_is_no_photo_is_refused(self, begun, walk, items, officer, now):
        bomb = png_of(30_000, 30_000)
        for content, name in ((b"<html><script>alert(1)</script>", "a.jpg"), (b"", "a.jpg"), (bomb, "a.png"), (b"%PDF-1.4", "a.pdf"),
                              (picture()[:200], "cut.jpg"), (b"\xff\xd8\xff" + b"x" * (20 * 2**20 + 10), "big.jpg")):  # fmt: skip
            refused = photograph(begun, walk, officer, items[2], content, now, name)
            assert refused.status_code == 422, name
            assert len(refused.json()["error"]) > 5
        assert not Shot.objects.exists()

    def test_fields_that_make_no_sense_are_refused(self, begun, walk, items, officer, now):
        for wrong in (
            {"uid": "x"},
            {"pk": "x"},
            {"pk": "99999999999"},
            {"taken_at": "gestern"},
            {"sent_at": ""},
            {"file": ""},
        ):
            assert photograph(begun, walk, officer, items[2], picture(), now, **wrong).status_code == 422, wrong

    def test_no_more_than_enough_of_one_item(self, begun, walk, items, officer, now):
        codes = [
            photograph(begun, walk, officer, items[2], picture(size=(9 + n, 9)), now).status_code for n in range(13)
        ]
        assert codes == [200] * 12 + [422]


def png_of(width: int, height: int) -> bytes:
    """A picture of that many pixels in a few kilobytes."""
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return out.getvalue() + head + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_twenty_times_the_same_parcel_is_taken_once(self, walk, items, officer, now):
        sent = parcel(now, answer(items[0], "abnormal", now, note="灭"), answer(items[1], "20", now))
        codes = together(*[lambda: send(signed_in(officer), walk, officer, sent).status_code] * 20, seconds=60)
        assert codes == [200] * 20
        assert (Answer.objects.count(), Parcel.objects.count(), Defect.objects.count()) == (2, 1, 1)

    def test_twenty_telephones_on_one_round_lose_nothing(self, house, walk, items, now):
        people = [make_person(f"人{n}", house["ops"], Role.OFFICER) for n in range(20)]
        jobs = [
            lambda person=person, n=n: (
                send(
                    signed_in(person), walk, person, parcel(now, answer(items[1], str(n), now - n * MINUTE))
                ).status_code
            )
            for n, person in enumerate(people)
        ]
        assert together(*jobs, seconds=60) == [200] * 20
        assert Answer.objects.count() == 20
        assert [row.said for row in walk.answers.standing()] == ["0"]  # the one given last


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="duty.access.Backend")
    return client


@pytest.mark.django_db
def test_the_last_value_is_the_gauges_whichever_checklist_asked(house, manager, officer, piece, gauge, now):
    from equipment.receiving import receive

    asked = {"question": "温度", "equipment": piece, "gauge": gauge, "kind": Kind.NUMBER, "measure": "℃"}
    one, other = (make_checklist(house["ops"], manager, now, name=name, items=[asked]) for name in ("甲", "乙"))
    before, walk = make_round(one, now), make_round(other, now + MINUTE)
    given = answer(one.in_force.items.get(), "24.4", now)
    receive(before, parcel(now, given, done_at=now.isoformat()), by=officer, at=now)
    [found] = [row for stop in with_last_values(walk, stops_of(version_of(walk))) for row in stop.rows]
    assert found.last.number == Decimal("24.4")
