"""A26: a defect is taken in hand, mended, verified by the watch, sent back, handed on; each clock with it."""

import datetime as dt

import pytest

from conftest import make_person
from duty.clock import HOUR, MINUTE
from duty.filing import Content, keep
from duty.models import Deadline, Line, Notice, Role
from duty.steps import Conflict, NotPossible
from equipment.models import Defect, DefectStatus, Keeper, RepairTerm
from equipment.tests.conftest import picture
from equipment.tests.repairs import again, make_defect

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


@pytest.fixture
def colleague(house):
    return make_person("石磊", house["ops"], Role.MAINTAINER)


@pytest.fixture
def defect(piece, officer, maintainer, colleague, now):
    """On a key piece: to be acknowledged in 15 minutes and mended in 8 hours."""
    return make_defect(piece, officer, now)


@pytest.fixture
def shot(maintainer, now):
    return keep(Content("好了.jpg", "jpeg", picture(), picture(size=(8, 8))), by=maintainer, at=now)


@pytest.fixture
def mended(defect, maintainer, shot, now):
    defect.take(by=maintainer, at=now + MINUTE)
    defect.fix("老化", "更换电池", "电池 4 节", [shot], by=maintainer, at=now + HOUR)
    return defect


def clocks(defect) -> dict:
    return {
        row.kind.removeprefix("equipment.defect_"): row.due_at
        for row in Deadline.objects.open().filter(matter=defect.matter)
    }


def told(defect, person, deed) -> bool:
    return Notice.objects.filter(matter=defect.matter, recipient=person, key__startswith=deed).exists()


def test_whoever_takes_it_owes_the_mending_and_nobody_the_acknowledging(defect, maintainer, now):
    defect.take(by=maintainer, at=now + 5 * MINUTE)
    fresh = again(defect)
    assert (fresh.status, fresh.mender, fresh.taken_at) == (DefectStatus.TAKEN, maintainer, now + 5 * MINUTE)
    assert clocks(defect) == {"fixed": now + 8 * HOUR}
    assert Deadline.objects.open().get(matter=defect.matter).owed_by == maintainer
    assert Line.objects.get(verb="equipment.defect.take").who == maintainer


def test_the_second_to_take_it_hears_who_has_it(defect, maintainer, colleague, now):
    defect.take(by=maintainer, at=now)
    with pytest.raises(Conflict, match="程亮"):
        Defect.objects.get(pk=defect.pk).take(by=colleague, at=now)


def test_the_watch_gives_it_to_someone_who_is_told(defect, officer, colleague, now):
    defect.assign(colleague, by=officer, at=now)
    assert again(defect).mender == colleague and told(defect, colleague, "assigned")


def test_on_the_way_takes_what_nobody_has_and_says_when_one_is_there(defect, maintainer, now):
    defect.come(now + 30 * MINUTE, by=maintainer, at=now)
    fresh = again(defect)
    assert (fresh.status, fresh.mender, fresh.expected_at) == (DefectStatus.ON_THE_WAY, maintainer, now + 30 * MINUTE)
    assert set(clocks(defect)) == {"fixed"}


def test_nobody_is_on_the_way_to_what_another_has(defect, maintainer, colleague, now):
    defect.take(by=maintainer, at=now)
    with pytest.raises(Conflict, match="程亮"):
        again(defect).come(now + HOUR, by=colleague, at=now)


def test_mended_it_waits_for_the_watch_and_the_finder_hears(mended, officer, now):
    fresh = again(mended)
    assert (fresh.status, fresh.cause, fresh.remedy, fresh.parts) == ("fixed", "老化", "更换电池", "电池 4 节")
    assert clocks(mended) == {"verified": now + 25 * HOUR}
    assert told(mended, officer, "fixed") and fresh.photos.get().stage == "mended"


def test_a_key_piece_is_shown_mended_on_a_photo(defect, maintainer, now):
    with pytest.raises(NotPossible):
        defect.fix("老化", "更换", by=maintainer, at=now)
    RepairTerm(criticality="key", acknowledge_minutes=15, fix_hours=8, photo_when_fixed=False).save()
    defect.fix("老化", "更换", by=maintainer, at=now)
    assert again(defect).status == DefectStatus.FIXED


