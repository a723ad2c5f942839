"""Whom a defect reaches while nobody takes it, while it is not mended, while nobody looks."""

import datetime as dt

import pytest

from conftest import make_person
from duty.clock import HOUR, MINUTE
from duty.filing import Content, keep
from duty.models import Deadline, Firing, Notice, Role
from duty.sweeping import sweep
from equipment.ladders import from_now, to_mend, yet_to_come
from equipment.models import Keeper
from equipment.tests.conftest import picture
from equipment.tests.repairs import make_defect
from scheduling.models import Post, Shift
from scheduling.sockets import handover_sections

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


@pytest.fixture
def watch(house, officer, leader, manager, now):
    """Tonight's watch: 何佳 leads, 陈立 is primary."""
    post = Post.objects.create(unit=house["ops"], name="总值班室")
    shift = Shift(post=post, name="夜班", starts_at=now - 5 * HOUR, ends_at=now + 9 * HOUR)
    shift.plan([("leader", leader), ("primary", officer)], by=manager, at=now)
    return shift


@pytest.fixture
def in_charge(house, piece, now):
    person = make_person("任重", house["ops"])
    Keeper.objects.create(equipment=piece, person=person, role="in_charge", from_on=now.date())
    return person


def told_at(clock, at) -> set[str]:
    """Who is told something when the engine looks at that time."""
    before = set(Notice.objects.values_list("pk", flat=True))
    clock(at)
    while sweep():
        pass
    return set(Notice.objects.exclude(pk__in=before).values_list("recipient__name", flat=True))


def test_nobody_takes_it(piece, in_charge, maintainer, officer, watch, chief, clock, now):
    defect = make_defect(piece, officer, now)
    first = Notice.objects.filter(matter=defect.matter)
    assert [(row.recipient, row.urgency) for row in first] == [(maintainer, "urgent")]
    assert "配电间" in first[0].text and officer.mobile in first[0].text
    assert told_at(clock, now + 14 * MINUTE) == set()
    assert told_at(clock, now + 15 * MINUTE + dt.timedelta(seconds=1)) == {"程亮", "任重", "何佳"}
    assert told_at(clock, now + 31 * MINUTE) == {"任重", "周敏"}
    assert Firing.objects.filter(matter=defect.matter).count() == 3


def test_it_is_not_mended(piece, in_charge, maintainer, officer, watch, chief, clock, now):
    defect = make_defect(piece, officer, now)
    defect.take(by=maintainer, at=now + MINUTE)
    assert told_at(clock, now + 5 * HOUR) == set()
    assert told_at(clock, now + 6 * HOUR + MINUTE) == {"程亮"}
    assert told_at(clock, now + 8 * HOUR + MINUTE) == {"程亮", "任重", "何佳"}
    assert told_at(clock, now + 33 * HOUR) == {"任重", "周敏"}
    assert told_at(clock, now + 58 * HOUR) == {"任重", "周敏"}


def test_sent_back_when_it_is_overdue_already_nobody_is_told_twice(
    piece, in_charge, maintainer, officer, watch, clock, now
):
    defect = make_defect(piece, officer, now)
    defect.take(by=maintainer, at=now)
    told_at(clock, now + 9 * HOUR)
    file = keep(Content("好了.jpg", "jpeg", picture(), picture(size=(8, 8))), by=maintainer, at=now)
    defect.fix("老化", "更换", photos=[file], by=maintainer, at=now + 9 * HOUR)
    defect.send_back(by=officer, at=now + 10 * HOUR, reason="没好")
    assert told_at(clock, now + 10 * HOUR + MINUTE) == set()
    assert "任重" in told_at(clock, now + 34 * HOUR)


def test_nobody_looks_whether_it_holds(piece, maintainer, officer, leader, watch, clock, now):
    defect = make_defect(piece, officer, now, criticality="ordinary")
    defect.fix("老化", "更换", by=maintainer, at=now)
    day = Shift(post=watch.post, name="次日", starts_at=watch.ends_at, ends_at=watch.ends_at + 24 * HOUR)
    day.plan([("leader", leader), ("primary", officer)], by=leader, at=now)
    assert told_at(clock, now + 22 * HOUR) == set()
    assert told_at(clock, now + 23 * HOUR + MINUTE) == {"陈立"}
    assert told_at(clock, now + 24 * HOUR + MINUTE) == {"陈立", "何佳"}


def test_what_was_found_long_ago_is_not_late_by_the_engines_fault(piece, maintainer, officer, clock, now):
    defect = make_defect(piece, officer, now, found_at=now - 20 * HOUR)
    clock(now + dt.timedelta(seconds=1))
    while sweep():
        pass
    for firing in Firing.objects.filter(matter=defect.matter):
        assert firing.lateness < 2 * MINUTE


def test_rungs_made_anew_leave_out_what_has_fired(now):
    rungs = to_mend(8)
    assert yet_to_come(rungs, now + 8 * HOUR, now) == rungs
    assert [r.offset for r in yet_to_come(rungs, now, now + HOUR)] == [86400]
    assert [r.offset for r in yet_to_come(rungs, now, now + 48 * HOUR)] == [48 * 3600 + 86400]
    assert [r.offset for r in from_now(rungs, now, now + HOUR)] == [-2 * 3600, 3600, 86400]


def test_a_promise_that_went_missing_is_restored(piece, maintainer, officer, now):
    from duty.sockets import deadline_kind

    defect = make_defect(piece, officer, now)
    for name in ("equipment.defect_taken", "equipment.defect_fixed"):
        assert defect.pk in deadline_kind(name).expected(now)
        row = Deadline.objects.open().get(matter=defect.matter, kind=name)
        due = row.due_at
        Deadline.objects.filter(pk=row.pk).update(settled_at=now, settled_as="withdrawn", fires_at=None)
        deadline_kind(name).restore(defect.pk, now)
        assert Deadline.objects.open().get(matter=defect.matter, kind=name).due_at == due


def test_the_next_watch_and_the_desk_are_told_what_is_open(
    as_, piece, foreign, maintainer, officer, outsider, watch, now
):
    defect, theirs = make_defect(piece, officer, now), make_defect(foreign, outsider, now, what="抽屉卡住")
    rows = handover_sections["equipment.defects"].items(watch, now)
    assert [row[0] for row in rows] == [defect.title]
    for person in (officer, maintainer):
        html = as_(person).get("/").content.decode()
        assert defect.title in html and theirs.title not in html
