"""A15, A45: the superior hears at once, the hour runs, silence climbs."""

import datetime as dt

import pytest

from conftest import make_person
from duty.models import Deadline, Firing, Line, Matter, Notice, Role
from duty.steps import Conflict
from duty.sweeping import sweep
from incidents.models import Status
from scheduling.models import Shift

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_a_major_incident_is_logged_reported_and_told_in_one_breath(make_incident, watch, now, chief, leader):
    incident = make_incident()
    assert incident.number == "2026-0001"
    assert incident.status == Status.REPORTED
    deadline = Deadline.objects.get(matter=incident.matter_id)
    assert deadline.due_at == incident.received_at + 60 * MINUTE
    assert deadline.fires_at == deadline.due_at - 30 * MINUTE
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"何佳", "周敏"}
    notice = Notice.objects.get(recipient=chief)
    assert notice.needs_acknowledgement and notice.urgency == "urgent"
    assert notice.title.startswith("[较大] 配电室冒烟") and "00:02" in notice.title
    assert "B 座地下一层 配电室" in notice.text
    assert notice.deliveries.get().state == "queued"
    matter = Matter.objects.get(pk=incident.pk)
    assert (matter.number, matter.badge, matter.gravity) == ("2026-0001", "较大", 3)
    verbs = list(Line.objects.of(incident.pk).values_list("verb", flat=True))
    assert verbs == ["incidents.incident.log", "incidents.incident.report"]


@pytest.mark.django_db
def test_an_ordinary_incident_owes_no_report(make_incident, watch):
    incident = make_incident(urgency=2, scope=1)
    assert incident.status == Status.OPEN
    assert not Deadline.objects.exists() and not Notice.objects.exists()


@pytest.mark.django_db
def test_beyond_the_watchs_ability_is_reported_whatever_its_level(make_incident, watch):
    incident = make_incident(urgency=1, scope=1, beyond_ability=True)
    assert incident.status == Status.REPORTED
    assert incident.reports.get().cause == "ability"


@pytest.mark.django_db
def test_acknowledging_stops_the_hour_and_starts_the_follow_up(make_incident, watch, chief, officer, clock, now):
    incident = make_incident()
    at = clock(now + 5 * MINUTE)
    incident.acknowledge(by=chief, at=at)
    report = Deadline.objects.get(kind="incidents.report")
    assert (report.settled_at, report.settled_as, report.settled_by, report.fires_at) == (at, "kept", chief, None)
    update = Deadline.objects.get(kind="incidents.update")
    assert update.due_at == at + 120 * MINUTE
    assert incident.reports.get().acknowledged_by == chief
    assert Notice.objects.filter(recipient=officer, title__contains="周敏").exists()


@pytest.mark.django_db
def test_silence_climbs_the_ladder_level_by_level(make_incident, watch, clock, now, chief, head):
    incident = make_incident()
    due = incident.received_at + 60 * MINUTE
    told = []
    for minutes in (-30, -10, 0, 20, 60, 90):
        clock(due + minutes * MINUTE - dt.timedelta(seconds=1))
        assert sweep() == 0
        clock(due + minutes * MINUTE)
        assert sweep() == 1
        told.append(Firing.objects.order_by("-id").first().told)
    assert told == [["何佳", "周敏", "陈立"]] * 2 + [["周敏"]] + [["高远"]] * 3
    assert Deadline.objects.get().fires_at == due + 120 * MINUTE


@pytest.mark.django_db
def test_a_level_that_resolves_to_nobody_is_recorded_and_passed_at_once(make_incident, officer, chief, now, clock):
    officer.superior = None
    officer.save()  # and there is no watch, so no leader either
    make_incident()
    first = Firing.objects.get()
    assert (first.action, first.outcome, first.told) == ("tell", "nobody", [])
    assert sweep() == 1
    second = Firing.objects.order_by("-id").first()
    assert (second.action, second.outcome, second.told) == ("escalate", "told", ["周敏"])


