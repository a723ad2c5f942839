"""Promises: what the database itself refuses, and the words in which they are asked for."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from conftest import make_person
from duty.models import Deadline, Notice, Role, Settled
from duty.tests.promises import KIND

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def refused_by(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_one_promise_of_a_kind_is_open_per_matter(promises, house, now):
    first = promises.make(house["ops"], now)
    with refused_by("one_open_promise_of_a_kind_per_matter"), transaction.atomic():
        promises.make(house["ops"], now, matter=first.matter)
    promises.make(house["ops"], now, matter=first.matter, kind="test.another")
    first.settle(now, None)
    promises.make(house["ops"], now, matter=first.matter)
    assert Deadline.objects.filter(matter=first.matter).count() == 3


def test_a_settled_promise_fires_no_more(promises, house, now):
    deadline = promises.make(house["ops"], now)
    with refused_by("a_settled_promise_fires_no_more"), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(settled_at=now, settled_as="kept")


@pytest.mark.parametrize("wrong", [{"settled_as": "kept"}, {"settled_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}])
def test_a_promise_is_settled_somehow_at_some_time(promises, house, now, wrong):
    deadline = promises.make(house["ops"], now)
    with refused_by("a_promise_is_settled_somehow_at_some_time"), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(fires_at=None, **wrong)


def test_settling_tells_who_when_and_how_and_happens_once(promises, house, officer, chief, now):
    deadline = promises.make(house["ops"], now)
    assert deadline.settle(now + MINUTE, officer, Settled.WITHDRAWN)
    assert not deadline.settle(now + 2 * MINUTE, chief)
    deadline.refresh_from_db()
    assert (deadline.settled_at, deadline.settled_by, deadline.settled_as) == (now + MINUTE, officer, "withdrawn")
    assert deadline.fires_at is None and deadline.parked_at is None


def test_lateness_grows_until_it_is_settled(promises, house, now):
    deadline = promises.make(house["ops"], now)
    assert deadline.lateness(now - 5 * MINUTE) == -5 * MINUTE
    assert deadline.lateness(now + 7 * MINUTE) == 7 * MINUTE
    deadline.settle(now + 3 * MINUTE, None)
    deadline.refresh_from_db()
    assert deadline.lateness(now + 70 * MINUTE) == 3 * MINUTE


def test_open_past_and_overdue_divide_them(promises, house, now):
    early, due, late = (promises.make(house["ops"], now + n * MINUTE) for n in (-1, 0, 1))
    early.settle(now, None)
    assert list(Deadline.objects.past()) == [early]
    assert set(Deadline.objects.open()) == {due, late}
    assert list(Deadline.objects.overdue(now)) == [], "what is due now is not overdue yet"
    assert list(Deadline.objects.overdue(now + MINUTE)) == [due]


def test_life_safety_comes_first_and_then_time(promises, house, now):
    soon, pinned, later = (
        promises.make(house["ops"], now + n * MINUTE, pinned=p) for n, p in ((1, False), (9, True), (5, False))
    )
    assert list(Deadline.objects.most_pressing()) == [pinned, soon, later]


def test_a_promise_is_seen_in_ones_units_and_where_one_was_told(promises, house, now, outsider):
    mine, other = promises.make(house["ops"], now), promises.make(house["sales"], now)
    person = make_person("丁", house["ops"], Role.OFFICER)
    assert list(Deadline.objects.visible_to(person)) == [mine]
    assert list(Deadline.objects.visible_to(outsider)) == [other]
    Notice.objects.create(recipient=outsider, key="k", title="看", matter=mine.matter)
    assert set(Deadline.objects.visible_to(type(outsider).objects.get(pk=outsider.pk))) == {mine, other}


def test_every_move_of_a_promise_is_an_event(promises, house, officer, now):
    deadline = promises.make(house["ops"], now)
    deadline.settle(now, officer)
    labels = Deadline.pgh_event_model.objects.filter(pgh_obj_id=deadline.pk).order_by("pgh_id")
    assert [(event.pgh_label, event.settled_as) for event in labels] == [("insert", ""), ("update", "kept")]


def test_a_promise_of_a_kind_nobody_registered_says_which(promises, house, now):
    deadline = promises.make(house["ops"], now, kind="gone.kind")
    with pytest.raises(LookupError, match=f"gone.kind.*{KIND}"):
        _ = deadline.title
