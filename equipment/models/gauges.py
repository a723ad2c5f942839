from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from equipment.measures import KNOWN, NONE

from .pieces import Equipment
from .readers import units_read

BOUNDS = ("alarm_low", "normal_low", "normal_high", "alarm_high")  # from the lowest to the highest


def shown(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def without_zeros(number: Decimal) -> Decimal:
    """10, not 10.000 and not 1E+1."""
    return Decimal(shown(number))


def span(low: Decimal | None, high: Decimal | None, measure: str = "") -> str:
    """10 – 28 ℃, ≤ 28 ℃, ≥ 10 ℃; nothing where both sides are open."""
    unit = "" if measure == NONE else f" {measure}"
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"≤ {shown(high)}{unit}" if low is None else f"≥ {shown(low)}{unit}"
    return f"{shown(low)} – {shown(high)}{unit}"


def beyond(low: Decimal | None, high: Decimal | None, measure: str = "") -> str:
    """< 5 ℃ · > 35 ℃"""
    unit = "" if measure == NONE else f" {measure}"
    return " · ".join(f"{sign} {shown(value)}{unit}" for sign, value in (("<", low), (">", high)) if value is not None)


def _bound(words):
    return models.DecimalField(words, max_digits=12, decimal_places=3, null=True, blank=True)


def _in_order(low: str, high: str, name: str, said, strictly: bool = False):
    comparison = {f"{high}__{'gt' if strictly else 'gte'}": F(low)}
    return models.CheckConstraint(
        condition=Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**comparison),
        name=name,
        violation_error_message=said,
    )


class GaugeQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(is_active=True)

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(equipment__unit_id__in=sorted(units_read(person)))


@evidence()
class Gauge(models.Model):
    """What is read on a piece: in which unit of measure, between which values it is normal, beyond which it is an alarm.

    Either side may be open. Between normal and alarm it is out of range and worth a look.
    """

    equipment = models.ForeignKey(
        Equipment, models.PROTECT, related_name="gauges", verbose_name=_("piece of equipment")
    )
    name = models.CharField(_("what is read"), max_length=40)
    measure = models.CharField(
        _("unit of measure"), max_length=8, choices=[(unit, unit) for unit in (*KNOWN, NONE)], default=NONE
    )
    normal_low = _bound(_("normal from"))
    normal_high = _bound(_("normal to"))
    alarm_low = _bound(_("alarm below"))
    alarm_high = _bound(_("alarm above"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = GaugeQuerySet.as_manager()

    class Meta:
        verbose_name = _("gauge")
        verbose_name_plural = _("gauges")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "name"],
                name="one_gauge_of_a_name_on_a_piece",
                violation_error_message=_("This piece has a gauge of this name already."),
            ),
            _in_order(
                "normal_low", "normal_high", "a_normal_range_has_room",
                _("The normal range is the wrong way round: “from” must lie below “to”."), strictly=True,
            ),
            _in_order(
                "alarm_low", "normal_low", "alarm_below_lies_below_normal",
                _("“Alarm below” must not lie above the beginning of the normal range."),
            ),
            _in_order(
                "normal_high", "alarm_high", "alarm_above_lies_above_normal",
                _("“Alarm above” must not lie below the end of the normal range."),
            ),
            _in_order(
                "alarm_low", "alarm_high", "an_alarm_range_has_room",
                _("“Alarm below” must lie below “alarm above”: every value would be an alarm."), strictly=True,
            ),
            _in_order(
                "alarm_low", "normal_high", "alarm_below_lies_below_all_normal",
                _("“Alarm below” must not lie above the normal range."), strictly=True,
            ),
            _in_order(
                "normal_low", "alarm_high", "alarm_above_lies_above_all_normal",
                _("“Alarm above” must not lie below the normal range."), strictly=True,
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.equipment.code} · {self.name}"

    def clean(self):
        """What was read stays in the unit it was read in: another one would relabel every reading."""
        was = Gauge.objects.filter(pk=self.pk).exclude(measure=self.measure).first() if self.pk else None
        if was and (was.answers.exists() or was.items.exists()):
            words = _now(
                "It is read in %(unit)s. Take this gauge out of use, and enter another one, under a name of its own, in the other unit."
            )
            raise ValidationError({"measure": words % {"unit": was.measure}})

    @property
    def unit_id(self) -> int:
        return self.equipment.unit_id

    @property
    def normal(self) -> str:
        return span(self.normal_low, self.normal_high, self.measure)

    @property
    def alarm(self) -> str:
        return beyond(self.alarm_low, self.alarm_high, self.measure)

    @property
    def ranges(self) -> str:
        return " ".join(filter(None, [self.normal, f"({self.alarm})" if self.alarm else ""]))
