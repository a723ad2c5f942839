import datetime as dt

from django.db import models

from duty.clock import MINUTE


class Part(models.Model):
    """All of a watch, or a part of it that moves along when the watch moves: in minutes from its start, else empty."""

    from_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    until_minute = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """As instants of the watch as it stands now."""
        start, end = self.shift.starts_at, self.shift.ends_at
        if self.from_minute is None:
            return start, end
        return start + self.from_minute * MINUTE, min(end, start + self.until_minute * MINUTE)

    @span.setter
    def span(self, span: tuple[dt.datetime, dt.datetime] | None) -> None:
        start, end = self.shift.starts_at, self.shift.ends_at
        if span is None or (span[0] <= start and span[1] >= end):
            self.from_minute = self.until_minute = None
        else:
            self.from_minute = max(0, int((span[0] - start) / MINUTE))
            self.until_minute = -int((start - min(span[1], end)) / MINUTE)

    @property
    def is_part(self) -> bool:
        return self.from_minute is not None
