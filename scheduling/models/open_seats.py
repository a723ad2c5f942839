import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.ladders import ESCALATE, Rung

from .parts import Part
from .shifts import SeatRole, Shift

USUAL_HOURS = (24, 8, 2)
URGENT_HOURS = 8
PLANNERS, HEAD = "scheduling.planners", "duty.unit_head"
EVERYONE = f"{PLANNERS}+{HEAD}+scheduling.leader_of_watch+duty.parent_head"


class OpenSeatQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def ahead(self, at: dt.datetime):
        """Those of watches that have not ended."""
        return self.open().filter(shift__ends_at__gt=at, shift__removed_at__isnull=True)


@evidence()
class OpenSeat(Part):
    """A seat of a published watch that fell open: from when it did until someone fills it, or it is done without."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="open_seats", verbose_name=_("watch"))
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    left = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")  # who was to keep it
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    opened_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    taken_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    # Who asks for it where officers may not take it by themselves; in the order in which they did.
    volunteers = ArrayField(models.BigIntegerField(), default=list)
    closed_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = OpenSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("open seat")
        verbose_name_plural = _("open seats")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_minute__isnull=True, until_minute__isnull=True) | Q(until_minute__gt=F("from_minute")),
                name="a_part_that_is_open_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | Q(closed_at__isnull=False),
                name="a_seat_that_someone_took_is_open_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["shift"], condition=Q(closed_at__isnull=True), name="seats_that_are_open"),
        ]

    def __str__(self):
        return f"{self.shift} {self.get_role_display()}"


def ladder(hours: list[int]) -> list[Rung]:
    """Who hears of an open seat so many hours before the watch: the later, the higher; the last call goes to all."""
    hours = sorted(set(hours or USUAL_HOURS), reverse=True)
    rungs = []
    for place, hour in enumerate(hours):
        last = place == len(hours) - 1
        to = EVERYONE if last and place else PLANNERS if place == 0 and not last else f"{PLANNERS}+{HEAD}"
        urgent = hour <= URGENT_HOURS
        # Planners hear of it when it falls open: a first call whose hour has passed by then says nothing new.
        action = {"action": ESCALATE} if place or last else {}
        rungs.append(Rung(-hour * 3600, to, urgent=urgent, **action))
    return rungs
