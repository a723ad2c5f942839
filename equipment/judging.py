"""How an answer is judged: normal, out of range, abnormal. Pure.

The limits are those of the version the round began with, so that a later change of limits judges nothing anew.
"""

from decimal import Decimal
from typing import Protocol

NORMAL, OUT_OF_RANGE, ABNORMAL, NOT_CHECKED = range(4)


class Limits(Protocol):
    least: Decimal | None
    most: Decimal | None
    normal_low: Decimal | None
    normal_high: Decimal | None
    alarm_low: Decimal | None
    alarm_high: Decimal | None


def possible(value: Decimal, limits: Limits) -> bool:
    """Whether such a value can be read at all; what cannot is a slip of the finger."""
    return not _beyond(value, limits.least, limits.most)


def judged(value: Decimal, limits: Limits) -> int:
    """NORMAL, OUT_OF_RANGE or ABNORMAL; the limits themselves belong to the better side.

    Where only a normal range is given, whatever lies beyond it is out of range; where only alarms are given, whatever
    lies between them is normal.
    """
    if _beyond(value, limits.alarm_low, limits.alarm_high):
        return ABNORMAL
    return OUT_OF_RANGE if _beyond(value, limits.normal_low, limits.normal_high) else NORMAL


def _beyond(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)
