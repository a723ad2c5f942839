"""The fire sweep: what is due fires once, in order; silence never wins."""

import datetime as dt
import threading

import pytest
from django.db import transaction

from duty import sweeping
from duty.ladders import ESCALATE, REMIND, TELL, Rung
from duty.models import Deadline, Firing, Notice, Person
from duty.sweeping import seconds_to_next, sweep
from duty.tests.promises import LADDER, fired
from duty.tests.threads import together

MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)


def told(person) -> list[str]:
    return list(Notice.objects.to(person).order_by("id").values_list("key", flat=True))


# One promise, rung by rung


@pytest.mark.django_db
def test_nothing_fires_before_its_time_and_everything_at_it(promises, house, officer, now, clock):
    deadline = promises.make(house["ops"], now + MINUTE)
    clock(now + MINUTE - SECOND / 1000)
    assert sweep() == 0 and not Firing.objects.exists()
    clock(now + MINUTE)
    assert sweep() == 1 and sweep() == 0
    firing = Firing.objects.get()
    assert (firing.rung, firing.action, firing.to, firing.planned_at, firing.fired_at, firing.told) == (
        0, "tell", "test.first", now + MINUTE, now + MINUTE, ["陈立"],
    )  # fmt: skip
    notice = Notice.objects.get()
    assert (notice.recipient, notice.firing, notice.matter) == (officer, firing, deadline.matter)
    assert notice.deliveries.get().state == "queued"


@pytest.mark.django_db
def test_the_ladder_is_climbed_and_its_last_rung_comes_again(promises, house, officer, chief, head, now, clock):
    deadline = promises.make(house["ops"], now)
    for minutes in range(81):
        clock(now + minutes * MINUTE)
        sweep()
    times = [f.fired_at for f in Firing.objects.order_by("rung")]
    assert times == [now + n * MINUTE for n in (0, 10, 20, 50, 80)]
    assert [who for _r, _o, who in fired(deadline)] == [["陈立"], ["周敏"], ["高远"], ["高远"], ["高远"]]
    assert len(told(head)) == 3


@pytest.mark.django_db
def test_after_an_outage_levels_follow_one_at_a_time_and_say_how_late_they_are(promises, house, now, clock):
    promises.make(house["ops"], now)
    back = now + 180 * MINUTE
    for minutes in range(12):
        clock(back + minutes * MINUTE)
        assert sweep() <= 1
    assert [f.fired_at for f in Firing.objects.order_by("rung")] == [back, back + 5 * MINUTE, back + 10 * MINUTE]
    first, second, _third = Firing.objects.order_by("rung")
    assert first.lateness == 180 * MINUTE
    assert second.lateness == dt.timedelta(0), "its own plan starts from the one before it"


@pytest.mark.django_db
def test_what_was_missed_fires_in_order_of_its_time(promises, house, now, clock):
    late, early = promises.make(house["ops"], now - 5 * MINUTE), promises.make(house["ops"], now - 50 * MINUTE)
    assert sweep(limit=1) == 1
    assert fired(early) and not fired(late)


@pytest.mark.django_db
def test_a_settled_promise_is_silent(promises, house, now):
    promises.make(house["ops"], now).settle(now, None)
    assert sweep() == 0 and not Firing.objects.exists()


@pytest.mark.django_db
def test_a_level_without_anybody_is_recorded_and_passed_at_once(promises, house, chief, now, clock):
    promises.told["test.first"] = []
    deadline = promises.make(house["ops"], now)
    assert [sweep() for _ in range(3)] == [1, 1, 0]
    assert fired(deadline) == [(0, "nobody", []), (1, "told", ["周敏"])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "why", [{"mail": ""}, {"is_active": False}, {"employed_until": dt.date(2026, 11, 21)}, {"employed_from": dt.date(2026, 11, 23)}]
)  # fmt: skip
def test_somebody_who_cannot_be_reached_is_passed_at_once(promises, house, officer, now, why):
    Person.objects.filter(pk=officer.pk).update(**why)
    deadline = promises.make(house["ops"], now)
    sweep(), sweep()
    assert fired(deadline) == [(0, "unreachable", []), (1, "told", ["周敏"])]


@pytest.mark.django_db
def test_the_deputy_hears_for_someone_who_left(promises, house, officer, leader, now):
    Person.objects.filter(pk=officer.pk).update(is_active=False, deputy=leader)
    deadline = promises.make(house["ops"], now)
    sweep()
    assert fired(deadline) == [(0, "told", ["何佳"])]


@pytest.mark.django_db
def test_one_who_is_reached_is_enough(promises, house, officer, chief, leader, now):
    Person.objects.filter(pk=officer.pk).update(mail="")
    promises.told["test.first"] = [officer, leader, leader]
    deadline = promises.make(house["ops"], now)
    sweep()
    assert fired(deadline) == [(0, "told", ["何佳"])]
    assert sweep() == 0


