"""A19: outside help for a defect: who was called, by when they should be there, whether they were."""

import pytest

from conftest import make_person
from duty.clock import HOUR
from duty.models import Line, Role
from equipment.models import CallOut, Equipment
from equipment.tests.repairs import make_defect
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


@pytest.fixture
def defect(piece, contract, officer, maintainer, now):
    contract.arrival_hours = 2
    contract.save()
    Equipment.objects.filter(pk=piece.pk).update(contract=contract)
    piece.refresh_from_db()
    return make_defect(piece, officer, now)


@pytest.fixture
def called(as_, maintainer, defect, contract):
    sent = {"call-contract": contract.pk, "call-spoken_to": "小王", "call-promised_at": "2026-11-23 00:30"}
    assert as_(maintainer).post(f"/defects/{defect.pk}/call/", sent).status_code == 302
    return CallOut.objects.get()


def test_by_contract_they_are_there_within_its_hours(called, contract, maintainer, defect, now):
    assert (called.vendor, called.phone, called.spoken_to, called.called_by) == (
        "奥的斯", "400 810 1234", "小王", maintainer,
    )  # fmt: skip
    assert (called.called_at, called.arrive_by) == (now, now + 2 * HOUR)
    assert not called.is_late(now + HOUR) and called.is_late(now + 3 * HOUR)
    assert Line.objects.filter(verb="equipment.defect.call_out", matter=defect.matter).exists()


def test_a_vendor_without_a_contract_is_written_by_hand(as_, officer, defect):
    sent = {"call-vendor": "开锁公司", "call-phone": "138 1234 5678", "call-called_at": "22:40"}
    assert as_(officer).post(f"/defects/{defect.pk}/call/", sent).status_code == 302
    row = CallOut.objects.get()
    assert (row.contract, row.vendor, row.arrive_by) == (None, "开锁公司", None)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "call-vendor"),
        ({"call-vendor": "甲", "call-called_at": "2026-11-23 09:00"}, "call-called_at"),
        ({"call-vendor": "甲", "call-phone": "<b>"}, "call-phone"),
        ({"call-vendor": "甲", "call-promised_at": "2027-11-23 09:00"}, "call-promised_at"),
        ({"call-contract": "999999"}, "call-contract"),
    ],
)
def test_a_refused_call_keeps_what_was_typed(as_, officer, defect, sent, wrong):
    page = Page(as_(officer).post(f"/defects/{defect.pk}/call/", sent | {"call-spoken_to": "小李"}))
    assert page.status == 422 and wrong in page.errors and page.values["call-spoken_to"] == "小李"
    assert not CallOut.objects.exists()


def test_they_came_late_and_that_is_marked_here_and_at_the_contract(as_, officer, called, contract, defect, clock):
    clock("2026-11-23 02:30")
    client = as_(officer)
    sent = {"arrived_at": "2026-11-23 02:10", "left_at": "2026-11-23 02:25", "outcome": "换了门机板"}
    standing = Page(client.get(f"/defects/calls/{called.pk}/")).values["standing"]
    assert client.post(f"/defects/calls/{called.pk}/", sent | {"standing": standing}).status_code == 302
    called.refresh_from_db()
    assert called.is_late(called.left_at) and called.outcome == "换了门机板"
    for path in (f"/defects/{defect.pk}/", f"/contracts/{contract.pk}/"):
        html = client.get(path).content.decode()
        assert "换了门机板" in html and "badge-state late" in html


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"arrived_at": "2026-11-22 20:00"}, "arrived_at"),
        ({"arrived_at": "2026-11-24 20:00"}, "arrived_at"),
        ({"left_at": "2026-11-23 01:00"}, "left_at"),
        ({"arrived_at": "2026-11-23 01:00", "left_at": "2026-11-23 00:30"}, "left_at"),
    ],
)
def test_times_the_wrong_way_round_are_refused(as_, officer, called, clock, sent, wrong):
    clock("2026-11-23 02:30")
    standing = Page(as_(officer).get(f"/defects/calls/{called.pk}/")).values["standing"]
    page = Page(as_(officer).post(f"/defects/calls/{called.pk}/", sent | {"standing": standing, "outcome": "没修好"}))
    assert page.status == 422 and wrong in page.errors and page.values["outcome"].strip() == "没修好"


def test_two_who_write_down_the_same_visit_do_not_overwrite_each_other(as_, officer, maintainer, called, clock):
    clock("2026-11-23 00:10")
    standing = Page(as_(officer).get(f"/defects/calls/{called.pk}/")).values["standing"]
    first = {"arrived_now": "on", "standing": standing}
    assert as_(maintainer).post(f"/defects/calls/{called.pk}/", first).status_code == 302
    late = as_(officer).post(f"/defects/calls/{called.pk}/", {"outcome": "来过", "standing": standing})
    assert late.status_code == 422
    called.refresh_from_db()
    assert called.arrived_at and not called.outcome


def test_an_outsider_neither_calls_nor_reads(as_, outsider, called, defect):
    assert as_(outsider).get(f"/defects/calls/{called.pk}/").status_code == 404
    assert as_(outsider).post(f"/defects/{defect.pk}/call/", {"call-vendor": "甲"}).status_code == 404


def test_the_numbers_are_masked_for_who_only_looks_on(as_, auditor, called, defect, contract):
    for path in (f"/defects/{defect.pk}/", f"/contracts/{contract.pk}/"):
        assert "400 810 1234" not in as_(auditor).get(path).content.decode()
