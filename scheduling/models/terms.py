import datetime as dt
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.looks import once_a_look
from duty.models.units import unit_tree


class Rotation(models.TextChoices):
    """How a unit likes its turns to run."""

    DAILY = "daily", _("daily: a different person each day")
    WEEKEND = "weekend", _("Monday to Thursday daily, one person Friday to Sunday")
    WEEKLY = "weekly", _("weekly: one person for the whole week")
    ORDER = "order", _("fixed order, each in turn")


@evidence()
class Terms(models.Model):
    """The terms on which a unit keeps duty; a unit without its own has those of the nearest unit above."""

    unit = models.OneToOneField("duty.Unit", models.PROTECT, related_name="terms", verbose_name=_("unit"))
    rest_hours = models.PositiveSmallIntegerField(
        _("rest between duties, hours"), default=11, validators=[MaxValueValidator(72)]
    )
    days_in_row = models.PositiveSmallIntegerField(
        _("days in a row, at most"), default=5, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    nights_in_row = models.PositiveSmallIntegerField(
        _("nights in a row, at most"), default=2, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    recommended_hours = models.PositiveSmallIntegerField(
        _("recommended length of a duty, hours"), default=8, validators=[MinValueValidator(1), MaxValueValidator(48)]
    )
    publish_days_ahead = models.PositiveSmallIntegerField(
        _("publish this many days ahead"), default=10, validators=[MaxValueValidator(90)]
    )
    spacing_days = models.PositiveSmallIntegerField(
        _("days between duties, if it can be"), default=2, validators=[MaxValueValidator(14)]
    )
    rotation = models.CharField(_("rotation"), max_length=8, choices=Rotation, default=Rotation.DAILY)
    leader_daily = models.BooleanField(_("the leader changes daily"), default=True)
    whole_weekends = models.BooleanField(_("whole weekends: both rest days by the same person"), default=False)
    steady_pairs = models.BooleanField(_("steady pairs: the same people together"), default=False)
    sick_days_counted = models.PositiveSmallIntegerField(
        _("sickness takes days out of someone's share from this length, days"), default=3
    )
    swap_needs_approval = models.BooleanField(_("a swap needs approval"), default=True)
    swap_days_ahead = models.PositiveSmallIntegerField(_("swaps of holidays are asked days ahead"), default=2)
    officers_take_open = models.BooleanField(_("officers may take open duties themselves"), default=True)
    both_away = models.BooleanField(_("a head and the deputy may be away together"), default=False)
    ladder_hours = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("an open seat alarms these hours before it starts"),
        default=list,
        blank=True,
    )
    office_starts = models.TimeField(_("office hours on workdays, from"), default=dt.time(8))
    office_ends = models.TimeField(_("office hours on workdays, until"), default=dt.time(18))

    class Meta:
        verbose_name = _("terms of duty")
        verbose_name_plural = _("terms of duty")
        constraints = [
            models.CheckConstraint(condition=Q(rotation__in=Rotation.values), name="a_rotation_is_a_known_one"),
            models.CheckConstraint(
                condition=Q(days_in_row__gte=1, nights_in_row__gte=1), name="someone_may_keep_at_least_one_duty"
            ),
            models.CheckConstraint(
                condition=Q(office_ends__gt=F("office_starts")),
                name="office_hours_end_after_they_start",
                violation_error_message=_("The office hours end before they start."),
            ),
        ]

    def __str__(self):
        return str(self.unit)

    @classmethod
    def of(cls, unit_id: int) -> "Terms":
        """The terms in force for a unit: its own, the nearest above, else the usual ones (unsaved)."""
        return _terms_of(unit_id)

    @classmethod
    def of_each(cls, units: Iterable[int]) -> dict[int, "Terms"]:
        """{unit: the terms in force for it}, in one query."""
        paths = {unit: unit_tree().above(unit) for unit in units}
        own = cls.objects.filter(unit__in=set().union(*paths.values())).select_related("unit")
        found = {terms.unit_id: terms for terms in own}
        return {
            unit: next((found[above] for above in path if above in found), cls(unit_id=unit))
            for unit, path in paths.items()
        }


@once_a_look
def _terms_of(unit_id: int) -> Terms:
    return Terms.of_each([unit_id])[unit_id]
