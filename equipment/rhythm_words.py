"""A plan's rhythm and windows as people say them."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from equipment.rhythm import LAST_DAY


def _listed(words: Sequence[str]) -> str:
    return pgettext("between names in a list", ", ").join(words)


def at_times(times: Sequence[dt.time]) -> str:
    return _listed([f"{time:%H:%M}" for time in sorted(times)])


def on_weekdays(days: Sequence[int]) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return _listed([names[day - 1] for day in sorted(days) if 1 <= day <= 7])


def on_month_days(days: Sequence[int]) -> str:
    last = _("the last day")
    return _listed([last if day == LAST_DAY else _("day %(n)d") % {"n": day} for day in sorted(days)])


def minutes(number: int) -> str:
    """45 min, 2 h, 1 h 30 min"""
    hours, left = divmod(number, 60)
    if not hours:
        return _("%(n)d min") % {"n": left}
    return _("%(h)d h %(n)d min") % {"h": hours, "n": left} if left else _("%(h)d h") % {"h": hours}


def rhythm_in_words(plan) -> str:
    """Every day at 08:00, 20:00; every 2 h within each watch; Monday, Thursday at 09:00."""
    times, offset = at_times(plan.times), plan.offset_minutes
    if plan.rhythm == "times":
        return _("every day at %(times)s") % {"times": times}
    if plan.rhythm == "weekly":
        return _("every week on %(days)s at %(times)s") % {"days": on_weekdays(plan.weekdays), "times": times}
    if plan.rhythm == "monthly":
        return _("every month on %(days)s at %(times)s") % {"days": on_month_days(plan.month_days), "times": times}
    if plan.rhythm == "every":
        hours = plan.every_hours or 0
        said = ngettext("every hour within each watch", "every %(n)d hours within each watch", hours) % {"n": hours}
        first = _("the first one %(span)s after it begins") % {"span": minutes(offset)}
        return _("%(every)s, %(first)s") % {"every": said, "first": first} if offset else said
    if plan.rhythm == "start":
        return (
            _("%(span)s after each watch begins") % {"span": minutes(offset)} if offset else _("when each watch begins")
        )
    return _("%(span)s before each watch ends") % {"span": minutes(offset)} if offset else _("when each watch ends")


def windows_in_words(plan) -> list[tuple[str, str]]:
    """(what, how long) of each stretch of a round's window."""
    return [
        (_("may begin earlier"), minutes(plan.early_minutes)),
        (_("begun within"), minutes(plan.start_minutes)),
        (_("done within"), minutes(plan.window_minutes)),
        (_("late, then missed after"), minutes(plan.grace_minutes)),
    ]
