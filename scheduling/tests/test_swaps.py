"""A37: a duty changes hands by consent, or by a planner's word; who keeps it is never in doubt."""

import datetime as dt

import pytest

from conftest import local
from duty.models import Deadline, Line, Notice, Person
from duty.steps import Conflict
from duty.sweeping import sweep
from duty.watchdog import restore_missing
from scheduling.models import Day, Shift, Swap, Terms
from scheduling.promises import lapse
from scheduling.tests.cover import join, make_colleague, make_swap, on_duty, owed, seat_of, told
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
KIND, APPROVAL = "scheduling.swap", "scheduling.approval"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def friend(house):
    return make_colleague(house, "刘洋")


@pytest.fixture
def watch(make_shift, leader, officer, house):
    """Wednesday night."""
    join(house["ops"], officer)
    return make_shift("2026-11-25 18:00", "2026-11-26 08:00", leader=leader, primary=officer)


@pytest.fixture
def seat(watch, officer):
    return seat_of(watch, officer)


@pytest.fixture
def swap(seat, friend, now):
    return make_swap(seat, now, to=friend)


def state(swap) -> str:
    return Swap.objects.get(pk=swap.pk).status


# Offering and taking


def test_offered_to_one_it_waits_a_day_for_their_answer(swap, seat, friend, now):
    assert swap.expires_at == now + DAY and owed(swap, KIND).owed_by == friend
    assert Notice.objects.get(recipient=friend).needs_acknowledgement and on_duty("2026-11-25 20:00") >= {
        ("primary", "陈立")
    }


def test_near_the_duty_it_waits_half_the_time_that_is_left(seat, friend, clock):
    at = clock("2026-11-25 08:00")
    assert make_swap(seat, at, to=friend).expires_at == local("2026-11-25 13:00")


def test_taken_and_approved_both_are_told_who_is_before_and_after(
    swap, officer, friend, manager, make_shift, leader, now
):
    make_shift("2026-11-25 08:00", "2026-11-25 18:00", "日班", primary=leader)
    swap.take(by=friend, at=now)
    assert state(swap) == "taken" and told(manager, swap) and on_duty("2026-11-25 20:00") >= {("primary", "陈立")}
    swap.approve(by=manager, at=now)
    assert state(swap) == "done" and on_duty("2026-11-25 20:00") == {("leader", "何佳"), ("primary", "刘洋")}
    for person in (officer, friend):
        notice = Notice.objects.get(recipient=person, key=f"done:{swap.pk}")
        assert "何佳" in notice.text and "刘洋" in notice.title
    assert owed(swap, KIND) is None and not Notice.objects.filter(matter_id=swap.pk).waiting().exists()
    line = Line.objects.get(verb="scheduling.shift.hand_over_seat")
    assert line.matter_id == swap.shift_id and "陈立 → 刘洋" in line.detail


def test_without_approval_it_is_done_when_it_is_taken(swap, friend, house, now):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    swap.take(by=friend, at=now)
    assert state(swap) == "done" and ("primary", "刘洋") in on_duty("2026-11-25 20:00")


def test_a_part_changes_hands_and_comes_back_in_one_piece(seat, watch, officer, friend, manager, now):
    part = local("2026-11-25 22:00"), local("2026-11-26 02:00")
    swap = make_swap(seat, now, to=friend, span=part)
    swap.take(by=friend, at=now)
    swap.approve(by=manager, at=now)
    keeps = {
        hour: next(name for role, name in on_duty(hour) if role == "primary")
        for hour in (
            "2026-11-25 18:00",
            "2026-11-25 21:59",
            "2026-11-25 22:00",
            "2026-11-26 01:59",
            "2026-11-26 02:00",
            "2026-11-26 07:59",
        )
    }
    assert list(keeps.values()) == ["陈立", "陈立", "刘洋", "刘洋", "陈立", "陈立"]
    assert watch.seats.filter(role="primary").count() == 3
    back = make_swap(seat_of(watch, friend), now, to=officer, span=part)
    back.take(by=officer, at=now)
    back.approve(by=manager, at=now)
    whole = watch.seats.get(role="primary")
    assert whole.person == officer and not whole.is_part


