from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.steps import Subject

from .absences import Absence
from .parts import Part
from .shifts import SeatRole, Shift
from .trading import COLOURS, OPEN, SwapStatus, Trading


class SwapQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        return self.filter(person.sight.covers("matter_id") | Q(giver=person) | Q(taker=person) | Q(asked=person))


@evidence()
class Swap(Trading, Part, Subject):
    """A duty, or a part of one, that changes hands: given away (cover), or exchanged for one of the other's.

    It follows the duty: when the watch moves, it moves along. `from_minute` and `until_minute` count from the start
    of the watch and are empty where all of it changes hands.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="swaps", verbose_name=_("duty"))
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    giver = models.ForeignKey("duty.Person", models.PROTECT, related_name="gives", verbose_name=_("given by"))
    counter_shift = models.ForeignKey(
        Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in exchange for")
    )
    counter_role = models.CharField(max_length=10, choices=SeatRole, blank=True)
    asked = models.ForeignKey(
        "duty.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_swaps",
        verbose_name=_("asked"),
        help_text=_("Empty: offered to everyone who may."),
    )
    taker = models.ForeignKey("duty.Person", models.PROTECT, null=True, blank=True, related_name="takes")
    absence = models.ForeignKey(Absence, models.PROTECT, null=True, blank=True, related_name="swaps")
    status = models.CharField(_("status"), max_length=10, choices=SwapStatus, default=SwapStatus.OFFERED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    offered_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", editable=False)
    offered_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(_("answer by"))
    decided_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = SwapQuerySet.as_manager()
    page = "swap"

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        ordering = ["-offered_at", "-matter_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "giver"],
                condition=Q(status__in=OPEN),
                name="one_open_swap_of_a_duty",
                violation_error_message=_("This duty is offered already."),
            ),
            models.CheckConstraint(
                condition=Q(taker__isnull=True) | ~Q(taker=F("giver")),
                name="nobody_takes_their_own_duty",
                violation_error_message=_("Nobody takes their own duty."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["taken", "done"], taker__isnull=False) | ~Q(status__in=["taken", "done"]),
                name="a_taken_swap_has_a_taker",
            ),
            models.CheckConstraint(
                condition=Q(from_minute__isnull=True, until_minute__isnull=True) | Q(until_minute__gt=F("from_minute")),
                name="a_part_of_a_duty_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        return f"{self.shift.title} {self.giver.name}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def colour(self) -> str:
        return COLOURS.get(self.status, "next")
