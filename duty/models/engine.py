from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.clock import DutyNow


class Lane(models.Model):
    """A running lane's sign of life. A page that finds the fire lanes silent says so."""

    name = models.CharField(max_length=10)  # fire, send
    place = models.CharField(max_length=80)  # host and role: one row each
    seen_at = models.DateTimeField(db_default=DutyNow())
    started_at = models.DateTimeField(db_default=DutyNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "place"], name="one_sign_of_life_per_lane")]


class Outage(models.Model):
    """A span in which no fire lane ran, noted by the first one back: why something fired late."""

    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-ended_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=models.F("began_at")), name="an_outage_ends_after_it_begins"
            )
        ]
