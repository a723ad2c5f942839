"""The reporter's number is masked until someone who may asks for it; asking leaves a line and lasts a quarter of an hour."""

import datetime as dt

import pytest

from duty.models import Line, Notice
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NUMBER, MASKED = "138 0013 8000", "138****8000"


@pytest.fixture
def incident(make_incident, watch):
    return make_incident(reporter_contact=NUMBER)


def pages(incident) -> dict:
    return {"page": f"/incidents/{incident.pk}/", "paper": f"/incidents/{incident.pk}/paper/"}


def seen(client, incident) -> set:
    """Where the number stands in full."""
    return {name for name, path in pages(incident).items() if NUMBER in client.get(path).content.decode()}


def test_it_is_masked_on_the_page_and_on_paper_and_looking_leaves_no_line(incident, as_, officer, chief, auditor):
    for person in (officer, chief, auditor):
        assert seen(as_(person), incident) == set()
        for path in pages(incident).values():
            assert MASKED in as_(person).get(path).content.decode()
    assert not Line.objects.filter(verb__endswith="reveal_contact").exists()


def test_whoever_asks_sees_it_for_a_quarter_of_an_hour_and_alone(incident, as_, officer, leader, clock, now):
    client = as_(officer)
    answer = client.post(f"/incidents/{incident.pk}/contact/")
    assert answer.status_code == 302 and answer["Location"] == incident.get_absolute_url()
    line = Line.objects.get(verb="incidents.incident.reveal_contact")
    assert (line.who, line.at, line.matter_id) == (officer, now, incident.pk)
    page = Page(client.get(incident.get_absolute_url()))
    assert "tel:13800138000" in page.links and not page.has_form("/contact/")
    assert seen(client, incident) == {"page", "paper"}
    assert seen(as_(leader), incident) == set(), "for that person only"
    clock(now + 15 * MINUTE - dt.timedelta(seconds=1))
    assert seen(client, incident) == {"page", "paper"}
    clock(now + 15 * MINUTE)
    assert seen(client, incident) == set()
    assert Page(client.get(incident.get_absolute_url())).has_form("/contact/")


def test_asked_on_the_paper_form_one_comes_back_to_it(incident, as_, officer):
    client = as_(officer)
    form = Page(client.get(pages(incident)["paper"])).form("/contact/")
    answer = client.post(form.action, form.values)
    assert answer["Location"] == pages(incident)["paper"]
    assert seen(client, incident) == {"page", "paper"}


def test_who_does_not_keep_watch_is_not_offered_it_and_may_not(incident, as_, auditor, manager):
    for person in (auditor, manager):
        for path in pages(incident).values():
            assert not Page(as_(person).get(path)).has_form("/contact/")
        assert as_(person).post(f"/incidents/{incident.pk}/contact/").status_code == 403
    assert not Line.objects.filter(verb__endswith="reveal_contact").exists()


def test_asking_is_no_mere_look(incident, as_, officer):
    assert as_(officer).get(f"/incidents/{incident.pk}/contact/").status_code == 405


def test_one_incidents_number_reveals_no_other(incident, make_incident, as_, officer):
    other = make_incident(reporter_contact=NUMBER)
    client = as_(officer)
    client.post(f"/incidents/{incident.pk}/contact/")
    assert seen(client, other) == set()


def test_a_correction_of_it_is_masked_too_until_asked(incident, as_, officer, leader, now):
    incident.amend("reporter_contact", "139 1111 2222", by=leader, at=now, reason="更正")
    for path in pages(incident).values():
        html = as_(officer).get(path).content.decode()
        assert NUMBER not in html and "139 1111 2222" not in html
        assert MASKED in html and "139****2222" in html
    client = as_(officer)
    client.post(f"/incidents/{incident.pk}/contact/")
    for path in pages(incident).values():
        html = client.get(path).content.decode()
        assert NUMBER in html and "139 1111 2222" in html


def test_the_form_to_correct_it_does_not_give_it_away(incident, as_, officer):
    client, address = as_(officer), f"/incidents/{incident.pk}/amend/reporter_contact/"
    page = Page(client.get(address))
    assert NUMBER not in page.html and MASKED in page.text and page.values["reporter_contact"] == ""
    refused = client.post(address, {"reporter_contact": "139 1111 2222", "reason": ""})
    assert refused.status_code == 422 and NUMBER not in refused.content.decode()
    client.post(f"/incidents/{incident.pk}/contact/")
    assert Page(client.get(address)).values["reporter_contact"] == NUMBER


def test_neither_lists_nor_messages_nor_the_log_carry_it(incident, as_, officer):
    for path in ("/", "/incidents/", "/incidents/?q=配电室", "/incidents/log/", "/notices/", "/calendar/"):
        assert NUMBER not in as_(officer).get(path).content.decode(), path
    assert not Notice.objects.filter(text__contains=NUMBER).exists()


def test_where_none_was_given_there_is_nothing_to_show(make_incident, watch, as_, officer):
    incident = make_incident(reporter_contact="", contact_not_given=True)
    for path in pages(incident).values():
        page = Page(as_(officer).get(path))
        assert "未提供" in page.text and not page.has_form("/contact/")
