"""What is done on an incident's page: who may, what is refused and kept, and what a page that is out of date is told."""

import uuid
from functools import partial

import pytest
from django.utils.translation import gettext as _

from duty.models import Deadline, Line, Notice
from incidents.models import Incident, Status
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db

# verb: a form that is good, the states in which it fits
FORMS = {
    "acknowledge": ({}, {"reported"}),
    "instruct": ({"kind": "other", "words": "请物业到场协助"}, {"open", "reported", "acknowledged"}),
    "press": ({}, {"reported"}),
    "phone": ({"superior": "chief", "words": "知道了,先断电"}, {"reported"}),
    "note": ({"text": "电工已到场"}, {"open", "reported", "acknowledged"}),
    "regrade": (
        {"regrade-urgency": "3", "regrade-scope": "3", "regrade-level": "", "regrade-reason": "有人受伤"},
        {"open", "reported", "acknowledged"},
    ),
    "close": ({"result": "已断电检修,恢复供电"}, {"open", "acknowledged"}),
    "reopen": ({"reopen-reason": "又冒烟了"}, {"closed"}),
    "contact": ({}, {"open", "reported", "acknowledged", "closed"}),
}
ASKED_ONLY = {"acknowledge", "instruct"}  # a leader's or whoever is asked; the officer's own are all others


@pytest.fixture
def incident_in(make_incident, watch, officer, chief, now):
    """An incident in a state, by the way it gets there."""

    def make(state) -> Incident:
        incident = make_incident() if state != "open" else make_incident(urgency=1, scope=1)
        if state in ("acknowledged", "closed"):
            incident.acknowledge(by=chief, at=now)
        if state == "closed":
            incident.close("好了", by=officer, at=now)
        return Incident.objects.get(pk=incident.pk)

    return make


def send(client, incident, verb, chief=None, **changes):
    values = {name: chief.pk if value == "chief" else value for name, value in FORMS[verb][0].items()} | changes
    return client.post(f"/incidents/{incident.pk}/{verb}/", values)


@pytest.mark.parametrize("state", ["open", "reported", "acknowledged", "closed"])
@pytest.mark.parametrize("verb", FORMS)
def test_in_each_state_a_verb_is_taken_or_the_page_is_out_of_date(incident_in, as_, officer, chief, verb, state):
    incident = incident_in(state)
    lines = Line.objects.of(incident.pk).count()
    person = chief if verb in ASKED_ONLY else officer
    answer = send(as_(person), incident, verb, chief)
    if state in FORMS[verb][1]:
        assert answer.status_code == 302, f"{verb} in {state}"
        assert Line.objects.of(incident.pk).count() > lines
    else:
        assert answer.status_code == 409, f"{verb} in {state}"
        page = Page(answer)
        assert incident.get_absolute_url() in page.links, "it leads back to how it stands now"
        for value in FORMS[verb][0].values():
            if not str(value).isascii() and value != "chief":
                assert value in page.html, "what was typed is still there to copy"
        assert Line.objects.of(incident.pk).count() == lines
        assert Incident.objects.get(pk=incident.pk).status == incident.status


@pytest.mark.parametrize("verb", FORMS)
def test_who_only_looks_on_may_not(incident_in, as_, auditor, manager, outsider, chief, verb):
    incident = incident_in("closed" if verb == "reopen" else "reported")
    lines = Line.objects.of(incident.pk).count()
    for person, status in ((auditor, 403), (manager, 403), (outsider, 404)):
        assert send(as_(person), incident, verb, chief).status_code == status
        assert as_(person).get(f"/incidents/{incident.pk}/{verb}/").status_code in (403, 405)
    assert Line.objects.of(incident.pk).count() == lines


def test_the_page_offers_only_what_one_may_do_now(incident_in, as_, officer, auditor, chief):
    offered = {}
    for state in ("reported", "closed"):
        incident = incident_in(state)
        for person in (officer, auditor, chief):
            page = Page(as_(person).get(incident.get_absolute_url()))
            offered[state, person.name] = {verb for verb in FORMS if page.has_form(f"/incidents/{incident.pk}/{verb}/")}
    handling = {"press", "phone", "note", "regrade", "contact"}
    assert offered["reported", officer.name] == handling
    assert offered["reported", chief.name] == handling | {"acknowledge", "instruct"}
    assert offered["closed", officer.name] == offered["closed", chief.name] == {"reopen", "contact"}
    assert offered["reported", auditor.name] == offered["closed", auditor.name] == set()


