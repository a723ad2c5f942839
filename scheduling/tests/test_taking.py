# ruff: noqa: F811 - fixtures are asked for by their names
"""A36, A37: an open seat is offered to the officers whom no rule keeps from it; taken by themselves once, or asked for."""

from functools import partial

import pytest

from conftest import make_person
from duty.models import Line, Role
from duty.steps import Conflict
from scheduling.models import Member, OpenSeat, Seat, Terms, Wish
from scheduling.taking import offers_to, take
from scheduling.tests.cover import join, make_absence, make_colleague, on_duty, owed, told
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page
from scheduling.tests.test_open_seats import gap, watch  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TAKEN = "scheduling.shift.take_open"


@pytest.fixture
def friend(house, now):
    return make_colleague(house, "刘洋")


@pytest.fixture
def asks_first(house, now):
    return Terms.objects.create(unit=house["ops"], officers_take_open=False)


def post(client, gap, **more):
    return client.post(f"/shifts/{gap.shift_id}/take/", {"seat": gap.pk, **more})


def test_it_is_offered_to_whom_no_rule_keeps_from_it(gap, watch, friend, officer, house, make_shift, now):
    join(house["ops"], officer)
    away, tired, other = (make_colleague(house, name) for name in ("赵静", "孙浩", "王芳"))
    make_absence(away, "2026-11-24", "2026-11-24", at=now).approve(by=make_person("领导", house["top"]), at=now)
    make_shift("2026-11-25 12:00", "2026-11-25 20:00", primary=tired)  # four hours after it ends
    Member.objects.filter(person=other).update(roles=["leader"])
    offers = {person.name: [offer.gap for offer in offers_to(person, now)] for person in (friend, away, tired, other)}
    assert offers == {"刘洋": [gap], "赵静": [], "孙浩": [], "王芳": []}
    assert offers_to(officer, now) == []  # was taken off it
    assert offers_to(friend, watch.ends_at) == []


def test_it_is_taken_on_ones_own_page_and_everyone_concerned_is_told(
    as_, gap, watch, friend, leader, manager, administrator, now
):
    client = as_(friend)
    page = Page(client.get("/my/"))
    assert "Open duties you could take" in page.text
    form = page.form("/take/").values
    assert [client.post(f"/shifts/{watch.pk}/take/", form)["Location"] for _twice in range(2)] == ["/my/", "/my/"]
    assert on_duty("2026-11-24 20:00") == {("leader", "何佳"), ("primary", "刘洋")}
    assert OpenSeat.objects.get().taken_by == friend and owed(watch, "scheduling.open_seat") is None
    title = "刘洋 takes the open seat"
    assert all(any(title in line for line in told(person, watch)) for person in (manager, leader))
    assert "刘洋" in Line.objects.get(verb=TAKEN).detail and Line.objects.get(verb=TAKEN).who == friend
    assert "Open duties you could take" not in Page(client.get("/my/")).text


def test_it_is_offered_on_the_page_of_the_open_seat_too(as_, gap, watch, friend, leader, manager):
    path = f"/shifts/{watch.pk}/open/"
    assert Page(as_(friend).get(path)).has_form("/take/")
    assert not Page(as_(leader).get(path)).has_form("/take/") and not Page(as_(manager).get(path)).has_form("/take/")


def test_a_rule_that_speaks_against_it_is_told_and_nobody_sits_there(as_, gap, house, friend, make_shift):
    make_shift("2026-11-25 12:00", "2026-11-25 20:00", primary=friend)
    answer = post(as_(friend), gap)
    page = Page(answer)
    assert answer.status_code == 409 and "Not possible" in page.text and "rests only" in page.text
    assert "in the meantime" not in page.text
    assert OpenSeat.objects.get().closed_at is None and not Line.objects.filter(verb=TAKEN).exists()


