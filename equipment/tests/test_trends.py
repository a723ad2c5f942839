"""A drift is told when there is one, and not when there is none."""

import datetime as dt
import math
import random
from decimal import Decimal

import pytest
from django.utils import translation

from equipment import trends
from equipment.trend_words import lasting, said, short
from equipment.trends import Bounds, drift, mann_kendall, theil_sen

TODAY = dt.date(2026, 11, 22)
ROOM = Bounds(Decimal(10), Decimal(18), Decimal(27), Decimal(35))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def daily(values, last=TODAY, every=1):
    return [(last - dt.timedelta(days=every * n), value) for n, value in enumerate(reversed(values))][::-1]


def test_the_slope_is_the_median_of_all_pairs_so_that_wild_days_do_not_move_it():
    days = list(range(20))
    values = [5 + 0.5 * day for day in days]
    assert theil_sen(days, values) == (0.5, 5.0)
    values[3], values[11], values[17] = 900, -50, 400
    slope, start = theil_sen(days, values)
    assert slope == pytest.approx(0.5, abs=0.03) and start == pytest.approx(5, abs=0.6)


@pytest.mark.parametrize(("days", "values"), [([1], [2]), ([1, 1], [2, 3]), ([1, 2], [3])])
def test_a_slope_of_too_little_is_refused(days, values):
    with pytest.raises(ValueError, match="day"):
        theil_sen(days, values)


def test_the_test_agrees_with_kendalls_own_figures():
    """n = 10 all rising: S = 45, σ² = 10·9·25/18 = 125, z = 44/√125 = 3.9355, p = 8.3e-5."""
    s, p = mann_kendall(list(range(10)))
    assert s == 45 and p == pytest.approx(8.303e-5, rel=1e-3)
    s, p = mann_kendall(list(range(10))[::-1])
    assert s == -45 and p == pytest.approx(8.303e-5, rel=1e-3)
    s, p = mann_kendall([1, 1, 2, 2, 3])  # ties: σ² = (5·4·15 - 2·2·1·9)/18 = 14.667, z = 7/√14.667
    assert s == 8 and p == pytest.approx(0.0676, abs=2e-4)
    assert mann_kendall([4.2] * 12) == (0, 1.0)


def test_a_room_that_grows_warmer_is_told_with_the_day_on_which_it_is_too_warm():
    dice = random.Random(1)
    values = [22 + 0.08 * day + dice.gauss(0, 0.3) for day in range(45)]
    moves = drift(daily(values), ROOM, TODAY)
    assert moves.is_significant and moves.a_day == pytest.approx(0.08, abs=0.01)
    assert moves.limit == 27 and 12 <= moves.days_left <= 25
    moves = drift(daily([value + 6 for value in values]), ROOM, TODAY)  # past normal already
    assert moves.limit == 35


def test_a_battery_that_weakens_reaches_the_limit_below():
    moves = drift(
        daily([430 - 0.4 * n for n in range(30)]), Bounds(Decimal(380), Decimal(400), Decimal(450), None), TODAY
    )
    assert moves.a_day == pytest.approx(-0.4) and moves.limit == 400 and moves.days_left == 46


def test_noise_is_steady():
    told = 0
    for seed in range(200):
        dice = random.Random(seed)
        told += drift(daily([22 + dice.gauss(0, 0.5) for _day in range(60)]), ROOM, TODAY).is_significant
    assert told <= 8  # one in a hundred by definition, and some luck


@pytest.mark.parametrize(
    "values",
    [
        [22 + 0.01 * n for n in range(60)],  # in more than half a year
        [22 - 0.001 * n for n in range(60)],
    ],
)
def test_what_is_far_from_its_limit_is_steady(values):
    moves = drift(daily(values), ROOM, TODAY)
    assert moves.is_significant and not moves.reaches
    assert said(moves, "℃") == "steady"


def test_without_a_limit_ahead_nothing_is_reached():
    rising = daily([22 + 0.1 * n for n in range(40)])
    assert not drift(rising, Bounds(None, Decimal(5), None, None), TODAY).reaches
    assert not drift(rising, Bounds(None, None, None, None), TODAY).reaches


