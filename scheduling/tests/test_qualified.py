"""A32, A33: who holds what until when; told before it expires, to whoever holds it and to those who plan."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty import watchdog
from duty.models import Deadline, Matter, Notice, Role
from duty.sweeping import sweep
from scheduling.models import Member, Qualification, Qualified
from scheduling.models.qualified import last_day
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
D = dt.date.fromisoformat


@pytest.fixture
def exam(db) -> Qualification:
    return Qualification.objects.create(name="值班上岗考核", months_valid=24)


@pytest.fixture
def held(officer, manager, exam, now) -> Qualified:
    """陈立's assessment, good for another 20 days."""
    row = Qualified(
        person=officer, qualification=exam, from_on=D("2024-12-13"), until_on=D("2026-12-12"), assessor=manager
    )
    row.record(by=manager, at=now)
    return row


def typed(exam, **changes) -> dict:
    return {"qualification": exam.pk, "from_on": "2026-11-22", "until_on": "", "assessor": "孙伟", "note": ""} | changes


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-01-15", 24, "2028-01-14"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-01", 1, "2026-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_are_counted_to_the_day_before(first, months, last):
    assert last_day(D(first), months) == D(last)


def test_a_record_is_valid_as_long_as_its_kind_and_is_owed_a_renewal(as_, manager, officer, exam):
    assert as_(manager).post(f"/pool/{officer.pk}/qualify/", typed(exam)).status_code == 302
    row = Qualified.objects.get()
    assert (row.until_on, row.assessor, row.unit) == (D("2028-11-21"), manager, officer.unit)
    owed = Deadline.objects.open().get(matter=row.pk)
    assert (owed.kind, owed.owed_by) == ("scheduling.qualified", officer)
    assert owed.due_at.isoformat() == "2028-11-21T15:59:00+00:00"  # 23:59 here


