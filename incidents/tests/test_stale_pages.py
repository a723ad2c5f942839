"""Nobody answers for what they have not seen, and nobody corrects over another's correction."""

import pytest
from django.test import Client
from django.utils.translation import gettext as _

from duty.clock import MINUTE
from duty.links import token_for
from duty.models import Deadline, Notice, Person
from incidents.models import Incident, Status
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def once_more() -> str:
    words = "It was reported once more since you opened this page, as “%(level)s”. Look at it, then answer."
    return _(words) % {"level": "特别重大"}


@pytest.fixture
def incident(make_incident, watch):
    return make_incident(shift=watch)


def link(incident, person) -> str:
    notice = Notice.objects.filter(matter_id=incident.pk, recipient=person).latest("id")
    return f"/i/{token_for(notice.pk, person.pk)}/"


def hidden(page: str, name: str = "report") -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def grade_up(incident, officer, at):
    incident.regrade(4, 4, incident.standard.by_rank[1], by=officer, at=at, reason="有人被困")


@pytest.mark.parametrize("typed", [{"verb": "acknowledge"}, {"kind": "plan"}, {"kind": "other", "words": "先断电"}])
def test_a_link_page_from_before_a_regrading_answers_nothing(incident, chief, officer, now, clock, typed):
    seen = hidden(Client().get(link(incident, chief)).content.decode())
    grade_up(incident, officer, clock(now + MINUTE))
    answer = Client().post(link(incident, chief), typed | {"report": seen})
    assert answer.status_code == 409 and once_more() in Page(answer).text
    assert typed.get("words", "") in Page(answer).text
    assert Incident.objects.get().status == Status.REPORTED
    assert Deadline.objects.open().filter(kind="incidents.report").exists()
    again = hidden(answer.content.decode())
    assert again != seen
    assert Client().post(link(incident, chief), typed | {"report": again}).status_code == 302
    assert Incident.objects.get().status == Status.ACKNOWLEDGED


@pytest.mark.parametrize("verb", ["acknowledge", "instruct", "phone"])
def test_the_incident_page_from_before_a_regrading_answers_nothing(
    incident, chief, leader, officer, as_, now, clock, verb
):
    person = officer if verb == "phone" else leader
    seen = hidden(as_(person).get(f"/incidents/{incident.pk}/").content.decode())
    grade_up(incident, officer, clock(now + MINUTE))
    typed = {"kind": "plan", "words": "好", "superior": chief.pk, "report": seen}
    answer = as_(person).post(f"/incidents/{incident.pk}/{verb}/", typed)
    assert answer.status_code == 409 and once_more() in Page(answer).text
    assert Incident.objects.get().status == Status.REPORTED


def test_the_link_page_hears_of_what_happens(incident, chief, officer, now, clock):
    live = link(incident, chief) + "live/"
    assert f'data-live="{live}"' in Client().get(link(incident, chief)).content.decode()
    before = Client().get(live).json()["stamp"]
    assert Client().get(live).json()["stamp"] == before
    incident.note("消防到场", by=officer, at=clock(now + MINUTE))
    assert Client().get(live).json()["stamp"] != before
    Person.objects.filter(pk=chief.pk).update(employed_until="2020-01-01")
    assert Client().get(live).status_code == 410


def test_the_link_page_speaks_its_persons_language(incident, chief):
    Person.objects.filter(pk=chief.pk).update(language="zh-hans")
    assert "确认收到" in Client(headers={"accept-language": "en"}).get(link(incident, chief)).content.decode()


def test_of_two_who_correct_the_same_thing_the_second_is_told(incident, officer, leader, as_):
    address = f"/incidents/{incident.pk}/amend/place/"
    seen = hidden(as_(leader).get(address).content.decode(), "was")
    assert as_(officer).post(address, {"place": "B 楼", "reason": "听错", "was": seen}).status_code == 302
    answer = as_(leader).post(address, {"place": "C 楼", "reason": "听错", "was": seen})
    assert answer.status_code == 409 and "C 楼" in Page(answer).text
    assert Incident.objects.get().place == "B 楼"


def test_the_mark_of_a_number_tells_nothing_of_it(incident, officer, as_):
    page = as_(officer).get(f"/incidents/{incident.pk}/amend/reporter_contact/").content.decode()
    assert hidden(page, "was") and "0013" not in page
