"""Someone objects to an entry of their record; a planner answers in time, or the head hears of it."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from conftest import make_person
from duty.models import Deadline, Firing, Line, Notice, Role, Settled
from duty.steps import Conflict
from duty.sweeping import sweep
from scheduling.models import Adjustment, Objection, ObjectionStatus
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
UPHELD = {"decision": "upheld", "answer": "属实，补记两小时。", "kind": "lieu", "amount": "2"}
REJECTED = {"decision": "rejected", "answer": "交接记录显示由本人值守。", "kind": "", "amount": ""}


@pytest.fixture
def kept(make_shift, officer):
    return make_shift("2026-11-20 18:00", "2026-11-21 08:00", primary=officer)


@pytest.fixture
def objection(kept, officer, manager, now):
    row = Objection(shift=kept, text="这一班不是我值的")
    row.put(by=officer, at=now)
    return row


def test_an_objection_tells_those_who_plan_and_waits_seven_days(as_, officer, manager, head, kept, now):
    answer = as_(officer).post(f"/objections/new/?shift={kept.pk}", {"text": "这一班不是我值的"})
    row = Objection.objects.get()
    assert answer.headers["Location"] == row.get_absolute_url()
    assert (row.person, row.shift, row.unit, row.status) == (officer, kept, kept.unit, "raised")
    deadline = Deadline.objects.open().get(matter=row.pk)
    assert deadline.due_at == now + dt.timedelta(days=7)
    notice = Notice.objects.get(matter=row.pk)
    assert notice.recipient == manager and "陈立" in notice.title
    assert not Line.objects.filter(matter=row.pk, text__contains="不是我").exists(), (
        "the trail does not repeat the words"
    )


def test_a_general_one_needs_no_duty(as_, officer, manager):
    as_(officer).post("/objections/new/", {"text": "十月的小时数不对"})
    assert Objection.objects.get().unit == officer.unit


def test_sent_twice_it_is_raised_once(as_, officer, manager, kept):
    form, client = {"text": "不对", "once": str(uuid.uuid4())}, as_(officer)
    answers = [client.post(f"/objections/new/?shift={kept.pk}", form) for _turn in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Objection.objects.count() == 1
    again = Page(client.post(f"/objections/new/?shift={kept.pk}", {"text": "还是不对"}))
    assert again.status == 422 and again.values["text"] == "还是不对" and again.alerts


@pytest.mark.parametrize("text", ["", " ", "长" * 1001])
def test_words_are_needed_and_not_too_many(as_, officer, kept, text):
    page = Page(as_(officer).post(f"/objections/new/?shift={kept.pk}", {"text": text}))
    assert page.status == 422 and page.errors and not Objection.objects.exists()


def test_one_objects_to_ones_own_duties_alone(as_, outsider, manager, kept):
    for person in (outsider, manager):
        for shift in (kept.pk, 99999999, "x", "٣"):
            assert as_(person).get(f"/objections/new/?shift={shift}").status_code == 404
            assert as_(person).post(f"/objections/new/?shift={shift}", {"text": "不对"}).status_code == 404
    assert not Objection.objects.exists()


def test_upheld_it_books_what_is_put_right_and_tells_the_one_who_objected(as_, officer, manager, objection, now):
    assert as_(manager).post(f"/objections/{objection.pk}/answer/", UPHELD).status_code == 302
    objection.refresh_from_db()
    assert (objection.status, objection.answered_by, objection.answer) == ("upheld", manager, UPHELD["answer"])
    row = Adjustment.objects.get()
    assert (row.person, row.kind, row.amount, row.by, row.unit) == (officer, "lieu", 2, manager, objection.unit)
    assert Deadline.objects.get(matter=objection.pk).settled_as == Settled.KEPT
    assert Notice.objects.get(recipient=officer, matter=objection.pk).text == UPHELD["answer"]
    assert as_(officer).get(f"/objections/{objection.pk}/").status_code == 200


def test_rejected_it_books_nothing(as_, officer, manager, objection):
    assert as_(manager).post(f"/objections/{objection.pk}/answer/", REJECTED).status_code == 302
    objection.refresh_from_db()
    assert objection.status == "rejected" and not Adjustment.objects.exists()
    assert Notice.objects.filter(recipient=officer, matter=objection.pk).exists()


@pytest.mark.parametrize(("change", "field"), [
    ({"answer": ""}, "answer"), ({"decision": ""}, "decision"), ({"decision": "rejected"}, "kind"), ({"amount": ""}, "amount"),
    ({"amount": "0"}, "amount"), ({"kind": ""}, "kind"), ({"amount": "NaN"}, "amount"), ({"amount": "12345678"}, "amount"),
])  # fmt: skip
def test_a_wrong_answer_is_told_beside_the_field_and_keeps_what_was_typed(as_, manager, objection, change, field):
    page = Page(as_(manager).post(f"/objections/{objection.pk}/answer/", UPHELD | change))
    assert page.status == 422 and field in page.errors
    assert field == "answer" or page.values["answer"] == UPHELD["answer"]
    objection.refresh_from_db()
    assert objection.status == "raised" and not Adjustment.objects.exists()


def test_an_answer_sent_twice_is_one_and_a_late_one_is_told(as_, manager, administrator, objection):
    form, client = UPHELD | {"once": str(uuid.uuid4())}, as_(manager)
    assert [client.post(f"/objections/{objection.pk}/answer/", form).status_code for _turn in range(2)] == [302, 302]
    assert as_(administrator).post(f"/objections/{objection.pk}/answer/", REJECTED).status_code == 409
    assert Adjustment.objects.count() == 1


def test_who_objected_may_withdraw_until_it_is_answered(as_, officer, manager, objection):
    assert as_(manager).post(f"/objections/{objection.pk}/withdraw/").status_code == 403
    assert as_(officer).post(f"/objections/{objection.pk}/withdraw/").status_code == 302
    assert Deadline.objects.get(matter=objection.pk).settled_as == Settled.WITHDRAWN
    assert as_(manager).post(f"/objections/{objection.pk}/answer/", REJECTED).status_code == 409
    assert as_(officer).post(f"/objections/{objection.pk}/withdraw/").status_code == 409


def test_nobody_answers_their_own_and_outsiders_see_nothing(as_, house, officer, outsider, objection, leader, auditor):
    make_grant(officer, house["ops"])
    assert as_(officer).post(f"/objections/{objection.pk}/answer/", UPHELD).status_code == 403
    for person in (outsider, leader, auditor):
        assert as_(person).get(f"/objections/{objection.pk}/").status_code == 404
        for verb in ("answer", "withdraw"):
            assert as_(person).post(f"/objections/{objection.pk}/{verb}/", UPHELD).status_code == 404
    assert as_(leader).get("/objections/").status_code == 403
    assert "陈立" not in Page(as_(outsider).get("/objections/")).text


def make_grant(person, unit, role=Role.MANAGER):
    from duty.models import Grant

    Grant.objects.create(person=person, role=role, unit=unit)


def test_a_planners_own_objection_goes_to_the_other_planners(as_, house, manager, administrator, now):
    row = Objection(text="我的也不对")
    row.put(by=manager, at=now)
    assert row.answerers() == []  # the only manager; then it climbs to the head
    second = make_person("第二位", house["ops"], Role.MANAGER)
    assert row.answerers() == [second.pk]


def test_the_list_shows_what_waits_and_all_on_demand(as_, manager, objection):
    assert "陈立" in Page(as_(manager).get("/objections/")).text
    objection.settle_with(False, "不成立", by=manager, at=objection.raised_at)
    assert "陈立" not in Page(as_(manager).get("/objections/")).text
    assert "陈立" in Page(as_(manager).get("/objections/?show=all")).text


def test_unanswered_it_climbs_from_the_planners_to_the_head(clock, as_, manager, chief, objection, now):
    clock(now + dt.timedelta(days=5, minutes=1))
    sweep()
    clock(now + dt.timedelta(days=7, minutes=1))
    sweep()
    clock(now + dt.timedelta(days=7, hours=1, minutes=1))
    sweep()
    told = [(firing.action, firing.told) for firing in Firing.objects.filter(matter=objection.pk).order_by("id")]
    assert told == [("remind", ["孙伟"]), ("remind", ["孙伟"]), ("escalate", ["周敏"])]
    assert as_(chief).get(f"/objections/{objection.pk}/").status_code == 200, "whoever was told may see it"
    assert as_(chief).post(f"/objections/{objection.pk}/answer/", UPHELD).status_code == 403


def test_a_missing_promise_is_seen_and_restored(objection, now):
    from duty.sockets import deadline_kind

    kind = deadline_kind("scheduling.objection")
    Deadline.objects.open().get(matter=objection.pk).settle(now, None, Settled.WITHDRAWN)
    assert list(kind.expected(now)) == [objection.pk]
    kind.restore(objection.pk, now)
    assert Deadline.objects.open().get(matter=objection.pk).due_at == now + dt.timedelta(days=7)


@pytest.mark.django_db(transaction=True)
def test_answered_and_withdrawn_at_the_same_instant_one_of_them_holds(objection, officer, manager, now):
    def book():
        row = Adjustment(kind="lieu", amount=Decimal(2), date=now.date(), reason="补记")
        return Objection.objects.get(pk=objection.pk).settle_with(True, "属实", row, by=manager, at=now)

    def withdraw():
        return Objection.objects.get(pk=objection.pk).withdraw(by=officer, at=now)

    answers = at_the_same_time(book, withdraw)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1 and answers.count(None) == 1
    objection.refresh_from_db()
    assert Adjustment.objects.exists() == (objection.status == ObjectionStatus.UPHELD)


@pytest.mark.django_db(transaction=True)
def test_two_forms_about_one_duty_at_the_same_instant_are_one_objection(officer, manager, kept):
    def send():
        return signed_in(officer).post(f"/objections/new/?shift={kept.pk}", {"text": "不对"}).status_code

    assert sorted(at_the_same_time(send, send)) == [302, 422]
    assert Objection.objects.count() == 1
