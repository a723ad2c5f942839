"""Who is on duty now: at the change of watch, over midnight and the end of a month, in the nearest unit that keeps watch."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from conftest import local, make_person, make_unit
from duty.models import Person
from duty.sockets import resolvers
from duty.sweeping import Due
from scheduling.models import Post, Seat, Shift
from scheduling.models.shifts import keepers, my_watch, on_duty, watch_of

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(microseconds=1)


def names(unit, at) -> list[str]:
    at = local(at) if isinstance(at, str) else at
    return [Person.objects.get(pk=keeper.person_id).name for keeper in on_duty({unit.pk}, at)[unit.pk]]


def watch(unit, at) -> str | None:
    found = watch_of(unit.pk, local(at) if isinstance(at, str) else at)
    return found and found.name


def due(pk, unit) -> Due:
    at = local("2026-11-22 23:02")
    return Due(pk, "", 0, unit.pk, None, None, "", at, at, [], 0, at, "", "", at)


@pytest.fixture
def people(house):
    return {name: make_person(name, house["ops"]) for name in ("甲一", "乙二", "丙三", "丁四")}


def test_at_the_change_of_watch_the_instant_belongs_to_the_next(make_shift, people, house):
    make_shift("2026-11-22 08:00", "2026-11-22 18:00", "日班", primary=people["甲一"])
    make_shift("2026-11-22 18:00", "2026-11-23 08:00", "夜班", primary=people["乙二"])
    turn = local("2026-11-22 18:00")
    assert names(house["ops"], turn - SECOND) == ["甲一"] and watch(house["ops"], turn - SECOND) == "日班"
    assert names(house["ops"], turn) == ["乙二"] and watch(house["ops"], turn) == "夜班"
    assert names(house["ops"], "2026-11-22 07:59") == [] and watch(house["ops"], "2026-11-23 08:00") is None


@pytest.mark.parametrize(
    ("starts", "ends", "inside", "outside"),
    [
        ("2026-11-22 18:00", "2026-11-23 08:00", "2026-11-23 00:00", "2026-11-23 08:00"),
        ("2026-11-30 18:00", "2026-12-01 08:00", "2026-12-01 03:00", "2026-11-30 17:59"),
        ("2026-12-31 20:00", "2027-01-01 08:00", "2027-01-01 00:00", "2027-01-01 08:00"),
        ("2028-02-28 20:00", "2028-02-29 08:00", "2028-02-29 07:59", "2028-02-28 19:59"),
    ],
)
def test_a_night_runs_over_midnight_the_month_and_the_year(make_shift, people, house, starts, ends, inside, outside):
    make_shift(starts, ends, primary=people["甲一"])
    assert names(house["ops"], inside) == ["甲一"] and names(house["ops"], outside) == []


@pytest.mark.parametrize(
    ("starts", "ends", "hours", "inside"),
    [
        ("2026-10-24 22:00", "2026-10-25 06:00", 9, "2026-10-25T01:30:00+00:00"),  # the second 02:30 of that night
        ("2027-03-27 22:00", "2027-03-28 06:00", 7, "2027-03-28T01:00:00+00:00"),  # 03:00; there is no 02:30
    ],
)
def test_where_clocks_are_changed_a_night_has_the_hours_it_has(
    settings, make_shift, people, house, starts, ends, hours, inside
):
    settings.TIME_ZONE = "Europe/Berlin"
    shift = make_shift(starts, ends, primary=people["甲一"])
    shift.refresh_from_db()
    assert shift.ends_at - shift.starts_at == dt.timedelta(hours=hours)
    assert names(house["ops"], dt.datetime.fromisoformat(inside)) == ["甲一"]
    assert names(house["ops"], shift.ends_at) == [] and names(house["ops"], shift.ends_at - SECOND) == ["甲一"]


def test_a_unit_without_a_watch_at_that_hour_is_watched_by_the_nearest_above(make_shift, people, house):
    below = make_unit("二层", house["ops"])
    deepest = make_unit("机房", below)
    top = Post.objects.create(unit=house["top"], name="总部值班室")
    own = Post.objects.create(unit=below, name="二层值班室")
    make_shift("2026-11-22 18:00", "2026-11-23 08:00", "总部班", at_post=top, primary=people["甲一"])
    make_shift("2026-11-22 18:00", "2026-11-23 00:00", "运行班", primary=people["乙二"])
    make_shift("2026-11-22 22:00", "2026-11-22 23:00", "二层班", at_post=own, primary=people["丙三"])
    kept = {
        "2026-11-22 17:00": ([], None),
        "2026-11-22 21:00": (["乙二"], "运行班"),
        "2026-11-22 22:30": (["丙三"], "二层班"),
        "2026-11-22 23:00": (["乙二"], "运行班"),
        "2026-11-23 00:00": (["甲一"], "总部班"),
    }
    for at, (people_then, name) in kept.items():
        for unit in (below, deepest):
            assert (names(unit, at), watch(unit, at)) == (people_then, name), at
    assert names(house["sales"], "2026-11-22 22:30") == ["甲一"], "never a sister unit's"
    assert names(house["top"], "2026-11-22 22:30") == ["甲一"], "never one below"


def test_of_two_posts_in_a_unit_both_are_on_duty_and_the_first_is_the_watch(make_shift, people, house, post):
    second = Post.objects.create(unit=house["ops"], name="分值班室", order=5)
    make_shift(name="分班", at_post=second, leader=people["乙二"], primary=people["丙三"])
    make_shift(name="总班", primary=people["甲一"])
    assert names(house["ops"], "2026-11-22 23:02") == ["甲一", "乙二", "丙三"]
    assert watch(house["ops"], "2026-11-22 23:02") == "总班"
    found = resolvers["scheduling.officers"].find([due(7, house["ops"])], local("2026-11-22 23:02"))
    assert found == {7: [people["甲一"].pk, people["丙三"].pk]}


def test_a_watch_taken_back_counts_no_more(make_shift, people, house, manager, now):
    shift = make_shift("2026-11-23 18:00", "2026-11-24 08:00", primary=people["甲一"])
    shift.remove(by=manager, at=now)
    assert names(house["ops"], "2026-11-23 20:00") == [] and watch(house["ops"], "2026-11-23 20:00") is None


def test_even_one_whose_seats_were_left_behind(make_shift, people, house, now):
    Shift.objects.filter(pk=make_shift(primary=people["甲一"]).pk).update(removed_at=now)
    assert names(house["ops"], now) == [] and my_watch(people["甲一"], now) is None


def test_ones_own_watch_comes_before_ones_units(make_shift, people, house):
    elsewhere = Post.objects.create(unit=house["sales"], name="销售值班室")
    make_shift(name="销售班", at_post=elsewhere, primary=people["乙二"])
    make_shift(name="运行班", primary=people["甲一"])
    at = local("2026-11-22 23:02")
    assert my_watch(people["乙二"], at).name == "销售班"
    assert my_watch(people["丙三"], at).name == "运行班"


# As recipients


def test_each_seat_is_a_recipient_of_its_own(make_shift, people, house, now):
    make_shift(leader=people["甲一"], primary=people["乙二"], secondary=people["丙三"], reserve=people["丁四"])
    wanted = {"leader": ["甲一"], "primary": ["乙二"], "officers": ["乙二", "丙三"], "reserve": ["丁四"]}
    for name, expected in wanted.items():
        found = resolvers[f"scheduling.{name}"].find([due(1, house["ops"])], now)
        assert found == {1: [people[who].pk for who in expected]}, name


def test_where_nobody_holds_the_seat_the_promise_is_left_out(make_shift, people, house, now):
    make_shift(primary=people["甲一"])
    assert resolvers["scheduling.leader"].find([due(1, house["ops"]), due(2, house["sales"])], now) == {}


def test_many_promises_cost_as_many_queries_as_one(make_shift, people, house, now, django_assert_num_queries):
    make_shift(leader=people["甲一"], primary=people["乙二"])
    units = [house["ops"], *[make_unit(f"科室{n}", house["ops"]) for n in range(12)]]
    for many in (1, 60):
        dues = [due(n, units[n % len(units)]) for n in range(many)]
        with django_assert_num_queries(2):
            found = resolvers["scheduling.leader"].find(dues, now)
        assert found == {n: [people["甲一"].pk] for n in range(many)}


def test_a_part_of_a_watch_is_kept_by_whoever_took_it(make_shift, people, house):
    first, second = people["甲一"], people["乙二"]
    shift = make_shift("2026-11-22 18:00", "2026-11-23 08:00", "夜班", primary=first)
    half = shift.starts_at + (shift.ends_at - shift.starts_at) / 2
    shift.seats.filter(role="primary").update(ends_at=half)
    Seat.on(shift, "primary", second, (half, shift.ends_at)).save()
    minute = dt.timedelta(minutes=1)
    assert [keeper.person_id for keeper in keepers(half - minute) if keeper.role == "primary"] == [first.pk]
    assert [keeper.person_id for keeper in keepers(half) if keeper.role == "primary"] == [second.pk]
    with pytest.raises(IntegrityError, match="one_primary_at_a_time_on_a_shift"), transaction.atomic():
        Seat.on(shift, "primary", make_person("第三", house["ops"])).save()
    with pytest.raises(IntegrityError, match="a_seat_lies_within_its_watch"), transaction.atomic():
        Seat.on(shift, "reserve", make_person("第四", house["ops"]), (half, shift.ends_at + minute)).save()