def test_an_exchange_goes_both_ways_even_at_the_same_hour(seat, make_shift, officer, friend, manager, house, now):
    from scheduling.models import Post

    other = Post.objects.create(unit=house["ops"], name="分值班室")
    theirs = make_shift("2026-11-25 18:00", "2026-11-26 08:00", at_post=other, primary=friend)
    swap = make_swap(seat, now, counter=seat_of(theirs, friend))
    swap.take(by=friend, at=now)
    swap.approve(by=manager, at=now)
    assert seat.shift.seats.get(role="primary").person == friend and theirs.seats.get().person == officer
    assert Line.objects.filter(verb="scheduling.shift.hand_over_seat").count() == 2


def test_declined_it_stays_where_it_is_and_the_giver_hears(swap, officer, friend, now):
    swap.decline(by=friend, at=now)
    assert state(swap) == "declined" and told(officer, swap) and owed(swap, KIND) is None


def test_a_planner_refuses_what_was_taken_with_a_reason(swap, as_, friend, manager, officer, now):
    swap.take(by=friend, at=now)
    assert Page(as_(manager).post(f"/swaps/{swap.pk}/decline/", {"decline-reason": ""})).status == 422
    assert as_(manager).post(f"/swaps/{swap.pk}/decline/", {"decline-reason": "人手不足"}).status_code == 302
    assert state(swap) == "declined" and told(friend, swap)[-1] and on_duty("2026-11-25 20:00") >= {("primary", "陈立")}


def test_withdrawn_it_can_be_offered_again(swap, seat, officer, friend, now):
    with pytest.raises(Conflict):
        make_swap(seat, now, to=friend)
    swap.withdraw(by=officer, at=now)
    assert state(swap) == "withdrawn" and len(told(friend, swap)) == 2
    make_swap(seat, now, to=friend)


def test_a_planner_arranges_it_at_once_with_a_reason_and_both_hear(seat, as_, manager, officer, friend):
    path = f"/swaps/new/?seat={seat.pk}"
    page = Page(as_(manager).post(path, {"to": friend.pk, "at_once": "on", "reason": ""}))
    assert page.status == 422 and "reason" in page.errors
    assert as_(manager).post(path, {"to": friend.pk, "at_once": "on", "reason": "临时调整"}).status_code == 302
    swap = Swap.objects.get()
    assert (swap.status, swap.decided_by, swap.taker) == ("done", manager, friend)
    assert told(officer, swap) and told(friend, swap) and ("primary", "刘洋") in on_duty("2026-11-25 20:00")


def test_nobody_is_given_a_duty_while_they_have_another_or_are_away(swap, friend, manager, make_shift, house, now):
    from scheduling.models import Post

    swap.take(by=friend, at=now)
    other = Post.objects.create(unit=house["ops"], name="分值班室")
    make_shift("2026-11-26 07:00", "2026-11-26 09:00", at_post=other, primary=friend)
    with pytest.raises(Conflict, match="刘洋"):
        swap.approve(by=manager, at=now)
    assert state(swap) == "taken" and on_duty("2026-11-25 20:00") >= {("primary", "陈立")}


# Time


def test_the_asked_and_then_the_giver_are_reminded_and_in_the_end_it_expires(swap, officer, friend, manager, clock):
    clock("2026-11-23 11:03")
    sweep()
    assert len(told(friend, swap)) == 2 and not told(officer, swap)
    clock("2026-11-23 19:03")
    sweep()
    assert len(told(officer, swap)) == 1
    end = clock("2026-11-23 23:02")
    with pytest.raises(Conflict):
        swap.take(by=friend, at=end)
    assert lapse(end) == 1 and lapse(end) == 0
    assert state(swap) == "expired" and owed(swap, KIND) is None
    assert len(told(officer, swap)) == 2 and told(manager, swap) and len(told(friend, swap)) == 3
    assert Line.objects.get(verb="scheduling.swap.expire").via == "engine"
    assert Line.objects.get(verb="scheduling.swap.offer").detail == "刘洋"


