"""A36: what falls open is somebody's promise to fill, and louder the nearer the watch."""

import datetime as dt
from functools import partial

import pytest

from conftest import local
from duty.models import Line, Notice
from duty.steps import Conflict
from duty.sweeping import sweep
from duty.watchdog import restore_missing
from scheduling.models import OpenSeat, Roster, Shift, Terms
from scheduling.models.open_seats import ladder
from scheduling.promises import lapse
from scheduling.publishing import publish
from scheduling.tests.cover import make_colleague, make_swap, on_duty, owed, seat_of, told
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page
from scheduling.vacancies import short_of_people

pytestmark = pytest.mark.django_db
KIND = "scheduling.open_seat"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def watch(make_shift, leader, officer):
    """Tuesday night: 何佳 leads, 陈立 is primary."""
    return make_shift("2026-11-24 18:00", "2026-11-25 08:00", leader=leader, primary=officer)


@pytest.fixture
def gap(watch, officer, manager, now):
    return watch.vacate("primary", officer, by=manager, at=now, reason="临时外派")


def test_who_is_taken_off_leaves_an_open_seat_that_planners_and_the_leader_hear_of(
    watch, gap, officer, leader, manager, administrator, now
):
    assert on_duty("2026-11-24 20:00") == {("leader", "何佳")}
    assert (gap.role, gap.left, gap.span) == ("primary", officer, (watch.starts_at, watch.ends_at))
    promise = owed(watch, KIND)
    assert promise.due_at == watch.starts_at and promise.fires_at == watch.starts_at - 24 * HOUR
    assert told(leader, watch) and told(officer, watch)
    assert not told(manager, watch)  # did it
    line = Line.objects.get(verb="scheduling.shift.vacate")
    assert line.reason == "临时外派" and "陈立" in line.detail
    assert Shift.objects.get(pk=watch.pk).version == 2


def test_it_is_filled_once_and_then_owed_no_more(watch, gap, manager, house, now):
    substitute, other = make_colleague(house, "刘洋"), make_colleague(house, "赵静")
    watch.fill(gap, substitute, by=manager, at=now)
    assert on_duty("2026-11-24 20:00") == {("leader", "何佳"), ("primary", "刘洋")}
    assert owed(watch, KIND) is None and told(substitute, watch)
    with pytest.raises(Conflict):
        watch.fill(gap, other, by=manager, at=now)


def test_the_ladder_climbs_to_planners_head_leader_and_above(watch, gap, clock, manager, chief, leader, head, house):
    heard = {}
    for moment in ("2026-11-23 18:00", "2026-11-24 10:00", "2026-11-24 16:00"):
        before = Notice.objects.order_by("-id").values_list("id", flat=True).first()
        clock(moment)
        sweep()
        fresh = Notice.objects.filter(id__gt=before, matter_id=watch.pk)
        heard[moment] = {(notice.recipient.name, notice.urgency) for notice in fresh}
    assert heard["2026-11-23 18:00"] == {("孙伟", "normal")}
    assert heard["2026-11-24 10:00"] == {("孙伟", "urgent"), ("周敏", "urgent")}
    assert heard["2026-11-24 16:00"] == {(name, "urgent") for name in ("孙伟", "周敏", "何佳", "高远")}


def test_a_seat_that_falls_open_late_climbs_at_once(watch, officer, manager, chief, clock):
    at = clock("2026-11-24 13:00")
    watch.vacate("primary", officer, by=manager, at=at)
    sweep()
    assert told(chief, watch)