def test_a_wish_is_no_reason_against_it(as_, gap, house, friend, make_shift):
    Wish.objects.create(person=friend, date="2026-11-24", wants="free")
    make_shift("2026-11-25 12:00", "2026-11-25 20:00", primary=friend)
    page = Page(post(as_(friend), gap))
    assert "rests only" in page.text and "would like to be free" not in page.text


def test_where_the_terms_say_so_those_who_plan_are_asked(
    as_, gap, watch, friend, manager, officer, house, asks_first, now
):
    client = as_(friend)
    assert "I would take it" in Page(client.get("/my/")).text
    assert post(client, gap)["Location"] == "/my/"
    assert OpenSeat.objects.get().volunteers == [friend.pk] and OpenSeat.objects.get().closed_at is None
    assert any("would take the open seat" in line for line in told(manager, watch))
    page = Page(client.get("/my/"))
    assert "asked for" in page.text and not page.has_form("/take/")
    assert post(client, gap).status_code == 409  # another window
    assert "asks for it" in Page(as_(manager).get(f"/shifts/{watch.pk}/open/")).text
    other = make_colleague(house, "赵静")
    watch.fill(OpenSeat.objects.get(), other, by=manager, at=now)
    assert any("赵静 takes the open seat" in line for line in told(friend, watch))  # hears how it was decided


def test_only_people_of_the_pool_take_it(as_, gap, watch, friend, leader, outsider, house, now):
    assert post(as_(leader), gap).status_code == 403  # sees the watch, keeps no duty here
    assert post(as_(outsider), gap).status_code == 404
    guest = make_person("外援", house["sales"], Role.OFFICER)
    join(house["ops"], guest)
    assert post(as_(guest), gap)["Location"] == "/my/"  # from another unit, in this pool
    assert ("primary", "外援") in on_duty("2026-11-24 20:00")


@pytest.mark.parametrize("seat", ["", "x", "²", "9" * 40, "0"])
def test_a_seat_that_is_none_does_not_exist(as_, gap, watch, friend, seat):
    assert as_(friend).post(f"/shifts/{watch.pk}/take/", {"seat": seat}).status_code == 404


def test_my_page_asks_little_more_with_many_open_seats(
    as_, friend, officer, manager, house, make_shift, now, django_assert_max_num_queries
):
    client = as_(friend)
    for day in range(1, 13):
        shift = make_shift(f"2026-12-{day:02d} 18:00", f"2026-12-{day + 1:02d} 08:00", primary=officer)
        shift.vacate("primary", officer, by=manager, at=now, reason="外派")
    with django_assert_max_num_queries(30):
        assert len(client.get("/my/").context["offers"]) == 8


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_it_at_once_one_sits_there(gap, friend, house):
    people = [friend, *(make_colleague(house, name) for name in ("赵静", "孙浩"))]
    answers = at_the_same_time(*(partial(post, signed_in(person), gap) for person in people))
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409]
    taken = OpenSeat.objects.get()
    assert on_duty("2026-11-24 20:00") == {("leader", "何佳"), ("primary", taken.taken_by.name)}
    assert Line.objects.filter(verb=TAKEN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_seats_taken_at_once_by_one_person_are_judged_one_after_the_other(
    gap, friend, house, officer, manager, make_shift, now
):
    near = make_shift("2026-11-25 12:00", "2026-11-25 20:00", primary=officer)
    other = near.vacate("primary", officer, by=manager, at=now, reason="外派")
    deeds = [partial(take, one.shift, one, by=friend, at=now) for one in (gap, other)]
    answers = at_the_same_time(*deeds)
    assert sorted(str(type(answer).__name__) for answer in answers) == ["NotPossible", "bool"]
    assert Seat.objects.filter(person=friend).count() == 1


def test_whoever_was_taken_off_does_not_sit_down_again(gap, officer, house, now):
    join(house["ops"], officer)
    with pytest.raises(Conflict, match="taken off"):
        take(gap.shift, gap, by=officer, at=now)
