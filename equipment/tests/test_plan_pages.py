"""Plans of rounds: their list, their page, ending one."""

import datetime as dt

import pytest

from duty.clock import HOUR
from equipment.laying import lay_plan
from equipment.models import Plan, Round, Status
from equipment.tests.rounds import make_checklist, make_plan
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(house, manager, officer, now) -> Plan:
    checklist = make_checklist(house["ops"], manager, now)
    row = make_plan(checklist, manager, now, person=officer, times=[dt.time(8), dt.time(20)])
    lay_plan(row.pk, now)
    return row


def test_a_plan_says_who_walks_what_when_and_what_is_ahead(as_, officer, plan):
    page = Page(as_(officer).get(plan.get_absolute_url()))
    assert page.status == 200
    assert "陈立" in page.text and "机房巡检" in page.text
    assert page.text.count("08:00") > 1 and page.text.count("20:00") > 1  # the rhythm, and rounds ahead
    assert plan.name in Page(as_(officer).get("/plans/")).text


def test_a_plan_of_another_unit_does_not_exist(as_, outsider, plan):
    assert as_(outsider).get(plan.get_absolute_url()).status_code == 404
    assert as_(outsider).post(f"/plans/{plan.pk}/end/", {"reason": "x"}).status_code == 404
    assert plan.name not in Page(as_(outsider).get("/plans/")).text


def test_ending_a_plan_cancels_what_is_ahead_and_only_once(as_, manager, officer, plan, now):
    client, address = as_(manager), f"/plans/{plan.pk}/end/"
    assert as_(officer).get(address).status_code == 403
    assert Page(client.post(address, {"reason": ""})).status == 422
    assert client.post(address, {"reason": "设备停用"}).status_code == 302
    assert set(Round.objects.filter(plan=plan).values_list("status", flat=True)) == {Status.CANCELLED}
    assert plan.name in Page(client.get("/plans/?show=ended")).text
    assert lay_plan(plan.pk, now + 48 * HOUR) == 0


def test_the_last_rounds_are_shown_with_what_became_of_them(as_, manager, plan, clock):
    later = clock("2026-11-24 12:00")
    lay_plan(plan.pk, later)
    page = Page(as_(manager).get(plan.get_absolute_url()))
    assert page.status == 200 and page.html.count('class="badge-state late"') == 3
