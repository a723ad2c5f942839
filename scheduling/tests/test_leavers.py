"""Someone leaves, and has duties still: these fall open, and whoever plans hears which."""

import datetime as dt

import pytest

from conftest import local
from duty.models import Line, Notice, Person
from scheduling.models import OpenSeat, Roster, Seat
from scheduling.promises import lapse
from scheduling.publishing import Refused, publish
from scheduling.tests.cover import owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def published(make_pattern, make_roster, pool, filled, manager, now):
    """Ten nights by six people in turn: the first has the 1st and the 7th."""
    make_pattern(primary=1, hours=12)
    publish(filled(make_roster(), pool), by=manager, at=now)
    return Roster.objects.get()


def told(person) -> list[str]:
    return list(Notice.objects.filter(recipient=person, key__startswith="open-seat").values_list("title", flat=True))


def test_duties_after_the_last_day_fall_open_and_the_planners_hear_which(published, pool, manager, now):
    Person.objects.filter(pk=pool[0].pk).update(employed_until=dt.date(2026, 12, 1))
    assert lapse(now) == 1
    gap = OpenSeat.objects.get()
    assert (
        gap.left == pool[0]
        and gap.shift.starts_at == local("2026-12-07 18:00")
        and owed(gap.shift, "scheduling.open_seat")
    )
    assert len(told(manager)) == 1 and "12-07" in told(manager)[0]
    text = Notice.objects.get(recipient=manager, key=f"open-seat:{gap.pk}").text
    assert "赵一" in text and "does not work here any more" in text
    # The night that begins on the last day is theirs still.
    assert Seat.objects.get(person=pool[0]).starts_at == local("2026-12-01 18:00")
    assert lapse(now) == 0 and OpenSeat.objects.count() == 1 and len(told(manager)) == 1
    assert Line.objects.get(matter_id=gap.shift_id, verb="scheduling.shift.vacate").who is None


def test_who_is_made_inactive_leaves_all_that_is_ahead_and_what_was_kept_stays(published, pool, manager, clock):
    later = clock("2026-12-02 07:00")
    Person.objects.filter(pk=pool[0].pk).update(is_active=False)
    assert lapse(later) == 1 and not Seat.objects.filter(person=pool[0], starts_at__gt=later).exists()
    assert Seat.objects.filter(person=pool[0]).count() == 1


def test_who_is_made_inactive_on_watch_leaves_the_rest_of_it(published, pool, manager, clock):
    later = clock("2026-12-01 23:00")
    Person.objects.filter(pk=pool[0].pk).update(is_active=False)
    assert lapse(later) == 2
    kept = Seat.objects.get(person=pool[0])
    assert (kept.starts_at, kept.ends_at) == (local("2026-12-01 18:00"), later)
    assert {gap.span for gap in OpenSeat.objects.all()} == {
        (later, local("2026-12-02 06:00")), (local("2026-12-07 18:00"), local("2026-12-08 06:00"))
    }  # fmt: skip


def test_the_open_seat_of_a_leaver_is_filled_like_any_other(published, pool, manager, now):
    Person.objects.filter(pk=pool[0].pk).update(employed_until=dt.date(2026, 12, 1))
    lapse(now)
    gap = OpenSeat.objects.get()
    gap.shift.fill(gap, pool[3], by=manager, at=now)
    assert lapse(now) == 0 and not OpenSeat.objects.open().exists() and owed(gap.shift, "scheduling.open_seat") is None


def test_a_draft_with_a_leaver_on_it_is_not_published_and_says_who(
    make_pattern, make_roster, pool, filled, manager, now
):
    make_pattern(primary=1, hours=12)
    draft = filled(make_roster(), pool)
    Person.objects.filter(pk=pool[0].pk).update(employed_until=dt.date(2026, 12, 1))
    with pytest.raises(Refused) as refused:
        publish(draft, override="就这样", by=manager, at=now)
    assert (
        len(refused.value.absolute) == 1
        and "赵一" in refused.value.absolute[0]
        and "12-07" in refused.value.absolute[0]
    )
