from django.db import models
from django.utils.translation import gettext_lazy as _

from equipment import trends

from .gauges import Gauge


class Outlook(models.Model):
    """How a gauge moves, reckoned once a day from its readings (`equipment/reckoning.py`); may be forgotten at any time."""

    gauge = models.OneToOneField(Gauge, models.CASCADE, primary_key=True, related_name="outlook")
    reckoned_on = models.DateField()
    a_day = models.FloatField()  # in the gauge's unit of measure
    p = models.FloatField()
    level = models.FloatField()
    limit = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    reaches_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("outlook of a gauge")
        verbose_name_plural = _("outlooks of gauges")
        indexes = [
            models.Index(fields=["reaches_on"], condition=models.Q(reaches_on__isnull=False), name="outlooks_by_time")
        ]

    def drift(self, today) -> trends.Drift:
        """As it was reckoned, with the days counted from today."""
        left = max((self.reaches_on - today).days, 0) if self.reaches_on else None
        return trends.Drift(self.a_day, self.p, self.level, self.limit, left)
