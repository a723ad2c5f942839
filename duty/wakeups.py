"""Waking a lane that sleeps. Only ever a wake-up: what is missed is found at the next look."""

import datetime as dt

from django.db import connection

LOOK_SECONDS = 1.0


def _notify(channel: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [channel])


def wake_fire_lane(fires_at: dt.datetime, at: dt.datetime) -> None:
    """Wake the lane when this transaction commits, if it would otherwise look too late."""
    if fires_at < at + dt.timedelta(seconds=2 * LOOK_SECONDS):
        _notify("duty_fire")


def wake_send_lane() -> None:
    _notify("duty_send")