def test_not_approved_before_the_duty_it_expires(swap, friend, manager, clock, now):
    swap.take(by=friend, at=now)
    assert owed(swap, APPROVAL).due_at == now + DAY
    at = clock("2026-11-25 18:00")
    assert lapse(at) == 1 and state(swap) == "expired" and on_duty("2026-11-25 20:00") >= {("primary", "陈立")}


def test_swaps_of_holidays_are_asked_days_ahead_unless_a_planner_says_why(seat, as_, officer, friend, manager):
    Day.objects.update_or_create(date=dt.date(2026, 11, 26), defaults={"kind": "holiday", "name": "校庆"})
    Terms.objects.create(unit=seat.shift.unit, swap_days_ahead=5)
    path = f"/swaps/new/?seat={seat.pk}"
    page = Page(as_(officer).post(path, {"to": friend.pk, "reason": "有事"}))
    assert page.status == 422 and not Swap.objects.exists()
    assert Page(as_(manager).post(path, {"to": friend.pk, "reason": ""})).status == 422
    assert as_(manager).post(path, {"to": friend.pk, "reason": "家中急事"}).status_code == 302


def test_a_missing_promise_is_found(swap, friend, now):
    swap.settle(KIND, now)
    assert restore_missing() == 1 and owed(swap, KIND)
    swap.take(by=friend, at=now)
    swap.settle(APPROVAL, now)
    assert restore_missing() == 1 and owed(swap, APPROVAL).owed_as == "scheduling.planners"


# It follows the duty


def test_when_the_watch_moves_it_moves_along(seat, watch, officer, leader, friend, manager, now):
    swap = make_swap(seat, now, to=friend, span=(local("2026-11-25 22:00"), local("2026-11-26 02:00")))
    fresh = Shift.objects.get(pk=watch.pk)
    fresh.starts_at, fresh.ends_at = local("2026-11-24 19:00"), local("2026-11-25 09:00")
    fresh.change([("leader", leader), ("primary", officer)], by=manager, at=now)
    swap = Swap.objects.get(pk=swap.pk)
    assert swap.status == "offered" and swap.span == (local("2026-11-24 23:00"), local("2026-11-25 03:00"))
    assert "11-24" in swap.matter.title


def test_when_the_duty_has_another_keeper_or_is_gone_it_is_withdrawn_with_notice(
    swap, seat, watch, officer, leader, friend, manager, house, now
):
    other = make_colleague(house, "赵静")
    fresh = Shift.objects.get(pk=watch.pk)
    fresh.change([("leader", leader), ("primary", other)], by=manager, at=now)
    assert state(swap) == "withdrawn" and told(officer, swap) and len(told(friend, swap)) == 2
    second = make_swap(seat_of(watch, other), now, to=friend)
    fresh.remove(by=manager, at=now)
    assert state(second) == "withdrawn" and not Deadline.objects.open().exists()


def test_who_leaves_takes_their_offers_along(swap, officer, now):
    assert lapse(now) == 0
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert lapse(now) == 2  # the offer ends, and the duty falls open
    assert state(swap) == "withdrawn"


# Pages


def test_an_officer_offers_it_to_all_who_may_and_one_takes_it(seat, as_, officer, friend, house, manager):
    other = make_colleague(house, "赵静")
    page = Page(as_(officer).get(f"/swaps/new/?seat={seat.pk}"))
    assert "刘洋" in page.text and "赵静" in page.text and "at_once" not in page.html
    assert as_(officer).post(f"/swaps/new/?seat={seat.pk}", {"to": "", "within": "6"}).status_code == 302
    swap = Swap.objects.get()
    assert swap.asked is None and swap.expires_at == swap.offered_at + 6 * HOUR
    for person in (friend, other):
        assert swap.get_absolute_url() in Page(as_(person).get("/swaps/")).links
    page = Page(as_(manager).get("/swaps/"))
    assert "under-way" in page.html and "to-approve" not in page.html
    assert as_(friend).post(f"/swaps/{swap.pk}/take/").status_code == 302
    assert as_(other).post(f"/swaps/{swap.pk}/take/").status_code == 409
    assert swap.get_absolute_url() in Page(as_(manager).get("/swaps/")).links
    assert as_(manager).post(f"/swaps/{swap.pk}/approve/").status_code == 302
    assert ("primary", "刘洋") in on_duty("2026-11-25 20:00") and told(other, swap)[-1]


