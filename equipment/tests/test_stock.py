"""Stock moves by verbs alone: never below nothing, the first to expire first, each movement a row for good (A18)."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from conftest import make_person
from duty.models import Deadline, Matter, Role
from duty.steps import Conflict
from duty.tests.threads import together
from equipment.models import Lot, Movement, Supply
from equipment.models.stock import SHORT
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def issued(supply, **changes) -> dict:
    return {"issue-quantity": "2", "issue-to": "陈立", "issue-reason": "演练"} | changes


def test_an_officer_issues_what_expires_first_and_the_row_says_to_whom_and_why(as_, officer, make_supply):
    supply = make_supply(
        lots=[(3, "新", dt.date(2028, 1, 1)), (2, "旧", dt.date(2027, 1, 1)), (4, "坏", dt.date(2026, 1, 1))]
    )
    client, token = as_(officer), str(uuid.uuid4())
    for _turn in range(2):
        answer = client.post(f"/supplies/{supply.pk}/issue/", issued(supply, **{"issue-quantity": "3"}, once=token))
        assert answer.status_code == 302
    rows = Movement.objects.filter(kind="issued").order_by("id")
    assert [(row.lot.number, row.change, row.after) for row in rows] == [("旧", -2, 7), ("新", -1, 6)]
    assert all((row.person, row.by, row.reason) == (officer, officer, "演练") for row in rows)
    page = Page(client.get(supply.get_absolute_url()))
    assert "陈立 · 演练" in page.text and "6 具" in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issue-quantity": "6"}, "issue-quantity"), ({"issue-quantity": "0"}, "issue-quantity"), ({"issue-quantity": "-1"}, "issue-quantity"),
        ({"issue-quantity": "两个"}, "issue-quantity"), ({"issue-quantity": ""}, "issue-quantity"), ({"issue-quantity": "1.5"}, "issue-quantity"),
        ({"issue-to": ""}, "issue-to"), ({"issue-to": "没有这人"}, "issue-to"), ({"issue-reason": ""}, "issue-reason"), ({"issue-incident": "99999"}, "issue-incident"),
        ({"issue-reason": "x" * 201}, "issue-reason"), ({"issue-quantity": "99999999999999999999"}, "issue-quantity"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field_and_kept(as_, officer, supply, changes, field):
    page = Page(as_(officer).post(f"/supplies/{supply.pk}/issue/", issued(supply, **changes)))
    assert page.status == 422 and set(page.errors) == {field}
    assert field == "issue-incident" or page.values[field] == changes[field]
    assert not Movement.objects.filter(kind="issued").exists()


def test_someone_from_outside_takes_it_for_an_incident(as_, officer, supply, house, now):
    ours = Matter.objects.create(
        kind="incidents.incident", unit=house["ops"], number="20261122-001", title="漏水", opened_at=now
    )
    theirs = Matter.objects.create(kind="incidents.incident", unit=house["sales"], title="别处", opened_at=now)
    client, address = as_(officer), f"/supplies/{supply.pk}/"
    page = Page(client.get(f"{address}?incident={ours.pk}"))
    assert page.values["issue-incident"] == str(ours.pk) and "别处" not in page.text
    assert Page(client.post(f"{address}issue/", issued(supply, **{"issue-incident": theirs.pk}))).status == 422
    wanted = issued(
        supply, **{"issue-to": "", "issue-outsider": "消防队 王队", "issue-reason": "", "issue-incident": ours.pk}
    )
    answer = client.post(f"{address}issue/?incident={ours.pk}", wanted)
    assert answer["Location"] == f"{address}?incident={ours.pk}"
    row = Movement.objects.get(kind="issued")
    assert (row.whom, row.person, row.incident) == ("消防队 王队", None, ours)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_one_one_is_told_how_many_are_left(make_supply, house, officer):
    supply = make_supply(lots=[(1, "", None)])
    other = make_person("另一位", house["ops"], Role.OFFICER)
    clients = [signed_in(officer), signed_in(other)]
    typed = issued(supply, **{"issue-quantity": "1"})
    answers = together(*(lambda c=c: c.post(f"/supplies/{supply.pk}/issue/", typed) for c in clients))
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Lot.objects.get().quantity == 0 and Movement.objects.filter(kind="issued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_verbs_alone_are_safe_as_well(make_supply, officer, now):
    supply = make_supply(lots=[(3, "", None)])

    def take():
        return Supply.objects.get(pk=supply.pk).issue(2, person=officer, reason="急用", by=officer, at=now)

    answers = together(take, take)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1 and Lot.objects.get().quantity == 1


def test_the_database_itself_refuses_less_than_nothing_and_edited_movements(supply, officer, now):
    supply.issue(1, person=officer, reason="急用", by=officer, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.update(quantity=-1)
    for change in ({"quantity": 7}, {"reason": "别的"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Movement.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Movement.objects.all().delete()
    wrong = {"supply": supply, "lot": Lot.objects.get(), "by": officer, "at": now, "after": 4}
    for row in (
        {"kind": "issued", "quantity": 1, "change": -1, "person": officer},  # no purpose
        {"kind": "issued", "quantity": 1, "change": -1, "reason": "急用"},  # nobody
        {"kind": "issued", "quantity": 1, "change": 1, "person": officer, "reason": "急用"},
        {"kind": "received", "quantity": 0, "change": 0},
        {"kind": "written_off", "quantity": 1, "change": -1},  # no reason
        {"kind": "counted", "quantity": 1, "change": -4},  # no reason
        {"kind": "returned", "quantity": 1, "change": 1},  # of no issue
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Movement.objects.create(**wrong, **row)


def test_what_comes_back_comes_back_once(as_, officer, make_supply):
    supply = make_supply(comes_back=True)
    client, address = as_(officer), f"/supplies/{supply.pk}/"
    assert set(Page(client.post(f"{address}issue/", issued(supply, **{"issue-due_on": "2026-11-01"}))).errors) == {
        "issue-due_on"
    }
    assert (
        client.post(
            f"{address}issue/", issued(supply, **{"issue-quantity": "3", "issue-due_on": "2026-11-25"})
        ).status_code
        == 302
    )
    issue = Movement.objects.get(kind="issued")
    typed = {"return-of": issue.pk, "return-quantity": "1", "return-gone": "3", "return-reason": "丢了"}
    assert set(Page(client.post(f"{address}return/", typed)).errors) == {"return-quantity"}
    assert set(Page(client.post(f"{address}return/", typed | {"return-gone": "2", "return-reason": ""})).errors) == {
        "return-reason"
    }
    assert client.post(f"{address}return/", typed | {"return-gone": "2"}).status_code == 302
    assert supply.in_stock() == 3 and not Movement.objects.to_come_back().exists()
    assert [row.kind for row in supply.movements.all()] == ["gone", "returned", "issued", "received"]
    assert Page(client.post(f"{address}return/", typed)).status == 422


def test_receiving_adds_to_a_lot_that_is_there_already(as_, officer, supply):
    client, address = as_(officer), f"/supplies/{supply.pk}/receive/"
    typed = {"receive-quantity": "5", "receive-number": "A", "receive-expires_on": "", "receive-reason": "补充"}
    assert client.post(address, typed).status_code == 302 and Lot.objects.get().quantity == 10
    assert (
        client.post(address, typed | {"receive-expires_on": "2027-05-01"}).status_code == 302
        and Lot.objects.count() == 2
    )
    assert set(Page(client.post(address, typed | {"receive-expires_on": "明年"})).errors) == {"receive-expires_on"}


def test_writing_off_asks_for_a_reason(as_, officer, make_supply):
    supply = make_supply(lots=[(4, "坏", dt.date(2026, 1, 1)), (9, "好", None)])
    client, address = as_(officer), f"/supplies/{supply.pk}/"
    page = Page(client.get(f"{address}?do=write-off"))
    bad = Lot.objects.get(number="坏")
    assert page.values["write-off-lot"] == str(bad.pk) and page.values["write-off-quantity"] == "4"
    typed = {"write-off-lot": bad.pk, "write-off-quantity": "4", "write-off-reason": ""}
    assert set(Page(client.post(f"{address}write-off/", typed)).errors) == {"write-off-reason"}
    assert set(
        Page(
            client.post(f"{address}write-off/", typed | {"write-off-reason": "过期", "write-off-quantity": "5"})
        ).errors
    ) == {"write-off-quantity"}
    assert client.post(f"{address}write-off/", typed | {"write-off-reason": "过期"}).status_code == 302
    assert supply.in_stock() == 9


def test_who_may_do_what(as_, house, supply, officer, leader, manager, auditor, outsider):
    fixer = make_person("维修", house["ops"], Role.MAINTAINER)
    for person in (auditor, fixer):
        page = as_(person).get(supply.get_absolute_url())
        assert page.status_code == 200 and "issue-quantity" not in page.content.decode()
        assert as_(person).post(f"/supplies/{supply.pk}/issue/", issued(supply)).status_code == 403
    for door in ("", "issue/", "return/", "receive/", "write-off/", "count/", "change/", "end/"):
        assert as_(outsider).post(f"/supplies/{supply.pk}/{door}", issued(supply)).status_code == 404
    for person in (officer, leader, manager):
        assert (
            as_(person).post(f"/supplies/{supply.pk}/issue/", issued(supply, **{"issue-quantity": "1"})).status_code
            == 302
        )
    assert as_(officer).get(f"/supplies/{supply.pk}/change/").status_code == 403


def test_what_has_expired_is_there_but_hides_no_shortage(as_, officer, make_supply, now):
    short = make_supply(minimum=5, lots=[(4, "新", dt.date(2028, 1, 1)), (4, "坏", dt.date(2026, 1, 1))])
    enough = make_supply(code="WZ-902", minimum=4, lots=[(4, "新", dt.date(2028, 1, 1))])
    found = Supply.objects.with_stock().short()
    assert list(found.values_list("pk", "stock", "usable")) == [(short.pk, 8, 4)] and enough.pk
    assert "低于最低存量" in as_(officer).get(short.get_absolute_url()).content.decode()
    short.mind(now)
    assert Deadline.objects.open().filter(matter=short.pk, kind=SHORT).exists()


def test_what_has_expired_is_not_taken_in(as_, officer, supply):
    sent = {"receive-quantity": "6", "receive-expires_on": "2001-01-01"}
    page = Page(as_(officer).post(f"/supplies/{supply.pk}/receive/", sent))
    assert page.status == 422 and set(page.errors) == {"receive-expires_on"}
    assert page.values["receive-quantity"] == "6" and not Movement.objects.filter(quantity=6).exists()
