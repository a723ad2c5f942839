from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence


class Role(models.TextChoices):
    OFFICER = "officer", _("duty officer")
    LEADER = "leader", _("duty leader")
    MANAGER = "manager", _("roster manager")
    MAINTAINER = "maintainer", _("maintainer")
    AUDITOR = "auditor", _("auditor")
    PERSONNEL = "personnel", _("personnel")
    ADMINISTRATOR = "administrator", _("administrator")


@evidence()
class Grant(models.Model):
    """A role for a person on a unit and everything below it."""

    person = models.ForeignKey("duty.Person", models.CASCADE, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="grants", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["person__name_sort", "role", "unit_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "unit"],
                name="a_role_is_granted_once",
                violation_error_message=_("This person has this role on this unit already."),
            )
        ]

    def __str__(self):
        return f"{self.person} · {self.get_role_display()} · {self.unit}"
