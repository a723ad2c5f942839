"""What the engine says: short enough for a lock screen, true to the minute, in the reader's language."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import translation

from duty import wording
from duty.clock import zone
from duty.ladders import ESCALATE, REMIND, TELL, Rung
from duty.sockets import DeadlineKind
from duty.sweeping import Due
from duty.templatetags.times import firing_words, moment

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
DUE = dt.datetime(2026, 11, 22, 16, 2, tzinfo=dt.UTC)  # 00:02 in Shanghai
KIND = DeadlineKind("test.promise", "the superior acknowledges", "报", lambda *_: ("", ""), lambda at: [])


def fired(action: str, at: dt.datetime, tongue="en", badge="", title="smoke") -> tuple[str, str]:
    due = Due(1, KIND.name, 1, 1, None, None, "", at, DUE, [], 0, at, badge, title, at)
    return wording.fired(due, Rung(0, "duty.owner", action), KIND, tongue)


@pytest.mark.parametrize(
    ("action", "at", "title", "text"),
    [
        (TELL, DUE - 60 * MINUTE, "smoke — the superior acknowledges by 00:02", "Due at 00:02, in 60 minutes."),
        (REMIND, DUE - MINUTE, "Reminder: smoke — the superior acknowledges", "Due at 00:02, in 1 minute."),
        (ESCALATE, DUE, "Escalated to you: smoke — the superior acknowledges", "Was due at 00:02, 0 seconds ago."),
        (
            ESCALATE,
            DUE + 3 * HOUR,
            "Escalated to you: smoke — the superior acknowledges",
            "Was due at 00:02, 3 hours ago.",
        ),
    ],
)
def test_a_rung_says_what_is_promised_and_how_much_time_is_left(action, at, title, text):
    assert fired(action, at) == (title, text)


def test_a_grade_comes_first():
    assert fired(TELL, DUE - HOUR, badge="较大")[0].startswith("[较大] smoke")


def test_percent_signs_in_a_title_are_only_signs():
    assert "50%(x)s off" in fired(REMIND, DUE, title="50%(x)s off")[0]


def test_chinese_readers_read_chinese():
    title, text = fired(REMIND, DUE - 30 * MINUTE, "zh-hans", title="冒烟")
    assert "冒烟" in title and "30 分钟" in text and "Reminder" not in title


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(0), "0 seconds"), (59 * dt.timedelta(seconds=1), "59 seconds"), (MINUTE, "1 minute"),
        (119 * MINUTE, "119 minutes"), (2 * HOUR, "2 hours"), (47 * HOUR + 59 * MINUTE, "47 hours"), (2 * DAY, "2 days"),
        (-90 * MINUTE, "90 minutes"), (400 * DAY, "400 days"),
    ],
)  # fmt: skip
def test_spans_are_told_in_the_unit_people_use(span, words):
    with translation.override("en"):
        assert wording.minutes(span) == words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "00:00"),
        (59, "00:59"),
        (3603, "60:03"),
        (5999, "99:59"),
        (6000, "1:40:00"),
        (90060, "25:01:00"),
        (-61, "-01:01"),
    ],
)
def test_a_stopwatch_runs_on(seconds, shown):
    assert wording.clock(dt.timedelta(seconds=seconds)) == shown


def test_a_clock_that_ran_for_months_is_told_in_days():
    assert wording.clock(dt.timedelta(hours=7190, minutes=58)) == wording.minutes(dt.timedelta(days=299))


@pytest.mark.parametrize(
    ("ran", "over", "said"),
    [
        (HOUR, 0 * HOUR, "at 60:00 on the clock"), (30 * HOUR, 0 * HOUR, "when it was due"), (30 * HOUR, -HOUR, "60 minutes before it was due"),
        (30 * HOUR, HOUR / 4, "15 minutes overdue"),
    ],
)  # fmt: skip
def test_a_long_clock_is_told_by_how_far_from_the_due_time_it_was(ran, over, said):
    fired = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    deadline = SimpleNamespace(runs_from=fired - ran, due_at=fired - over, title="the round begins")
    firing = SimpleNamespace(
        fired_at=fired, deadline=deadline, told=["陈立"], outcome="", action="remind", lateness=dt.timedelta(0)
    )
    with translation.override("en"):
        assert firing_words(firing) == f"reminded 陈立 {said}"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-23T00:30", "00:30"), ("2026-11-22T22:02", "22:02"), ("2026-11-22T19:02", "Sun 22 Nov 19:02"),
        ("2026-11-23T23:30", "23:30"), ("2026-11-24T12:00", "Tue 24 Nov 12:00"), ("2024-11-24T12:00", "24 Nov 2024 12:00"),
    ],
)  # fmt: skip
def test_a_time_of_another_day_that_is_not_near_has_its_date(at, said):
    now = dt.datetime(2026, 11, 23, 3, 2, tzinfo=zone())
    with translation.override("en"):
        assert moment(dt.datetime.fromisoformat(at).replace(tzinfo=zone()), now) == said
