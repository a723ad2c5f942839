"""Plans of rounds: their list, their page, ending one."""

import datetime as dt
import uuid

import pytest

from duty.clock import HOUR
from equipment.laying import lay_plan
from equipment.models import Plan, Round, Status
from equipment.tests.rounds import make_checklist, make_plan
from scheduling.models import Post, Shift
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(house, manager, now):
    return make_checklist(house["ops"], manager, now)


@pytest.fixture
def plan(checklist, manager, officer, now) -> Plan:
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


# The form


def typed(house, listed, **changes) -> dict:
    return {
        "name": "白班巡检", "unit": house["ops"].pk, "checklist": listed.pk, "rhythm": "times", "post": "", "person": "陈立", "times": "8, 20：30",
        "offset_minutes": "0", "every_hours": "", "early_minutes": "15", "start_minutes": "15", "window_minutes": "60", "grace_minutes": "60",
        "from_on": "2026-11-22", "until_on": "",
    } | changes  # fmt: skip


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室")


def test_a_plan_is_entered_once_and_its_rounds_are_laid(as_, manager, officer, house, checklist):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/plans/new/", typed(house, checklist, once=token)).status_code == 302
    row = Plan.objects.get()
    assert row.times == [dt.time(8), dt.time(20, 30)] and row.person == officer
    assert Round.objects.filter(plan=row, status=Status.SCHEDULED).count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"times": ""}, "times"), ({"times": "25:00"}, "times"), ({"times": "早上"}, "times"), ({"person": ""}, "post"), ({"person": "没有这人"}, "person"),
        ({"rhythm": "weekly"}, "weekdays"), ({"rhythm": "monthly"}, "month_days"), ({"rhythm": "every", "every_hours": "2"}, "post"),
        ({"rhythm": "start"}, "post"), ({"start_minutes": "90"}, "start_minutes"), ({"window_minutes": "2"}, "window_minutes"), ({"grace_minutes": "9999"}, "grace_minutes"),
        ({"until_on": "2026-11-01"}, "until_on"), ({"checklist": "999"}, "checklist"), ({"early_minutes": "-1"}, "early_minutes"), ({"checklist": ""}, "checklist"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_its_field(as_, manager, officer, house, checklist, changes, field):
    page = Page(as_(manager).post("/plans/new/", typed(house, checklist, **changes)))
    assert page.status == 422 and set(page.errors) == {field} and not Plan.objects.exists()


def test_the_rhythm_of_a_watch_needs_hours_and_forgets_the_clock(as_, manager, house, checklist, post, officer, now):
    shift = Shift(post=post, name="白班", starts_at=now + 9 * HOUR, ends_at=now + 17 * HOUR)
    shift.plan([("primary", officer)], by=manager, at=now)
    client, asked = as_(manager), {"rhythm": "every", "post": post.pk, "person": ""}
    assert set(Page(client.post("/plans/new/", typed(house, checklist, **asked))).errors) == {"every_hours"}
    assert client.post("/plans/new/", typed(house, checklist, every_hours="2", **asked)).status_code == 302
    row = Plan.objects.get()
    assert row.times == [] and row.rounds.count() == 4
    page = Page(client.get(f"/plans/{row.pk}/change/"))
    assert client.post(f"/plans/{row.pk}/change/", page.values | {"rhythm": "start"}).status_code == 302
    row.refresh_from_db()
    assert row.rhythm == "start" and row.every_hours is None
    assert row.rounds.exclude(status=Status.CANCELLED).count() == 1


def test_the_next_ten_are_shown_before_anything_is_saved(as_, manager, officer, house, checklist, post, now):
    client = as_(manager)
    page = Page(client.get("/plans/preview/", typed(house, checklist, times="08:00")))
    assert page.status == 200 and page.html.count("<time ") == 10 and not Plan.objects.exists()
    last = client.get("/plans/preview/", typed(house, checklist, rhythm="monthly", month_days=["32"], name=""))
    assert last.content.decode().count("<time ") == 10
    looked = Page(client.post("/plans/new/", typed(house, checklist, look="1")))
    assert looked.html.count("<time ") >= 10 and looked.values["name"] == "白班巡检" and not Plan.objects.exists()
    wrong = client.get("/plans/preview/", typed(house, checklist, times="x"))
    assert wrong.status_code == 200 and "<time " not in wrong.content.decode()


def test_rounds_too_close_and_posts_without_watch_are_told(as_, manager, officer, house, checklist, post, now):
    client = as_(manager)
    close = Page(client.get("/plans/preview/", typed(house, checklist, times="08:00, 08:30")))
    assert "alert-warning" in close.html
    assert "alert-warning" not in Page(client.get("/plans/preview/", typed(house, checklist))).html
    asked = typed(house, checklist, person="", post=post.pk)
    assert "alert-warning" in Page(client.get("/plans/preview/", asked)).html


def test_only_who_keeps_the_unit_plans_there(as_, officer, outsider, house, checklist, plan):
    assert as_(officer).get("/plans/new/").status_code == 403
    assert as_(officer).get(f"/plans/{plan.pk}/change/").status_code == 403
    assert as_(outsider).get(f"/plans/{plan.pk}/change/").status_code == 404
    page = Page(as_(outsider).post("/plans/new/", typed(house, checklist)))
    assert {"unit", "checklist"} <= set(page.errors)


def test_two_who_change_a_plan_are_told(as_, manager, plan):
    client, address = as_(manager), f"/plans/{plan.pk}/change/"
    mine = Page(client.get(address)).values | {"once": ""}
    assert client.post(address, mine | {"grace_minutes": "30"}).status_code == 302
    page = Page(client.post(address, mine | {"grace_minutes": "45"}))
    assert page.status == 422 and page.alerts and page.values["grace_minutes"] == "45"