@pytest.mark.parametrize("verb", ["acknowledge", "instruct", "press", "phone", "note", "close"])
def test_the_same_form_sent_twice_does_it_once(incident_in, as_, officer, chief, verb):
    incident = incident_in("acknowledged" if verb == "close" else "reported")
    client, token = as_(chief if verb in ASKED_ONLY else officer), str(uuid.uuid4())
    before = Line.objects.of(incident.pk).count()
    first = send(client, incident, verb, chief, once=token)
    after = Line.objects.of(incident.pk).count()
    second = send(client, incident, verb, chief, once=token)
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert after > before and Line.objects.of(incident.pk).count() == after


REFUSED = [
    ("instruct", {"words": ""}, "words"),
    ("instruct", {"words": "  "}, "words"),
    ("instruct", {"words": "字" * 501}, "words"),
    ("note", {"text": ""}, "text"),
    ("note", {"text": "字" * 2001}, "text"),
    ("note", {"text": "a\x00b"}, "text"),
    ("note", {"happened_at": "2026-11-23 01:00"}, "happened_at"),
    ("note", {"happened_at": "1949-10-01 15:00"}, "happened_at"),
    ("note", {"happened_at": "刚才"}, "happened_at"),
    ("regrade", {"regrade-reason": ""}, "regrade-reason"),
    ("regrade", {"regrade-reason": "字" * 201}, "regrade-reason"),
    ("regrade", {"regrade-urgency": "7"}, "regrade-urgency"),
    ("regrade", {"regrade-scope": ""}, "regrade-scope"),
    ("regrade", {"regrade-level": "999999"}, "regrade-level"),
    ("phone", {"superior": ""}, "superior"),
    ("phone", {"superior": "999999"}, "superior"),
    ("phone", {"words": ""}, "words"),
    ("close", {"result": " "}, "result"),
    ("close", {"result": "字" * 2001}, "result"),
    ("reopen", {"reopen-reason": ""}, "reopen-reason"),
]


@pytest.mark.parametrize(("verb", "typed", "field"), REFUSED)
def test_a_refused_form_says_so_beside_the_field_and_keeps_the_rest(
    incident_in, as_, officer, chief, verb, typed, field
):
    incident = incident_in({"close": "acknowledged", "reopen": "closed"}.get(verb, "reported"))
    lines = Line.objects.of(incident.pk).count()
    answer = send(as_(chief if verb == "instruct" else officer), incident, verb, chief, **typed)
    page = Page(answer)
    assert page.status == 422
    assert page.errors.get(field) or page.errors.get(field.rpartition("-")[2]), page.errors
    form = page.form(f"/incidents/{incident.pk}/{verb}/")
    kept = {name: value for name, value in (FORMS[verb][0] | typed).items() if name not in ("kind", "superior")}
    for name, value in kept.items():
        offered = name != field or name.rpartition("-")[2] not in ("urgency", "scope", "level")
        if offered and "\x00" not in value:
            assert form.values.get(name, "") == value, name
    assert '<details class="fold" open><summary>' in page.html or verb == "note"
    assert Line.objects.of(incident.pk).count() == lines
    assert Incident.objects.get(pk=incident.pk).status == incident.status


def test_its_own_level_is_no_new_level(incident_in, as_, officer):
    incident = incident_in("reported")
    page = Page(send(as_(officer), incident, "regrade", **{"regrade-scope": "2"}))
    assert page.status == 422 and page.errors[""]
    assert not Line.objects.filter(verb="incidents.incident.regrade").exists()


