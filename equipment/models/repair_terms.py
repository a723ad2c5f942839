from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .pieces import Criticality

USUAL = {"key": (15, 8), "important": (60, 48), "ordinary": (240, 168)}  # minutes to acknowledge, hours to mend


class RepairTerm(models.Model):
    """Within how long a defect is acknowledged and fixed, by how critical the piece is. Hours and minutes run day and night."""

    criticality = models.CharField(_("criticality"), max_length=9, choices=Criticality, primary_key=True)
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledged within, minutes"))
    fix_hours = models.PositiveIntegerField(_("fixed within, hours"))

    class Meta:
        verbose_name = _("term of repair")
        verbose_name_plural = _("terms of repair")
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledge_minutes__gte=1, fix_hours__gte=1, criticality__in=Criticality.values),
                name="repairs_are_given_some_time",
                violation_error_message=_("Write at least one minute and one hour."),
            )
        ]

    def __str__(self):
        return str(self.get_criticality_display())

    @classmethod
    def of(cls, criticality: str) -> "RepairTerm":
        """What is in force; what the product comes with, where nobody has set anything."""
        known = cls.objects.filter(pk=criticality).first()
        acknowledge, fix = USUAL[criticality]
        return known or cls(criticality=criticality, acknowledge_minutes=acknowledge, fix_hours=fix)
