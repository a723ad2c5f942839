"""Counting: a whole place in one form, a reason where the books say something else, no count of a stock that moved."""

import datetime as dt
import uuid

import pytest

from duty.models import Deadline
from duty.tests.threads import together
from equipment.models import Lot, Movement, Supply
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def sheet(client, place, **typed):
    address = f"/supplies/count/?place={place.pk}"
    return address, Page(client.get(address)).values | typed


def test_a_place_is_counted_in_one_form(as_, officer, make_supply, places, now):
    one, two = make_supply("WZ-1"), make_supply("WZ-2", "水带", lots=[(3, "", None), (2, "B", None)])
    three = make_supply("WZ-3", "沙袋")
    client = as_(officer)
    lots = {lot.supply_id: [] for lot in Lot.objects.all()}
    for lot in Lot.objects.order_by("id"):
        lots[lot.supply_id].append(f"count-{lot.supply_id}-lot-{lot.pk}")
    address, typed = sheet(client, places["building"])
    typed |= {lots[one.pk][0]: "5", lots[two.pk][0]: "1", lots[two.pk][1]: "", "once": str(uuid.uuid4())}
    page = Page(client.post(address, typed))
    assert page.status == 422 and set(page.errors) == {lots[two.pk][1], f"count-{two.pk}-reason"}
    assert page.values[lots[two.pk][0]] == "1" and not Movement.objects.filter(kind="counted").exists()
    typed |= {lots[two.pk][1]: "2", f"count-{two.pk}-reason": "损坏未登记"}
    for _turn in range(2):
        assert client.post(address, typed).status_code == 302
    rows = Movement.objects.filter(kind="counted").order_by("supply", "id")
    assert [(row.change, row.reason) for row in rows] == [(0, ""), (-2, "损坏未登记"), (0, "")]
    assert Supply.objects.get(pk=one.pk).counted_at == now and Supply.objects.get(pk=three.pk).counted_at is None
    assert two.in_stock() == 3


def test_nothing_filled_in_is_told(as_, officer, supply, places):
    address, typed = sheet(as_(officer), places["room"])
    page = Page(as_(officer).post(address, typed))
    assert page.status == 422 and page.alerts and not Movement.objects.filter(kind="counted").exists()


def test_a_stock_that_moved_meanwhile_is_counted_anew(as_, officer, supply, places, now):
    client = as_(officer)
    address, typed = sheet(client, places["room"])
    supply.issue(2, person=officer, reason="急用", by=officer, at=now)
    field = f"count-{supply.pk}-lot-{Lot.objects.get().pk}"
    page = Page(client.post(address, typed | {field: "5", f"count-{supply.pk}-reason": "多了", "once": ""}))
    assert page.status == 422 and page.alerts and supply.in_stock() == 3
    assert (
        client.post(address, page.values | {field: "3", f"count-{supply.pk}-reason": "", "once": ""}).status_code == 302
    )


@pytest.mark.parametrize("typed", ["-1", "三", "1.5", "99999999999"])
def test_what_is_no_number_is_told(as_, officer, supply, typed):
    client, field = as_(officer), f"count-{supply.pk}-lot-{Lot.objects.get().pk}"
    values = Page(client.get(supply.get_absolute_url())).form("/count/").values
    page = Page(client.post(f"/supplies/{supply.pk}/count/", values | {field: typed}))
    assert page.status == 422 and field in page.errors


def test_a_count_starts_the_next_interval(as_, officer, supply, clock):
    due = Deadline.objects.open().get(kind="equipment.supply_check")
    assert due.due_at.isoformat() == "2026-12-22T15:59:00+00:00" and due.owed_by == supply.minder
    clock("2026-12-20 09:00")
    client, field = as_(officer), f"count-{supply.pk}-lot-{Lot.objects.get().pk}"
    values = Page(client.get(supply.get_absolute_url())).form("/count/").values
    assert client.post(f"/supplies/{supply.pk}/count/", values | {field: "5"}).status_code == 302
    due.refresh_from_db()
    assert due.settled_as == "kept"
    assert Deadline.objects.open().get(kind="equipment.supply_check").due_at.date() == dt.date(2027, 1, 19)


def test_those_who_only_read_do_not_count(as_, auditor, outsider, supply, places):
    assert as_(auditor).get("/supplies/count/").status_code == 403
    page = as_(outsider).get(f"/supplies/count/?place={places['room'].pk}")
    assert page.status_code == 200 and "灭火器" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_count_and_an_issue_take_turns(supply, places, officer, manager):
    clients = [signed_in(officer), signed_in(manager)]
    address, typed = sheet(clients[0], places["room"])
    field = f"count-{supply.pk}-lot-{Lot.objects.get().pk}"
    issue = {"issue-quantity": "2", "issue-to": "陈立", "issue-reason": "急用"}
    answers = together(
        lambda: clients[0].post(address, typed | {field: "5"}).status_code,
        lambda: clients[1].post(f"/supplies/{supply.pk}/issue/", issue).status_code,
    )
    assert answers[1] == 302 and answers[0] in (302, 422) and Lot.objects.get().quantity == 3
