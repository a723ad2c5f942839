"""The one clock: the database's `duty_now()`, read once per request and passed down as `at`.

Tests and fault runs replace the SQL function; nothing else in the product asks what time it is.
"""

import contextlib
import datetime as dt
import zoneinfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func
from django.db.models.functions import TruncDate

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class DutyNow(Func):
    """The database's clock inside a query or as a column's default."""

    function = "duty_now"
    output_field = DateTimeField()


def duty_today() -> TruncDate:
    """The organisation's calendar day, by the database's clock, inside a query."""
    return TruncDate(DutyNow(), tzinfo=zone())


def duty_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT duty_now()")
        return cursor.fetchone()[0]


@contextlib.contextmanager
def pretending(at: dt.datetime):
    """Let it be `at` for this transaction alone: the sample organisation lives through last night this way.

    Needs the owner of the database; whoever else is connected sees the true clock all the while.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the clock is only ever moved inside a transaction that moves it back")
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'duty_now'")
        before = cursor.fetchone()[0]
        cursor.execute(CLOCK.format(f"SELECT '{at.isoformat()}'::timestamptz"))
        try:
            yield at
        finally:
            if not connection.needs_rollback:
                cursor.execute(CLOCK.format(before))


CLOCK = "CREATE OR REPLACE FUNCTION duty_now() RETURNS timestamptz STABLE PARALLEL SAFE LANGUAGE sql AS $$ {} $$"


def zone() -> zoneinfo.ZoneInfo:
    """The organisation's time zone: it decides what a day is."""
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def local(at: dt.datetime) -> dt.datetime:
    return at.astimezone(zone())


def day_of(at: dt.datetime) -> dt.date:
    return local(at).date()


def from_to(start: dt.datetime, end: dt.datetime) -> str:
    """08:00–16:00, by the clock on the wall."""
    return f"{local(start):%H:%M}–{local(end):%H:%M}"


def instant(said: str) -> dt.datetime:
    """An instant written in ISO 8601 with its offset, in UTC: the database refuses some offsets that Python takes.

    Raises ValueError for anything else.
    """
    try:
        at = dt.datetime.fromisoformat(said)
        if at.tzinfo is None:
            raise ValueError(said)
        return at.astimezone(dt.UTC)
    except (TypeError, OverflowError) as why:
        raise ValueError(said) from why


def month_of(day: dt.date) -> dt.date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after it."""
    return month_of(month_of(day) + 31 * DAY)


def last_of_month(day: dt.date) -> dt.date:
    return next_month(day) - DAY


def start_of(day: dt.date) -> dt.datetime:
    """The instant at which a local day begins."""
    return dt.datetime.combine(day, dt.time(), zone())
