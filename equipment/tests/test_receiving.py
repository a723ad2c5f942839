import datetime as dt
from decimal import Decimal

import pytest

from duty.clock import MINUTE
from duty.models import Deadline, Line, Notice
from duty.steps import Conflict
from equipment.completeness import missing
from equipment.models import Answer, Defect, DefectStatus, Judged, Keeper, Kind, Parcel, Status, Visit
from equipment.receiving import receive
from equipment.tests.rounds import answer, make_checklist, make_round, parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(house, manager, piece, gauge, now):
    items = [
        {"question": "指示灯", "equipment": piece},
        {"question": "温度", "equipment": piece, "gauge": gauge, "kind": Kind.NUMBER, "measure": "℃", "least": -40, "most": 90,
         "normal_low": 18, "normal_high": 27, "alarm_high": 35},
    ]  # fmt: skip
    return make_checklist(house["ops"], manager, now, items=items)


@pytest.fixture
def walk(checklist, now):
    return make_round(checklist, now)


@pytest.fixture
def items(checklist):
    return list(checklist.in_force.items.all())


def test_a_walk_is_begun_answered_and_finished_in_one_parcel(walk, items, officer, now):
    sent = parcel(now, answer(items[0], "normal", now), answer(items[1], "21.5", now), done_at=now.isoformat())
    assert receive(walk, sent, by=officer, at=now) == {}
    walk.refresh_from_db()
    assert (walk.status, walk.given, walk.abnormal, walk.done_at) == (Status.DONE, 2, 0, now)
    assert walk.answers.get(item=items[1]).number == Decimal("21.5")
    assert not Deadline.objects.open().filter(matter=walk.matter).exists()


def test_the_same_parcel_twice_is_taken_once(walk, items, officer, now):
    sent = parcel(now, answer(items[0], "normal", now))
    receive(walk, sent, by=officer, at=now)
    receive(walk, sent, by=officer, at=now)
    assert (Answer.objects.count(), Parcel.objects.count()) == (1, 1)


def test_the_same_answer_in_two_parcels_is_one(walk, items, officer, now):
    given = answer(items[0], "normal", now)
    receive(walk, parcel(now, given), by=officer, at=now)
    receive(walk, parcel(now, given), by=officer, at=now)
    assert (Answer.objects.count(), Parcel.objects.count()) == (1, 2)


def test_a_clock_two_hours_fast_is_corrected(walk, items, officer, now):
    fast = dt.timedelta(hours=2)
    given = answer(items[0], "normal", now - 5 * MINUTE + fast)
    receive(walk, parcel(now, given, sent=now + fast), by=officer, at=now)
    row = Answer.objects.get()
    assert (row.answered_at, row.received_at) == (now - 5 * MINUTE, now)
    assert Parcel.objects.get().clock_off_seconds == 7200


def test_a_clock_set_back_during_the_walk_says_nothing_from_the_future(walk, items, officer, now):
    given = answer(items[0], "normal", now + dt.timedelta(days=3))
    receive(walk, parcel(now, given), by=officer, at=now)
    assert Answer.objects.get().answered_at == now


def test_of_two_telephones_the_later_answer_stands_and_the_other_is_kept(walk, items, officer, leader, now):
    late = now + 10 * MINUTE
    receive(walk, parcel(late, answer(items[1], "22", now + 8 * MINUTE)), by=officer, at=late)
    receive(walk, parcel(late, answer(items[1], "21", now + 3 * MINUTE)), by=leader, at=late)
    assert [row.number for row in walk.answers.standing()] == [22]
    assert walk.answers.count() == 2


