"""Key equipment that no round looks at: only what is really walked counts."""

import datetime as dt

import pytest

from equipment.looking_after import looked_at_by, unchecked
from equipment.models import Equipment, Item
from equipment.tests.rounds import make_checklist, make_plan
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def missing(now) -> set[str]:
    return set(unchecked(Equipment.objects.all(), now.date()).values_list("code", flat=True))


def test_a_piece_counts_once_a_published_item_is_walked_by_a_plan(house, manager, officer, piece, make_piece, now):
    make_piece("DY-02", "灯", criticality="ordinary")
    assert missing(now) == {"DY-01"}
    checklist = make_checklist(
        house["ops"], manager, now, items=[{"question": "灯", "equipment": piece}], publish=False
    )
    plan = make_plan(checklist, manager, now, person=officer, times=[dt.time(8)])
    assert missing(now) == {"DY-01"}  # a draft looks at nothing
    checklist.publish(checklist.draft, "x", by=manager, at=now)
    assert missing(now) == set()
    assert [row.walked for row in looked_at_by(piece, now.date())] == [True]
    draft = checklist.revise(by=manager, at=now)
    draft.items.all().delete()
    Item.objects.create(version=draft, question="别的")
    assert missing(now) == set()
    checklist.publish(draft, "x", by=manager, at=now)
    assert missing(now) == {"DY-01"}  # the version in force no longer names it
    plan.end(by=manager, at=now)


def test_a_checklist_that_nobody_walks_does_not_count(house, manager, officer, piece, now):
    checklist = make_checklist(house["ops"], manager, now, items=[{"question": "灯", "equipment": piece}])
    assert missing(now) == {"DY-01"} and [row.walked for row in looked_at_by(piece, now.date())] == [False]
    plan = make_plan(checklist, manager, now, person=officer, times=[dt.time(8)])
    assert missing(now) == set()
    plan.end(by=manager, at=now)
    assert missing(now) == {"DY-01"}


def test_the_report_counts_filters_and_leads_to_a_checklist(as_, manager, house, piece, make_piece, now):
    make_piece("DY-02", "发电机", criticality="important")
    checklist = make_checklist(house["ops"], manager, now)
    client = as_(manager)
    page = Page(client.get("/equipment/unchecked/"))
    assert "DY-01" in page.text and "DY-02" not in page.text
    assert "DY-02" in Page(client.get("/equipment/unchecked/?level=both")).text
    assert "DY-01" not in Page(client.get("/equipment/unchecked/?category=lift")).text
    address = f"/equipment/{piece.pk}/checklist/"
    assert "机房巡检" in Page(client.get(address)).text
    assert client.post(address, {"checklist": "9"}).status_code == 422
    answer = client.post(address, {"checklist": checklist.pk})
    assert answer["Location"] == f"/checklists/{checklist.pk}/items/new/?stop=e{piece.pk}"
    assert checklist.draft.number == 2


def test_the_register_and_the_piece_say_so(as_, officer, piece):
    assert Page(as_(officer).get("/equipment/")).html.count("badge-state soon") == 1
    assert Page(as_(officer).get(piece.get_absolute_url())).html.count("badge-state soon") == 1


def test_another_units_equipment_is_not_reported(as_, outsider, piece, manager):
    assert "DY-01" not in Page(as_(outsider).get("/equipment/unchecked/?level=both")).text
    assert as_(outsider).get(f"/equipment/{piece.pk}/checklist/").status_code == 404
