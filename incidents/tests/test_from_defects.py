"""A defect grows into an incident: the quick log is filled in, every question of it still asked; linked once."""

import pytest

from conftest import make_person
from duty.models import Role
from equipment.models import Defect
from equipment.tests.conftest import files, make_piece, piece, places  # noqa: F401 - fixtures
from equipment.tests.repairs import again, make_defect
from incidents.models import Incident
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def defect(piece, officer, now):  # noqa: F811
    return make_defect(piece, officer, now, detail="外壳烫手")


def test_the_button_leads_to_a_log_that_is_filled_in(as_, officer, defect, standard, watch):
    client = as_(officer)
    address = f"/incidents/log/?defect={defect.pk}"
    assert address in Page(client.get(f"/defects/{defect.pk}/")).links
    page = Page(client.get(address))
    assert page.values["place"] == "总部大楼 / 1 楼 / 配电间" and page.values["summary"] == "总部 UPS 电池鼓包"
    assert "外壳烫手" in page.values["scene"] and defect.number in page.values["scene"]
    assert (page.values["reporter_name"], page.values["reporter_contact"]) == (officer.name, officer.mobile)
    assert not page.values.get("urgency") and not page.values.get("scope")


def test_saved_both_pages_lead_to_each_other(as_, officer, defect, call):
    client = as_(officer)
    answer = client.post(f"/incidents/log/?defect={defect.pk}", call())
    incident = Incident.objects.get()
    assert answer.status_code == 302 and again(defect).incident == incident.matter
    page = Page(client.get(f"/defects/{defect.pk}/"))
    assert incident.get_absolute_url() in page.links and incident.number in page.text
    assert f"/incidents/log/?defect={defect.pk}" not in page.links
    assert f"/defects/{defect.pk}/" in Page(client.get(incident.get_absolute_url())).links


def test_a_refused_log_links_nothing_and_keeps_the_defect(as_, officer, defect, call):
    page = Page(as_(officer).post(f"/incidents/log/?defect={defect.pk}", call(urgency=None)))
    assert page.status == 422 and not Incident.objects.exists() and again(defect).incident is None


def test_the_second_to_save_is_told_and_writes_no_second_incident(as_, officer, leader, defect, call):
    address = f"/incidents/log/?defect={defect.pk}"
    assert as_(officer).post(address, call()).status_code == 302
    assert as_(leader).post(address, call()).status_code == 409
    assert Incident.objects.count() == 1


def test_the_draft_of_another_call_is_left_alone(as_, officer, defect, call):
    from duty.models import Draft

    Draft.objects.create(person=officer, form="incident", values={"place": "另一处"})
    client = as_(officer)
    assert Page(client.get(f"/incidents/log/?defect={defect.pk}")).values["place"] != "另一处"
    client.post(f"/incidents/log/?defect={defect.pk}", call())
    assert Draft.objects.filter(person=officer).exists()


def test_a_defect_one_does_not_see_grows_into_nothing(as_, outsider, defect, standard):
    assert as_(outsider).get(f"/incidents/log/?defect={defect.pk}").status_code == 404
    assert as_(outsider).get("/incidents/log/?defect=x").status_code == 404
    assert Defect.objects.get().incident is None


def test_a_maintainer_reads_that_it_is_an_incident_but_not_which(as_, officer, house, defect, call):
    maintainer = make_person("程亮", house["ops"], Role.MAINTAINER)
    as_(officer).post(f"/incidents/log/?defect={defect.pk}", call(summary="机房断电"))
    page = Page(as_(maintainer).get(f"/defects/{defect.pk}/"))
    assert Incident.objects.get().get_absolute_url() not in page.links and "机房断电" not in page.text
