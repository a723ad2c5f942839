from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.models import Line

from .pieces import Criticality

# minutes to acknowledge, hours to mend, whether a photo shows it mended
USUAL = {"key": (15, 8, True), "important": (60, 48, False), "ordinary": (240, 168, False)}


class RepairTerm(models.Model):
    """Within how long a defect is acknowledged and fixed, by how critical the piece is. Hours and minutes run day and night."""

    criticality = models.CharField(_("criticality"), max_length=9, choices=Criticality, primary_key=True)
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledged within, minutes"))
    fix_hours = models.PositiveIntegerField(_("fixed within, hours"))
    photo_when_fixed = models.BooleanField(_("a photo shows it mended"), default=False)

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
        return known or cls(**_usual(criticality))

    @classmethod
    def every(cls) -> list["RepairTerm"]:
        """All three, from the gravest down."""
        known = {row.pk: row for row in cls.objects.all()}
        return [known.get(value) or cls(**_usual(value)) for value in Criticality.values]

    def put(self, fields, *, by, at) -> None:
        """Set it; what runs already keeps the terms it was reported under."""
        self.save()
        Line.objects.trace_register(self, "changed", by=by, at=at, fields=fields)


def _usual(criticality: str) -> dict:
    acknowledge, fix, photo = USUAL[criticality]
    return {
        "criticality": criticality, "acknowledge_minutes": acknowledge, "fix_hours": fix, "photo_when_fixed": photo,
    }  # fmt: skip