def test_the_ladders_hours_are_the_units():
    assert [(rung.offset // 3600, rung.urgent) for rung in ladder([])] == [(-24, False), (-8, True), (-2, True)]
    assert [rung.offset // 3600 for rung in ladder([4, 48])] == [-48, -4]
    assert ladder([6])[0].to == "scheduling.planners+duty.unit_head"


def test_a_unit_may_have_its_own_hours(watch, officer, manager, house, now):
    Terms.objects.create(unit=house["ops"], ladder_hours=[40])
    watch.vacate("primary", officer, by=manager, at=now)
    assert owed(watch, KIND).fires_at == watch.starts_at - 40 * HOUR


def test_of_a_running_watch_only_the_rest_falls_open(make_shift, officer, manager, house, now):
    watch = make_shift(primary=officer)
    gap = watch.vacate("primary", officer, by=manager, at=now)
    assert gap.span == (local("2026-11-22 23:02"), watch.ends_at)
    assert on_duty("2026-11-22 23:00") == {("primary", "陈立")} and on_duty("2026-11-22 23:03") == set()
    substitute = make_colleague(house, "刘洋")
    watch.fill(gap, substitute, by=manager, at=now + HOUR)
    assert on_duty("2026-11-23 00:01") == set() and on_duty("2026-11-23 00:02") == {("primary", "刘洋")}


def test_it_moves_with_the_watch_and_ends_with_it(watch, gap, manager, leader, now):
    watch.refresh_from_db()
    watch.starts_at, watch.ends_at = local("2026-11-24 20:00"), local("2026-11-25 08:00")
    watch.change([("leader", leader)], by=manager, at=now)
    assert owed(watch, KIND).due_at == local("2026-11-24 20:00")
    watch.remove(by=manager, at=now)
    assert owed(watch, KIND) is None and not OpenSeat.objects.open().exists()


def test_whoever_is_entered_anew_by_hand_takes_it(watch, gap, manager, leader, house, now):
    substitute = make_colleague(house, "刘洋")
    watch.refresh_from_db()
    watch.change([("leader", leader), ("primary", substitute)], by=manager, at=now)
    gap.refresh_from_db()
    assert gap.taken_by == substitute and owed(watch, KIND) is None


def test_a_watch_that_ends_with_it_owes_it_no_more(watch, gap, clock):
    assert lapse(clock("2026-11-25 07:59")) == 0
    assert lapse(clock("2026-11-25 08:00")) == 1
    assert lapse(clock("2026-11-25 08:01")) == 0
    assert owed(watch, KIND) is None
    assert Line.objects.filter(verb="scheduling.shift.end_open", via="engine").count() == 1


# Published rosters


@pytest.fixture
def roster(make_pattern, make_roster, pool, filled):
    make_pattern(primary=1, hours=12)
    return filled(make_roster(), pool)


def night_of(date: str) -> Shift:
    return Shift.objects.get(starts_at=local(f"{date} 18:00"))


def test_a_seat_that_is_published_open_is_owed_and_filled_by_the_next_version(roster, manager, pool, now):
    roster.seat({roster.slots.first().pk: None}, by=manager, at=now)
    publish(roster, override="临时缺员", by=manager, at=now)
    gap, first = OpenSeat.objects.open().get(), night_of("2026-12-01")
    assert (gap.shift, gap.role, gap.left) == (first, "primary", None) and owed(first, KIND)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    slot = roster.slots.get(date="2026-12-01")
    roster.seat({slot.pk: pool[3].pk}, by=manager, at=now)
    publish(roster, by=manager, at=now)
    gap.refresh_from_db()
    assert gap.taken_by == pool[3] and owed(first, KIND) is None


def test_an_offer_ends_when_the_next_version_gives_the_duty_to_someone_else(roster, manager, pool, now):
    publish(roster, by=manager, at=now)
    second = night_of("2026-12-02")
    swap = make_swap(seat_of(second, pool[1]), now, to=pool[4])
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    roster.seat({roster.slots.get(date="2026-12-02").pk: pool[5].pk}, by=manager, at=now)
    publish(roster, by=manager, at=now)
    swap.refresh_from_db()
    assert swap.status == "withdrawn" and len(told(pool[4], swap)) == 2


def test_the_watchdog_finds_a_watch_with_fewer_people_than_were_published(roster, manager, head, now):
    publish(roster, by=manager, at=now)
    assert short_of_people(now) == {} and restore_missing() == 0
    third = night_of("2026-12-03")
    third.seats.all().delete()
    assert short_of_people(now) == {third.pk: {"primary": 1}}
    assert restore_missing() == 1 and restore_missing() == 0
    assert OpenSeat.objects.get().role == "primary" and owed(third, KIND)
    third.do_without(OpenSeat.objects.get(), by=head, at=now, reason="当晚封楼")
    assert owed(third, KIND) is None and restore_missing() == 0


def test_changes_that_are_still_drafted_are_no_open_seats(roster, manager, now):
    publish(roster, by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    roster.seat({roster.slots.get(date="2026-12-02").pk: None}, by=manager, at=now)
    assert short_of_people(now) == {}


# At the same time


@pytest.mark.django_db(transaction=True)
def test_of_two_planners_who_fill_it_at_once_one_wins(watch, gap, manager, administrator, house):
    people = [make_colleague(house, name) for name in ("刘洋", "赵静")]
    deeds = [
        partial(signed_in(planner).post, f"/shifts/{watch.pk}/fill/", {"seat": gap.pk, "person": person.pk, "reason": "x"})
        for planner, person in zip((manager, administrator), people, strict=True)
    ]  # fmt: skip
    answers = at_the_same_time(*deeds)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert len(on_duty("2026-11-24 20:00")) == 2


# The page


def test_the_page_ranks_people_and_puts_one_on_the_watch(watch, gap, as_, manager, house):

    person = make_colleague(house, "刘洋")
    page = Page(as_(manager).get(f"/shifts/{watch.pk}/open/"))
    assert "刘洋" in page.text and page.status == 200
    refused = Page(as_(manager).post(f"/shifts/{watch.pk}/fill/", {"seat": gap.pk}))
    assert refused.status == 422 and refused.alerts
    answer = as_(manager).post(f"/shifts/{watch.pk}/fill/", {"seat": gap.pk, "person": person.pk})
    assert answer.status_code == 302 and seat_of(watch, person)


def test_against_a_rule_only_with_a_reason(watch, gap, as_, manager, house):
    stranger = make_colleague(house, "刘洋")
    stranger.pools.all().delete()
    values = {"seat": gap.pk, "person": stranger.pk}
    page = Page(as_(manager).post(f"/shifts/{watch.pk}/fill/", values))
    assert page.status == 422 and any("刘洋" in alert for alert in page.alerts)
    assert as_(manager).post(f"/shifts/{watch.pk}/fill/", values | {"reason": "别无他人"}).status_code == 302
    assert Line.objects.get(verb="scheduling.shift.fill").reason == "别无他人"


def test_only_planners_and_heads_change_seats(watch, gap, as_, officer, outsider, chief, leader, house):
    person = make_colleague(house, "刘洋")
    for who, status in ((officer, 403), (outsider, 404)):
        for path in ("fill", "without", "vacate"):
            values = {"seat": gap.pk, "person": person.pk, "reason": "x"}
            assert as_(who).post(f"/shifts/{watch.pk}/{path}/", values).status_code == status
    assert as_(outsider).get(f"/shifts/{watch.pk}/open/").status_code == 404
    assert f"/shifts/{watch.pk}/open/#seat-{gap.pk}" in Page(as_(officer).get(watch.get_absolute_url())).links
    assert as_(officer).get(f"/shifts/{watch.pk}/open/").status_code == 200
    values = {"seat": seat_of(watch, leader).pk, "reason": "生病"}
    assert as_(chief).post(f"/shifts/{watch.pk}/vacate/", values).status_code == 302
    assert OpenSeat.objects.open().count() == 2