def test_an_abnormal_answer_opens_a_defect_and_the_maintainer_hears_of_it(walk, items, piece, officer, chief, now):
    Keeper.objects.create(equipment=piece, person=chief, role="maintainer", from_on=now.date())
    receive(walk, parcel(now, answer(items[1], "36", now, note="空调停机")), by=officer, at=now)
    defect = Defect.objects.get()
    assert (defect.what, defect.equipment, defect.criticality, defect.number) == (
        "温度 36 ℃",
        piece,
        "key",
        "WX20261122-001",
    )
    assert Notice.objects.filter(matter=defect.matter, recipient=chief).exists()
    kinds = Deadline.objects.open().filter(matter=defect.matter).values_list("kind", "due_at")
    assert dict(kinds) == {
        "equipment.defect_taken": now + 15 * MINUTE,
        "equipment.defect_fixed": now + dt.timedelta(hours=8),
    }


def test_the_same_defect_found_again_is_no_second_one(walk, checklist, items, officer, now):
    receive(walk, parcel(now, answer(items[1], "36", now, note="热")), by=officer, at=now)
    later = now + dt.timedelta(hours=2)
    again = make_round(checklist, later)
    receive(again, parcel(later, answer(items[1], "37", later, note="更热")), by=officer, at=later)
    assert Defect.objects.count() == 1
    assert Defect.objects.get().answers.count() == 2


def test_the_note_that_comes_after_the_answer_is_the_defects_and_no_second_look(walk, items, officer, chief, now):
    receive(walk, parcel(now, answer(items[1], "63", now)), by=officer, at=now)
    defect = Defect.objects.get()
    defect.take(by=chief, at=now)
    later = now + MINUTE
    receive(walk, parcel(later, answer(items[1], "63", later, note="空调停机")), by=officer, at=later)
    last = later + MINUTE
    receive(walk, parcel(last, answer(items[1], "36", last, note="空调停机")), by=officer, at=last)
    defect.refresh_from_db()
    assert (defect.detail, defect.what, defect.matter.title) == ("空调停机", "温度 36 ℃", "总部 UPS 温度 36 ℃")
    verbs = list(Line.objects.filter(matter=defect.matter).order_by("at", "id").values_list("verb", flat=True))
    assert [verb.rpartition(".")[2] for verb in verbs] == ["report", "take", "learn", "learn"]
    assert Notice.objects.filter(recipient=chief, key__startswith="learnt:").count() == 2
    receive(walk, parcel(last, answer(items[1], "36", last, note="空调停机")), by=officer, at=last + MINUTE)
    assert Line.objects.filter(verb="equipment.defect.learn").count() == 2  # nothing new, nothing said


def test_what_somebody_wrote_by_hand_is_not_overwritten_by_a_later_note(walk, items, officer, now):
    receive(walk, parcel(now, answer(items[1], "36", now)), by=officer, at=now)
    Defect.objects.update(detail="见照片")
    receive(walk, parcel(now + MINUTE, answer(items[1], "36", now + MINUTE, note="热")), by=officer, at=now + MINUTE)
    assert Defect.objects.get().detail == "见照片"


def test_a_slip_of_the_finger_corrected_at_once_withdraws_the_defect(walk, items, officer, now):
    receive(walk, parcel(now, answer(items[0], "abnormal", now, note="灭")), by=officer, at=now)
    later = now + MINUTE
    receive(walk, parcel(later, answer(items[0], "normal", later)), by=officer, at=later)
    assert Defect.objects.get().status == DefectStatus.WITHDRAWN


def test_a_value_that_cannot_be_is_refused_by_name_and_the_rest_is_taken(walk, items, officer, now):
    wrong, right = answer(items[1], "215", now), answer(items[0], "normal", now)
    refused = receive(walk, parcel(now, wrong, right), by=officer, at=now)
    assert list(refused) == [wrong["uid"]]
    assert [row.item for row in walk.answers.all()] == [items[0]]


def test_a_walk_does_not_end_while_something_is_missing(walk, items, officer, now):
    sent = parcel(now, answer(items[0], "abnormal", now), done_at=now.isoformat())
    receive(walk, sent, by=officer, at=now)
    walk.refresh_from_db()
    assert walk.status == Status.IN_PROGRESS
    assert set(missing(walk)) == {items[0].pk, items[1].pk}


