"""What the sample's gauges show: a level, the seasons, the time of day, noise, and what wears out. Pure."""

import datetime as dt
import math
import random
from decimal import Decimal

from duty.clock import local

# (piece or any, gauge): level, swing over the year (warmest in July), over the day (most at 15 h), noise, decimals
LEVELS = {
    "A 相电压": (226, 0, 1.5, 1.4, 1), "负载电流": (255, 30, 45, 11, 0), "母线温度": (41, 5, 2, 1.3, 1),
    "输入电压": (385, 0, 2, 1.8, 0), "负载率": (41, 2, 5, 1.6, 0), "电池电压": (432, 0, 0, 0.9, 1), "机房温度": (23.4, 0.9, 0.5, 0.5, 1),
    "进风温度": (22.4, 0.7, 0.4, 0.5, 1), "CPU 占用": (33, 0, 9, 6, 0), "功率": (4.2, 0.1, 0.3, 0.15, 2), "容量使用率": (71, 0, 0, 0.4, 0),
    "回风温度": (22.6, 0.5, 0.3, 0.32, 1), "回风湿度": (49, 4, 1, 1.8, 0), "出口压力": (0.75, 0, 0, 0.02, 2), "水位": (3.6, 0, 0, 0.06, 2),
    "出水温度": (72, -3, 1, 1.5, 1), "锅炉压力": (0.34, -0.02, 0.01, 0.012, 2), "启动电池电压": (26.4, 0.2, 0, 0.15, 1), "油箱油位": (92, 0, 0, 0.6, 0),
    "机油温度": (84, 2, 0, 2, 0), "启动用时": (8, 0, 0, 0.8, 0),
}  # fmt: skip
OWN_LEVELS = {
    ("DY-04", "电池电压"): (26.6, 0, 0, 0.15, 1), ("XQ-05", "出水温度"): (27.5, 2.6, 0.8, 0.6, 1), ("XQ-01", "负载电流"): (310, 25, 20, 9, 0),
    ("XQ-03", "负载率"): (48, 2, 3, 1.5, 0), ("SB-05", "容量使用率"): (74, 0, 0, 0.4, 0),
}  # fmt: skip
# What wears out: since how many days ago, by how much a day.
WEARING = {
    ("KT-01", "回风温度"): (42, 0.058),
    ("XQ-03", "电池电压"): (46, -0.42),
    ("SB-05", "容量使用率"): (730, 0.016),
}
USED_UP = {"油箱油位": (0.14, 120)}  # what is used a day, and after how many days it is filled up again


def reading(piece: str, gauge: str, at: dt.datetime, now: dt.datetime, dice: random.Random) -> Decimal:
    """What the gauge of that piece showed at that instant."""
    level, over_year, over_day, noise, decimals = OWN_LEVELS.get((piece, gauge)) or LEVELS[gauge]
    here = local(at)
    value = level + 0.4 * noise * (sum(piece.encode()) % 5 - 2)  # no two pieces are quite alike
    value += over_year * math.cos(2 * math.pi * (here.timetuple().tm_yday - 200) / 365.25)
    value += over_day * math.cos(2 * math.pi * (here.hour + here.minute / 60 - 15) / 24)
    days_ago = (now - at).total_seconds() / 86400
    if wear := WEARING.get((piece, gauge)):
        since, a_day = wear
        value += a_day * (max(0.0, since - days_ago) if since < 700 else -days_ago)
    if use := USED_UP.get(gauge):
        value -= use[0] * ((730 - days_ago) % use[1])
    return rounded(dice.gauss(value, noise), decimals)


def rounded(value: float, decimals: int) -> Decimal:
    return Decimal(f"{value:.{decimals}f}")


def beyond(limits, dice: random.Random, alarm: bool) -> Decimal | None:
    """A value out of the normal range, or past the alarm; None where nothing is said of such values."""
    low, high = (limits.alarm_low, limits.alarm_high) if alarm else (limits.normal_low, limits.normal_high)
    width = float((limits.normal_high or limits.alarm_high or 0) - (limits.normal_low or limits.alarm_low or 0)) or 1.0
    if not alarm and high is not None and limits.alarm_high is not None:
        width = min(width, float(limits.alarm_high - high) * 3)
    decimals = 2 if width < 3 else 1 if width < 40 else 0
    step = max(abs(width) * dice.uniform(0.04, 0.25), 2 * 10.0**-decimals)
    if high is not None and (low is None or dice.random() < 0.7):
        return rounded(float(high) + step, decimals)
    return None if low is None else rounded(float(low) - step, decimals)