def test_too_little_or_too_old_says_nothing():
    rising = [22 + 0.1 * n for n in range(60)]
    assert drift(daily(rising[:9]), ROOM, TODAY) is None  # nine days
    assert drift(daily(rising[:15]), ROOM, TODAY) is None  # two weeks
    assert drift(daily(rising, last=TODAY - dt.timedelta(days=15)), ROOM, TODAY) is None
    assert drift(daily(rising[:10], every=3), ROOM, TODAY) is not None
    assert drift([], ROOM, TODAY) is None


def test_days_are_counted_from_today_not_from_the_last_reading():
    values = [430 - 0.4 * n for n in range(30)]
    bounds = Bounds(None, Decimal(400), None, None)
    late = drift(daily(values, last=TODAY - dt.timedelta(days=6)), bounds, TODAY)
    assert late.days_left == drift(daily(values), bounds, TODAY).days_left - 6


def swinging(dice, day, level=49.0, swing=4.0):
    """Of a year, as humidity before winter falls, honestly."""
    return level + swing * math.cos(2 * math.pi * (day.timetuple().tm_yday - 200) / 365.25) + dice.gauss(0, 0.4)


def years_of(value, years=2) -> list:
    days = [TODAY - dt.timedelta(days=n) for n in range(365 * years, -1, -1)]
    return [(day, value(day)) for day in days]


def told_of(series) -> trends.Drift:
    recent = [(day, value) for day, value in series if day > TODAY - dt.timedelta(days=60)]
    then = TODAY - dt.timedelta(days=364)
    before = [
        (day, value) for day, value in series if then - dt.timedelta(days=63) <= day <= then + dt.timedelta(days=3)
    ]
    return drift(recent, Bounds(Decimal(30), Decimal(40), Decimal(60), Decimal(70)), TODAY, before)


def test_the_turn_of_the_seasons_is_no_drift():
    dice = random.Random(3)
    moves = told_of(years_of(lambda day: swinging(dice, day)))
    assert moves.as_last_year and not moves.is_significant and not moves.reaches
    assert said(moves, "%") == "falls as it did a year ago"
    assert drift([(d, v) for d, v in years_of(lambda day: swinging(dice, day))][-60:], ROOM, TODAY).p < trends.CHANCE


def test_a_drift_within_a_season_is_told_all_the_same():
    dice = random.Random(3)
    leaking = years_of(lambda day: swinging(dice, day) - 0.15 * max(0, (day - TODAY).days + 45))
    assert told_of(leaking).reaches


def test_what_drifts_for_years_is_no_season():
    dice = random.Random(3)
    moves = told_of(years_of(lambda day: 48 + 0.016 * (day - TODAY).days + dice.gauss(0, 0.2) + 11))
    assert moves.is_significant and not moves.as_last_year


def test_without_a_year_to_compare_with_nothing_is_excused():
    dice = random.Random(3)
    assert not told_of(years_of(lambda day: swinging(dice, day))[-100:]).as_last_year


def test_it_is_said_in_words():
    moves = drift(daily([25 + 0.12 * n for n in range(15, 38)][:23]), ROOM, TODAY)
    assert moves is not None
    moves = moves._replace(a_day=0.1234, limit=Decimal("27.000"), days_left=14)
    assert said(moves, "℃") == "rises 0.12 ℃ a day; reaches 27 ℃ in about 14 days"
    assert said(moves._replace(a_day=-0.5, days_left=1), "—") == "falls 0.5 a day; reaches 27 in about 1 day"
    assert said(None, "℃") == "too few readings to say"
    assert [short(value) for value in (0, 0.00123, 0.1234, 3.456, 123.4)] == ["0", "0.0012", "0.12", "3.5", "123"]


def test_spans_of_time_are_short():
    spans = [None, dt.timedelta(minutes=12), dt.timedelta(hours=3, minutes=24), dt.timedelta(days=5)]
    assert [lasting(span) for span in spans] == ["—", "12 min", "3.4 h", "5 days"]
