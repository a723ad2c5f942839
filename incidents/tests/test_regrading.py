"""Up opens the report clock from that moment, whatever was before; down settles it; the other clock is kept true."""

import datetime as dt

import pytest

from duty.models import Deadline, Matter, Notice
from duty.steps import Conflict
from incidents.models import Incident, Level, Status
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def up(officer):
    def regrade(incident, at, urgency=3, scope=3):
        cell = incident.standard.suggest(urgency, scope)
        incident.regrade(urgency, scope, cell.level, by=officer, at=at, reason="有人受伤")

    return regrade


@pytest.fixture
def down(officer):
    def regrade(incident, at, urgency=1, scope=1):
        cell = incident.standard.suggest(urgency, scope)
        incident.regrade(urgency, scope, cell.level, by=officer, at=at, reason="只是灰尘")

    return regrade


def clocks(incident) -> dict:
    return dict(Deadline.objects.open().filter(matter_id=incident.pk).values_list("kind", "due_at"))


def test_up_after_the_answer_asks_again_and_the_follow_up_goes_on(make_incident, watch, chief, leader, up, clock, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    at = clock(now + 20 * MINUTE)
    up(incident, at)
    assert incident.status == Status.REPORTED
    assert clocks(incident) == {"incidents.report": at + 30 * MINUTE, "incidents.update": now + 120 * MINUTE}
    assert Notice.objects.waiting().filter(recipient__in=[chief, leader]).count() == 2
    assert (Matter.objects.get(pk=incident.pk).badge, Matter.objects.get(pk=incident.pk).gravity) == ("重大", 2)
    at = clock(now + 25 * MINUTE)
    incident.acknowledge(by=chief, at=at)  # again, though it was they who answered before
    assert clocks(incident) == {"incidents.update": at + 60 * MINUTE}
    first, second = incident.reports.all()
    assert (first.acknowledged_at, second.acknowledged_at) == (now, at)
    assert second.clock == 5 * MINUTE


def test_a_note_restarts_the_follow_up_clock_while_the_report_waits_again(
    make_incident, watch, chief, officer, up, clock, now
):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    up(incident, clock(now + 20 * MINUTE))
    at = clock(now + 30 * MINUTE)
    incident.note("救护车已叫", by=officer, at=at)
    assert clocks(incident)["incidents.update"] == at + 60 * MINUTE
    assert clocks(incident)["incidents.report"] == now + 50 * MINUTE


def test_up_and_down_again_after_the_answer_it_stands_as_answered(make_incident, watch, chief, up, down, clock, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    up(incident, clock(now + 10 * MINUTE))
    at = clock(now + 12 * MINUTE)
    down(incident, at)
    assert incident.status == Status.ACKNOWLEDGED and incident.acknowledged_by == chief
    assert clocks(incident) == {}  # 一般 asks for no updates
    assert not Notice.objects.waiting().exists()
    first, second = incident.reports.all()
    assert first.acknowledged_at == now and first.withdrawn_at is None
    assert second.acknowledged_at is None and second.withdrawn_at == at


def test_a_report_that_was_taken_back_is_not_answered_by_a_later_answer(
    make_incident, watch, chief, up, down, clock, now
):
    incident = make_incident()
    down(incident, clock(now + 5 * MINUTE))
    up(incident, clock(now + 10 * MINUTE))
    incident.acknowledge(by=chief, at=clock(now + 15 * MINUTE))
    withdrawn, kept = incident.reports.all()
    assert withdrawn.acknowledged_at is None and withdrawn.withdrawn_at == now + 5 * MINUTE
    assert kept.acknowledged_by == chief


def test_down_to_a_level_still_reported_keeps_the_stricter_clock_and_tells_everyone(
    make_incident, watch, chief, leader, down, clock, now
):
    incident = make_incident(urgency=3, scope=3)
    due = clocks(incident)["incidents.report"]
    down(incident, clock(now + 5 * MINUTE), 3, 2)
    assert incident.status == Status.REPORTED and clocks(incident) == {"incidents.report": due}
    told = Notice.objects.filter(key__startswith="regraded:")
    assert {notice.recipient for notice in told} == {chief, leader}
    assert all("重大" in n.title and "较大" in n.title and n.text == "只是灰尘" for n in told)


def test_down_after_the_answer_takes_the_new_levels_updates(make_incident, watch, chief, down, clock, now):
    incident = make_incident(urgency=3, scope=3)
    incident.acknowledge(by=chief, at=now)
    at = clock(now + 5 * MINUTE)
    down(incident, at, 3, 2)
    assert clocks(incident) == {"incidents.update": at + 120 * MINUTE}


def test_a_standard_may_ask_for_a_report_on_the_lighter_level_only(make_incident, standard, watch, down, clock, now):
    Level.objects.filter(standard=standard, rank=3).update(must_report=False)
    Level.objects.filter(standard=standard, rank=4).update(must_report=True)
    incident = Incident.objects.get(pk=make_incident(level=Level.objects.get(standard=standard, rank=3)).pk)
    assert incident.status == Status.OPEN
    at = clock(now + 5 * MINUTE)
    incident.regrade(1, 1, Level.objects.get(standard=standard, rank=4), by=incident.logged_by, at=at, reason="改标准")
    assert incident.status == Status.REPORTED and clocks(incident) == {"incidents.report": at + 60 * MINUTE}


def test_only_the_scope_changes_and_no_clock_does(make_incident, watch, officer, now):
    incident = make_incident(urgency=3, scope=1)
    before = clocks(incident)
    incident.regrade(3, 2, incident.level, by=officer, at=now, reason="扩大")
    assert clocks(incident) == before and incident.reports.count() == 1


def test_what_is_closed_is_not_regraded(make_incident, watch, officer, chief, up, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    incident.close("好了", by=officer, at=now)
    with pytest.raises(Conflict):
        up(incident, now)


def test_the_page_shows_both_clocks_and_both_reports(make_incident, watch, chief, officer, up, as_, clock, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    up(incident, clock(now + 20 * MINUTE))
    page = Page(as_(officer).get(incident.get_absolute_url()))
    assert page.status == 200 and page.html.count("clock-box") == 2
    assert "较大 → 重大" in page.text and "有人受伤" in page.text