def test_a_template_edited_during_a_round_leaves_that_round_as_it_was(walk, checklist, items, manager, officer, now):
    receive(walk, parcel(now, answer(items[0], "normal", now)), by=officer, at=now)
    draft = checklist.revise(by=manager, at=now)
    draft.items.filter(order=1).update(question="回风温度")
    checklist.publish(draft, by=manager, at=now)
    receive(walk, parcel(now, answer(items[1], "20", now), done_at=now.isoformat()), by=officer, at=now)
    walk.refresh_from_db()
    assert (walk.status, walk.version.number) == (Status.DONE, 1)
    assert make_round(checklist, now + 3 * 60 * MINUTE).checklist.in_force.number == 2


def test_a_walk_begun_offline_keeps_the_version_the_telephone_had(walk, checklist, items, manager, officer, now):
    before = checklist.in_force
    draft = checklist.revise(by=manager, at=now)
    checklist.publish(draft, by=manager, at=now)
    receive(walk, parcel(now, answer(items[0], "normal", now), version=before.pk), by=officer, at=now)
    walk.refresh_from_db()
    assert walk.version == before


def test_what_comes_after_the_end_is_kept_beside(walk, items, officer, leader, now):
    done = parcel(now, answer(items[0], "normal", now), answer(items[1], "20", now), done_at=now.isoformat())
    receive(walk, done, by=officer, at=now)
    receive(walk, parcel(now, answer(items[1], "36", now, note="热")), by=leader, at=now)
    assert [row.number for row in walk.answers.standing() if row.number] == [20]
    assert walk.answers.count() == 3
    assert not Defect.objects.exists()


def test_a_round_explained_as_missed_takes_what_was_walked_in_time(walk, items, officer, leader, now):
    morning = now + dt.timedelta(hours=9)
    walk.explain("没有人值班", by=leader, at=morning)
    sent = parcel(
        morning, answer(items[0], "normal", now), answer(items[1], "20", now + MINUTE), begun_at=now.isoformat(),
        done_at=(now + 2 * MINUTE).isoformat(),
    )  # fmt: skip
    receive(walk, sent, by=officer, at=morning)
    walk.refresh_from_db()
    assert (walk.status, walk.done_at, walk.received_at) == (Status.DONE, now + 2 * MINUTE, morning)
    assert not Deadline.objects.open().filter(matter=walk.matter).exists()


def test_where_the_walker_stood_is_kept_with_how_it_was_shown(walk, items, piece, officer, now):
    visit = {"uid": "0b4fd5a8-3f43-4b57-9d3d-0c1f4a3b8d11", "equipment": piece.pk, "place": None, "how": "scanned",
             "arrived_at": now.isoformat()}  # fmt: skip
    for _time in range(2):
        receive(walk, parcel(now, answer(items[0], "normal", now), visits=[visit]), by=officer, at=now)
    assert [(row.equipment, row.how) for row in Visit.objects.all()] == [(piece, "scanned")]


def test_what_could_not_be_checked_needs_a_reason(walk, items, officer, now):
    bare, told = (
        answer(items[0], None, now, not_checked=True),
        answer(items[1], None, now, not_checked=True, note="锁着"),
    )
    refused = receive(walk, parcel(now, bare, told), by=officer, at=now)
    assert list(refused) == [bare["uid"]]
    assert walk.answers.get().judged == Judged.NOT_CHECKED


def test_a_missed_round_is_not_begun_the_next_morning(walk, items, officer, now):
    morning = now + dt.timedelta(hours=9)
    with pytest.raises(Conflict, match=r"missed|漏检"):
        receive(walk, parcel(morning, answer(items[0], "normal", morning)), by=officer, at=morning)
    walk.refresh_from_db()
    assert walk.is_missed(morning)


