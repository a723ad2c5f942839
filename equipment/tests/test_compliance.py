"""How rounds are counted: each round once, the gravest in a cell, percentages of what was decided."""

import datetime as dt

import pytest

from equipment.compliance import CANCELLED, DONE, LATE, MISSED, OPEN, PLANNED, Tally, Walk, by_walker, state_of
from equipment.recurrence import Failure, Recurrence, recurring

AT = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "due", "done", "state"),
    [
        ("done", 0, -1, DONE), ("approved", 0, 0, DONE), ("done", 0, 1, LATE), ("cancelled", -9, None, CANCELLED),
        ("missed", -9, None, MISSED), ("scheduled", -1, None, MISSED), ("progress", -1, None, MISSED), ("scheduled", 0, None, OPEN),
        ("progress", 5, None, OPEN), ("scheduled", 5, None, PLANNED),
    ],
)  # fmt: skip
def test_the_state_follows_from_the_clock(status, due, done, state):
    due_at = AT + due * HOUR
    done_at = None if done is None else due_at + done * HOUR
    assert state_of(status, due_at, due_at + HOUR, done_at, AT) == state


def walk(state, plan=1, explained=True, late=0, walker=7):
    return Walk(plan, AT.date(), state, explained, late * HOUR, walker)


def test_percentages_leave_out_what_is_cancelled_or_still_ahead():
    tally = Tally()
    for one in (*[walk(DONE)] * 6, walk(LATE, late=1), walk(LATE, late=2), walk(MISSED), walk(MISSED, explained=False),
                walk(CANCELLED), walk(PLANNED), walk(OPEN)):  # fmt: skip
        tally.add(one)
    assert (tally.planned, tally.decided, tally.walked, tally.unexplained) == (12, 10, 8, 1)
    assert tally.on_time == 60 and tally.mean_lateness == 1.5 * HOUR
    assert (tally.gravest, tally.shown) == (MISSED, 2)
    assert Tally().on_time is None and Tally().mean_lateness is None and Tally().gravest == ""


def test_a_missed_round_counts_for_no_walker_and_few_walks_say_nothing():
    walks = [walk(DONE, walker=1)] * 5 + [walk(DONE, walker=2)] * 4 + [walk(MISSED, walker=2)] * 9
    found = by_walker(walks)
    assert set(found) == {1} and found[1].on_time == 100


def failure(day, what="灯", took=1, mended=10, piece=1):
    at = AT + day * DAY
    return Failure(piece, None, what, at, at + took * HOUR, mended and at + mended * HOUR)


def test_the_time_between_failures_is_told_from_three_on():
    assert Recurrence([failure(0), failure(10)]).between is None
    assert Recurrence([failure(0), failure(10), failure(40)]).between == 20 * DAY


def test_means_leave_out_what_is_not_mended_yet():
    one = Recurrence([failure(0, mended=10), failure(1, mended=None), failure(2, mended=20)])
    assert one.to_mend == 15 * HOUR and one.to_acknowledge == HOUR
    assert Recurrence([]).to_mend is None


def test_again_is_the_same_within_ninety_days():
    rows = [failure(0), failure(90), failure(181), failure(185, what="门")]
    assert Recurrence(rows).again == 1


def test_what_fails_most_comes_first():
    rows = recurring([failure(3, piece=2), failure(1), failure(2, piece=2)])
    assert (
        list(rows) == [(2, None), (1, None)] and rows[2, None].failures[0].found_at < rows[2, None].failures[1].found_at
    )
