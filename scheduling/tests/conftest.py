import datetime as dt

import pytest

from conftest import local, make_person
from duty.models import Person, Role
from scheduling.models import DayKind, Member, Pattern, PatternSeat, Post, Roster, SeatRole, Shift


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室", phone="010 6110 0000")


@pytest.fixture
def make_shift(post, manager, now):
    """A watch from one local time to another; people by seat."""

    def make(starts="2026-11-22 18:00", ends="2026-11-23 08:00", name="夜班", at_post=None, **people) -> Shift:
        shift = Shift(post=at_post or post, name=name, starts_at=local(starts), ends_at=local(ends))
        shift.plan(list(people.items()), by=manager, at=now)
        return shift

    return make


@pytest.fixture
def make_pattern(post):
    """A watch the post keeps, seats as role=number; every day unless types of day are given."""

    def make(name="夜班", starts="18:00", hours=14, kinds=DayKind.values, at_post=None, **seats) -> Pattern:
        pattern = Pattern.objects.create(
            post=at_post or post, name=name, mark=name[:1], starts=dt.time.fromisoformat(starts),
            minutes=int(hours * 60), day_kinds=list(kinds), from_on=dt.date(2026, 1, 1),
        )  # fmt: skip
        for role, number in (seats or {"primary": 1}).items():
            more = {"people": number, "people_on_holidays": number}
            PatternSeat.objects.create(pattern=pattern, role=role, **more)
        return pattern

    return make


@pytest.fixture
def make_member(house):
    """Someone in the pool of a unit, with every seat unless some are named."""

    def make(name, unit=None, roles=SeatRole.values, **more) -> Person:
        person = more.pop("person", None) or make_person(name, unit or house["ops"], Role.OFFICER)
        more.setdefault("from_on", dt.date(2020, 1, 1))
        Member.objects.create(unit=unit or house["ops"], person=person, roles=list(roles), **more)
        return person

    return make


@pytest.fixture
def pool(make_member):
    return [make_member(name) for name in ("赵一", "钱二", "孙三", "李四", "周五", "吴六")]


@pytest.fixture
def make_roster(house, manager, now):
    """A draft of the unit's days; December's first ten days unless others are given."""

    def make(first="2026-12-01", last="2026-12-10", unit=None, by=None) -> Roster:
        first, last = map(dt.date.fromisoformat, (first, last))
        roster = Roster(unit=unit or house["ops"], first_on=first, last_on=last)
        roster.draft(by=by or manager, at=now)
        return roster

    return make


@pytest.fixture
def filled(manager, now):
    """Seat people on every open seat of a draft, in turn, so that nobody has two at once."""

    def fill(roster, people):
        slots = list(roster.slots.filter(person=None))
        roster.seat({slot.pk: people[n % len(people)].pk for n, slot in enumerate(slots)}, by=manager, at=now)
        return roster

    return fill


@pytest.fixture
def in_english(settings):
    """Pages and messages in the words of the sources."""
    settings.LANGUAGE_CODE = "en"