def test_the_same_form_sent_twice_is_one_record(as_, manager, officer, exam):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        client.post(f"/pool/{officer.pk}/qualify/", typed(exam, once=token))
    assert Qualified.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"assessor": "陈立"}, "assessor"), ({"assessor": "没有这人"}, "assessor"), ({"assessor": ""}, "assessor"),
        ({"qualification": ""}, "qualification"), ({"from_on": ""}, "from_on"), ({"until_on": "1999-01-01"}, "until_on"), ({"note": "x" * 201}, "note"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field(as_, manager, officer, exam, changes, field):
    page = Page(as_(manager).post(f"/pool/{officer.pk}/qualify/", typed(exam, **changes)))
    assert page.status == 422 and set(page.errors) == {field} and not Qualified.objects.exists()


def test_nobody_assesses_themselves_even_past_the_form(officer, exam, now):
    row = Qualified(person=officer, qualification=exam, from_on=D("2026-01-01"), assessor=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.record(by=officer, at=now)


def test_it_is_told_sixty_and_fourteen_days_before_and_on_the_day(officer, manager, exam, clock):
    at = clock("2026-01-05 10:00")
    row = Qualified(
        person=officer, qualification=exam, from_on=D("2026-01-01"), until_on=D("2026-06-30"), assessor=manager
    )
    row.record(by=manager, at=at)
    told = lambda: Notice.objects.filter(matter=row.pk, recipient=officer).count()  # noqa: E731
    for moment, times in (
        ("2026-04-30 12:00", 0),
        ("2026-05-02 00:00", 1),
        ("2026-06-17 00:00", 2),
        ("2026-07-01 00:00", 3),
    ):
        clock(moment)
        sweep()
        assert told() == times, moment
    assert Notice.objects.filter(matter=row.pk, recipient=manager).count() == 3  # who plans for the unit
    assert "值班上岗考核" in Notice.objects.filter(matter=row.pk).first().text


def test_a_manager_above_is_told_where_the_unit_has_none(officer, exam, head, house, clock):
    above = make_person("总排班", house["top"], Role.MANAGER)
    at = clock("2026-11-22 10:00")
    row = Qualified(
        person=officer, qualification=exam, from_on=D("2026-01-01"), until_on=D("2027-01-25"), assessor=head
    )
    row.record(by=head, at=at)
    clock("2026-11-27 10:00")
    sweep()
    assert set(Notice.objects.filter(matter=row.pk).values_list("recipient__name", flat=True)) == {"陈立", above.name}


def test_a_renewal_settles_the_promise_and_takes_its_place(as_, manager, held):
    client = as_(manager)
    page = Page(client.get(f"/qualified/{held.pk}/renew/"))
    assert page.values["from_on"] == "2026-12-13" and page.values["assessor"] == "孙伟"
    answer = client.post(f"/qualified/{held.pk}/renew/", page.values)
    new = Qualified.objects.standing().get()
    assert answer["Location"] == new.get_absolute_url() and new.until_on == D("2028-12-12")
    old = Deadline.objects.get(matter=held.pk)
    assert old.settled_as == "kept" and Matter.objects.get(pk=held.pk).closed_at
    assert Deadline.objects.open().get().matter_id == new.pk
    # From a page that was open meanwhile: told, and nothing is written twice.
    assert client.post(f"/qualified/{held.pk}/renew/", page.values | {"once": ""}).status_code == 409
    assert Qualified.objects.count() == 2


def test_recording_what_someone_holds_already_renews_it(as_, manager, officer, exam, held):
    as_(manager).post(f"/pool/{officer.pk}/qualify/", typed(exam))
    assert Qualified.objects.standing().get().pk != held.pk


def test_what_is_revoked_holds_no_longer_and_stays_with_its_reason(as_, manager, held, now):
    client = as_(manager)
    assert Page(client.post(f"/qualified/{held.pk}/revoke/", {"reason": ""})).errors["reason"]
    assert client.post(f"/qualified/{held.pk}/revoke/", {"reason": "复核不合格"}).status_code == 302
    held.refresh_from_db()
    assert held.revoked_at == now and not held.stands
    assert not Deadline.objects.open().exists()
    assert "复核不合格" in client.get(f"/trail/{held.pk}/").content.decode()
    assert client.post(f"/qualified/{held.pk}/revoke/", {"reason": "再来"}).status_code == 409


def test_a_missing_promise_is_restored_and_a_leavers_is_not(held, officer):
    Deadline.objects.update(settled_at=held.matter.opened_at, settled_as="withdrawn", fires_at=None)
    assert watchdog.restore_missing() == 1 and Deadline.objects.open().get().matter_id == held.pk
    Deadline.objects.update(settled_at=held.matter.opened_at, settled_as="withdrawn", fires_at=None)
    officer.employed_until = D("2026-11-01")
    officer.save()
    assert watchdog.restore_missing() == 0


def test_what_expires_stands_on_ones_own_desk_alone(as_, held, officer, leader, manager):
    assert "值班上岗考核" in as_(officer).get("/").content.decode().split('id="main"')[1].split("watch-title")[0]
    due = lambda person: Deadline.objects.open().on_the_desk_of(person, held.matter.opened_at)  # noqa: E731
    assert due(officer).exists() and not due(leader).exists() and not due(manager).exists()


def test_colours_say_how_long_it_is_valid(held):
    for until, colour in (
        ("2026-11-21", "late"),
        ("2026-11-22", "soon"),
        ("2027-01-21", "soon"),
        ("2027-01-22", "well"),
        (None, "well"),
    ):
        held.until_on = until and D(until)
        assert held.state(D("2026-11-22"))[0] == colour, until


def test_kinds_are_kept_by_who_plans_for_everything(as_, manager, house, exam):
    assert as_(manager).post("/qualifications/new/", {"name": "x", "months_valid": ""}).status_code == 403
    top = as_(make_person("总排班", house["top"], Role.MANAGER))
    assert top.post("/qualifications/new/", {"name": "消防控制室操作证", "months_valid": "36"}).status_code == 302
    assert Page(top.post("/qualifications/new/", {"name": "值班上岗考核", "months_valid": ""})).errors["name"]
    assert Page(top.post("/qualifications/new/", {"name": "y", "months_valid": "0"})).errors["months_valid"]
    assert top.post(f"/qualifications/{exam.pk}/", {"name": "上岗考核", "months_valid": "12"}).status_code == 302


def test_who_plans_for_the_pool_records_for_people_of_other_units(as_, manager, outsider, house, exam):
    assert as_(manager).get(f"/pool/{outsider.pk}/qualify/").status_code == 404
    Member.objects.create(unit=house["ops"], person=outsider, roles=["primary"], from_on=D("2026-01-01"))
    assert as_(manager).post(f"/pool/{outsider.pk}/qualify/", typed(exam)).status_code == 302


def test_an_outsider_neither_sees_nor_changes_a_record_and_the_holder_sees_it(as_, outsider, officer, held, exam):
    client = as_(outsider)
    for path in (
        f"/qualified/{held.pk}/",
        f"/qualified/{held.pk}/renew/",
        f"/qualified/{held.pk}/revoke/",
        f"/pool/{officer.pk}/qualify/",
    ):
        assert client.get(path).status_code == 404 and client.post(path, typed(exam, reason="x")).status_code in (
            404,
            405,
        )
    assert "陈立" not in client.get("/qualifications/").content.decode()
    assert as_(officer).get(f"/qualified/{held.pk}/").status_code == 200
    assert as_(officer).post(f"/qualified/{held.pk}/renew/", typed(exam)).status_code == 403
