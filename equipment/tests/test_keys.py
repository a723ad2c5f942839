"""Spare keys and permissions: handed out, confirmed, taken back; refused to whoever may not, marked where approved (A57)."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from conftest import PASSWORD, make_person
from duty import watchdog
from duty.models import Deadline, Line, Matter, Notice, Role
from duty.steps import Conflict, NotPossible
from duty.sweeping import sweep
from duty.tests.threads import together
from equipment.models import Key, Loan
from scheduling.models import Day, Qualification, Qualified
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(**changes) -> dict:
    values = {"to": "陈立", "purpose": "检查", "due_on": "2026-11-23", "due_hour": "18:00"} | changes
    return {f"issue-{name}": value for name, value in values.items()}


def hand(key, to, by, at, **more) -> Loan:
    more = {"purpose": "检查", "due_back_at": at + dt.timedelta(hours=4)} | more
    return key.issue(Loan(borrower=to, **more), by=by, at=at)


def test_a_key_goes_out_is_confirmed_and_comes_back(as_, officer, leader, key, now):
    desk, token = as_(leader), str(uuid.uuid4())
    for _turn in range(2):
        assert desk.post(f"/keys/{key.pk}/issue/", typed() | {"once": token}).status_code == 302
    loan = Loan.objects.get()
    assert (loan.borrower, loan.issued_by, loan.is_exception) == (officer, leader, False)
    owed = Deadline.objects.open().get(kind="equipment.key_back")
    assert owed.owed_by == officer and owed.due_at == loan.due_back_at
    assert Notice.objects.filter(recipient=officer, matter=key.pk).exists()
    mine = as_(officer)
    assert Page(mine.get(key.get_absolute_url())).has_form("/confirm/")
    assert mine.post(f"/keys/{key.pk}/confirm/").status_code == 302
    loan.refresh_from_db()
    assert (loan.confirmed_by, loan.confirmed_how) == (officer, "own")
    assert mine.post(f"/keys/{key.pk}/return/", {"return-note": ""}).status_code == 409  # someone else takes it back
    assert desk.post(f"/keys/{key.pk}/return/", {"return-note": "完好"}).status_code == 302
    loan.refresh_from_db()
    assert loan.returned_to == leader and not Deadline.objects.open().filter(matter=key.pk).exists()
    assert desk.post(f"/keys/{key.pk}/return/", {"return-note": ""}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"to": ""}, {"to"}), ({"to": "没有这人"}, {"to"}), ({"purpose": ""}, {"purpose"}), ({"due_on": "2026-11-21"}, {"due_on"}), ({"due_on": ""}, {"due_on"}),
        ({"due_on": "2026-11-22", "due_hour": "01:00"}, {"due_hour"}), ({"due_hour": "25:00"}, {"due_hour"}), ({"to": "", "name": "李师傅"}, {"phone", "company"}),
        ({"to": "", "name": "李师傅", "phone": "问前台", "company": "华东防水"}, {"phone"}), ({"name": "李师傅"}, {"to"}), ({"incident": "99999"}, {"incident"}),
        ({"approver": "陈立"}, {"approver"}), ({"purpose": "x" * 201}, {"purpose"}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field_and_kept(as_, leader, officer, key, changes, fields):
    page = Page(as_(leader).post(f"/keys/{key.pk}/issue/", typed(**changes)))
    assert page.status == 422 and set(page.errors) == {f"issue-{field}" for field in fields}
    assert page.values["issue-purpose"] == changes.get("purpose", "检查") and not Loan.objects.exists()


def test_whoever_may_not_take_it_needs_an_approver_and_a_reason_and_that_stays_marked(as_, leader, chief, house, key):
    make_person("钱多", house["ops"])
    client, address = as_(leader), f"/keys/{key.pk}/issue/"
    page = Page(client.post(address, typed(to="钱多")))
    assert set(page.errors) == {"issue-approver", "issue-grounds"}
    assert set(Page(client.post(address, typed(to="钱多", approver="周敏"))).errors) == {"issue-grounds"}
    assert client.post(address, typed(to="钱多", approver="周敏", grounds="电工休假")).status_code == 302
    loan = Loan.objects.get()
    assert loan.is_exception and loan.approver == chief and loan.grounds == "电工休假"
    line = Line.objects.get(verb="equipment.key.issue")
    assert line.reason == "电工休假" and line.data["colour"] == "soon"
    assert Notice.objects.filter(recipient=chief, matter=key.pk).exists()


def test_someone_from_outside_takes_it_only_with_an_approval(as_, leader, chief, key):
    outside = typed(to="", name="李师傅", phone="139 1002 0030", company="华东防水")
    client, address = as_(leader), f"/keys/{key.pk}/issue/"
    assert Page(client.post(address, outside)).status == 422
    assert (
        client.post(address, outside | typed(to="", approver="周敏", grounds="维保到场") | outside).status_code == 302
    )
    assert Loan.objects.get().whom == "李师傅 (华东防水)"
    assert Deadline.objects.open().get(kind="equipment.key_back").owed_as == "scheduling.officers"
    assert client.post(f"/keys/{key.pk}/confirm/", {}).status_code == 302
    assert Loan.objects.get().confirmed_how == "desk"


def test_an_approval_each_time_and_only_people_named_and_a_qualification(
    make_key, officer, leader, chief, manager, now
):
    key = make_key("YS-2", needs_approver=True)
    with pytest.raises(NotPossible):
        hand(key, officer, leader, now)
    assert not hand(key, officer, leader, now, approver=chief).is_exception
    key = make_key("YS-3", open_to="named", takers=[manager])
    assert key.may_be_taken_by(manager, now) and not key.may_be_taken_by(officer, now)
    kind = Qualification.objects.create(name="高压电工")
    key = make_key("YS-4", qualification=kind)
    assert not key.may_be_taken_by(officer, now)
    Qualified(person=officer, qualification=kind, from_on=dt.date(2026, 1, 1), assessor=manager).record(
        by=manager, at=now
    )
    assert key.may_be_taken_by(officer, now)


def test_the_borrowers_password_at_the_desk(as_, leader, officer, key, now):
    hand(key, officer, leader, now)
    client, address = as_(leader), f"/keys/{key.pk}/confirm/"
    assert set(Page(client.post(address, {"receipt-password": "falsch"})).errors) == {"receipt-password"}
    assert Loan.objects.get().confirmed_at is None
    assert client.post(address, {"receipt-password": PASSWORD}).status_code == 302
    loan = Loan.objects.get()
    assert (loan.confirmed_how, loan.confirmed_by) == ("password", leader)
    assert client.post(address, {"receipt-password": PASSWORD}).status_code == 409


def test_vouching_at_the_desk_is_marked_as_such(as_, leader, officer, key, now):
    hand(key, officer, leader, now)
    assert as_(leader).post(f"/keys/{key.pk}/confirm/", {"receipt-password": ""}).status_code == 302
    assert Loan.objects.get().confirmed_how == "desk"


def test_a_broken_seal_is_replaced_and_a_used_password_changed(as_, make_key, leader, officer, now):
    key = make_key("YJ-1", kind="account", seal="F-1", account="breakglass")
    hand(key, officer, leader, now)
    client, address = as_(leader), f"/keys/{key.pk}/return/"
    assert set(Page(client.post(address, {})).errors) == {"return-seal"}
    broken = {"return-seal": "broken", "return-password_changed": "", "return-new_seal": ""}
    assert set(Page(client.post(address, broken)).errors) == {"return-new_seal", "return-password_changed"}
    assert set(
        Page(client.post(address, broken | {"return-new_seal": "F-1", "return-password_changed": "yes"})).errors
    ) == {"return-new_seal"}
    assert client.post(address, broken | {"return-new_seal": "F-2", "return-password_changed": "no"}).status_code == 302
    loan, key = Loan.objects.get(), Key.objects.get(pk=key.pk)
    assert (loan.seal, loan.new_seal, loan.password_changed, key.seal) == ("broken", "F-2", False, "F-2")
    assert Line.objects.get(verb="equipment.key.take_back").data["colour"] == "late"


def test_the_usual_loan_ends_with_the_next_working_day(make_key, now):
    key = make_key("YS-2")
    assert key.usually_back_at(now).isoformat() == "2026-11-23T23:59:00+08:00"
    Day.objects.create(date=dt.date(2026, 11, 23), kind="holiday", name="校庆")
    assert key.usually_back_at(now).date() == dt.date(2026, 11, 24)
    assert make_key("YS-3", loan_hours=4).usually_back_at(now) - now == dt.timedelta(hours=4)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_it_out_one_is_told(key, house, leader, officer):
    clients = [signed_in(leader), signed_in(make_person("另一位", house["ops"], Role.LEADER))]
    answers = together(*(lambda c=c: c.post(f"/keys/{key.pk}/issue/", typed()).status_code for c in clients))
    assert sorted(answers) == [302, 409] and Loan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_taken_back_once(key, house, leader, officer, now):
    hand(key, officer, leader, now)

    def back():
        return Key.objects.get(pk=key.pk).take_back(by=leader, at=now)

    assert sum(isinstance(answer, Conflict) for answer in together(back, back)) == 1


def test_who_keeps_it_too_long_is_reminded_then_the_watch_then_the_head(key, officer, leader, chief, clock, now):
    hand(key, officer, leader, now, due_back_at=now + dt.timedelta(hours=4))
    for at in ("2026-11-23 02:05", "2026-11-23 03:05", "2026-11-23 05:05", "2026-11-24 03:10"):
        clock(at)
        sweep()
    told = Notice.objects.filter(matter=key.pk, firing__isnull=False).values_list("recipient__name", flat=True)
    assert "陈立" in told and "周敏" in told


def test_missing_promises_are_restored(key, officer, leader, now):
    hand(key, officer, leader, now)
    before = Deadline.objects.open().count()
    Deadline.objects.open().update(settled_at=now, settled_as="withdrawn", fires_at=None)
    assert watchdog.look() == before == 2 and watchdog.look() == 0


def test_the_database_keeps_loans_in_order(key, officer, leader, now):
    loan = hand(key, officer, leader, now)
    for wrong in (
        {"due_back_at": now}, {"borrower": None}, {"purpose": ""}, {"is_exception": True}, {"approver": officer}, {"returned_at": now},
        {"returned_at": now, "returned_to": officer}, {"confirmed_at": now},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Loan.objects.filter(pk=loan.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(
            key=key,
            borrower=officer,
            purpose="又借",
            issued_by=leader,
            issued_at=now,
            due_back_at=now + dt.timedelta(1),
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        loan.delete()


def test_an_entry_is_kept_with_its_people_and_equipment(as_, manager, cabinet, piece, officer, places):
    client, token = as_(manager), str(uuid.uuid4())
    values = {
        "code": "YS-9", "kind": "key", "opens": "配电间", "account": "", "cabinet": cabinet.pk, "hook": "9", "seal": "", "pieces": "dy-01", "open_to": "named",
        "takers": "陈立", "qualification": "", "loan_hours": "", "note": "",
    }  # fmt: skip
    for _turn in range(2):
        assert client.post("/keys/new/", values | {"once": token}).status_code == 302
    key = Key.objects.get()
    assert list(key.takers.all()) == [officer] and list(key.pieces.all()) == [piece] and key.unit == cabinet.unit
    assert set(
        Page(client.post("/keys/new/", values | {"code": "YS-8", "pieces": "没有", "takers": "没有这人"})).errors
    ) == {
        "pieces",
        "takers",
    }
    assert "code" in Page(client.post("/keys/new/", values | {"code": "ys-9"})).errors
    address = f"/keys/{key.pk}/change/"
    page = Page(client.get(address)).values
    assert page["takers"] == "陈立" and page["pieces"] == "DY-01"
    assert client.post(address, page | {"takers": "", "hook": "10"}).status_code == 302
    assert not key.takers.exists() and Key.objects.get().hook == "10"
    assert Page(client.post(address, page | {"hook": "11", "once": ""})).status == 422
    assert client.post(f"/keys/{key.pk}/end/", {"reason": "换锁"}).status_code == 302
    assert Matter.objects.get(pk=key.pk).closed_at and "配电间" in Page(client.get("/keys/?show=former")).text


def test_who_may_do_what(as_, house, key, officer, leader, manager, auditor, outsider, now):
    assert "issue-purpose" not in as_(auditor).get(key.get_absolute_url()).content.decode()
    assert as_(auditor).post(f"/keys/{key.pk}/issue/", typed()).status_code == 403
    for door in ("", "issue/", "return/", "confirm/", "change/", "end/"):
        assert as_(outsider).post(f"/keys/{key.pk}/{door}", typed()).status_code == 404
    assert "配电间" not in as_(outsider).get("/keys/").content.decode()
    fitter = make_person("外部门", house["sales"])
    assert as_(fitter).get(key.get_absolute_url()).status_code == 404
    hand(key, fitter, leader, now, approver=manager, grounds="协助")
    assert as_(fitter).get(key.get_absolute_url()).status_code == 200
    assert as_(fitter).post(f"/keys/{key.pk}/confirm/").status_code == 302
    assert as_(fitter).post(f"/keys/{key.pk}/return/", {}).status_code == 403
