"""A4, A34: who is in a unit's pool, with which share; what was stays, and a leaver's duties are named."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty.models import Line
from scheduling.models import Exemption, Member, Seat
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
D = dt.date.fromisoformat


@pytest.fixture
def add(house) -> str:
    return f"/pool/units/{house['ops'].pk}/add/"


def joining(*people, **changes) -> dict:
    return {
        "people": [person.pk for person in people], "others": "", "roles": ["primary", "secondary"], "percent": "100",
        "from_on": "2026-11-23", "until_on": "",
    } | changes  # fmt: skip


@pytest.fixture
def member(officer, house, now) -> Member:
    return Member.objects.create(unit=house["ops"], person=officer, roles=["primary"], from_on=D("2026-01-01"))


def test_several_join_at_once_from_the_list_and_by_name(add, as_, manager, officer, leader, house):
    other = make_person("外援", house["sales"])
    answer = as_(manager).post(add, joining(officer, leader, others=f"外援、{officer.staff_number}", percent="60"))
    assert answer.status_code == 302 and answer["Location"] == f"/pool/?unit={house['ops'].pk}"
    rows = Member.objects.all()
    assert {row.person for row in rows} == {officer, leader, other}
    assert {(row.percent, tuple(row.roles), row.from_on) for row in rows} == {
        (60, ("primary", "secondary"), D("2026-11-23"))
    }
    assert Line.objects.filter(verb="duty.register.added", unit=house["ops"]).count() == 3


def test_the_same_form_sent_twice_adds_once(add, as_, manager, officer):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(add, joining(officer, once=token)).status_code == 302
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"roles": []}, "roles"), ({"roles": ["boss"]}, "roles"), ({"percent": "0"}, "percent"), ({"percent": "101"}, "percent"),
        ({"from_on": ""}, "from_on"), ({"from_on": "x"}, "from_on"), ({"until_on": "2026-11-01"}, "until_on"), ({"others": "没有这人"}, "others"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field(add, as_, manager, officer, changes, field):
    page = Page(as_(manager).post(add, joining(officer, **changes)))
    assert page.status == 422 and set(page.errors) == {field}, page.errors
    assert not Member.objects.exists()


def test_nobody_is_chosen_or_is_in_the_pool_already(add, as_, manager, officer, member):
    client = as_(manager)
    assert Page(client.post(add, joining())).errors["others"]
    page = Page(client.post(add, joining(others="陈立")))
    assert "陈立" in page.errors["others"] and page.values["others"] == "陈立"
    assert f'value="{officer.pk}"' not in page.html.split('name="others"')[0]  # no longer offered
    assert client.post(add, joining(others="陈立", from_on="2025-01-01", until_on="2025-12-31")).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_person_at_once_one_is_told(add, manager, administrator, officer, now):
    clients = [signed_in(person) for person in (manager, administrator)]
    answers = at_the_same_time(*(partial(client.post, add, joining(officer)) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Member.objects.count() == 1


def test_another_share_holds_from_a_day_on_and_the_past_stays(as_, manager, member):
    client, address = as_(manager), f"/pool/members/{member.pk}/"
    assert Page(client.get(address)).values["from_on"] == "2026-11-23"
    form = {"roles": ["primary", "reserve"], "percent": "60", "from_on": "2026-12-01", "until_on": ""}
    assert client.post(address, form).status_code == 302
    old, new = Member.objects.order_by("from_on")
    assert (old.pk, old.percent, old.until_on) == (member.pk, 100, D("2026-11-30"))
    assert (new.percent, new.roles, new.from_on, new.until_on) == (60, ["primary", "reserve"], D("2026-12-01"), None)
    # What has not begun is edited.
    client.post(f"/pool/members/{new.pk}/", form | {"percent": "50"})
    new.refresh_from_db()
    assert new.percent == 50 and Member.objects.count() == 2
    # Not into what was before.
    page = Page(client.post(f"/pool/members/{new.pk}/", form | {"from_on": "2026-11-15"}))
    assert page.status == 422 and page.errors["from_on"]


@pytest.mark.parametrize("percent", ["3", "101", "-1", ""])
def test_a_share_out_of_bounds_is_told_and_changes_nothing(as_, manager, member, percent):
    form = {"roles": ["primary"], "percent": percent, "from_on": "2026-12-01", "until_on": ""}
    assert as_(manager).post(f"/pool/members/{member.pk}/", form).status_code == 422
    assert Member.objects.get().percent == 100


def test_saving_without_a_change_makes_no_new_row(as_, manager, member):
    form = {"roles": ["primary"], "percent": "100", "from_on": "2026-12-01", "until_on": ""}
    assert as_(manager).post(f"/pool/members/{member.pk}/", form).status_code == 302
    assert Member.objects.get().until_on is None


def test_a_leavers_duties_are_named_and_kept(as_, manager, member, make_shift, officer):
    make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer)
    make_shift("2026-12-05 18:00", "2026-12-06 08:00", primary=officer)
    client, address = as_(manager), f"/pool/members/{member.pk}/end/"
    assert "11月24日" in client.get(address).content.decode()
    answer = client.post(address, {"last_on": "2026-11-30"}, follow=True)
    page = Page(answer)
    assert answer.redirect_chain[-1][0] == f"/pool/{officer.pk}/"
    assert any("总值班室 夜班 12-05" in alert and "11-24" not in alert for alert in page.alerts)
    member.refresh_from_db()
    assert member.until_on == D("2026-11-30") and Seat.objects.count() == 2
    assert page.html.count('class="badge-state late"') == 1
    assert "badge-state late" in client.get("/pool/").content.decode()


def test_whoever_leaves_the_house_leaves_duties_too(as_, manager, member, make_shift, officer):
    make_shift("2026-12-05 18:00", "2026-12-06 08:00", primary=officer)
    officer.employed_until = D("2026-11-30")
    officer.save()
    assert "badge-state late" in as_(manager).get("/pool/").content.decode()


def test_the_pool_shows_what_bears_on_duty(as_, manager, member, officer, make_shift, now):
    Exemption.objects.create(
        person=officer, kind="nights", from_on="2026-11-01", until_on="2026-12-31", reason="医嘱", granted_by=manager
    )
    make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer)
    page = Page(as_(manager).get("/pool/"))
    assert "陈立" in page.text and "100 %" in page.text and "12-31" in page.text and "夜班" in page.text


def test_former_ones_are_shown_when_asked_for(as_, manager, member):
    Member.objects.update(until_on=D("2026-10-01"))
    client = as_(manager)
    assert f"/pool/{member.person_id}/" not in Page(client.get("/pool/")).links
    assert f"/pool/{member.person_id}/" in Page(client.get("/pool/?show=past")).links
    assert client.get(f"/pool/members/{member.pk}/").status_code == 404


def test_an_outsider_sees_and_changes_nothing(as_, outsider, officer, member, add, house):
    client = as_(outsider)
    assert client.get(f"/pool/?unit={house['ops'].pk}").status_code == 404
    assert "陈立" not in client.get("/pool/").content.decode()
    for path in (add, f"/pool/members/{member.pk}/", f"/pool/members/{member.pk}/end/", f"/pool/{officer.pk}/"):
        assert client.get(path).status_code == 404 and client.post(path, {"last_on": "2026-12-01"}).status_code == 404
    member.refresh_from_db()
    assert member.until_on is None


def test_everyone_reads_their_own_page_and_nobody_elses(as_, officer, leader, member):
    assert as_(officer).get(f"/pool/{officer.pk}/").status_code == 200
    assert "/exempt/" not in as_(officer).get(f"/pool/{officer.pk}/").content.decode()
    assert as_(leader).get(f"/pool/{officer.pk}/").status_code == 404
    assert as_(officer).get("/pool/").status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"percent": 0}, {"percent": 101}, {"roles": []}, {"roles": ["boss"]}, {"until_on": D("2025-01-01")}]
)
def test_the_database_refuses_a_membership_that_cannot_be(officer, house, wrong):
    values = {"unit": house["ops"], "person": officer, "roles": ["primary"], "from_on": D("2026-01-01")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(**values | wrong)


# Exemptions


def test_an_exemption_is_granted_for_a_reason_by_someone_and_ended_early(as_, manager, officer, member):
    client, address = as_(manager), f"/pool/{officer.pk}/exempt/"
    assert Page(client.get(address)).values["from_on"] == "2026-11-22"
    form = {"kind": "nights", "from_on": "2026-11-01", "until_on": "2026-12-31", "reason": "哺乳期"}
    assert client.post(address, form).status_code == 302
    row = Exemption.objects.get()
    assert (row.granted_by, row.reason, row.until_on) == (manager, "哺乳期", D("2026-12-31"))
    end = f"/exemptions/{row.pk}/end/"
    assert Page(client.post(end, {"last_on": "2027-02-01"})).errors["last_on"]
    assert client.post(end, {"last_on": "2026-11-25"}).status_code == 302
    row.refresh_from_db()
    assert row.until_on == D("2026-11-25")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"kind": "x"}, "kind"),
        ({"until_on": "2026-10-01"}, ""),
        ({"from_on": ""}, "from_on"),
    ],
)
def test_an_exemption_that_does_not_fit_is_told(as_, manager, officer, member, changes, field):
    form = {"kind": "nights", "from_on": "2026-11-01", "until_on": "", "reason": "医嘱"} | changes
    page = Page(as_(manager).post(f"/pool/{officer.pk}/exempt/", form))
    assert page.status == 422 and (not field or page.errors[field]) and not Exemption.objects.exists()


def test_the_same_exemption_is_not_granted_twice(as_, manager, officer, member):
    client, address = as_(manager), f"/pool/{officer.pk}/exempt/"
    form = {"kind": "nights", "from_on": "2026-11-01", "until_on": "", "reason": "医嘱"}
    client.post(address, form)
    assert Page(client.post(address, form | {"from_on": "2026-12-01"})).errors["from_on"]
    assert client.post(address, form | {"kind": "weekends"}).status_code == 302


def test_an_exemption_that_has_not_begun_is_taken_back(as_, manager, officer, member):
    client = as_(manager)
    form = {"kind": "all", "from_on": "2027-01-01", "until_on": "", "reason": "进修"}
    client.post(f"/pool/{officer.pk}/exempt/", form)
    client.post(f"/exemptions/{Exemption.objects.get().pk}/end/", {"last_on": "2026-11-30"})
    assert not Exemption.objects.exists() and Line.objects.filter(verb="duty.register.removed").exists()


def test_an_outsider_grants_and_ends_no_exemption(as_, outsider, manager, officer, member):
    row = Exemption.objects.create(person=officer, kind="nights", from_on="2026-11-01", reason="x", granted_by=manager)
    client = as_(outsider)
    assert client.post(f"/pool/{officer.pk}/exempt/", {"kind": "all"}).status_code == 404
    assert client.post(f"/exemptions/{row.pk}/end/", {"last_on": "2026-11-30"}).status_code == 404
