"""Ladders are pure: no database here."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duty.ladders import (
    ESCALATE,
    REMIND,
    TELL,
    Rung,
    first_firing,
    frozen,
    latest_firing,
    next_firing,
    rung_at,
    thawed,
)

DUE = dt.datetime(2026, 11, 22, 15, 25, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
LADDER = [
    Rung(-3600, "duty.superior", TELL),
    Rung(-1800, "duty.superior"),
    Rung(-600, "duty.owner"),
    Rung(0, "scheduling.leader", ESCALATE),
    Rung(1200, "duty.top_head", ESCALATE, again=1800),
]


def test_the_first_rung_fires_when_it_is_planned():
    assert first_firing(LADDER, DUE - 60 * MINUTE, DUE) == (0, DUE - 60 * MINUTE)


def test_reminders_planned_before_the_promise_existed_are_skipped():
    assert first_firing(LADDER[1:], DUE - 20 * MINUTE, DUE) == (1, DUE - 10 * MINUTE)


def test_escalations_are_never_skipped_however_late_the_promise_is_made():
    assert first_firing(LADDER[1:], DUE + 90 * MINUTE, DUE) == (2, DUE)


def test_rungs_follow_at_their_planned_times():
    assert next_firing(LADDER, 0, DUE - 60 * MINUTE, DUE, True) == (1, DUE - 30 * MINUTE)
    assert next_firing(LADDER, 3, DUE, DUE, True) == (4, DUE + 20 * MINUTE)


def test_after_an_outage_levels_follow_one_at_a_time():
    late = DUE + 120 * MINUTE
    assert next_firing(LADDER, 3, late, DUE, True) == (4, late + 5 * MINUTE)


def test_a_level_that_reaches_nobody_is_passed_at_once_to_the_next_escalation():
    fired = DUE - 60 * MINUTE
    assert next_firing(LADDER, 0, fired, DUE, False) == (3, fired)


def test_the_last_rung_comes_again_so_that_silence_never_wins():
    fired = DUE + 20 * MINUTE
    assert next_firing(LADDER, 4, fired, DUE, True) == (5, fired + 30 * MINUTE)
    assert next_firing(LADDER, 9, fired, DUE, False) == (10, fired + 30 * MINUTE)
    assert rung_at(LADDER, 9).to == "duty.top_head"


def test_a_ladder_that_does_not_repeat_ends():
    assert next_firing(LADDER[:4], 3, DUE, DUE, True) == (4, None)


def test_a_rung_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError):
        Rung(0, "duty.owner", "shout")
    with pytest.raises(TypeError):
        thawed([{"offset": 0, "to": "duty.owner", "volume": 11}])


rungs = st.builds(
    Rung,
    offset=st.integers(-7200, 7200),
    to=st.just("duty.owner"),
    action=st.sampled_from([TELL, REMIND, ESCALATE]),
    min_gap=st.integers(0, 900),
    again=st.integers(0, 3600),
)


@given(
    st.lists(rungs, min_size=1, max_size=8), st.integers(-300, 300), st.lists(st.booleans(), min_size=20, max_size=20)
)
def test_any_ladder_is_climbed_in_order_and_forward_in_time(ladder, opened_minutes, reached):
    ladder = thawed(frozen(ladder))
    opened = DUE + opened_minutes * MINUTE
    number, planned = first_firing(ladder, opened, DUE)
    fired_at = opened
    for here in reached:
        if planned is None:
            break
        fired_at = max(planned, fired_at)
        following, planned = next_firing(ladder, number, fired_at, DUE, here)
        assert following > number
        latest = latest_firing(ladder, following, DUE, fired_at)
        assert (planned is None) == (latest is None), "the watchdog asks this: nothing the engine plans looks frozen"
        assert planned is None or planned <= latest
        assert planned is None or planned >= fired_at
        number = following
