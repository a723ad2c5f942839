"""Checklists: their list, their page, versions and what changed between them, taken out of use and back."""

import datetime as dt
import uuid

import pytest

from equipment.models import Checklist
from equipment.tests.rounds import make_checklist, make_plan
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(house, **changes) -> dict:
    return {"name": "夜间机房巡检", "unit": house["ops"].pk, "use": "round", "note": ""} | changes


@pytest.fixture
def checklist(house, manager, now, piece) -> Checklist:
    items = [
        {"question": "指示灯", "equipment": piece},
        {"question": "温度", "equipment": piece, "kind": "number", "measure": "℃", "normal_low": 18, "alarm_high": 35},
        {"question": "挡位", "kind": "choice", "choices": ["自动", "手动"], "bad_choices": ["手动"]},
    ]
    return make_checklist(house["ops"], manager, now, items=items)


def test_a_checklist_is_begun_once_with_an_empty_draft(as_, manager, house):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/checklists/new/", typed(house, once=token)).status_code == 302
    row = Checklist.objects.get()
    assert row.draft.number == 1 and row.in_force is None
    assert "夜间机房巡检" in Page(client.get("/checklists/")).text
    assert Page(client.get(row.get_absolute_url())).status == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"name": "机房巡检"}, "name"), ({"unit": ""}, "unit"), ({"use": "x"}, "use")],
)
def test_what_does_not_fit_is_told(as_, manager, house, checklist, changes, field):
    page = Page(as_(manager).post("/checklists/new/", typed(house, **changes)))
    assert page.status == 422 and field in page.errors and Checklist.objects.count() == 1


def test_its_page_shows_what_is_asked_and_what_is_normal(as_, officer, checklist):
    page = Page(as_(officer).get(checklist.get_absolute_url()))
    for words in ("指示灯", "总部 UPS", "≥ 18 ℃", "> 35 ℃", "自动", "手动", "v1"):
        assert words in page.text, words


def test_what_changed_is_told_item_by_item(as_, manager, checklist, now):
    draft = checklist.revise(by=manager, at=now)
    light, warmth, gear = draft.items.order_by("order")
    light.delete()
    warmth.alarm_high = 33
    warmth.save()
    gear.question = "运行挡位"
    gear.save()
    checklist.publish(draft, "报警上限下调", by=manager, at=now)
    page = Page(as_(manager).get(f"/checklists/{checklist.pk}/versions/"))
    for words in ("v1 → v2", "指示灯", "35", "33", "挡位", "运行挡位", "报警上限下调"):
        assert words in page.text, words
    assert Page(as_(manager).get(f"/checklists/{checklist.pk}/versions/?from=2&to=2")).status == 200


def test_one_that_a_plan_uses_stays_in_use(as_, manager, checklist, now, officer):
    plan = make_plan(checklist, manager, now, person=officer, times=[dt.time(8)])
    client, address = as_(manager), f"/checklists/{checklist.pk}/retire/"
    assert plan.name in Page(client.get(address)).text
    assert client.post(address, {"reason": "不再需要"}).status_code == 409
    plan.end(by=manager, at=now)
    assert client.post(address, {"reason": "不再需要"}).status_code == 302
    assert checklist.name in Page(client.get("/checklists/?show=retired")).text
    assert client.post(f"/checklists/{checklist.pk}/back/").status_code == 302
    assert Checklist.objects.in_use().count() == 1


def test_another_units_checklists_do_not_exist(as_, outsider, officer, checklist, house):
    client = as_(outsider)
    for path in ("", "versions/", "change/", "retire/"):
        assert client.get(f"/checklists/{checklist.pk}/{path}").status_code == 404
    assert checklist.name not in Page(client.get("/checklists/")).text
    assert client.post("/checklists/new/", typed(house)).status_code == 422  # not one of their units
    assert as_(officer).post("/checklists/new/", typed(house)).status_code == 403