@pytest.mark.django_db
def test_someone_who_left_is_unreachable_and_their_deputy_hears_instead(make_incident, officer, chief, leader, now):
    type(chief).objects.filter(pk=chief.pk).update(employed_until=now.date() - dt.timedelta(days=3), deputy=leader)
    make_incident()
    assert Firing.objects.get().told == ["何佳"]


@pytest.mark.django_db
def test_a_late_entry_opens_overdue_and_escalates_at_once_one_level_at_a_time(make_incident, watch, now, clock):
    incident = make_incident(received_at=now - 3 * dt.timedelta(hours=1))
    assert incident.is_late_entry
    deadline = Deadline.objects.get()
    assert deadline.due_at < now
    assert deadline.fires_at == now + 5 * MINUTE
    assert Line.objects.get(verb="incidents.incident.log").happened_at == incident.received_at


@pytest.mark.django_db
def test_regrading_up_opens_the_clock_from_that_moment(make_incident, watch, officer, now, clock):
    incident = make_incident(urgency=2, scope=1)
    at = clock(now + 25 * MINUTE)
    cell = incident.standard.suggest(3, 2)
    incident.regrade(3, 2, cell.level, by=officer, at=at, reason="烟变浓")
    assert incident.status == Status.REPORTED
    assert Deadline.objects.get().due_at == at + 60 * MINUTE
    assert incident.reports.get().cause == "regraded"


@pytest.mark.django_db
def test_regrading_up_never_gives_more_time(make_incident, watch, officer, now, clock):
    incident = make_incident()
    due = Deadline.objects.get().due_at
    at = clock(now + 50 * MINUTE)
    incident.regrade(3, 3, incident.standard.by_rank[2], by=officer, at=at, reason="有人受伤")
    running = Deadline.objects.open().get()
    assert running.due_at == due
    assert Deadline.objects.past().get().settled_as == "superseded"
    assert incident.reports.count() == 2