def test_what_speaks_against_it_is_shown_once_before_it_is_sent(seat, as_, officer, friend, make_shift):
    make_shift("2026-11-26 08:00", "2026-11-26 18:00", "日班", primary=friend)
    path = f"/swaps/new/?seat={seat.pk}"
    page = Page(as_(officer).post(path, {"to": friend.pk, "reason": "家事"}))
    assert (
        page.status == 200
        and "刘洋" in page.alerts[-1]
        and page.values["reason"] == "家事"
        and not Swap.objects.exists()
    )
    assert as_(officer).post(path, page.values).status_code == 302
    swap = Swap.objects.get()
    assert any("刘洋" in alert for alert in Page(as_(friend).get(swap.get_absolute_url())).alerts)


def test_asked_of_me_stands_on_the_desk_and_on_my_page(swap, as_, friend, officer):
    for path in ("/", "/swaps/"):
        assert swap.get_absolute_url() in Page(as_(friend).get(path)).links
    page = Page(as_(friend).get(swap.get_absolute_url()))
    assert page.has_form("/take/") and page.has_form("/decline/") and not page.has_form("/approve/")
    assert not Page(as_(officer).get(swap.get_absolute_url())).has_form("/take/")


def test_nobody_else_answers_for_them(swap, as_, officer, leader, outsider, friend, manager, seat):
    for path in ("take", "approve"):
        for person in (officer, leader):
            assert as_(person).post(f"/swaps/{swap.pk}/{path}/").status_code == 403
    assert as_(leader).post(f"/swaps/{swap.pk}/decline/").status_code == 403
    assert as_(leader).post(f"/swaps/{swap.pk}/withdraw/").status_code == 403
    assert as_(manager).post(f"/swaps/{swap.pk}/take/").status_code == 403
    for path in ("", "take/", "approve/", "decline/", "withdraw/"):
        ask = as_(outsider).post if path else as_(outsider).get
        assert ask(f"/swaps/{swap.pk}/{path}").status_code == 404
    assert as_(outsider).get(f"/swaps/new/?seat={seat.pk}").status_code == 404
    assert as_(leader).get(f"/swaps/new/?seat={seat.pk}").status_code == 403
    assert as_(friend).post("/swaps/new/?seat=x").status_code == 404


def test_a_planner_who_takes_part_does_not_approve(seat, manager, as_, house, now):
    join(house["ops"], manager)
    swap = make_swap(seat, now, to=manager)
    swap.take(by=manager, at=now)
    assert as_(manager).post(f"/swaps/{swap.pk}/approve/").status_code == 403


def test_sent_twice_it_is_offered_once(seat, as_, officer, friend):
    client, path = as_(officer), f"/swaps/new/?seat={seat.pk}"
    values = {"to": friend.pk, "once": Page(client.get(path)).values["once"]}
    answers = [client.post(path, values) for _twice in range(2)]
    assert answers[0].url == answers[1].url and Swap.objects.count() == 1
    assert client.post(path, {"to": friend.pk}).status_code == 409


def test_bad_choices_are_told(seat, as_, officer, friend):
    path = f"/swaps/new/?seat={seat.pk}"
    for values, field in (
        ({"to": "999999"}, "to"),
        ({"to": "x"}, "to"),
        ({"from_mark": "5", "until_mark": "3"}, "until_mark"),
        ({"within": "9999"}, "within"),
    ):
        page = Page(as_(officer).post(path, values))
        assert page.status == 422 and field in page.errors, values
    assert not Swap.objects.exists()


def test_a_part_is_chosen_by_the_hour(seat, as_, officer, friend):
    assert (
        as_(officer)
        .post(f"/swaps/new/?seat={seat.pk}", {"to": friend.pk, "from_mark": "4", "until_mark": "8"})
        .status_code
        == 302
    )
    assert Swap.objects.get().span == (local("2026-11-25 22:00"), local("2026-11-26 02:00"))
