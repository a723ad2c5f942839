"""Emergency supplies: entered, found, promised about: filled up, replaced, counted, brought back (A18)."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty import watchdog
from duty.models import Deadline, Firing, Matter, Notice, Role
from duty.sweeping import sweep
from duty.tests.threads import together
from equipment.models import Lot, Movement, Supply
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
SHORT, EXPIRES, CHECK, BACK = (f"equipment.supply_{name}" for name in ("short", "expires", "check", "back"))


def typed(house, places, **changes) -> dict:
    return {
        "name": "沙袋", "code": "WZ-9", "category": "flood", "unit": house["ops"].pk, "place": places["room"].pk, "measure": "个",
        "minimum": "100", "minder": "孙伟", "check_every_days": "30", "note": "",
    } | changes  # fmt: skip


def open_kinds(supply) -> set[str]:
    return set(Deadline.objects.open().filter(matter=supply.pk).values_list("kind", flat=True))


def test_a_manager_enters_a_supply_once_and_it_is_owed_at_once(as_, manager, house, places):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/supplies/new/", typed(house, places, once=token)).status_code == 302
    row = Supply.objects.get()
    assert open_kinds(row) == {SHORT, CHECK} and Deadline.objects.open().filter(owed_by=manager).count() == 2
    assert "沙袋" in Page(client.get("/supplies/?show=short")).text
    assert "沙袋" not in Page(client.get("/supplies/?show=expired")).text
    assert (
        "沙袋" in Page(client.get("/supplies/?q=配电间")).text
        and "沙袋" not in Page(client.get("/supplies/?q=灭火")).text
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"code": "有 空格"}, "code"), ({"category": "magic"}, "category"), ({"unit": ""}, "unit"), ({"place": "99999"}, "place"),
        ({"minimum": "-1"}, "minimum"), ({"minimum": "很多"}, "minimum"), ({"minder": "没有这人"}, "minder"), ({"check_every_days": "0"}, "check_every_days"),
        ({"check_every_days": "400"}, ""), ({"measure": ""}, "measure"), ({"minimum": "99999999999"}, "minimum"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_kept(as_, manager, house, places, changes, field):
    page = Page(as_(manager).post("/supplies/new/", typed(house, places, **changes)))
    assert page.status == 422 and not Supply.objects.exists()
    assert field in page.errors if field else page.alerts
    assert page.values["name"] == changes.get("name", "沙袋")


def test_a_taken_code_and_a_stale_page_are_told(as_, manager, house, places, supply):
    client = as_(manager)
    assert "code" in Page(client.post("/supplies/new/", typed(house, places, code="wz-1"))).errors
    address = f"/supplies/{supply.pk}/change/"
    stale = Page(client.get(address)).values
    assert client.post(address, stale | {"minimum": "9"}).status_code == 302
    assert Page(client.post(address, stale | {"minimum": "2", "once": ""})).status == 422
    assert open_kinds(supply) == {SHORT, CHECK} and Supply.objects.get().minimum == 9


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_code_one_is_told(house, places, manager):
    clients = [signed_in(manager), signed_in(make_person("另一位", house["ops"], Role.MANAGER))]
    answers = together(*(lambda c=c: c.post("/supplies/new/", typed(house, places)).status_code for c in clients))
    assert sorted(answers) == [302, 422] and Supply.objects.count() == 1


def test_below_the_minimum_is_told_at_once_and_settled_when_filled_up(make_supply, officer, manager, chief, now, clock):
    supply = make_supply(minimum=4)
    assert SHORT not in open_kinds(supply)
    supply.issue(2, person=officer, reason="急用", by=officer, at=now)
    owed = Deadline.objects.open().get(kind=SHORT)
    assert owed.due_at - now == dt.timedelta(days=7) and owed.owed_by == manager
    sweep()
    text = Notice.objects.get(recipient=manager, matter=supply.pk).text
    assert "3 具" in text and "4" in text
    supply.issue(1, person=officer, reason="又用", by=officer, at=now)
    assert Deadline.objects.open().get(kind=SHORT).pk == owed.pk  # the same promise runs on
    for morning in ("2026-11-28 08:00", "2026-11-30 08:00"):
        clock(morning)
        sweep()
    assert Firing.objects.filter(deadline=owed, action="escalate").exists()
    supply.receive(5, number="A", by=officer, at=clock("2026-11-30 09:00"))
    owed.refresh_from_db()
    assert owed.settled_as == "kept" and SHORT not in open_kinds(supply)


def test_what_expires_is_reminded_of_then_escalated_and_settled_by_writing_it_off(make_supply, manager, chief, clock):
    supply = make_supply(lots=[(2, "B", dt.date(2027, 3, 1)), (3, "C", dt.date(2028, 1, 1))])
    owed = Deadline.objects.open().get(kind=EXPIRES)
    assert owed.due_at.isoformat() == "2027-03-01T15:59:00+00:00"
    for day, people in (("2027-01-31", {"孙伟"}), ("2027-02-23", {"孙伟"}), ("2027-03-02", {"孙伟", "周敏"})):
        at = clock(f"{day} 08:00")
        sweep()
        told = Notice.objects.filter(firing__deadline=owed, created_at__gte=at)
        assert set(told.values_list("recipient__name", flat=True)) == people, day
    supply.write_off(Lot.objects.get(number="B"), 2, reason="过期", by=manager, at=at)
    owed.refresh_from_db()
    assert owed.settled_as == "kept"
    assert Deadline.objects.open().get(kind=EXPIRES).due_at.year == 2028


def test_what_does_not_come_back_is_owed_by_whoever_took_it(make_supply, officer, leader, now, clock):
    supply = make_supply(comes_back=True)
    first, second = now + dt.timedelta(days=1), now + dt.timedelta(days=3)
    supply.issue(1, person=officer, reason="抽水", due_back_at=second, by=leader, at=now)
    supply.issue(1, name="外单位", reason="借用", due_back_at=first, by=leader, at=now)
    owed = Deadline.objects.open().get(kind=BACK)
    assert (owed.due_at, owed.owed_by) == (first, supply.minder)
    issue = Movement.objects.get(name="外单位")
    supply.take_back(issue, 1, by=leader, at=now)
    owed = Deadline.objects.open().get(kind=BACK)
    assert (owed.due_at, owed.owed_by) == (second, officer)
    clock("2026-11-27 00:00")
    sweep()
    assert {"陈立"} <= set(Notice.objects.filter(firing__deadline=owed).values_list("recipient__name", flat=True))
    supply.give_up(Movement.objects.get(person=officer, kind="issued"), 1, reason="掉进水里", by=leader, at=now)
    assert BACK not in open_kinds(supply)


def test_missing_promises_are_restored(make_supply, officer, now):
    supply = make_supply(minimum=10, comes_back=True, lots=[(5, "A", dt.date(2027, 1, 1))])
    supply.issue(1, person=officer, reason="急用", due_back_at=now + dt.timedelta(days=1), by=officer, at=now)
    assert open_kinds(supply) == {SHORT, EXPIRES, CHECK, BACK} and watchdog.look() == 0
    Deadline.objects.open().update(settled_at=now, settled_as="withdrawn", fires_at=None)
    assert watchdog.look() == 4 or open_kinds(supply) == {SHORT, EXPIRES, CHECK, BACK}
    assert open_kinds(supply) == {SHORT, EXPIRES, CHECK, BACK}


def test_a_supply_is_given_up_only_when_nothing_of_it_is_left(as_, manager, supply, now):
    client, address = as_(manager), f"/supplies/{supply.pk}/end/"
    assert client.post(address, {"reason": "改用别的"}).status_code == 409
    supply.write_off(Lot.objects.get(), 5, reason="报废", by=manager, at=now)
    assert Page(client.post(address, {"reason": ""})).errors
    assert client.post(address, {"reason": "改用别的"}).status_code == 302
    assert not open_kinds(supply) and Matter.objects.get(pk=supply.pk).closed_at
    assert client.post(f"/supplies/{supply.pk}/receive/", {"receive-quantity": "1"}).status_code == 409
    assert (
        "灭火器" in Page(client.get("/supplies/?show=former")).text
        and "灭火器" not in Page(client.get("/supplies/")).text
    )
    assert watchdog.look() == 0


def test_movements_are_paged_by_key(as_, officer, supply, now):
    for number in range(25):
        supply.receive(1, number="A", reason=f"第 {number} 次", by=officer, at=now)
    client = as_(officer)
    page = Page(client.get(supply.get_absolute_url()))
    assert "第 24 次" in page.text and "第 3 次" not in page.text
    assert "第 3 次" in Page(client.get(supply.get_absolute_url() + page.next)).text


def test_a_list_that_fits_one_page_leads_to_no_other(as_, officer, supply):
    assert 'class="pager' not in as_(officer).get("/supplies/").content.decode()


def test_the_list_prints_and_goes_out_as_a_sheet(as_, officer, outsider, make_supply):
    make_supply(lots=[(2, "B", dt.date(2026, 1, 1)), (3, "", None)], minimum=9)
    assert "2026-01-01" in as_(officer).get("/supplies/print/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(as_(officer).get("/supplies/export/").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 3 and rows[1][0] == "WZ-1" and [row[10] for row in rows[1:]] == [2, 3]
    assert "灭火器" not in as_(outsider).get("/supplies/print/").content.decode()
    assert (
        len(list(openpyxl.load_workbook(io.BytesIO(as_(outsider).get("/supplies/export/").content)).active.rows)) == 1
    )


def test_who_keeps_the_register_and_who_only_reads(as_, house, places, supply, officer, outsider, manager):
    assert as_(officer).get("/supplies/").status_code == 200 and as_(officer).get("/supplies/new/").status_code == 403
    assert as_(make_person("无角色", house["ops"])).get("/supplies/").status_code == 403
    assert "灭火器" not in as_(outsider).get("/supplies/").content.decode()
    assert as_(outsider).get(f"/supplies/{supply.pk}/").status_code == 404
    assert as_(manager).post("/supplies/new/", typed(house, places, unit=house["sales"].pk)).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.update(check_every_days=0)