def test_two_who_regrade_from_the_same_page_the_second_is_told(incident_in, as_, officer, leader):
    incident = incident_in("reported")
    page = Page(as_(officer).get(incident.get_absolute_url()))
    shown = page.form("/regrade/").values
    assert send(as_(leader), incident, "regrade", **{"regrade-was": shown["regrade-was"]}).status_code == 302
    answer = send(as_(officer), incident, "regrade", **{"regrade-was": shown["regrade-was"], "regrade-urgency": "4"})
    assert answer.status_code == 409 and "有人受伤" in answer.content.decode()
    assert Line.objects.filter(verb="incidents.incident.regrade").count() == 1


def test_acknowledging_twice_from_two_pages_is_told_kindly(incident_in, as_, chief, leader):
    incident = incident_in("reported")
    assert send(as_(chief), incident, "acknowledge").status_code == 302
    again = send(as_(chief), incident, "acknowledge")
    assert again.status_code == 409 and "您已确认" in again.content.decode()
    other = Page(send(as_(leader), incident, "acknowledge"))
    assert other.status == 409 and "周敏" in other.text


def test_whoever_was_asked_may_acknowledge_wherever_they_are(incident_in, as_, house, head, officer, chief):
    boss = head.__class__.objects.get(pk=head.pk)
    incident = incident_in("reported")
    Notice.objects.filter(recipient=chief).update(recipient=boss)
    boss.grants.all().delete()
    page = Page(as_(boss).get(incident.get_absolute_url()))
    assert page.has_form("/acknowledge/") and not page.has_form("/note/")
    assert send(as_(boss), incident, "acknowledge").status_code == 302


def test_pressing_tells_those_who_have_not_answered_once_more(incident_in, as_, officer, chief, leader, clock, now):
    incident = incident_in("reported")
    clock("2026-11-22 23:10")
    assert send(as_(officer), incident, "press").status_code == 302
    pressed = Notice.objects.filter(key__startswith="press:")
    assert {notice.recipient for notice in pressed} == {chief, leader}
    assert all(
        notice.needs_acknowledgement and notice.urgency == "urgent" and "陈立" in notice.title for notice in pressed
    )
    line = Line.objects.get(verb="incidents.incident.press")
    assert {*line.text.split("、")} == {"周敏", "何佳"}


def test_pressing_where_nobody_can_be_reached_says_so(incident_in, as_, officer, chief, leader):
    incident = incident_in("reported")
    type(chief).objects.filter(pk__in=[chief.pk, leader.pk]).update(mail="")
    client = as_(officer)
    send(client, incident, "press")
    page = Page(client.get(incident.get_absolute_url()))
    assert not Notice.objects.filter(key__startswith="press:").exists()
    assert not any(_("They were told once more. Use the phone as well.") in alert for alert in page.alerts)
    assert any(_("Nobody who is asked can be reached by message. Use the phone.") in alert for alert in page.alerts)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_acknowledge_at_once_one_does_and_the_others_are_told(incident_in, chief, leader, head):
    incident = incident_in("reported")
    clients = [signed_in(person) for person in (chief, leader, head)]
    answers = at_the_same_time(*(partial(send, client, incident, "acknowledge") for client in clients))
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409]
    assert Line.objects.filter(verb="incidents.incident.acknowledge").count() == 1
    assert Deadline.objects.filter(kind="incidents.report").exclude(settled_by=None).count() == 1
    assert Deadline.objects.open().filter(kind="incidents.update").count() == 1
    assert not Notice.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_a_press_and_an_answer_at_once_leave_nobody_asked(incident_in, officer, chief, leader):
    for _turn in range(4):
        incident = incident_in("reported")
        one, other = signed_in(officer), signed_in(chief)
        pressed, answered = at_the_same_time(
            partial(send, one, incident, "press"), partial(send, other, incident, "acknowledge")
        )
        assert answered.status_code == 302 and pressed.status_code in (302, 409)
        assert Incident.objects.get(pk=incident.pk).status == Status.ACKNOWLEDGED
        assert not Notice.objects.filter(matter_id=incident.pk).waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_two_instructions_at_once_both_reach_the_watch(incident_in, chief, leader):
    incident = incident_in("reported")
    one, other = signed_in(chief), signed_in(leader)
    answers = at_the_same_time(
        lambda: send(one, incident, "instruct", words="先断电"),
        lambda: send(other, incident, "instruct", words="请物业到场"),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert incident.instructions.count() == 2
