"""A36, A37: a draft of changes follows what happens to the published watches meanwhile."""

import datetime as dt

import pytest

from conftest import local
from scheduling.models import Absence, Roster, Seat, Shift
from scheduling.publishing import publish
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def revised(make_pattern, make_roster, filled, pool, manager, now) -> Roster:
    """Ten nights by six people in turn, published, and a draft of changes begun."""
    make_pattern(primary=1, hours=12)
    publish(filled(make_roster(), pool), by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    return roster


def watch(day: int) -> Shift:
    return Shift.objects.get(starts_at=local(f"2026-12-{day:02} 18:00"))


def on_draft(roster, day: int):
    return roster.slots.get(date=f"2026-12-{day:02}")


def test_who_falls_sick_is_not_put_back_by_publishing(as_, revised, pool, manager, now):
    away = Absence(person=pool[1], kind="sick", from_on=dt.date(2026, 12, 1), until_on=dt.date(2026, 12, 5))
    away.record(by=manager, at=now)
    assert on_draft(revised, 2).person is None
    assert "Fewest changes" in Page(as_(manager).get(f"/rosters/{revised.pk}/")).text
    slot = on_draft(revised, 5)
    revised.seat({slot.pk: pool[0].pk}, by=manager, at=now)
    publish(revised, override="还在找人", by=manager, at=now)
    assert not watch(2).seats.exists() and watch(5).seats.get().person == pool[0]
    assert watch(2).open_seats.open().count() == 1


def test_who_covers_meanwhile_stays_when_the_draft_is_published(revised, pool, manager, now):
    shift = watch(2)
    gap = shift.vacate("primary", pool[1], by=manager, at=now)
    shift.fill(gap, pool[4], by=manager, at=now)
    assert on_draft(revised, 2).person == pool[4]
    watch(3).hand_over_seat("primary", pool[2], pool[5], by=manager, at=now)
    slot = on_draft(revised, 3)
    assert slot.person == pool[5] and slot.shift_version == watch(3).version
    revised.seat({on_draft(revised, 9).pk: pool[0].pk}, by=manager, at=now)
    publish(revised, override="已请示", by=manager, at=now)
    assert watch(2).seats.get().person == pool[4] and watch(3).seats.get().person == pool[5]


def test_whom_the_planner_seated_on_the_draft_stays_and_undo_seats_nobody_who_left(revised, pool, manager, now):
    slot = on_draft(revised, 2)
    revised.seat({slot.pk: pool[4].pk}, by=manager, at=now)
    watch(2).vacate("primary", pool[1], by=manager, at=now)
    assert on_draft(revised, 2).person == pool[4]
    revised.undo(by=manager, at=now)
    assert on_draft(revised, 2).person is None


def test_a_part_that_passes_to_another_stands_on_the_draft(revised, pool, manager, now):
    shift = watch(2)
    half = local("2026-12-03 00:00")
    shift.hand_over_seat("primary", pool[1], pool[4], (half, shift.ends_at), by=manager, at=now)
    assert [(s.person, s.starts_at, s.is_pinned) for s in revised.slots.filter(date="2026-12-02").order_by("starts_at")] == [
        (pool[1], shift.starts_at, True), (pool[4], half, True),
    ]  # fmt: skip
    revised.seat({on_draft(revised, 9).pk: pool[0].pk}, by=manager, at=now)
    publish(revised, override="已请示", by=manager, at=now)
    assert Seat.objects.filter(shift=shift).count() == 2


def test_a_watch_that_is_taken_back_is_open_on_the_draft(revised, manager, now):
    watch(2).remove(by=manager, at=now)
    slot = on_draft(revised, 2)
    assert (slot.person, slot.shift, slot.shift_version) == (None, None, None)
