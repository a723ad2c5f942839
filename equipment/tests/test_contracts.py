"""Contracts with outside helpers: whom to call, and reminded of before they expire; then it is escalated."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty import watchdog
from duty.models import Deadline, Matter, Notice, Role
from duty.sweeping import sweep
from duty.tests.threads import together
from equipment.models import Contract, Equipment
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(house, **changes) -> dict:
    return {
        "vendor": "华为服务", "subject": "UPS 维保", "number": "", "unit": house["ops"].pk, "contact": "秦工", "phone": "400 822 9999", "from_on": "2026-01-01",
        "until_on": "2026-12-31", "response_hours": "0.5", "arrival_hours": "4", "minder": "孙伟", "note": "",
    } | changes  # fmt: skip


def test_a_contract_is_entered_once_and_owed_a_renewal(as_, manager, house):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/contracts/new/", typed(house, once=token)).status_code == 302
    row = Contract.objects.get()
    owed = Deadline.objects.open().get()
    assert (owed.kind, owed.matter_id, owed.owed_by) == ("equipment.contract", row.pk, manager)
    assert owed.due_at.isoformat() == "2026-12-31T15:59:00+00:00"  # 23:59 here
    page = Page(client.get(row.get_absolute_url()))
    assert "tel:4008229999" in page.links and "秦工" in page.text
    assert "华为服务" in Page(client.get("/contracts/")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vendor": ""}, "vendor"), ({"subject": ""}, "subject"), ({"phone": ""}, "phone"), ({"phone": "问前台"}, "phone"), ({"until_on": "2025-01-01"}, ""), ({"until_on": ""}, "until_on"),
        ({"response_hours": "0"}, ""), ({"response_hours": "5"}, ""), ({"arrival_hours": "快"}, "arrival_hours"), ({"minder": "没有这人"}, "minder"), ({"unit": ""}, "unit"),
        ({"vendor": "x" * 81}, "vendor"), ({"arrival_hours": "99999"}, "arrival_hours"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(as_, manager, house, changes, field):
    page = Page(as_(manager).post("/contracts/new/", typed(house, **changes)))
    assert page.status == 422 and not Contract.objects.exists()
    assert field in page.errors if field else page.errors or page.alerts


def test_it_is_told_ahead_and_escalated_when_it_has_expired(contract, manager, chief, clock):
    for day, people in (
        ("2027-11-02", {"孙伟"}),
        ("2027-12-02", {"孙伟"}),
        ("2027-12-25", {"孙伟"}),
        ("2028-01-01", {"孙伟", "周敏"}),
    ):
        at = clock(f"{day} 08:00")
        sweep()
        rows = Notice.objects.filter(matter=contract.pk, created_at__gte=at)
        told = set(rows.values_list("recipient__name", flat=True))
        assert told == people, day


def test_a_renewal_takes_its_place_with_every_piece(as_, manager, contract, piece):
    Equipment.objects.filter(pk=piece.pk).update(contract=contract)
    client, address = as_(manager), f"/contracts/{contract.pk}/renew/"
    page = Page(client.get(address))
    assert (
        page.values["from_on"] == "2028-01-01"
        and page.values["until_on"] == ""
        and page.values["phone"] == "400 810 1234"
    )
    assert set(
        Page(client.post(address, page.values | {"until_on": "2027-06-30", "from_on": "2027-01-01"})).errors
    ) == {"until_on"}
    answer = client.post(address, page.values | {"until_on": "2028-12-31"})
    new = Contract.objects.standing().get()
    assert answer["Location"] == new.get_absolute_url() and Equipment.objects.get().contract == new
    assert (
        Deadline.objects.get(matter=contract.pk).settled_as == "kept" and Matter.objects.get(pk=contract.pk).closed_at
    )
    assert Deadline.objects.open().get().matter_id == new.pk
    assert client.post(address, page.values | {"until_on": "2029-12-31", "once": ""}).status_code == 409
    assert "奥的斯" in Page(client.get("/contracts/?show=former")).text


@pytest.mark.django_db(transaction=True)
def test_of_two_who_renew_it_one_is_told(contract, house, manager):
    clients = [signed_in(manager), signed_in(make_person("另一位", house["ops"], Role.MANAGER))]
    values = typed(house, from_on="2028-01-01", until_on="2028-12-31")
    answers = together(*(lambda c=c: c.post(f"/contracts/{contract.pk}/renew/", values).status_code for c in clients))
    assert sorted(answers) == [302, 409] and Contract.objects.standing().count() == 1
    assert Deadline.objects.open().count() == 1


def test_a_correction_moves_the_promise_and_a_stale_page_is_told(as_, manager, contract):
    client, address = as_(manager), f"/contracts/{contract.pk}/change/"
    page, stale = (Page(client.get(address)).values for _reader in range(2))
    assert client.post(address, page).status_code == 302 and Deadline.objects.count() == 1  # nothing changed
    assert client.post(address, page | {"until_on": "2028-06-30", "once": ""}).status_code == 302
    assert Deadline.objects.open().get().due_at.isoformat().startswith("2028-06-30")
    assert Page(client.post(address, stale | {"phone": "110 000", "once": ""})).status == 422
    assert Contract.objects.get().phone == "400 810 1234"


def test_an_ended_one_is_promised_no_more_and_its_pieces_have_none(as_, manager, contract, piece):
    Equipment.objects.filter(pk=piece.pk).update(contract=contract)
    client, address = as_(manager), f"/contracts/{contract.pk}/end/"
    assert Page(client.post(address, {"reason": ""})).errors
    assert client.post(address, {"reason": "改为自修"}).status_code == 302
    assert client.post(address, {"reason": "改为自修"}).status_code == 409
    assert not Deadline.objects.open().exists() and Equipment.objects.get().contract is None
    assert watchdog.look() == 0


def test_a_missing_promise_is_restored(contract):
    Deadline.objects.open().update(settled_at="2026-11-22T00:00Z", settled_as="withdrawn", fires_at=None)
    assert watchdog.look() == 1 and Deadline.objects.open().get().owed_by == contract.minder


def test_the_database_keeps_times_in_order(contract):
    for wrong in ({"until_on": "2025-01-01"}, {"response_hours": 0}, {"response_hours": 8, "arrival_hours": 4}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contract.objects.filter(pk=contract.pk).update(**wrong)


def test_who_may_do_what(as_, house, contract, officer, auditor, outsider, manager):
    assert as_(officer).get(f"/contracts/{contract.pk}/").status_code == 200
    masked = as_(auditor).get(f"/contracts/{contract.pk}/").content.decode()
    assert "400 810 1234" not in masked and "tel:" not in masked
    for door in ("change", "renew", "end"):
        assert as_(officer).get(f"/contracts/{contract.pk}/{door}/").status_code == 403
        assert as_(outsider).get(f"/contracts/{contract.pk}/{door}/").status_code == 404
    assert as_(outsider).get(f"/contracts/{contract.pk}/").status_code == 404
    assert "奥的斯" not in as_(outsider).get("/contracts/").content.decode()
    assert as_(manager).post("/contracts/new/", typed(house, unit=house["sales"].pk)).status_code == 422
