"""A year of days as the `holidays` package knows it: a beginning, to be compared with the official notice."""

import datetime as dt
from dataclasses import dataclass

import holidays

from scheduling.models.days import CalendarYear, Day, DayKind, usual_kind

COUNTRY, TONGUE = "CN", "zh_CN"
SUBSTITUTED = ("补假", "休息日")  # a day off because the festival fell on a rest day, or moved from a weekend


@dataclass(frozen=True)
class Year:
    """The days of a year that a notice changes or names, and whether a notice is known at all."""

    days: dict[dt.date, tuple[DayKind, str]]
    is_provisional: bool


def known_days(year: int) -> Year:
    """{date: (kind, name)} for all days that are not simply what their weekday says.

    A year without a single moved working day has no notice yet: every notice since 2007 moved some.
    """
    festivals = holidays.country_holidays(COUNTRY, years=year, language=TONGUE)
    days, moved = {}, False
    for n in range((dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days):
        date = dt.date(year, 1, 1) + dt.timedelta(days=n)
        name = festivals.get(date, "")
        if date in festivals:
            substituted = any(word in name for word in SUBSTITUTED)
            plain = "" if name.startswith("休息日") else name.split("（")[0]
            days[date] = (DayKind.REST if substituted else DayKind.HOLIDAY, plain)
        elif usual_kind(date) == DayKind.REST and festivals.is_working_day(date):
            days[date], moved = (DayKind.MAKEUP, ""), True
    return Year(days, is_provisional=not moved)


def seed(year: int) -> CalendarYear | None:
    """Write a year that is not there yet; None if it was there. Never touches one that is."""
    known = known_days(year)
    row, is_new = CalendarYear.objects.get_or_create(year=year, defaults={"is_provisional": known.is_provisional})
    if is_new:
        Day.objects.bulk_create(
            (Day(date=date, kind=kind, name=name) for date, (kind, name) in known.days.items()), ignore_conflicts=True
        )
    return row if is_new else None
