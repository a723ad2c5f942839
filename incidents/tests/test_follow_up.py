"""A21, A22: after the answer the watch owes updates; each note starts the clock anew, silence climbs."""

import datetime as dt

import pytest
from django.db import connection

from conftest import make_person
from duty.models import Deadline, Firing, Line, Matter, Notice
from duty.steps import Conflict
from duty.sweeping import sweep
from duty.watchdog import restore_missing
from incidents.models import Status
from scheduling.models import Shift
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def acknowledged(make_incident, watch, chief, now):
    """较大: an update every two hours."""
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    return incident


def update(incident) -> Deadline:
    return Deadline.objects.open().get(matter_id=incident.pk, kind="incidents.update")


def test_a_note_starts_the_clock_anew(acknowledged, officer, clock, now):
    at = clock(now + 50 * MINUTE)
    acknowledged.note("电工已到场", by=officer, at=at)
    assert update(acknowledged).due_at == at + 120 * MINUTE
    assert Deadline.objects.get(kind="incidents.update", settled_as="superseded").settled_at == at


def test_a_note_on_the_page_does_the_same_and_tells_when_it_was(acknowledged, officer, as_, clock, now):
    at = clock(now + 50 * MINUTE)
    answer = as_(officer).post(f"/incidents/{acknowledged.pk}/note/", {"text": "电工已到场", "happened_at": "23:40"})
    assert answer.status_code == 302 and answer["Location"].endswith("#story")
    line = Line.objects.get(verb="incidents.incident.note")
    assert (line.text, line.happened_at, line.who) == ("电工已到场", now + 38 * MINUTE, officer)
    assert update(acknowledged).due_at == at + 120 * MINUTE
    text = Page(as_(officer).get(acknowledged.get_absolute_url())).text
    assert "电工已到场" in text and "补录" in text


def test_without_an_update_the_officers_are_reminded_then_the_leader_then_the_head(acknowledged, clock, now):
    due, told = now + 120 * MINUTE, []
    for minutes in (0, 15, 60, 120):
        clock(due + minutes * MINUTE - dt.timedelta(seconds=1))
        assert sweep() == 0
        clock(due + minutes * MINUTE)
        assert sweep() == 1
        told.append(Firing.objects.latest("id").told)
    assert told == [["陈立"], ["陈立", "何佳"], ["何佳", "周敏"], ["何佳", "周敏"]]
    assert not Notice.objects.filter(firing__isnull=False, matter=acknowledged.pk, needs_acknowledgement=True).exclude(
        firing__deadline__kind="incidents.report"
    ).exists()  # fmt: skip


def test_the_next_watch_owes_what_the_last_one_did(acknowledged, post, house, manager, clock, now):
    relief = make_person("接班人", house["ops"])
    Shift.objects.update(ends_at=now + 119 * MINUTE)  # the seats' spans follow
    Shift(post=post, name="早班", starts_at=now + 119 * MINUTE, ends_at=now + 400 * MINUTE).plan(
        [("primary", relief)], by=manager, at=now
    )
    clock(now + 120 * MINUTE)
    assert sweep() == 1
    assert Firing.objects.latest("id").told == ["接班人"]


def test_a_level_without_updates_runs_no_clock(make_incident, watch, officer, chief, now):
    incident = make_incident(urgency=1, scope=1, beyond_ability=True)
    incident.acknowledge(by=chief, at=now)
    incident.note("还在看", by=officer, at=now)
    assert not Deadline.objects.open().exists()


def test_closing_withdraws_it_and_reopening_owes_again(acknowledged, officer, clock, now):
    acknowledged.close("已断电检修", by=officer, at=now)
    assert not Deadline.objects.open().exists() and Matter.objects.get(pk=acknowledged.pk).closed_at == now
    at = clock(now + 10 * MINUTE)
    acknowledged.reopen(by=officer, at=at, reason="又冒烟")
    assert update(acknowledged).due_at == at + 120 * MINUTE
    assert acknowledged.status == Status.ACKNOWLEDGED