@pytest.mark.django_db
def test_a_ladder_that_ends_without_reaching_anyone_alarms_the_administrators(
    promises, house, administrator, now, clock
):
    for level in promises.told:
        promises.told[level] = []
    deadline = promises.make(house["ops"], now)
    while sweep():
        pass
    assert [(rung, outcome) for rung, outcome, _told in fired(deadline)] == [(n, "nobody") for n in range(3)]
    notice = Notice.objects.get(recipient=administrator)
    assert notice.urgency == "urgent" and deadline.matter.title in notice.title
    assert Deadline.objects.get().fires_at == now + 30 * MINUTE, "and it is tried again"
    clock(now + 30 * MINUTE)
    sweep()
    assert Notice.objects.filter(recipient=administrator).count() == 1, "one alarm within the hour 23"
    clock(now + 60 * MINUTE)
    sweep()
    assert Notice.objects.filter(recipient=administrator).count() == 2


@pytest.mark.django_db
def test_a_promise_without_a_ladder_never_fires(promises, house, now):
    deadline = promises.make(house["ops"], now, ladder=[])
    assert deadline.fires_at is None and sweep() == 0


@pytest.mark.django_db
def test_everybody_reads_in_their_own_language(promises, house, officer, chief, now):
    Person.objects.filter(pk=chief.pk).update(language="en")
    promises.told["test.first"] = [officer, chief]
    promises.make(house["ops"], now, ladder=[Rung(0, "test.first", ESCALATE)], title="配电室冒烟")
    sweep()
    titles = {notice.recipient.name: notice.title for notice in Notice.objects.select_related("recipient")}
    assert titles["周敏"] == "Escalated to you: 配电室冒烟 — 试承诺"
    assert titles["陈立"] != titles["周敏"] and "配电室冒烟" in titles["陈立"]


@pytest.mark.django_db
def test_whoever_owes_it_is_reminded_and_the_others_are_asked_to_answer(promises, house, officer, chief, now):
    promises.register("test.asking", needs_acknowledgement=True, urgent=True)
    promises.make(
        house["ops"], now, kind="test.asking", owed_by=officer, ladder=[Rung(0, "duty.owner+test.second", REMIND)]
    )
    sweep()
    asked = dict(Notice.objects.values_list("recipient__name", "needs_acknowledgement"))
    assert asked == {"陈立": False, "周敏": True}
    assert set(Notice.objects.values_list("urgency", flat=True)) == {"urgent"}


@pytest.mark.django_db
def test_a_seat_is_resolved_when_it_fires_so_that_a_handover_moves_the_promise(
    promises, house, officer, leader, now, clock
):
    deadline = promises.make(house["ops"], now + MINUTE, owed_as="test.first", ladder=[Rung(0, "duty.owner")])
    promises.told["test.first"] = [leader]
    clock(now + MINUTE)
    sweep()
    assert fired(deadline) == [(0, "told", ["何佳"])]


@pytest.mark.django_db
def test_it_is_known_how_long_until_the_next_rung(promises, house, now):
    assert seconds_to_next() == 3600
    promises.make(house["ops"], now + MINUTE)
    assert seconds_to_next() == 60
    promises.make(house["ops"], now - MINUTE)
    assert seconds_to_next() == 0


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_fire_three_hundred_exactly_once(promises, house, officer, now):
    for n in range(300):
        promises.make(house["ops"], now - (n % 7) * SECOND, title=f"第{n}件")

    def until_done() -> int:
        done = 0
        while here := sweep(limit=20):
            done += here
        return done

    shares = together(until_done, until_done)
    assert sum(shares) == 300 and min(shares) > 0
    assert Firing.objects.count() == Notice.objects.to(officer).count() == 300
    assert Deadline.objects.filter(rung=1, fires_at=now + 10 * MINUTE).count() > 0
    assert not Deadline.objects.filter(rung=0).exists()


@pytest.mark.django_db(transaction=True)
def test_settling_and_firing_at_once_leave_one_order_and_both_facts(promises, house, officer, now):
    deadlines = [promises.make(house["ops"], now, title=f"第{n}件") for n in range(120)]

    def settle_all() -> int:
        return sum(deadline.settle(now, officer) for deadline in deadlines)

    def fire_all() -> int:
        done = 0
        for _ in range(60):
            done += sweep(limit=5)
        return done

    settled, fires = together(settle_all, fire_all)
    assert settled == 120, "a promise is settled whether it has fired or not"
    assert Firing.objects.count() == fires
    assert not Deadline.objects.filter(fires_at__isnull=False).exists()
    assert sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_that_someone_holds_blocks_nobody(promises, house, now):
    held, free = promises.make(house["ops"], now - MINUTE), promises.make(house["ops"], now)
    holds, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Deadline.objects.select_for_update().get(pk=held.pk)
            holds.set()
            assert let_go.wait(10)

    def fire():
        try:
            assert holds.wait(10)
            while not Firing.objects.exists():
                sweep()
            return sweep()
        finally:
            let_go.set()

    assert together(hold, fire)[1] == 0
    assert fired(free) and not fired(held)
    assert sweep() == 1 and fired(held)


@pytest.mark.django_db
def test_firing_at_once_tells_the_first_level_in_the_same_transaction(promises, house, officer, now):
    deadline = promises.make(
        house["ops"], now + 60 * MINUTE, ladder=[Rung(-3600, "test.first", TELL), *LADDER[1:]], opened_at=now
    )
    sweeping.fire_now(deadline.pk)
    sweeping.fire_now(10**9)
    assert told(officer) == [f"rung:{deadline.pk}:0"]
    assert Deadline.objects.get().fires_at == now + 70 * MINUTE