def test_the_watch_verifies_and_it_is_closed(mended, officer, maintainer, now):
    mended.verify(by=officer, at=now + 2 * HOUR)
    fresh = again(mended)
    assert (fresh.status, fresh.verified_by, fresh.verified_why) == (DefectStatus.VERIFIED, officer, "")
    assert fresh.matter.closed_at == now + 2 * HOUR and not clocks(mended)
    assert told(mended, maintainer, "verified")


def test_whoever_mended_it_verifies_it_with_a_reason_only_and_that_is_marked(defect, shot, officer, leader, now):
    defect.take(by=officer, at=now)
    defect.fix("松动", "拧紧", photos=[shot], by=officer, at=now)
    with pytest.raises(NotPossible):
        defect.verify(by=officer, at=now)
    defect.verify(by=officer, at=now, reason="只有一个人值班")
    assert again(defect).verified_why == "只有一个人值班"


def test_a_manager_who_does_not_keep_watch_gives_a_reason_too(mended, manager, now):
    with pytest.raises(NotPossible):
        mended.verify(by=manager, at=now + 2 * HOUR)
    mended.verify(by=manager, at=now + 2 * HOUR, reason="值班员不在")
    assert again(mended).verified_why


def test_what_does_not_hold_goes_back_and_is_due_when_it_was_due_before(mended, officer, maintainer, now):
    mended.send_back(by=officer, at=now + 2 * HOUR, reason="还在报警")
    fresh = again(mended)
    assert (fresh.status, fresh.sent_back, fresh.mender) == (DefectStatus.TAKEN, 1, maintainer)
    assert clocks(mended) == {"fixed": now + 8 * HOUR}
    assert told(mended, maintainer, "back")
    assert Line.objects.get(verb="equipment.defect.send_back").reason == "还在报警"


def test_found_again_on_a_round_while_it_waits_to_be_verified_it_goes_back(mended, officer, now):
    class Seen:
        said, note, answered_at = "36", "还热", now + 2 * HOUR

    mended.see_again(Seen(), by=officer, at=now + 2 * HOUR)
    assert (again(mended).status, again(mended).sent_back) == (DefectStatus.TAKEN, 1)


def test_handed_on_the_clock_does_not_begin_anew(defect, maintainer, colleague, now):
    defect.come(now + HOUR, by=maintainer, at=now)
    defect.hand_on(colleague, by=maintainer, at=now + HOUR, reason="要弱电")
    fresh = again(defect)
    assert (fresh.status, fresh.mender, fresh.expected_at) == (DefectStatus.TAKEN, colleague, None)
    row = Deadline.objects.open().get(matter=defect.matter)
    assert (row.owed_by, row.due_at) == (colleague, now + 8 * HOUR)
    assert told(defect, colleague, "handed")
    with pytest.raises(Conflict):
        again(defect).hand_on(colleague, by=colleague, at=now + HOUR, reason="又一次")


def test_withdrawn_with_a_reason_nothing_is_owed_any_more(defect, maintainer, officer, now):
    defect.withdraw(by=maintainer, at=now, reason="计划停机")
    assert again(defect).status == DefectStatus.WITHDRAWN and not clocks(defect)
    assert told(defect, officer, "withdrawn")
    for late in (lambda d: d.take(by=maintainer, at=now), lambda d: d.withdraw(by=officer, at=now, reason="又")):
        with pytest.raises(Conflict):
            late(again(defect))


def test_more_critical_counts_from_now_and_never_gives_more_time(piece, officer, leader, maintainer, now):
    defect = make_defect(piece, officer, now, criticality="ordinary")
    later = now + 24 * HOUR
    defect.regrade("key", by=leader, at=later, reason="备机也停了")
    assert clocks(defect) == {"taken": now + 4 * HOUR, "fixed": later + 8 * HOUR}
    assert Notice.objects.filter(matter=defect.matter, recipient=maintainer, urgency="urgent").exists()
    near = make_defect(piece, officer, now, what="异响", criticality="ordinary")
    near.regrade("important", by=leader, at=now + 160 * HOUR, reason="更响了")
    assert clocks(near)["fixed"] == now + 168 * HOUR


