"""A6–A10: one call, one screen, one save."""

import datetime as dt
import uuid

import pytest

from conftest import local, make_person
from duty.models import Draft, Line, Notice, Role
from incidents.models import DutyLine, Incident, Status
from scheduling.models import Post, Shift
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LOG = "/incidents/log/"


def test_one_save_writes_grades_reports_and_numbers_the_call(call, as_, officer, chief, now, watch, line, nature):
    answer = as_(officer).post(LOG, call())
    incident = Incident.objects.get()
    assert answer.status_code == 302 and answer["Location"] == incident.get_absolute_url()
    assert (incident.number, incident.status, incident.level.name) == ("2026-0001", Status.REPORTED, "较大")
    assert (incident.received_at, incident.logged_at) == (now - MINUTE, now)
    assert (incident.logged_by, incident.unit, incident.shift, incident.line, incident.nature) == (
        officer, officer.unit, watch, line, nature,
    )  # fmt: skip
    assert (incident.reporter_name, incident.reporter_contact) == ("张强", "138 0013 8000")
    assert incident.scene.splitlines() == ["有焦味和轻烟", "未见明火"]
    assert not incident.is_late_entry and incident.event_at is None and incident.answer_seconds is None
    assert Notice.objects.filter(recipient=chief, needs_acknowledgement=True).count() == 1
    said = Page(as_(officer).get(incident.get_absolute_url()))
    assert "配电室冒烟" in said.text and "补录" not in said.text


def test_the_page_says_the_number_and_by_when_the_superior_answers(call, as_, officer):
    client = as_(officer)
    page = Page(client.post(LOG, call(), follow=True))
    assert any("2026-0001" in alert and "00:01" in alert for alert in page.alerts)


def test_an_ordinary_call_is_saved_without_a_report(call, as_, officer):
    page = Page(as_(officer).post(LOG, call(urgency="1", scope="1"), follow=True))
    assert any("2026-0001" in alert for alert in page.alerts)
    assert Incident.objects.get().status == Status.OPEN and not Notice.objects.exists()


def test_the_received_time_is_filled_in_to_the_minute(call, as_, officer, clock):
    clock("2026-11-22 23:02:41")
    page = Page(as_(officer).get(LOG))
    assert page.values["received_at"] == "2026-11-22 23:02"
    saved = as_(officer).post(LOG, call(received_at=page.values["received_at"]))
    assert saved.status_code == 302 and Incident.objects.get().received_at == local("2026-11-22 23:02")


def test_times_are_read_as_a_hurried_hand_types_them(call, as_, officer):
    assert as_(officer).post(LOG, call(received_at="2258", event_at="11-22 22:50")).status_code == 302
    incident = Incident.objects.get()
    assert (incident.received_at, incident.event_at) == (local("2026-11-22 22:58"), local("2026-11-22 22:50"))


def test_just_past_midnight_a_time_of_last_night_is_last_night(call, as_, officer, clock, watch):
    clock("2026-11-23 00:04")
    assert as_(officer).post(LOG, call(received_at="23:58")).status_code == 302
    assert Incident.objects.get().received_at == local("2026-11-22 23:58")


def test_not_given_is_a_choice_and_a_name_outweighs_it(call, as_, officer):
    client = as_(officer)
    assert client.post(LOG, call(reporter_name="", reporter_contact="", name_not_given="on", contact_not_given="on")).status_code == 302  # fmt: skip
    first = Incident.objects.get()
    assert first.name_not_given and first.contact_not_given and first.reporter_name == ""
    assert client.post(LOG, call(name_not_given="on", contact_not_given="on")).status_code == 302
    second = Incident.objects.latest("pk")
    assert not second.name_not_given and not second.contact_not_given and second.reporter_name == "张强"


def test_what_is_written_down_late_is_marked_and_tells_when_it_was(call, as_, officer, now):
    page = Page(as_(officer).post(LOG, call(received_at="22:46"), follow=True))
    incident = Incident.objects.get()
    assert incident.is_late_entry and incident.entry_lag == 16 * MINUTE
    assert "补录" in page.text and "16 分钟" in page.text
    assert Line.objects.get(verb="incidents.incident.log").happened_at == now - 16 * MINUTE


def test_fifteen_minutes_are_not_yet_late(call, as_, officer):
    as_(officer).post(LOG, call(received_at="22:47"))
    assert not Incident.objects.get().is_late_entry


def test_ring_and_answer_time_are_kept(call, as_, officer, clock, now):
    opened = now - dt.timedelta(seconds=90)
    as_(officer).post(LOG, call(ring_seconds="12", opened=opened.isoformat()))
    incident = Incident.objects.get()
    assert (incident.answered_at, incident.answer_seconds) == (opened, 12)
    assert incident.rang_at == opened - dt.timedelta(seconds=12)


def test_a_call_noted_down_later_was_answered_when_it_was_received(call, as_, officer, now):
    as_(officer).post(LOG, call(received_at="22:40", ring_seconds="0", opened=now.isoformat()))
    incident = Incident.objects.get()
    assert incident.answered_at == incident.received_at == incident.rang_at


