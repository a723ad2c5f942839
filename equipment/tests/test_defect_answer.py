"""The page behind the link in a maintainer's message: opening it changes nothing, its buttons count as the one it is for."""

import pytest
from django.test import Client

from conftest import make_person
from duty.links import token_for
from duty.models import Line, Notice, Role
from equipment.models import DefectStatus
from equipment.tests.repairs import again, photo
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


@pytest.fixture
def colleague(house):
    return make_person("石磊", house["ops"], Role.MAINTAINER)


@pytest.fixture
def defect(as_, piece, officer, maintainer, colleague, now):
    from equipment.models import Defect

    as_(officer).post("/defects/new/", {"piece": "DY-01", "what": "电池鼓包", "detail": "第二层", "shot": photo()})
    return Defect.objects.get()


def link(defect, person) -> str:
    notice = Notice.objects.filter(matter=defect.matter, recipient=person).latest("id")
    return f"/d/{token_for(notice.pk, person.pk)}/"


def test_it_says_what_where_since_when_and_by_whom_without_signing_in(defect, maintainer, officer):
    address = link(defect, maintainer)
    page = Page(Client().get(address))
    assert page.status == 200
    for words in ("电池鼓包", "总部 UPS", "总部大楼 / 1 楼 / 配电间", "第二层", "23:02", "陈立", defect.number):
        assert words in page.text, words
    assert f"tel:{officer.mobile}" in page.links
    assert ("verb", "take") in {button for form in page.forms for button in form.buttons}
    shown = f"{address}{defect.photos.get().pk}/"
    assert shown in page.links and Client().get(shown).status_code == 200
    assert Client().get(f"{address}999999/").status_code == 404


def test_opening_it_changes_nothing(defect, maintainer):
    before = Line.objects.count()
    for _turn in range(3):
        Client().get(link(defect, maintainer))
    assert again(defect).status == DefectStatus.REPORTED and Line.objects.count() == before


def test_i_take_it_counts_as_the_one_it_is_for(defect, maintainer):
    address = link(defect, maintainer)
    answer = Client().post(address, {"verb": "take"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    line = Line.objects.get(verb="equipment.defect.take")
    assert (again(defect).mender, line.who, line.via) == (maintainer, maintainer, "link")


def test_on_the_way_says_when(defect, maintainer, now):
    address = link(defect, maintainer)
    assert Client().post(address, {"verb": "come", "come-minutes": "20"}).status_code == 302
    assert (again(defect).status, (again(defect).expected_at - now).seconds) == (DefectStatus.ON_THE_WAY, 1200)
    assert Client().post(address, {"verb": "come", "come-minutes": "45"}).status_code == 302
    assert Client().post(address, {"verb": "come", "come-minutes": "7"}).status_code == 422


def test_whoever_comes_second_hears_who_has_it(defect, maintainer, colleague):
    assert Client().post(link(defect, maintainer), {"verb": "take"}).status_code == 302
    for verb in ("take", "come"):
        late = Client().post(link(defect, colleague), {"verb": verb, "come-minutes": "20"})
        assert late.status_code == 409 and "程亮" in Page(late).text
    assert not {b for form in Page(Client().get(link(defect, colleague))).forms for b in form.buttons if b[0] == "verb"}


def test_in_other_hands_it_only_shows(as_, defect, maintainer, colleague):
    client = as_(colleague)
    assert client.get(link(defect, maintainer)).status_code == 200
    assert client.post(link(defect, maintainer), {"verb": "take"}).status_code == 403
    assert again(defect).status == DefectStatus.REPORTED


def test_a_forged_link_and_one_of_another_matter_open_nothing(defect, maintainer, piece):
    assert Client().get("/d/forged/").status_code == 410
    other = Notice.objects.create(recipient=maintainer, key="x", title="x", matter=piece.matter)
    assert Client().get(f"/d/{token_for(other.pk, maintainer.pk)}/").status_code == 410
    assert Client().get(f"/d/forged/{defect.photos.get().pk}/").status_code == 404


def test_a_photo_of_another_defect_is_not_shown(defect, maintainer, piece, officer, as_):
    from equipment.models import Defect

    as_(officer).post("/defects/new/", {"piece": "DY-01", "what": "灯灭", "shot": photo("二.jpg", (20, 20))})
    other = Defect.objects.get(what="灯灭").photos.get()
    assert Client().get(f"{link(defect, maintainer)}{other.pk}/").status_code == 404


def test_whoever_found_it_is_told_and_takes_nothing(defect, maintainer, officer, now):
    from equipment.models import RepairTerm

    RepairTerm(criticality="key", acknowledge_minutes=15, fix_hours=8).save()
    defect.fix("老化", "更换", by=maintainer, at=now)
    page = Page(Client().get(link(defect, officer)))
    assert not {button for form in page.forms for button in form.buttons if button[0] == "verb"}
