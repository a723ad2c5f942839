"""Numbers of repair tickets (维修单)."""

import datetime as dt

from django.db import connection, models

from duty.clock import day_of


class Counter(models.Model):
    """The last number of a repair ticket of a local day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


def next_number(at: dt.datetime) -> str:
    """WX20261122-001: the next of that local day. Gapless: a transaction that fails gives its number back."""
    day = day_of(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO equipment_counter AS c (day, last) VALUES (%s, 1) "
            "ON CONFLICT (day) DO UPDATE SET last = c.last + 1 RETURNING last",
            [day],
        )
        return f"WX{day:%Y%m%d}-{cursor.fetchone()[0]:03d}"
