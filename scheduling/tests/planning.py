"""Plans for tests of pure rules: people by letter, watches by date."""

import datetime as dt
import itertools

from scheduling.rules import Duty, Limits, Membership, Plan, Someone, Validity
from scheduling.rules.facts import is_night

ROLES = frozenset({"leader", "primary", "secondary", "reserve"})
ALWAYS = Validity(dt.date(2000, 1, 1))
FIRST = dt.date(2026, 12, 1)  # a Tuesday
_keys = itertools.count(1)


def someone(number=1, name="", **more) -> Someone:
    more.setdefault("memberships", (Membership(more.pop("roles", ROLES), more.pop("share", 1.0), ALWAYS),))
    return Someone(number, name or chr(ord("甲") + number), **more)


def day(n: int) -> dt.date:
    """The n-th of December 2026."""
    return FIRST + dt.timedelta(days=n - 1)


def duty(n: int, start=18, hours=14, role="primary", post=1, key=None, **more) -> Duty:
    """A watch that begins on the n-th of December at that hour (UTC stands for local time)."""
    date = day(n)
    begin = dt.datetime.combine(date, dt.time(), dt.UTC) + dt.timedelta(hours=start)
    end = begin + dt.timedelta(hours=hours)
    more.setdefault("day_kind", "rest" if date.weekday() >= 5 else "workday")
    more.setdefault("watch", (post, begin))
    more.setdefault("is_night", is_night(begin, end))
    return Duty(key or next(_keys), date, begin, end, post, role, **more)


def plan(duties, people, who=None, fixed=None, last=31, **limits) -> Plan:
    limits.setdefault("spacing_days", 0)
    return Plan(FIRST, day(last), duties, people, who, fixed, Limits(**limits))


def kept(duties, person=None, **more) -> Plan:
    """A plan in which one person keeps all these duties."""
    person = person or someone()
    return plan(duties, [person], {duty.key: person.id for duty in duties}, **more)