@pytest.mark.django_db
def test_regrading_down_settles_the_clock_and_tells_everyone_who_was_told(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.regrade(2, 1, incident.standard.by_rank[4], by=officer, at=now + MINUTE, reason="只是灰尘")
    assert incident.status == Status.OPEN
    assert Deadline.objects.get().settled_as == "withdrawn"
    assert Notice.objects.filter(recipient=chief).count() == 2
    assert incident.reports.get().withdrawn_at == now + MINUTE


@pytest.mark.django_db
def test_a_closed_incident_cannot_be_acknowledged(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    incident.close("已断电检修", by=officer, at=now)
    with pytest.raises(Conflict):
        incident.acknowledge(by=chief, at=now)
    assert not Deadline.objects.open().exists()


@pytest.mark.django_db
def test_nothing_is_closed_while_the_superior_has_not_answered(make_incident, watch, officer, now):
    incident = make_incident()
    with pytest.raises(Conflict, match="尚未确认"):
        incident.close("好了", by=officer, at=now)


@pytest.mark.django_db
def test_an_answer_by_phone_is_kept_as_such_and_the_superior_hears_of_it(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.acknowledge_by_phone(chief, "知道了,先断电", by=officer, at=now)
    assert incident.status == Status.ACKNOWLEDGED
    line = Line.objects.get(verb="incidents.incident.acknowledge")
    assert (line.who, line.via) == (chief, "phone")
    assert Line.objects.get(verb="incidents.incident.acknowledge_by_phone").who == officer
    assert Notice.objects.filter(recipient=chief).count() == 2


@pytest.mark.django_db
def test_an_instruction_acknowledges_and_reaches_the_watch(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.instruct("dispatch", "请电工与物业到场", by=chief, at=now)
    assert incident.status == Status.ACKNOWLEDGED
    assert incident.instructions.get().by == chief
    assert Notice.objects.filter(recipient=officer, title__contains="请电工与物业到场").exists()


@pytest.mark.django_db
def test_reopening_keeps_the_earlier_result_on_the_trail(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    incident.close("已断电检修", by=officer, at=now)
    incident.reopen(by=officer, at=now, reason="又冒烟")
    assert incident.status == Status.ACKNOWLEDGED
    assert Matter.objects.get(pk=incident.pk).closed_at is None
    assert Deadline.objects.open().get().kind == "incidents.update"
    assert Line.objects.filter(verb="incidents.incident.close", text="已断电检修").exists()


@pytest.mark.django_db
def test_a_correction_keeps_the_old_value_and_the_reason(make_incident, watch, officer, now):
    incident = make_incident()
    incident.amend("place", "B 座地下二层 配电室", by=officer, at=now, reason="报告人更正")
    amendment = incident.amendments.get()
    assert (amendment.old, amendment.new) == ("B 座地下一层 配电室", "B 座地下二层 配电室")
    incident.refresh_from_db()
    assert "地下二层" in incident.hay and incident.number in incident.hay


@pytest.mark.django_db
def test_an_earlier_call_than_written_shortens_the_hour_and_never_lengthens_it(make_incident, watch, officer, now):
    incident = make_incident()
    due = Deadline.objects.get().due_at
    incident.amend("received_at", now.replace(second=0) - 10 * MINUTE, by=officer, at=now, reason="记错")
    assert Deadline.objects.open().get().due_at == due - 10 * MINUTE
    incident.amend("received_at", now.replace(second=0) - MINUTE, by=officer, at=now, reason="又记错")
    assert Deadline.objects.open().get().due_at == due - 10 * MINUTE


@pytest.mark.django_db
def test_after_a_handover_the_next_rung_wakes_the_leader_of_the_new_watch(
    make_incident, watch, post, house, manager, clock, now
):
    incident = make_incident()  # due at 00:02, a reminder at 23:32, the next at 23:52
    relief = make_person("沈涛", house["ops"], Role.LEADER)
    turn = now + 38 * MINUTE
    Shift.objects.filter(pk=watch.pk).update(ends_at=turn)  # its seats follow
    Shift(post=post, name="后夜班", starts_at=turn, ends_at=turn + 480 * MINUTE).plan(
        [("leader", relief), ("primary", make_person("刘洋", house["ops"]))], by=manager, at=now
    )
    told = []
    for minutes in (-30, -10):
        clock(incident.received_at + (60 + minutes) * MINUTE)
        assert sweep() == 1
        told.append(Firing.objects.order_by("-id").first().told)
    assert told == [["何佳", "周敏", "陈立"], ["沈涛", "周敏", "刘洋"]]
    assert Notice.objects.get(recipient=relief).needs_acknowledgement
    incident.acknowledge(by=relief, at=clock(now + 55 * MINUTE))
    assert not Notice.objects.waiting().exists()


@pytest.mark.django_db
def test_an_answer_lets_the_others_off_and_they_see_by_whom(make_incident, watch, chief, leader, now):
    incident = make_incident()
    assert Notice.objects.waiting().count() == 2
    incident.acknowledge(by=leader, at=now + MINUTE)
    mine, theirs = Notice.objects.get(recipient=leader), Notice.objects.get(recipient=chief)
    assert (mine.acknowledged_at, mine.released_at) == (now + MINUTE, None)
    assert (theirs.acknowledged_at, theirs.released_at) == (None, now + MINUTE)


@pytest.mark.django_db
def test_a_call_corrected_after_a_regrading_does_not_touch_the_clock_of_the_regrading(
    make_incident, watch, officer, now, clock
):
    incident = make_incident(urgency=1, scope=1, received_at=now.replace(second=0) - 30 * MINUTE)
    at = clock(now + 20 * MINUTE)
    incident.regrade(3, 2, incident.standard.by_rank[3], by=officer, at=at, reason="冒烟")
    incident.amend("received_at", now - 25 * MINUTE, by=officer, at=at, reason="记错")
    assert Deadline.objects.open().get().due_at == at + 60 * MINUTE
    assert incident.reports.count() == 1


@pytest.mark.django_db
def test_a_report_brought_forward_keeps_its_cause_and_what_was_asked(make_incident, watch, officer, now):
    incident = make_incident(request="请授权断电")
    incident.amend("received_at", now - 10 * MINUTE, by=officer, at=now, reason="记错")
    first, second = incident.reports.all()
    assert (second.cause, second.request) == (first.cause, "请授权断电")
    assert second.deadline.runs_from == now - 10 * MINUTE
