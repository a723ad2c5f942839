"""A1, A38: which hours are watched, and which would be watched twice; on plain numbers."""

import datetime as dt

import pytest

from scheduling.coverage import Watch, clash, reaching_in, watched, without

ALL = frozenset({"workday", "rest", "holiday", "makeup"})
WORK, REST = frozenset({"workday"}), frozenset({"rest"})


def watch(start, hours, kinds=ALL, first="2026-01-01", last=None):
    return Watch("x", kinds, int(start * 60), int(hours * 60), dt.date.fromisoformat(first),
                 dt.date.fromisoformat(last) if last else None)  # fmt: skip


DAY, NIGHT = watch(8, 10), watch(18, 14)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (DAY, NIGHT, None),
        (watch(8, 11), NIGHT, 0),
        (watch(7, 11), NIGHT, -1),  # the night before still runs at seven
        (NIGHT, watch(7, 11), 1),
        (watch(8, 10, WORK), watch(8, 10, REST), None),
        (watch(18, 14, WORK), watch(7, 12, REST), 1),  # Friday night, Saturday morning
        (watch(0, 24, REST), watch(18, 14, WORK), -1),
        (watch(8, 24), watch(8, 24, first="2026-02-01"), 0),
        (watch(8, 24, last="2026-01-31"), watch(8, 24, first="2026-02-01"), None),
        (watch(18, 14, last="2026-01-31"), watch(7, 11, first="2026-02-01"), 1),  # the last night of the old order
        (watch(18, 14, last="2026-01-31"), watch(7, 11, first="2026-02-02"), None),
        (watch(20, 28, last="2026-01-31"), watch(8, 8, first="2026-02-02"), None),
        (watch(20, 40, last="2026-01-31"), watch(8, 8, first="2026-02-02"), 2),
    ],
)
def test_what_would_be_kept_twice_is_found_across_midnight(one, other, answer):
    assert clash(one, other) == answer


def test_a_watch_of_a_whole_day_follows_itself_and_a_longer_one_runs_into_itself():
    whole, longer = watch(8, 24), watch(8, 24.5)
    assert clash(whole, whole) is None and clash(longer, longer) == 1
    once = watch(8, 48, first="2026-02-17", last="2026-02-17")
    assert clash(once, once) is None


def test_the_hours_of_a_day_count_what_reaches_in_from_the_day_before():
    assert watched([NIGHT], "workday") == [(0, 480), (1080, 1440)]
    assert watched([DAY, NIGHT], "rest") == [(0, 1440)]


def test_a_night_that_some_days_do_not_keep_is_not_counted_on_for_the_morning():
    nights = [watch(18, 14, WORK), watch(8, 16, REST)]  # on rest days until midnight
    assert reaching_in(nights) == []
    assert watched(nights, "workday") == [(1080, 1440)]


def test_no_watches_watch_nothing():
    assert watched([], "rest") == [] and without([(0, 1440)], []) == [(0, 1440)]
    assert without([(0, 1440)], [(480, 1080)]) == [(0, 480), (1080, 1440)]
