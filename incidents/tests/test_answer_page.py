"""The superior's page behind the link in a message: opening it changes nothing, its buttons count as the one it is for."""

import datetime as dt
import re
import uuid

import pytest
from django.core import signing
from django.test import Client
from django.utils.translation import gettext as _

from conftest import make_person
from duty.links import SALT, token_for
from duty.models import Deadline, Line, Notice, Role
from incidents.models import Incident, Status
from scheduling.tests.racing import at_the_same_time
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
GRADED_DOWN = "It was graded down; no answer is needed any more."


@pytest.fixture
def incident(make_incident, watch):
    return make_incident(request="请授权断电", shift=watch)


def link(incident, person) -> str:
    notice = Notice.objects.filter(matter_id=incident.pk, recipient=person).latest("id")
    return f"/i/{token_for(notice.pk, person.pk)}/"


def again(incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def counts(incident) -> tuple:
    return (
        Line.objects.count(), Notice.objects.filter(acknowledged_at__isnull=False).count(),
        Notice.objects.filter(seen_at__isnull=False).count(), Deadline.objects.open().count(), again(incident).status,
    )  # fmt: skip


def test_it_says_what_happened_what_is_asked_and_by_when_without_signing_in(incident, chief):
    page = Page(Client().get(link(incident, chief)))
    assert page.status == 200
    for words in (
        "配电室冒烟",
        "较大",
        "2026-0001",
        "B 座地下一层 配电室",
        "有焦味和轻烟",
        "请电工到场",
        "请授权断电",
        "陈立",
        "00:02",
    ):
        assert words in page.text, words
    assert {button for form in page.forms for button in form.buttons} >= {
        ("verb", "acknowledge"),
        ("kind", "plan"),
        ("kind", "dispatch"),
    }
    assert "tel:01061100000" in page.links
    assert incident.reporter_contact not in page.html and "周敏" in page.text


@pytest.mark.parametrize("times", [1, 3])
def test_opening_it_changes_nothing_however_often_a_mail_scanner_does(incident, chief, times):
    before = counts(incident)
    for _turn in range(times):
        assert Client().get(link(incident, chief)).status_code == 200
        assert Client().head(link(incident, chief)).status_code == 200
    assert counts(incident) == before


def test_the_button_acknowledges_as_the_person_it_is_for(incident, chief, officer, leader):
    address = link(incident, chief)
    answer = Client().post(address, {"verb": "acknowledge"})
    assert answer.status_code == 302 and answer["Location"] == address
    assert (again(incident).status, again(incident).acknowledged_by) == (Status.ACKNOWLEDGED, chief)
    line = Line.objects.get(verb="incidents.incident.acknowledge")
    assert (line.who, line.via) == (chief, "link")
    notice = Notice.objects.get(matter_id=incident.pk, recipient=chief)
    assert (notice.acknowledged_via, notice.released_at) == ("link", None)
    assert Notice.objects.get(matter_id=incident.pk, recipient=leader).released_at is not None
    page = Page(Client().get(address))
    assert ("verb", "acknowledge") not in {button for form in page.forms for button in form.buttons}
    assert any("周敏" in alert for alert in page.alerts)


def test_pressed_twice_it_counts_once(incident, chief):
    address, token = link(incident, chief), str(uuid.uuid4())
    answers = [Client().post(address, {"verb": "acknowledge", "once": token}) for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Line.objects.filter(verb="incidents.incident.acknowledge").count() == 1
    late = Client().post(address, {"verb": "acknowledge"})
    assert late.status_code == 409 and "周敏" in Page(late).text


@pytest.mark.parametrize(
    ("kind", "words"), [("plan", ""), ("dispatch", ""), ("dispatch", "请电工和物业"), ("other", "先断电")]
)
def test_each_instruction_acknowledges_and_reaches_the_watch(incident, chief, officer, kind, words):
    assert Client().post(link(incident, chief), {"kind": kind, "words": words}).status_code == 302
    instruction = again(incident).instructions.get()
    assert (instruction.kind, instruction.words, instruction.by, instruction.via) == (kind, words, chief, "link")
    assert again(incident).acknowledged_by == chief
    assert Notice.objects.filter(recipient=officer, key__startswith="instruction:").exists()
    page = Page(Client().get(link(incident, chief)))
    assert instruction.get_kind_display() in page.text and words in page.text


@pytest.mark.parametrize("typed", [{"kind": "other", "words": " "}, {"kind": "other"}, {"kind": "other", "words": "字" * 501}, {"kind": "bogus", "words": "先断电"}, {}])  # fmt: skip
def test_an_empty_or_unreadable_instruction_is_refused_and_changes_nothing(incident, chief, typed):
    before = counts(incident)
    page = Page(Client().post(link(incident, chief), typed))
    assert page.status == 422 and counts(incident) == before
    if typed.get("kind") == "other":
        assert page.errors["words"] and page.values["words"].strip() == typed.get("words", "").strip()
    assert re.search(r"<details[^>]* open", page.html)


def test_who_is_only_informed_reads_and_cannot_answer(incident, officer, house):
    friend = make_person("知会人", house["sales"])
    Notice.objects.create(recipient=friend, key="cc", title="知会", matter_id=incident.pk)
    address, before = link(incident, friend), counts(incident)
    page = Page(Client().get(address))
    assert page.status == 200 and not page.forms
    for typed in ({"verb": "acknowledge"}, {"kind": "plan"}, {"kind": "other", "words": "随便说说"}):
        assert Client().post(address, typed).status_code == 403
    assert counts(incident) == before


def test_whoever_was_asked_may_answer_from_a_later_message_too(incident, chief, officer, now, clock):
    """A regrading between two levels that are reported only informs; the answer is still asked of them."""
    at = clock(now + MINUTE)
    incident.regrade(2, 3, incident.standard.by_rank[3], by=officer, at=at, reason="范围更大")
    assert not Notice.objects.filter(recipient=chief).latest("id").needs_acknowledgement
    assert Client().post(link(incident, chief), {"verb": "acknowledge"}).status_code == 302


def test_in_the_hands_of_someone_else_who_is_signed_in_it_only_shows(incident, as_, chief, officer, outsider):
    before = counts(incident)
    for person in (officer, outsider):
        page = Page(as_(person).get(link(incident, chief)))
        assert chief.name in page.text and person.name in page.text and not page.forms
        for typed in ({"verb": "acknowledge"}, {"kind": "other", "words": "先断电"}):
            assert as_(person).post(link(incident, chief), typed).status_code == 403
    assert counts(incident) == before
    assert as_(chief).post(link(incident, chief), {"kind": "other", "words": "先断电"}).status_code == 302
    assert {line.who for line in Line.objects.filter(via="link")} == {chief}


# Links that are no good


def test_an_old_a_forged_and_a_foreign_link_lead_nowhere(incident, chief, leader, officer):
    notice = Notice.objects.get(matter_id=incident.pk, recipient=chief)

    class Aged(signing.TimestampSigner):
        def timestamp(self):
            return signing.b62_encode(int(signing.time.time()) - 7 * 24 * 3600 - 5)

    good = token_for(notice.pk, chief.pk)
    payload = signing.loads(good, salt=SALT)
    aged = Aged(salt=SALT).sign_object(payload)
    other_salt = signing.dumps([notice.pk, chief.pk], salt="duty.other")
    wrong = [aged, good[:-1] + ("A" if good[-1] != "A" else "B"), good[:-9], "x", other_salt, token_for(notice.pk, leader.pk), token_for(10**9, chief.pk)]  # fmt: skip
    for token in wrong:
        for ask in (Client().get, Client().post):
            assert ask(f"/i/{token}/", {"verb": "acknowledge"}).status_code == 410, token
    assert again(incident).status == Status.REPORTED
    assert Client().get(f"/i/{good}/").status_code == 200


def test_the_link_of_someone_who_left_is_dead(incident, chief, now):
    address = link(incident, chief)
    type(chief).objects.filter(pk=chief.pk).update(employed_until=now.date() - dt.timedelta(days=1))
    assert Client().get(address).status_code == Client().post(address, {"verb": "acknowledge"}).status_code == 410
    assert again(incident).status == Status.REPORTED


def test_a_link_about_another_matter_is_not_answered_here(incident, watch, chief):
    notice = Notice.objects.create(recipient=chief, key="shift", title="班次", matter_id=watch.pk)
    assert Client().get(f"/i/{token_for(notice.pk, chief.pk)}/").status_code == 410


# After something else has happened


def test_after_someone_else_acknowledged_it_says_who_and_an_instruction_still_counts(incident, chief, leader, now):
    incident.acknowledge(by=leader, at=now)
    page = Page(Client().get(link(incident, chief)))
    assert any("何佳" in alert for alert in page.alerts)
    stale = Page(Client().post(link(incident, chief), {"verb": "acknowledge"}))
    assert stale.status == 409 and "何佳" in stale.text
    assert "有焦味和轻烟" in stale.text and incident.get_absolute_url() not in stale.links, (
        "no way to a page that asks to sign in"
    )
    assert Client().post(link(incident, chief), {"kind": "other", "words": "先断电"}).status_code == 302
    assert again(incident).acknowledged_by == leader and again(incident).instructions.get().by == chief


def test_after_it_was_closed_it_says_so_and_keeps_what_was_typed(incident, chief, leader, officer, now):
    address = link(incident, chief)
    incident.acknowledge(by=leader, at=now)
    incident.close("已断电检修", by=officer, at=now)
    page = Page(Client().get(address))
    assert "已断电检修" in page.text and not page.forms
    for typed in ({"verb": "acknowledge"}, {"kind": "other", "words": "请物业马上到场"}):
        stale = Page(Client().post(address, typed))
        assert stale.status == 409 and "已断电检修" in stale.text and typed.get("words", "") in stale.html
    assert again(incident).status == Status.CLOSED and not again(incident).instructions.exists()


def test_after_it_was_graded_down_it_says_so(incident, chief, officer, now):
    address = link(incident, chief)
    incident.regrade(1, 1, incident.standard.by_rank[4], by=officer, at=now, reason="只是灰尘")
    page = Page(Client().get(address))
    assert _(GRADED_DOWN) in page.alerts
    assert ("verb", "acknowledge") not in {button for form in page.forms for button in form.buttons}
    assert Client().post(address, {"verb": "acknowledge"}).status_code == 409
    assert again(incident).status == Status.OPEN


def test_a_message_about_an_incident_never_reported_does_not_speak_of_grading_down(
    make_incident, watch, officer, leader, now
):
    plain = make_incident(urgency=1, scope=1)
    plain.instruct("other", "留意一下", by=leader, at=now)
    page = Page(Client().get(link(plain, officer)))
    assert page.status == 200 and "留意一下" in page.text and _(GRADED_DOWN) not in page.alerts


def test_a_duty_room_without_a_number_is_called_back_by_the_officers(make_incident, officer, chief):
    incident = make_incident()  # no watch, so no post
    assert f"tel:{officer.mobile}" in Page(Client().get(link(incident, chief))).links


@pytest.mark.django_db(transaction=True)
def test_two_links_pressed_at_once_one_counts_and_the_other_sees_who(incident, chief, leader):
    one, other = link(incident, chief), link(incident, leader)
    answers = at_the_same_time(
        lambda: Client().post(one, {"verb": "acknowledge"}), lambda: Client().post(other, {"verb": "acknowledge"})
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Line.objects.filter(verb="incidents.incident.acknowledge").count() == 1


def test_a_leader_told_for_information_may_answer(incident, house, now):
    other = make_person("副职", house["ops"], Role.LEADER)
    Notice.objects.create(recipient=other, key="cc", title="知会", matter_id=incident.pk)
    assert Client().post(link(incident, other), {"verb": "acknowledge"}).status_code == 302
