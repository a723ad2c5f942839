"""Cabinets are counted by the watch: a record of its own, what differs stands out and is told, the next watch sees it (A57)."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction

from duty.models import Deadline, Notice
from equipment.keeping_keys import handed_over
from equipment.models import Cabinet, CountedKey, KeyCount, Loan
from equipment.tests.test_keys import hand
from scheduling.models import Post, Shift
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def counted(client, cabinet, **found):
    address = f"/cabinets/{cabinet.pk}/count/"
    return address, Page(client.get(address)).values | found


def test_each_key_is_counted_and_the_record_stays(as_, officer, cabinet, key, make_key, leader, now):
    other = make_key("YS-2")
    hand(other, officer, leader, now)
    client, token = as_(officer), str(uuid.uuid4())
    address, typed = counted(client, cabinet)
    assert typed[f"key-{other.pk}"] == "out"
    assert set(Page(client.post(address, typed)).errors) == {f"key-{key.pk}"}
    for _turn in range(2):
        assert client.post(address, typed | {f"key-{key.pk}": "present", "once": token}).status_code == 302
    count = KeyCount.objects.get()
    assert count.by == officer and not CountedKey.objects.different().exists() and count.keys.count() == 2
    assert Cabinet.objects.get().counted_at == now
    with pytest.raises(DatabaseError), transaction.atomic():
        CountedKey.objects.update(found="missing")


def test_what_is_missing_asks_for_a_word_and_is_told(as_, officer, manager, chief, cabinet, key, now):
    client = as_(officer)
    address, typed = counted(client, cabinet, **{f"key-{key.pk}": "missing"})
    assert set(Page(client.post(address, typed)).errors) == {"note"}
    assert client.post(address, typed | {"note": "交班时就没有", "once": ""}).status_code == 302
    told = Notice.objects.filter(matter=cabinet.pk).values_list("recipient__name", flat=True)
    assert set(told) == {"孙伟", "周敏"}
    assert "配电间" in Page(client.get("/keys/?show=wrong")).text
    assert "交班时就没有" in Page(client.get(cabinet.get_absolute_url())).text


def test_a_key_that_went_out_meanwhile_is_looked_at_anew(as_, officer, leader, cabinet, key, now):
    client = as_(officer)
    address, typed = counted(client, cabinet, **{f"key-{key.pk}": "present"})
    hand(key, officer, leader, now)
    page = Page(client.post(address, typed | {"once": ""}))
    assert page.status == 422 and not KeyCount.objects.exists()


def test_a_count_is_promised_and_settled_by_counting(cabinet, key, officer, now, clock):
    owed = Deadline.objects.open().get(kind="equipment.key_count")
    assert owed.owed_as == "scheduling.officers" and owed.due_at.isoformat() == "2026-11-23T15:59:00+00:00"
    at = clock("2026-11-23 18:00")
    key.is_out = False
    cabinet.count({key: "present"}, by=officer, at=at)
    owed.refresh_from_db()
    assert owed.settled_as == "kept"
    assert Deadline.objects.open().get(kind="equipment.key_count").due_at.date() == dt.date(2026, 11, 24)


def test_the_next_watch_is_told_what_hangs_there_and_who_has_what(
    cabinet, key, make_key, officer, leader, house, manager, now
):
    late = make_key("YS-2", opens="屋面")
    hand(late, officer, leader, now - dt.timedelta(hours=9))
    post = Post.objects.create(unit=house["ops"], name="总值班室")
    shift = Shift(post=post, name="夜班", starts_at=now, ends_at=now + dt.timedelta(hours=8))
    shift.plan([("primary", officer)], by=manager, at=now)
    rows = handed_over(shift, now)
    assert [row[0] for row in rows] == ["钥匙柜", "YS-2 屋面"]
    assert "1" in rows[0][1] and rows[1][3][0] == 2 and rows[1][2] == late.get_absolute_url()
    key.is_out = False
    cabinet.count({key: "missing"}, note="没有", by=officer, at=now)
    assert handed_over(shift, now)[0][3][0] == 2 and "YS-1" in handed_over(shift, now)[0][1]


def test_a_cabinet_is_entered_once_and_given_up_when_it_is_empty(as_, manager, house, places, cabinet, key, now):
    client = as_(manager)
    values = {
        "name": "备用柜",
        "unit": house["ops"].pk,
        "place": places["room"].pk,
        "minder": "孙伟",
        "count_every_days": "7",
    }
    token = str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/cabinets/new/", values | {"once": token}).status_code == 302
    assert Cabinet.objects.count() == 2
    assert "name" in Page(client.post("/cabinets/new/", values)).errors
    for wrong in ({"count_every_days": "0"}, {"minder": "没有这人"}, {"place": ""}, {"name": ""}):
        assert set(wrong) <= set(Page(client.post("/cabinets/new/", values | {"name": "又一个"} | wrong)).errors)
    assert client.post(f"/cabinets/{cabinet.pk}/end/", {"reason": "不用"}).status_code == 409
    key.retire(by=manager, at=now)
    assert client.post(f"/cabinets/{cabinet.pk}/end/", {"reason": "不用"}).status_code == 302
    assert not Deadline.objects.open().filter(matter=cabinet.pk).exists()


def test_keys_are_counted_in_the_order_of_their_hooks(as_, officer, leader, cabinet, make_key, now):
    for number in (11, 2, 1):
        key = make_key(f"YS-{number}", hook=f"{number} 号钩")
    hand(key, officer, leader, now)
    page = Page(as_(officer).get(f"/cabinets/{cabinet.pk}/count/"))
    places = [page.text.index(f"{hook} 号钩 ·") for hook in ("1", "2", "11")]
    assert page.text.index("陈立") < places[1]
    assert places == sorted(places)


def test_who_may_do_what(as_, cabinet, key, officer, auditor, outsider, manager):
    assert as_(auditor).get(cabinet.get_absolute_url()).status_code == 200
    assert as_(auditor).get(f"/cabinets/{cabinet.pk}/count/").status_code == 403
    assert as_(officer).get(f"/cabinets/{cabinet.pk}/change/").status_code == 403
    for door in ("", "count/", "change/", "end/"):
        assert as_(outsider).get(f"/cabinets/{cabinet.pk}/{door}").status_code == 404
    assert cabinet.get_absolute_url() not in as_(outsider).get("/cabinets/").content.decode()
    assert not Loan.objects.exists()
