"""What is said of a drift, and of values and spans of time."""

import datetime as dt
import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from equipment.measures import NONE
from equipment.models.gauges import shown
from equipment.trends import Drift


def short(value: float) -> str:
    """Two digits that count, never as a power of ten: 0.12, 0.5, 3.4, 123."""
    if not value:
        return "0"
    places = max(0, 1 - math.floor(math.log10(abs(value))))
    text = f"{round(value, places):.{min(places, 8)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_measure(value: str, measure: str) -> str:
    return value if measure == NONE else f"{value} {measure}"


def said(moves: Drift | None, measure: str) -> str:
    """rises 0.12 ℃ a day; reaches 27 ℃ in about 14 days. Or: steady."""
    if moves is None:
        return _("too few readings to say")
    if moves.as_last_year:
        return _("rises as it did a year ago") if moves.a_day > 0 else _("falls as it did a year ago")
    if not moves.reaches:
        return pgettext("gauge", "steady")
    a_day = with_measure(short(abs(moves.a_day)), measure)
    limit, days = with_measure(shown(moves.limit), measure), moves.days_left
    if moves.a_day > 0:
        words = ngettext(
            "rises %(a_day)s a day; reaches %(limit)s in about %(days)d day",
            "rises %(a_day)s a day; reaches %(limit)s in about %(days)d days", days,
        )  # fmt: skip
    else:
        words = ngettext(
            "falls %(a_day)s a day; reaches %(limit)s in about %(days)d day",
            "falls %(a_day)s a day; reaches %(limit)s in about %(days)d days", days,
        )  # fmt: skip
    return words % {"a_day": a_day, "limit": limit, "days": days}


def lasting(span: dt.timedelta | None) -> str:
    """12 min, 3.4 h, 5.2 days; a dash where there is none."""
    if span is None:
        return "—"
    minutes = span.total_seconds() / 60
    if minutes < 90:
        return _("%(n)s min") % {"n": round(minutes)}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": f"{minutes / 60:.1f}".removesuffix(".0")}
    return _("%(n)s days") % {"n": f"{minutes / 1440:.1f}".removesuffix(".0")}