def test_a_ring_time_is_kept_without_a_line(call, as_, officer):
    as_(officer).post(LOG, call(line="", ring_seconds="9"))
    assert Incident.objects.get().answer_seconds == 9


@pytest.mark.parametrize("opened", ["now", "2026-13-45", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "\x00"])
def test_what_a_script_left_unreadable_does_not_stop_the_save(call, as_, officer, opened):
    assert as_(officer).post(LOG, call(opened=opened, ring_seconds="5")).status_code == 302
    incident = Incident.objects.get()
    assert incident.answered_at == incident.received_at


def test_what_is_asked_of_the_superior_goes_with_the_report(call, as_, officer):
    as_(officer).post(LOG, call(request_text="请授权断电"))
    assert Incident.objects.get().reports.get().request == "请授权断电"


# The same form twice


def test_the_same_form_sent_twice_is_one_incident(call, as_, officer):
    client, token = as_(officer), str(uuid.uuid4())
    first, second = (client.post(LOG, call(once=token)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


def test_a_refused_form_may_be_sent_again_when_it_is_right(call, as_, officer):
    client, token = as_(officer), str(uuid.uuid4())
    assert client.post(LOG, call(once=token, place="")).status_code == 422
    assert client.post(LOG, call(once=token)).status_code == 302
    assert Incident.objects.count() == 1


# Drafts


def test_a_draft_comes_back_and_is_gone_after_saving(call, as_, officer, clock):
    client = as_(officer)
    Draft.objects.create(
        person=officer, form="incident",
        values={"place": "大堂", "urgency": "3", "received_at": "2026-11-22 22:57", "opened": "x", "name_not_given": "on"},
    )  # fmt: skip
    page = Page(client.get(LOG))
    assert page.values["place"] == "大堂" and page.values["urgency"] == "3" and "name_not_given" in page.values
    assert page.values["received_at"] == "2026-11-22 22:57" and page.values["opened"] != "x"
    assert client.post(LOG, call(place="")).status_code == 422
    assert Draft.objects.exists()
    client.post(LOG, call())
    assert not Draft.objects.exists()
    assert Page(client.get(LOG)).values["place"] == ""


def test_a_draft_belongs_to_the_one_who_typed_it(call, as_, officer, leader):
    Draft.objects.create(person=officer, form="incident", values={"place": "大堂"})
    assert Page(as_(leader).get(LOG)).values["place"] == ""


# Who, and for which unit


def test_without_a_standard_the_log_leads_to_it(house, officer, as_, now):
    for ask in (as_(officer).get, as_(officer).post):
        answer = ask(LOG)
        assert answer.status_code == 302 and answer["Location"] == "/standard/"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.MAINTAINER, Role.PERSONNEL, None])
def test_who_does_not_keep_watch_does_not_log(call, as_, house, role):
    person = make_person("旁人", house["ops"], role)
    for ask in (as_(person).get, as_(person).post):
        assert ask(LOG, call()).status_code == 403
    assert not Incident.objects.exists()


def test_on_watch_at_another_units_post_it_is_logged_there(call, as_, house, officer, manager, now):
    helper = make_person("帮手", house["sales"], Role.OFFICER, on=house["ops"])
    post = Post.objects.create(unit=house["ops"], name="分值班室", order=9)
    shift = Shift(post=post, name="支援", starts_at=now - MINUTE, ends_at=now + 60 * MINUTE)
    shift.plan([("primary", helper)], by=manager, at=now)
    assert as_(helper).post(LOG, call()).status_code == 302
    assert Incident.objects.get().unit == house["ops"]


def test_whose_role_is_on_another_unit_than_their_own_logs_for_that_unit(call, as_, house):
    helper = make_person("借调", house["sales"], Role.OFFICER, on=house["ops"])
    assert as_(helper).get(LOG).status_code == 200
    assert as_(helper).post(LOG, call()).status_code == 302
    assert Incident.objects.get().unit == house["ops"]


def test_on_watch_without_a_role_there_it_is_logged_for_the_own_unit(call, as_, house, manager, now, outsider):
    shift = Shift(
        post=Post.objects.create(unit=house["ops"], name="分值班室", order=9), name="支援",
        starts_at=now - MINUTE, ends_at=now + 60 * MINUTE,
    )  # fmt: skip
    shift.plan([("primary", outsider)], by=manager, at=now)
    assert as_(outsider).post(LOG, call(line="")).status_code == 302
    assert Incident.objects.get().unit == house["sales"]


def test_the_lines_offered_are_those_that_ring_around_the_unit(call, as_, house, officer, line):
    above = DutyLine.objects.create(unit=house["top"], name="总机")
    DutyLine.objects.create(unit=house["sales"], name="销售热线")
    DutyLine.objects.create(unit=house["ops"], name="旧线", is_active=False)
    html = as_(officer).get(LOG).content.decode()
    assert line.name in html and above.name in html
    assert "销售热线" not in html and "旧线" not in html


def test_the_watch_and_the_superior_are_within_reach(call, as_, officer, leader, chief):
    links = Page(as_(officer).get(LOG)).links
    assert f"tel:{leader.mobile}" in links and f"tel:{chief.mobile}" in links and f"tel:{officer.mobile}" not in links
