"""Who is responsible for a piece: one in charge at a time, whoever helps beside them, and how to reach them."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty.models import Role
from duty.tests.threads import together
from equipment.models import Equipment, Keeper
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(**changes) -> dict:
    return {"person": "陈立", "role": "in_charge", "from_on": "2026-11-01", "until_on": ""} | changes


def test_someone_is_made_responsible_once_and_can_be_called(as_, manager, officer, auditor, piece):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(f"/equipment/{piece.pk}/people/new/", typed(once=token)).status_code == 302
    assert Keeper.objects.get().person == officer
    page = Page(as_(officer).get(f"/equipment/{piece.pk}/"))
    assert f"tel:{officer.mobile}" in page.links and officer.name in page.text
    masked = Page(as_(auditor).get(f"/equipment/{piece.pk}/"))
    assert f"tel:{officer.mobile}" not in masked.links and officer.mobile not in masked.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person": ""}, "person"), ({"person": "没有这人"}, "person"), ({"role": "boss"}, "role"), ({"from_on": ""}, "from_on"), ({"until_on": "2026-10-01"}, "until_on"),
        ({"person": "何佳"}, ""), ({"role": "deputy"}, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(as_, manager, officer, leader, piece, changes, field):
    Keeper.objects.create(equipment=piece, person=officer, role="in_charge", from_on="2026-01-01")
    page = Page(as_(manager).post(f"/equipment/{piece.pk}/people/new/", typed(**changes)))
    assert page.status == 422 and Keeper.objects.count() == 1
    assert field in page.errors if field else page.alerts


def test_the_database_knows_one_in_charge_at_a_time(piece, officer, leader):
    Keeper.objects.create(
        equipment=piece, person=officer, role="in_charge", from_on="2026-01-01", until_on="2026-06-30"
    )
    Keeper.objects.create(equipment=piece, person=leader, role="in_charge", from_on="2026-07-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Keeper.objects.create(equipment=piece, person=officer, role="in_charge", from_on="2027-01-01")
    Keeper.objects.create(equipment=piece, person=officer, role="maintainer", from_on="2027-01-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Keeper.objects.create(equipment=piece, person=officer, role="deputy", from_on="2027-02-01")


@pytest.mark.django_db(transaction=True)
def test_of_two_put_in_charge_at_once_one_is_told(piece, house, manager, officer, leader):
    clients = [signed_in(manager), signed_in(make_person("另一位", house["ops"], Role.MANAGER))]
    address = f"/equipment/{piece.pk}/people/new/"
    answers = together(
        lambda: clients[0].post(address, typed()).status_code,
        lambda: clients[1].post(address, typed(person="何佳")).status_code,
    )
    assert sorted(answers) == [302, 422] and Keeper.objects.count() == 1


def test_it_ends_on_a_day_and_what_never_began_is_taken_back(as_, manager, officer, leader, piece, now):
    client = as_(manager)
    keeper = Keeper.objects.create(equipment=piece, person=officer, role="in_charge", from_on="2026-01-01")
    later = Keeper.objects.create(equipment=piece, person=leader, role="deputy", from_on="2026-12-01")
    address = f"/equipment/people/{keeper.pk}/end/"
    assert Page(client.post(address, {"last_on": "1999-01-01"})).errors
    assert client.post(address, {"last_on": "2026-11-20"}).status_code == 302
    keeper.refresh_from_db()
    assert keeper.until_on == dt.date(2026, 11, 20)
    assert client.post(f"/equipment/people/{later.pk}/end/", {"last_on": "2026-11-30"}).status_code == 302
    assert Keeper.objects.count() == 1
    verbs = list(Equipment.objects.get().matter.lines.order_by("id").values_list("verb", flat=True))
    assert verbs.count("equipment.equipment.relieve") == 2


def test_others_name_nobody(as_, piece, officer, leader, outsider):
    keeper = Keeper.objects.create(equipment=piece, person=leader, role="deputy", from_on="2026-01-01")
    for address in (f"/equipment/{piece.pk}/people/new/", f"/equipment/people/{keeper.pk}/end/"):
        assert as_(officer).post(address, typed()).status_code == 403
        assert as_(outsider).post(address, typed()).status_code == 404