def test_reopened_and_closed_again_the_first_result_stays_on_the_trail(acknowledged, officer, chief, as_, now):
    acknowledged.close("第一次的结果", by=officer, at=now)
    assert as_(officer).post(f"/incidents/{acknowledged.pk}/reopen/", {"reopen-reason": "又冒烟了"}).status_code == 302
    assert as_(officer).post(f"/incidents/{acknowledged.pk}/close/", {"result": "第二次的结果"}).status_code == 302
    text = Page(as_(officer).get(acknowledged.get_absolute_url())).text
    assert "第一次的结果" in text and "第二次的结果" in text and "又冒烟了" in text
    assert Notice.objects.filter(recipient=chief, key__startswith="reopened:").count() == 1
    assert Notice.objects.filter(recipient=chief, key__startswith="closed:").count() >= 1


def test_an_enquiry_reopened_is_in_hand_and_owes_nothing(as_, officer, call, now):
    as_(officer).post("/incidents/log/", call(urgency="1", scope="1", disposition="answered"))
    matter = Matter.objects.get(kind="incidents.incident")
    incident = matter.subject
    incident.reopen(by=officer, at=now, reason="又来电")
    assert incident.status == Status.OPEN and not Deadline.objects.exists()


def test_reopening_what_was_never_reported_starts_no_follow_up_clock(make_incident, standard, officer, watch, now):
    level = standard.by_rank[4]
    type(level).objects.filter(pk=level.pk).update(update_every=dt.timedelta(hours=1))
    incident = make_incident(urgency=1, scope=1)
    incident.close("好了", by=officer, at=now)
    incident.reopen(by=officer, at=now, reason="又坏了")
    assert not Deadline.objects.exists()


def test_it_is_reopened_only_once_it_is_closed(acknowledged, officer, now):
    with pytest.raises(Conflict):
        acknowledged.reopen(by=officer, at=now, reason="试试")


# The watchdog


def lose(kind: str) -> None:
    """Something outside of the product took the promise away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE duty_deadline SET settled_at = duty_now(), settled_as = 'withdrawn', fires_at = NULL WHERE kind = %s",
            [kind],
        )


def test_a_lost_report_promise_is_restored_with_its_own_due_time_and_told(
    make_incident, watch, chief, administrator, clock, now
):
    incident = make_incident()
    due = Deadline.objects.get().due_at
    lose("incidents.report")
    at = clock(now + 7 * MINUTE)
    assert restore_missing() == 1 and restore_missing() == 0
    restored = Deadline.objects.open().get()
    assert (restored.kind, restored.due_at, restored.opened_at) == ("incidents.report", due, at)
    assert restored.fires_at == due - 30 * MINUTE
    assert Firing.objects.get(deadline=restored).told == ["何佳", "周敏"]
    assert Line.objects.filter(matter_id=incident.pk, verb="duty.engine.restored", via="engine").count() == 1
    assert Notice.objects.filter(recipient=administrator).count() == 1
    incident.acknowledge(by=chief, at=at)
    assert not Deadline.objects.open().filter(kind="incidents.report").exists()


def test_a_report_promise_lost_past_its_due_time_escalates(make_incident, watch, clock, now):
    make_incident()
    lose("incidents.report")
    at = clock(now + 90 * MINUTE)
    restore_missing()
    clock(at + 5 * MINUTE)
    assert sweep() == 1
    assert Firing.objects.latest("id").action == "escalate"


def test_a_lost_follow_up_promise_is_restored(acknowledged, clock, now):
    lose("incidents.update")
    at = clock(now + 7 * MINUTE)
    assert restore_missing() == 1
    assert update(acknowledged).due_at == at + 120 * MINUTE


def test_nothing_is_restored_where_nothing_is_owed(make_incident, acknowledged, officer, now):
    acknowledged.close("好了", by=officer, at=now)
    make_incident(urgency=1, scope=1)
    assert restore_missing() == 0