def test_less_critical_counts_from_when_it_was_found(defect, leader, maintainer, now):
    before = Notice.objects.filter(matter=defect.matter).count()
    defect.regrade("ordinary", by=leader, at=now + HOUR, reason="有备用")
    assert clocks(defect) == {"taken": now + 240 * MINUTE, "fixed": now + 168 * HOUR}
    assert Notice.objects.filter(matter=defect.matter).count() == before
    with pytest.raises(Conflict):
        again(defect).regrade("ordinary", by=leader, at=now + HOUR, reason="又一次")


def test_a_piece_that_is_taken_out_of_use_takes_its_open_defects_along(defect, piece, manager, now):
    piece.retire(dt.date(2026, 11, 22), by=manager, at=now, reason="报废")
    assert again(defect).status == DefectStatus.WITHDRAWN and not clocks(defect)


def test_the_same_thing_within_ninety_days_is_linked_to_the_one_before(mended, piece, officer, now):
    mended.verify(by=officer, at=now + 2 * HOUR)
    later = now + dt.timedelta(days=30)
    assert make_defect(piece, officer, later).recurs == mended
    assert make_defect(piece, officer, later, what="异响").recurs is None
    assert make_defect(piece, officer, now + dt.timedelta(days=200)).recurs is None


def test_the_acknowledging_counts_from_when_it_was_told_and_the_mending_from_when_it_was_found(piece, officer, now):
    defect = make_defect(piece, officer, now, found_at=now - 3 * HOUR)
    assert clocks(defect) == {"taken": now + 15 * MINUTE, "fixed": now + 5 * HOUR}


@pytest.mark.parametrize("role", ["in_charge", "deputy", "maintainer"])
def test_whoever_looks_after_the_piece_may_mend_without_a_role(piece, officer, house, now, role):
    from duty.access import can

    person, stranger = make_person("钳工", house["ops"]), make_person("路人", house["ops"])
    Keeper.objects.create(equipment=piece, person=person, role=role, from_on=now.date())
    defect = make_defect(piece, officer, now)
    assert can(person, "take", defect) and not can(stranger, "take", defect) and not can(officer, "take", defect)


def test_a_photo_twice_is_one(defect, shot, maintainer, now):
    defect.note("看一下", [shot, shot], by=maintainer, at=now)
    defect.note("再看", [shot], by=maintainer, at=now)
    assert defect.photos.count() == 1


def test_whoever_mended_it_does_not_withdraw_it(defect, maintainer, officer, shot, as_, now):
    defect.take(by=maintainer, at=now)
    again(defect).fix("坏", "换", photos=[shot], by=maintainer, at=now)
    with pytest.raises(NotPossible):
        again(defect).withdraw(by=maintainer, at=now, reason="没问题")
    assert as_(maintainer).post(f"/defects/{defect.pk}/withdraw/", {"withdraw-reason": "没问题"}).status_code == 403
    assert again(defect).status == DefectStatus.FIXED
    again(defect).withdraw(by=officer, at=now, reason="误报")


def test_a_piece_that_goes_over_takes_its_open_defects_along(defect, piece, house, places, manager, now):
    theirs = make_person("何峰", house["sales"], Role.MAINTAINER)
    piece.unit, piece.place = house["sales"], places["shop"]
    piece.change(["unit", "place"], by=manager, at=now + MINUTE)
    moved = again(defect)
    assert moved.unit == house["sales"] and Defect.objects.visible_to(theirs).filter(pk=defect.pk).exists()
    assert {row.unit for row in Deadline.objects.open().filter(matter=defect.pk)} == {house["sales"]}
    assert Notice.objects.filter(recipient=theirs, matter=defect.pk).exists()


def test_whoever_was_called_hears_that_it_was_no_defect(defect, maintainer, colleague, officer, now):
    defect.withdraw(by=officer, at=now + MINUTE, reason="误报")
    told = Notice.objects.filter(matter=defect.pk, key__startswith="withdrawn")
    assert {notice.recipient for notice in told} == {maintainer, colleague}
