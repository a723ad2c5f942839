# ruff: noqa: F811 - fixtures are asked for by their names
"""Several people and one swap, at the same time, on the real database."""

from functools import partial

import pytest

from duty.models import Line
from scheduling.models import Shift, Swap, Terms
from scheduling.promises import lapse
from scheduling.tests.cover import join, make_colleague, make_swap, on_duty, seat_of
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.test_swaps import friend, seat, watch  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_to_all(seat, friend, house, now):
    others = [make_colleague(house, name) for name in ("赵静", "孙浩", "王芳")]
    people = [friend, *others]
    return make_swap(seat, now, told=[person.pk for person in people]), people


def post(person, swap, verb):
    return partial(signed_in(person).post, f"/swaps/{swap.pk}/{verb}/", {"decline-reason": "x"})


def codes(answers) -> list[int]:
    return sorted(getattr(answer, "status_code", 0) for answer in answers)


def test_a_taken_offer_is_not_taken_twice(open_to_all, house):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    swap, people = open_to_all
    answers = at_the_same_time(*(post(person, swap, "take") for person in people))
    assert codes(answers) == [302, 409, 409, 409]
    fresh = Swap.objects.get()
    assert fresh.status == "done" and ("primary", fresh.taker.name) in on_duty("2026-11-25 20:00")
    assert len(on_duty("2026-11-25 20:00")) == 2
    assert Line.objects.filter(verb="scheduling.swap.take").count() == 1


def test_taken_and_withdrawn_at_once_one_holds(open_to_all, officer, house):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    swap, people = open_to_all
    answers = at_the_same_time(post(people[0], swap, "take"), post(officer, swap, "withdraw"))
    assert codes(answers) == [302, 409]
    keeper = people[0].name if Swap.objects.get().status == "done" else "陈立"
    assert ("primary", keeper) in on_duty("2026-11-25 20:00")


def test_approved_and_withdrawn_at_once_one_holds(open_to_all, officer, manager, now):
    swap, people = open_to_all
    swap.take(by=people[0], at=now)
    answers = at_the_same_time(post(manager, swap, "approve"), post(officer, swap, "withdraw"))
    assert codes(answers) == [302, 409]
    keeper = people[0].name if Swap.objects.get().status == "done" else "陈立"
    assert ("primary", keeper) in on_duty("2026-11-25 20:00")


def test_two_planners_who_approve_at_once_hand_it_over_once(open_to_all, manager, administrator, now):
    swap, people = open_to_all
    swap.take(by=people[0], at=now)
    answers = at_the_same_time(post(manager, swap, "approve"), post(administrator, swap, "approve"))
    assert codes(answers) == [302, 409] and Line.objects.filter(verb="scheduling.shift.hand_over_seat").count() == 1


def test_taken_while_it_expires_one_holds(open_to_all, clock):
    swap, people = open_to_all
    end = swap.expires_at

    def take():
        Swap.objects.get(pk=swap.pk).take(by=people[0], at=end.replace(minute=0))

    answers = at_the_same_time(take, partial(lapse, end), partial(lapse, end))
    state = Swap.objects.get().status
    assert (state == "taken") == (answers[0] is None) and state in ("taken", "expired")
    assert Line.objects.filter(verb__in=["scheduling.swap.take", "scheduling.swap.expire"]).count() == 1


def test_taken_while_the_watch_is_changed_nobody_sits_there_twice(
    open_to_all, manager, leader, officer, house, now, watch
):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    swap, people = open_to_all
    other = make_colleague(house, "钱多")

    def change():
        Shift.objects.get(pk=watch.pk).change([("leader", leader), ("primary", other)], by=manager, at=now)

    at_the_same_time(post(people[0], swap, "take"), change)
    primaries = [name for role, name in on_duty("2026-11-25 20:00") if role == "primary"]
    assert primaries in ([people[0].name], ["钱多"])
    assert Swap.objects.get().status in ("done", "withdrawn")


def test_crossed_exchanges_taken_at_once_end_in_one_order(
    seat, watch, officer, friend, make_shift, house, manager, now
):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    join(house["ops"])
    theirs = make_shift("2026-11-27 18:00", "2026-11-28 08:00", primary=friend)
    one = make_swap(seat, now, counter=seat_of(theirs, friend))
    two = make_swap(seat_of(theirs, friend), now, counter=seat)
    answers = at_the_same_time(post(friend, one, "take"), post(officer, two, "take"))
    assert codes(answers) == [302, 409]
    assert {watch.seats.get(role="primary").person, theirs.seats.get().person} == {officer, friend}
    assert sorted(Swap.objects.values_list("status", flat=True)) == ["done", "withdrawn"]
