import datetime as dt

import pytest
from django.db import IntegrityError

from duty.clock import HOUR, MINUTE
from duty.models import Deadline, Line
from equipment.laying import lay, lay_plan
from equipment.models import Round, Status
from equipment.tests.rounds import make_checklist, make_plan
from scheduling.models import Post, Shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(house, manager, now):
    return make_checklist(house["ops"], manager, now)


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室")


def make_shift(post, start, hours, manager, at):
    shift = Shift(post=post, name="夜班", starts_at=start, ends_at=start + hours * HOUR)
    shift.plan([], by=manager, at=at)
    return shift


@pytest.fixture
def twice(checklist, post, manager, now):
    return make_plan(checklist, manager, now, post=post, rhythm="times", times=[dt.time(2), dt.time(23, 30)])


def local(rows):
    from duty.clock import local

    return [f"{local(row.planned_at):%d %H:%M}" for row in rows.order_by("planned_at")]


def test_rounds_are_laid_a_day_and_a_half_ahead_and_once(twice, now):
    assert lay(now) == 4
    assert lay(now) == 0
    assert local(twice.rounds) == ["22 23:30", "23 02:00", "23 23:30", "24 02:00"]
    assert Deadline.objects.open().filter(kind="equipment.round_begun").count() == 4


def test_a_round_of_the_watch_follows_the_watch(checklist, post, manager, now):
    plan = make_plan(checklist, manager, now, post=post, rhythm="every", every_hours=3, offset_minutes=60)
    shift = make_shift(post, now + HOUR, 8, manager, now)
    lay(now)
    assert local(plan.rounds) == ["23 01:02", "23 04:02", "23 07:02"]
    assert {row.shift for row in plan.rounds.all()} == {shift}
    Shift.objects.filter(pk=shift.pk).update(starts_at=now + 2 * HOUR)
    lay(now)
    assert local(plan.rounds.filter(status=Status.SCHEDULED)) == ["23 02:02", "23 05:02"]
    assert plan.rounds.filter(status=Status.CANCELLED).count() == 3


def test_a_plan_that_changes_moves_what_has_not_opened(twice, now):
    lay(now)
    twice.window_minutes = 90
    twice.change(["window_minutes"], by=None, at=now)
    lay_plan(twice.pk, now)
    first, *_others = twice.rounds.order_by("planned_at")
    assert first.due_at - first.planned_at == 90 * MINUTE
    assert Line.objects.filter(verb="equipment.round.replan").count() == 4
    assert Deadline.objects.open().filter(kind="equipment.round_begun").count() == 4


def test_a_plan_that_ends_takes_its_rounds_along(twice, now):
    lay(now)
    twice.end(by=None, at=now)
    lay(now)
    assert not Round.objects.filter(status=Status.SCHEDULED).exists()
    assert not Deadline.objects.open().filter(kind="equipment.round_begun").exists()


def test_what_an_outage_kept_from_being_laid_is_laid_and_missed(twice, now):
    lay(now)
    later = now + dt.timedelta(days=3)
    lay(later)
    assert len(local(twice.rounds.missed(later))) == 6
    assert twice.rounds.unexplained(later).count() == 6


def test_a_round_that_has_opened_is_left_alone(twice, now):
    lay(now)
    at = now + 20 * MINUTE
    twice.times = [dt.time(5)]
    twice.change(["times"], by=None, at=at)
    lay_plan(twice.pk, at)
    assert local(twice.rounds.filter(status=Status.SCHEDULED)) == ["22 23:30", "23 05:00", "24 05:00"]


def test_a_missed_round_stays_missed_once_explained(twice, leader, now):
    lay(now)
    at = now + 3 * HOUR
    row = twice.rounds.earliest("planned_at")
    row.explain("处理停电", by=leader, at=at)
    assert row.is_missed(at)
    assert not twice.rounds.unexplained(at).exists()
    assert list(twice.rounds.missed(at)) == [row]


def test_only_what_is_near_stands_on_the_desk(twice, officer, now):
    lay(now)
    shown = Deadline.objects.open().on_the_desk_of(officer, now)
    assert [row.due_at for row in shown.most_pressing()] == [
        row.starts_by for row in twice.rounds.order_by("planned_at")[:2]
    ]


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_goes_to_another_unit_takes_its_rounds_ahead_along(twice, house, manager, now):
    lay_plan(twice.pk, now)
    twice.unit = house["sales"]
    twice.change(["unit"], by=manager, at=now)
    lay_plan(twice.pk, now)
    rounds = Round.objects.filter(plan=twice, status=Status.SCHEDULED, opens_at__gt=now)
    assert rounds and {row.unit for row in rounds} == {row.matter.unit for row in rounds} == {house["sales"]}
    assert {row.unit for row in Deadline.objects.open().filter(matter__in=rounds.values("pk"))} == {house["sales"]}


def test_a_plan_that_cannot_be_laid_keeps_no_other_from_being_laid(
    checklist, twice, post, manager, now, monkeypatch, caplog
):
    from equipment import laying

    other = make_plan(checklist, manager, now, post=post, rhythm="times", times=[dt.time(3)], name="另一个")
    good = laying.lay_plan

    def broken(pk, at):
        if pk == twice.pk:
            raise IntegrityError("x")
        return good(pk, at)

    monkeypatch.setattr(laying, "lay_plan", broken)
    assert lay(now) and other.rounds.exists() and "could not be laid" in caplog.text
