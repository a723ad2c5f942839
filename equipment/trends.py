"""Whether what a gauge shows drifts, how quickly, and when it will reach a limit. Pure.

The slope is Theil–Sen's: the median of the slopes between all pairs of days (H. Theil, "A rank-invariant method of
linear and polynomial regression analysis", Proc. KNAW 53, 1950; P. K. Sen, J. Am. Stat. Assoc. 63, 1968, 1379–1389). A
quarter of the days may be wild without moving it much. Whether it is more than chance is Mann–Kendall's test (H. B. Mann,
Econometrica 13, 1945, 245–259; M. G. Kendall, "Rank Correlation Methods", 1975), with the correction for ties and for
continuity. Why these, and what they miss: docs/decisions/0011-drift-of-a-gauge.md.
"""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

SPANS_DAYS = (30, 60)  # what is looked at, one after the other
SPAN_DAYS = max(SPANS_DAYS)
LEAST_DAYS, LEAST_SPAN_DAYS = 10, 21  # with a reading, and between the first and the last of them
CHANCE = 0.01 / len(SPANS_DAYS)  # a drift is told if chance alone would show one like it more rarely than that
HORIZON_DAYS = 180
STALE_DAYS = 14  # without a reading for so long nothing is said
YEAR_DAYS = 364  # a year before, on the same day of the week
NEAR_DAYS = 3  # around that day, whose median is what is usual
Daily = Sequence[tuple[dt.date, float]]  # the median of each day that has readings, in order


class Bounds(NamedTuple):
    """Of a gauge, from the lowest to the highest; either side may be open."""

    alarm_low: Decimal | None
    normal_low: Decimal | None
    normal_high: Decimal | None
    alarm_high: Decimal | None


class Drift(NamedTuple):
    """`a_day` in the gauge's unit; `p` how often chance alone shows as much; `level` what the line says for the last day.

    `limit` and `days_left` only where it moves towards a limit and will be there within HORIZON_DAYS.
    """

    a_day: float
    p: float
    level: float
    limit: Decimal | None = None
    days_left: int | None = None
    as_last_year: bool = False  # the turn of the seasons, and no drift

    @property
    def is_significant(self) -> bool:
        return self.p < CHANCE and self.a_day != 0 and not self.as_last_year

    @property
    def reaches(self) -> bool:
        return self.limit is not None


def theil_sen(days: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """(slope per day, value at day 0): medians of the slopes of all pairs, and of what is left of each value.

    `days` are n distinct day numbers, `values` as many numbers. Raises ValueError for fewer than two days.
    """
    x, y = np.asarray(days, float), np.asarray(values, float)
    if len(x) < 2 or len(x) != len(y):
        raise ValueError("a slope needs two days at least, each with a value")
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    if not apart.all():
        raise ValueError("one value a day")
    slope = float(np.median((y[second] - y[first]) / apart))
    return slope, float(np.median(y - slope * x))


def mann_kendall(values: Sequence[float]) -> tuple[int, float]:
    """(S, two-sided p) of n values in order of time; p is 1 where they do not differ.

    S counts the pairs that rise less those that fall; its variance is n(n-1)(2n+5)/18, less t(t-1)(2t+5)/18 for every t
    values that are tied; z = (|S|-1)/σ.
    """
    y = np.asarray(values, float)
    n = len(y)
    first, second = np.triu_indices(n, 1)
    s = int(np.sign(y[second] - y[first]).sum())
    _unique, tied = np.unique(y, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - int((tied * (tied - 1) * (2 * tied + 5)).sum())) / 18
    if s == 0 or variance <= 0:
        return s, 1.0
    z = (abs(s) - 1) / math.sqrt(variance)
    return s, 2 * (1 - NormalDist().cdf(z))


def drift(daily: Daily, bounds: Bounds, today: dt.date, year_before: Daily = ()) -> Drift | None:
    """How a gauge moves; None where there are too few days with readings, or none of late, to say anything.

    The shorter span is asked first: what began three weeks ago is not to be watered down by the weeks before it. What it
    did a year before, where that is known, tells the turn of the seasons from a drift.
    """
    found = None
    for days in SPANS_DAYS:
        found = _over(daily, days, bounds, today, year_before) or found
        if found and found.is_significant:
            break
    return found


def _over(daily: Daily, days: int, bounds: Bounds, today: dt.date, year_before: Daily) -> Drift | None:
    first = today - dt.timedelta(days=days)
    daily = [(day, value) for day, value in daily if first < day <= today]
    if len(daily) < LEAST_DAYS or (daily[-1][0] - daily[0][0]).days < LEAST_SPAN_DAYS:
        return None
    stale = (today - daily[-1][0]).days
    if stale > STALE_DAYS:
        return None
    values = [value for _day, value in daily]
    a_day, start = theil_sen([(day - first).days for day, _value in daily], values)
    _s, p = mann_kendall(values)
    found = Drift(a_day, p, start + a_day * (daily[-1][0] - first).days)
    if found.is_significant and of_the_season(daily, year_before, a_day):
        return found._replace(as_last_year=True)
    limit = ahead(found.level, a_day, bounds) if found.is_significant else None
    if limit is None:
        return found
    left = math.ceil((float(limit) - found.level) / a_day) - stale
    return found._replace(limit=limit, days_left=max(left, 0)) if left <= HORIZON_DAYS else found


def of_the_season(daily: Daily, year_before: Daily, a_day: float) -> bool:
    """Whether it moved like this a year before and has come back to where it was then.

    What is left of each day less what was usual on it must neither move the same way itself, nor lie further off than half
    of what the span moved: a drift that has gone on for years is the same slope each year, at another level. False where
    too few days can be compared.
    """
    usual = [(day, value, _usual(year_before, day)) for day, value in daily]
    rest = [(day, value - before) for day, value, before in usual if before is not None]
    if len(rest) < LEAST_DAYS or (rest[-1][0] - rest[0][0]).days < LEAST_SPAN_DAYS:
        return False
    days, left = [(day - rest[0][0]).days for day, _rest in rest], [value for _day, value in rest]
    slope, _start = theil_sen(days, left)
    _s, p = mann_kendall(left)
    moves_too = p < CHANCE and slope * a_day > 0
    return not moves_too and abs(float(np.median(left))) <= abs(a_day) * days[-1] / 2


def _usual(year_before: Daily, day: dt.date) -> float | None:
    then = day - dt.timedelta(days=YEAR_DAYS)
    near = [value for other, value in year_before if abs((other - then).days) <= NEAR_DAYS]
    return float(np.median(near)) if near else None


def ahead(level: float, a_day: float, bounds: Bounds) -> Decimal | None:
    """The next limit in the direction of the drift; None where there is none left."""
    limits = [limit for limit in bounds if limit is not None]
    if a_day > 0:
        return min(
            (limit for limit in (bounds.normal_high, bounds.alarm_high) if limit in limits and limit > level),
            default=None,
        )
    return max(
        (limit for limit in (bounds.normal_low, bounds.alarm_low) if limit in limits and limit < level), default=None
    )
