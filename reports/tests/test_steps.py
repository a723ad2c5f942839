"""A state change is a verb, taken once: all or nothing, with its lines on the trail and its name in every event.

These ask the kernel; an incident is what they ask it with.
"""

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction

from conftest import make_person
from duty.models import Deadline, Line, Matter, Notice, Role, Settled
from duty.steps import Conflict, label_of, verb
from duty.sweeping import sweep
from duty.tests.threads import together
from incidents.models import Incident, Status

MINUTE = dt.timedelta(minutes=1)


def verbs_of(incident) -> list[str]:
    return [line.verb.rpartition(".")[2] for line in Line.objects.of(incident.pk)]


def last_event(incident):
    return Incident.pgh_event_model.objects.filter(pgh_obj_id=incident.pk).latest("pgh_id")


@pytest.mark.django_db(transaction=True)
def test_of_twelve_who_answer_at_once_one_has_it_and_the_others_hear_so(make_incident, watch, house, now):
    incident = make_incident()
    leaders = [make_person(f"领导{n}", house["ops"], Role.LEADER) for n in range(12)]
    copies = [Incident.objects.get(pk=incident.pk) for _ in leaders]
    answers = together(
        *(
            lambda copy=copy, leader=leader: copy.acknowledge(by=leader, at=now + MINUTE)
            for copy, leader in zip(copies, leaders, strict=True)
        )
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 11
    winner = leaders[answers.index(None)]
    incident.refresh_from_db()
    assert (incident.status, incident.acknowledged_by) == (Status.ACKNOWLEDGED, winner)
    assert list(Line.objects.filter(verb="incidents.incident.acknowledge").values_list("who", flat=True)) == [winner.pk]
    assert Deadline.objects.get(kind="incidents.report").settled_by == winner
    assert Deadline.objects.open().count() == 1
    losers = [copy for copy, answer in zip(copies, answers, strict=True) if answer is not None]
    assert {copy.status for copy in losers} == {Status.REPORTED}, "a verb that was not taken changes nothing in memory"


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_waited_for_the_engine_comes_after_it_on_the_trail(make_incident, watch, chief, clock, now):
    """The superior's request begins before the hour is over; the rung fires while it is under way."""
    incident = make_incident()
    report = Deadline.objects.get(kind="incidents.report")
    begun, over = report.due_at - MINUTE / 60, clock(report.due_at)
    fired = threading.Event()

    def fire():
        with transaction.atomic():
            while sweep():
                pass
            fired.set()
            wait_for_a_waiter()

    def answer():
        assert fired.wait(10)
        Incident.objects.get(pk=incident.pk).acknowledge(by=chief, at=begun)

    assert together(fire, answer) == [None, None]
    incident.refresh_from_db()
    report.refresh_from_db()
    told = Line.objects.get(verb="incidents.incident.acknowledge").at
    assert report.firings.latest("rung").fired_at == over
    assert over < report.settled_at == incident.acknowledged_at == told


@pytest.mark.django_db
def test_a_verb_taken_before_anything_fired_keeps_its_time(make_incident, watch, chief, clock, now):
    incident = make_incident()
    clock(now + MINUTE)
    incident.acknowledge(by=chief, at=now)
    assert Deadline.objects.get(kind="incidents.report").settled_at == now


def wait_for_a_waiter() -> None:
    """Until someone waits for what this transaction holds."""
    ends = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_closing_and_noting_at_once_leave_one_order(make_incident, watch, officer, chief, now):
    for n in range(6):
        incident = make_incident(summary=f"第{n}件")
        incident.acknowledge(by=chief, at=now)
        closing, noting = (Incident.objects.get(pk=incident.pk) for _ in range(2))
        closed, noted = together(
            lambda closing=closing: closing.close("好了", by=officer, at=now),
            lambda noting=noting: noting.note("到场", by=officer, at=now),
        )
        assert closed is None and (noted is None or isinstance(noted, Conflict))
        assert not Deadline.objects.open().filter(matter=incident.pk).exists(), "nothing is owed behind a closed door"
        assert verbs_of(incident)[-2 if noted is None else -1 :] == (["note", "close"] if noted is None else ["close"])


@pytest.mark.django_db
def test_a_verb_leaves_one_line_and_its_name_in_every_event(make_incident, watch, chief, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now + MINUTE, reason="看到了", via="link")
    line = Line.objects.get(verb="incidents.incident.acknowledge")
    assert (line.who, line.via, line.reason, line.at, line.matter_id, line.unit) == (
        chief, "link", "看到了", now + MINUTE, incident.pk, incident.unit,
    )  # fmt: skip
    assert last_event(incident).pgh_context == {
        "who": chief.pk,
        "verb": "incidents.incident.acknowledge",
        "reason": "看到了",
    }


@pytest.mark.django_db
def test_verbs_within_a_verb_are_told_in_the_order_in_which_they_began(make_incident, watch, chief, now):
    incident = make_incident()
    incident.instruct("dispatch", "请电工到场", by=chief, at=now)
    assert verbs_of(incident) == ["log", "report", "instruct", "acknowledge"]
    assert Line.objects.get(verb="incidents.incident.instruct").text == "请电工到场"


@verb("answered for another")
def answer_for(self, other, *, by, at):
    self.acknowledge(by=other, at=at)
    Incident.objects.filter(pk=self.pk).update(place="改过")


@pytest.mark.django_db
def test_what_follows_a_verb_within_is_its_own_again(make_incident, watch, officer, chief, now):
    """The officer writes down that the superior answered: what the officer wrote is not the superior's."""
    incident = make_incident()
    answer_for(incident, chief, by=officer, at=now)
    assert last_event(incident).pgh_context == {"who": officer.pk, "verb": "incidents.incident.answer_for"}


@pytest.mark.django_db(transaction=True)
def test_what_follows_a_verb_in_the_same_transaction_is_not_the_verbs(make_incident, watch, chief, officer, now):
    from duty.evidence import set_context

    incident = make_incident()
    with transaction.atomic():
        set_context(officer.pk, "the-page")
        incident.acknowledge(by=chief, at=now)
        Incident.objects.filter(pk=incident.pk).update(place="改过")
    assert last_event(incident).pgh_context == {"who": officer.pk, "verb": "the-page"}


@verb("broke")
def break_after_everything(self, *, by, at):
    self.acknowledge(by=by, at=at)
    self.close("好了", by=by, at=at)
    raise RuntimeError("the very last statement")


@pytest.mark.django_db
def test_a_verb_that_raises_leaves_nothing(make_incident, watch, chief, now):
    incident = make_incident()
    before = [model.objects.count() for model in (Line, Notice, Incident.pgh_event_model, Deadline)]
    with pytest.raises(RuntimeError):
        break_after_everything(incident, by=chief, at=now)
    assert [model.objects.count() for model in (Line, Notice, Incident.pgh_event_model, Deadline)] == before
    assert Deadline.objects.open().get().kind == "incidents.report"
    fresh = Incident.objects.get(pk=incident.pk)
    fresh.acknowledge(by=chief, at=now)
    assert verbs_of(incident) == ["log", "report", "acknowledge"]


@verb("went on without")
def go_on_without(self, *, by, at):
    try:
        self.close("好了", by=by, at=at)  # refused: the superior has not answered
    except Conflict:
        self.entry.text = "仍未确认"
    Incident.objects.filter(pk=self.pk).update(place="改过")


@pytest.mark.django_db
def test_a_verb_within_that_was_refused_leaves_no_line(make_incident, watch, officer, now):
    incident = make_incident()
    go_on_without(incident, by=officer, at=now)
    assert verbs_of(incident) == ["log", "report", "go_on_without"]
    assert Line.objects.of(incident.pk).last().text == "仍未确认"
    assert last_event(incident).pgh_context["verb"] == "incidents.incident.go_on_without"


@pytest.mark.django_db
def test_after_a_refused_verb_the_next_one_starts_afresh(make_incident, watch, officer, chief, now):
    incident = make_incident()
    with pytest.raises(Conflict):
        incident.close("好了", by=officer, at=now)
    incident.acknowledge(by=chief, at=now)
    assert verbs_of(incident) == ["log", "report", "acknowledge"]


@pytest.mark.django_db
def test_nothing_is_told_before_it_happens(make_incident, watch, officer, chief, now):
    from django.db import IntegrityError

    incident = make_incident()
    with pytest.raises(IntegrityError, match="nothing_is_told_before_it_happens"), transaction.atomic():
        incident.note("明天的事", happened_at=now + 60 * MINUTE, by=officer, at=now)


# Promises


@pytest.mark.django_db
def test_a_second_promise_of_a_kind_replaces_the_first(make_incident, watch, officer, now):
    incident = make_incident(urgency=2, scope=1)
    for minutes in (60, 30, 90):
        incident.owe("incidents.update", now + minutes * MINUTE, at=now, by=officer)
    assert [(d.due_at, d.settled_as, d.settled_by) for d in Deadline.objects.order_by("id")] == [
        (now + 60 * MINUTE, "superseded", officer), (now + 30 * MINUTE, "superseded", officer),
        (now + 90 * MINUTE, "", None),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_promise_is_settled_once(make_incident, watch, officer, chief, now):
    incident = make_incident(urgency=2, scope=1)
    deadline = incident.owe("incidents.update", now + 60 * MINUTE, at=now, by=officer)
    assert incident.settle("incidents.update", now + MINUTE, by=officer)
    assert not incident.settle("incidents.update", now + 2 * MINUTE, by=chief)
    assert not deadline.settle(now + 3 * MINUTE, chief)
    deadline.refresh_from_db()
    assert (deadline.settled_at, deadline.settled_by, deadline.settled_as) == (now + MINUTE, officer, Settled.KEPT)
    assert deadline.fires_at is None


@pytest.mark.django_db
def test_closing_withdraws_what_is_promised_and_lets_off_who_was_asked(make_incident, watch, officer, chief, now):
    incident = make_incident()
    incident.acknowledge(by=chief, at=now)
    incident.owe("incidents.report", now + 60 * MINUTE, at=now, by=officer, fire_now=False)
    assert Notice.objects.filter(recipient=chief).waiting().count() == 0
    Notice.objects.create(recipient=chief, key="ask", title="请确认", matter_id=incident.pk, needs_acknowledgement=True)
    incident.close("好了", by=officer, at=now + MINUTE)
    assert set(Deadline.objects.filter(settled_at=now + MINUTE).values_list("settled_as", flat=True)) == {"withdrawn"}
    assert not Deadline.objects.open().exists() and not Notice.objects.waiting().exists()
    assert Matter.objects.get(pk=incident.pk).closed_at == now + MINUTE


@pytest.mark.django_db
def test_a_lock_shows_the_row_as_it_is_now(make_incident, watch, officer, now):
    incident = make_incident()
    stale = Incident.objects.select_related("logged_by").get(pk=incident.pk)
    Incident.objects.filter(pk=incident.pk).update(place="别处", logged_by=watch.crew()[0].person)
    with transaction.atomic():
        assert stale.lock() is stale
        assert (stale.place, stale.logged_by) == ("别处", watch.crew()[0].person)


@pytest.mark.parametrize("name", ["incidents.incident.acknowledge", "duty.person.switched", "duty.register.unlocked"])
def test_every_verb_has_words(name):
    assert label_of(name) != name


@pytest.mark.parametrize("name", ["", "x", "no.such.thing", "incidents.incident.nothing", "duty.person.name"])
def test_a_verb_that_no_longer_exists_is_shown_by_its_name(name):
    assert label_of(name) == name