def test_a_walk_begun_in_time_and_finished_late_is_late_not_missed(walk, items, officer, now):
    receive(walk, parcel(now, answer(items[0], "normal", now)), by=officer, at=now)
    later = now + dt.timedelta(hours=3)
    receive(walk, parcel(later, answer(items[1], "20", later), done_at=later.isoformat()), by=officer, at=later)
    walk.refresh_from_db()
    assert walk.is_late(later)
    assert not walk.is_missed(later)
    assert walk.state(later)[0] == "soon"


def test_a_walk_explained_while_under_way_goes_on_as_it_began(walk, checklist, items, manager, officer, leader, now):
    late = now + dt.timedelta(hours=3)
    receive(walk, parcel(now, answer(items[0], "normal", now)), by=officer, at=now)
    walk.refresh_from_db()
    walk.explain("忘记了", by=leader, at=late)
    other = checklist.revise(by=manager, at=late)
    checklist.publish(other, by=manager, at=late)
    found = answer(items[0], "abnormal", late, note="漏水")
    assert receive(walk, parcel(late, found, version=other.pk), by=officer, at=late) == {}
    walk.refresh_from_db()
    assert (walk.status, walk.version, walk.started_at) == (Status.IN_PROGRESS, items[0].version, now)
    assert walk.explanation == "忘记了" and Defect.objects.count() == 1
    assert not Deadline.objects.open().filter(matter=walk.pk).exists()  # it is explained, and stays so


def test_a_walk_does_not_end_before_its_last_answer(walk, items, officer, now):
    late = now + dt.timedelta(hours=9)
    receive(walk, parcel(now, begun_at=now.isoformat()), by=officer, at=now)
    given = [answer(item, "20" if item.kind == Kind.NUMBER else "normal", late) for item in items]
    receive(walk, parcel(late, *given, done_at=(now + MINUTE).isoformat()), by=officer, at=late)
    walk.refresh_from_db()
    assert walk.status == Status.DONE and walk.done_at == late and walk.state(late)[0] == "soon"


def test_a_slip_corrected_after_others_went_to_work_on_it_withdraws_nothing(walk, items, officer, chief, now):
    receive(walk, parcel(now, answer(items[0], "abnormal", now, note="x")), by=officer, at=now)
    defect = Defect.objects.get()
    defect.note("已经通知厂家", by=chief, at=now)
    receive(walk, parcel(now + MINUTE, answer(items[0], "normal", now + MINUTE)), by=officer, at=now + MINUTE)
    defect.refresh_from_db()
    assert defect.status == DefectStatus.REPORTED


def test_a_piece_out_of_use_gets_no_new_defect(walk, items, piece, manager, officer, now):
    piece.retire(now.date() - dt.timedelta(days=1), by=manager, at=now)
    receive(walk, parcel(now, answer(items[0], "abnormal", now, note="x")), by=officer, at=now)
    assert not Defect.objects.exists() and walk.answers.get().judged == Judged.ABNORMAL


def test_an_answer_of_another_round_is_refused_by_name(walk, checklist, items, officer, now):
    given, other = answer(items[0], "normal", now), make_round(checklist, now + MINUTE)
    assert receive(walk, parcel(now, given), by=officer, at=now) == {}
    assert given["uid"] in receive(other, parcel(now, given), by=officer, at=now)
    assert not other.answers.exists()


@pytest.mark.parametrize("off", ["+23:59", "+16:00", "-15:59:59", "+08:00:00.5"])
def test_an_offset_that_the_database_refuses_is_an_instant_all_the_same(walk, items, officer, now, off):
    sent = f"2026-11-22T23:02:00{off}"
    receive(walk, parcel(now, answer(items[0], "normal", now)) | {"sent_at": sent}, by=officer, at=now)
    assert Parcel.objects.get().answers == 1


def test_what_nobody_can_see_is_no_reason(walk, items, officer, now, as_):
    from equipment.tests.test_telephone import send

    given = answer(items[0], None, now, not_checked=True, note="\u200b\ufeff")
    answered = send(as_(officer), walk, officer, parcel(now, given)).json()
    assert given["uid"] in answered["refused"] and not walk.answers.exists()
