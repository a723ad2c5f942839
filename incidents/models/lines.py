from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.models.units import unit_tree


class DutyLineQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(is_active=True)

    def ringing_for(self, unit):
        """Those of the unit, and of those above and below it: what may ring in its duty room."""
        tree = unit_tree()
        return self.in_use().filter(unit__in=tree.below(unit.pk) | set(tree.above(unit.pk)))

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(unit_id__in=person.sight.units())


@evidence()
class DutyLine(models.Model):
    """A designated line that is answered at once: the switchboard, the emergency hotline."""

    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="duty_lines", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=40)
    number = models.CharField(_("phone number"), max_length=20, blank=True)
    answer_within_seconds = models.PositiveSmallIntegerField(_("answer within (seconds)"), default=15)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = DutyLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty line")
        verbose_name_plural = _("duty lines")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_line_of_a_name_in_a_unit",
                violation_error_message=_("This unit has a line of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(answer_within_seconds__gte=1),
                name="a_line_is_answered_within_some_time",
                violation_error_message=_("Give at least one second."),
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.number}".strip()
