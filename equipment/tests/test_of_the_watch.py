import datetime as dt

import pytest

from duty.clock import HOUR, MINUTE
from equipment.models import Round, Status
from equipment.receiving import receive
from equipment.tests.rounds import answer, make_checklist, make_plan, make_round, parcel
from equipment.unplanned import begin_now
from scheduling.checks import findings, sections
from scheduling.models import Post, Shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室")


@pytest.fixture
def watch(post, officer, manager, now):
    shift = Shift(post=post, name="夜班", starts_at=now - HOUR, ends_at=now + 7 * HOUR)
    shift.plan([("primary", officer)], by=manager, at=now - 2 * HOUR)
    return shift


def open_points(watch, name, at):
    rows = findings(watch, at, "before") + findings(watch, at, "after")
    return next(row["open"] for row in rows if row["check"].name == f"equipment.{name}")


def walk_through(row, by, at):
    version = row.version or row.checklist.in_force
    given = [answer(item, "normal", at) for item in version.items.all()]
    receive(row, parcel(at, *given, done_at=at.isoformat()), by=by, at=at)


def test_the_check_before_duty_stands_open_until_it_is_walked(house, watch, officer, manager, now):
    checklist = make_checklist(house["ops"], manager, now, "通信检查", use="before")
    assert [address for _text, address in open_points(watch, "before", now)] == [
        f"/rounds/start/?checklist={checklist.pk}"
    ]
    row = begin_now(checklist, by=officer, at=now)
    assert row.shift == watch
    assert [address for _text, address in open_points(watch, "before", now)] == [row.get_absolute_url()]
    walk_through(row, officer, now)
    assert open_points(watch, "before", now) == []


def test_who_is_about_to_begin_checks_for_their_own_watch(house, watch, post, leader, manager, now):
    coming = Shift(post=post, name="早班", starts_at=now + 7 * HOUR, ends_at=now + 15 * HOUR)
    coming.plan([("primary", leader)], by=manager, at=now)
    checklist = make_checklist(house["ops"], manager, now, "通信检查", use="before")
    assert begin_now(checklist, by=leader, at=now + 6 * HOUR).shift == coming


def test_two_who_begin_the_same_check_go_on_with_one(house, watch, officer, leader, manager, now):
    checklist = make_checklist(house["ops"], manager, now, "通信检查", use="before")
    assert begin_now(checklist, by=officer, at=now) == begin_now(checklist, by=leader, at=now)


def test_a_checklist_planned_for_another_post_is_not_asked_of_this_one(house, watch, manager, now):
    other = Post.objects.create(unit=house["ops"], name="机房值班室")
    checklist = make_checklist(house["ops"], manager, now, "关灯锁门", use="closing")
    make_plan(checklist, manager, now, post=other, rhythm="end")
    assert open_points(watch, "closing", now) == []


def test_every_round_of_the_watch_is_walked_or_explained(house, watch, officer, leader, manager, now):
    checklist = make_checklist(house["ops"], manager, now)
    first, second = (make_round(checklist, now + n * MINUTE, shift=watch) for n in (0, 5))
    assert len(open_points(watch, "rounds", now)) == 2
    walk_through(first, officer, now)
    morning = now + 6 * HOUR
    second.explain("抢修", by=leader, at=morning)
    assert open_points(watch, "rounds", morning) == []


def test_the_next_watch_is_told_what_was_missed_explained_or_is_under_way(house, watch, officer, leader, manager, now):
    checklist = make_checklist(house["ops"], manager, now)
    missed, explained, under_way, done = (make_round(checklist, now + n * MINUTE) for n in range(4))
    for title, row in (("错过", missed), ("解释", explained), ("进行", under_way), ("完成", done)):
        Round.objects.filter(pk=row.pk).update(title=title)
    walk_through(Round.objects.get(pk=done.pk), officer, now + 5 * MINUTE)
    receive(Round.objects.get(pk=under_way.pk), parcel(now, begun_at=now.isoformat()), by=officer, at=now + 4 * MINUTE)
    later = now + 3 * HOUR
    Round.objects.get(pk=explained.pk).explain("抢修", by=leader, at=later)
    items = next(row["items"] for row in sections(watch, later) if row["section"].name == "equipment.rounds")
    assert {title for title, *_rest in items} == {"错过", "解释", "进行"}


def test_the_desk_shows_what_is_open_and_what_opens_next(house, watch, officer, auditor, outsider, manager, as_, now):
    checklist = make_checklist(house["ops"], manager, now)
    row, later = make_round(checklist, now), make_round(checklist, now + dt.timedelta(hours=30))
    Round.objects.filter(pk=later.pk).update(title="后天")
    page = as_(officer).get("/").content.decode()
    assert f"/rounds/{row.pk}/walk/" in page
    assert "后天" not in page
    assert f"/rounds/{row.pk}/" not in as_(outsider).get("/").content.decode()
    assert row.status == Status.SCHEDULED
