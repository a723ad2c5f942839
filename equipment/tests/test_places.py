"""Places lie in places: a path to read, no circles, one name once; who keeps them, who reads them."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conftest import make_person
from duty.models import Line, Role
from duty.tests.threads import together
from equipment.models import Place
from equipment.models.places import place_tree
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(house, **changes) -> dict:
    return {"unit": house["ops"].pk, "parent": "", "name": "2 楼", "order": "0"} | changes


def test_a_place_says_where_it_lies(places):
    assert str(places["room"]) == "总部大楼 / 1 楼 / 配电间"
    tree = place_tree()
    assert tree.named("1 楼") == {places["floor"].pk, places["room"].pk}
    assert tree.named("大楼 / 1") == {places["floor"].pk, places["room"].pk} and tree.named("没有") == set()


def test_a_manager_builds_a_tree_and_the_trail_says_so(as_, manager, house, places):
    client = as_(manager)
    page = Page(client.get(f"/places/new/?in={places['building'].pk}"))
    assert page.values["parent"] == str(places["building"].pk) and page.values["unit"] == str(house["ops"].pk)
    token = str(uuid.uuid4())
    for _turn in range(2):
        assert client.post("/places/new/", typed(house, parent=places["building"].pk, once=token)).status_code == 302
    made = Place.objects.get(name="2 楼")
    assert str(made) == "总部大楼 / 2 楼" and Line.objects.filter(verb="duty.register.added", who=manager).count() == 1
    assert "2 楼" in Page(client.get("/places/")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"name": "a/b"}, ""), ({"name": "x" * 41}, "name"), ({"unit": ""}, "unit"), ({"parent": "99999"}, "parent"),
        ({"order": "-1"}, "order"), ({"name": " 总部大楼 "}, "name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_kept_on_the_form(as_, manager, house, places, changes, field):
    answer = as_(manager).post("/places/new/", typed(house, **changes))
    page = Page(answer)
    assert page.status == 422 and Place.objects.count() == 4
    assert field in page.errors if field else page.alerts


def test_no_place_lies_in_itself(as_, manager, house, places):
    client, building = as_(manager), places["building"]
    page = Page(client.get(f"/places/{building.pk}/"))
    for inside in (places["floor"], places["room"]):
        answer = client.post(f"/places/{building.pk}/", page.values | {"parent": inside.pk, "once": ""})
        assert "parent" in Page(answer).errors
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=building.pk).update(parent=building)


def test_a_place_of_another_unit_holds_none_of_ours(house, places, now, head):
    stranger = Place(unit=house["ops"], parent=places["shop"], name="里间")
    with pytest.raises(ValidationError, match=r"."):
        stranger.put(by=head, at=now)
    below = Place(unit=house["sales"], parent=Place.objects.create(unit=house["top"], name="园区"), name="东门")
    assert below.put(by=head, at=now).pk


def test_eight_levels_are_the_deepest(house, places, now, head):
    place = places["room"]
    for level in range(4, 9):
        place = Place(unit=house["ops"], parent=place, name=f"第 {level} 层").put(by=head, at=now)
    with pytest.raises(ValidationError):
        Place(unit=house["ops"], parent=place, name="第 9 层").put(by=head, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_that_are_moved_into_each_other_take_turns(house, head, manager, now):
    one, two = (Place.objects.create(unit=house["ops"], name=name) for name in ("甲", "乙"))

    def move(place, into):
        place = Place.objects.get(pk=place.pk)
        place.parent = into
        return place.put(by=head, at=now)

    answers = together(lambda: move(one, two), lambda: move(two, one))
    assert sorted(isinstance(answer, ValidationError) for answer in answers) == [False, True]
    assert Place.objects.filter(parent=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_place_one_is_told(house, manager):
    other = make_person("另一位", house["ops"], Role.MANAGER)
    clients = [signed_in(manager), signed_in(other)]
    answers = together(*(lambda c=c: c.post("/places/new/", typed(house)).status_code for c in clients))
    assert sorted(answers) == [302, 422] and Place.objects.count() == 1


def test_who_keeps_places_and_who_only_reads_them(as_, house, places, officer, outsider, manager):
    fixer = make_person("维修", house["ops"], Role.MAINTAINER)
    for person in (officer, fixer):
        assert as_(person).get("/places/").status_code == 200 and as_(person).get("/places/new/").status_code == 403
    assert as_(make_person("无角色", house["ops"])).get("/places/").status_code == 403
    assert as_(outsider).get(f"/places/{places['room'].pk}/").status_code == 404
    assert "总部大楼" not in as_(outsider).get("/places/").content.decode()
    assert as_(manager).post("/places/new/", typed(house, unit=house["sales"].pk)).status_code == 422
