import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from scheduling.models.pool import Days, within
from scheduling.models.shifts import OnePerson

from .pieces import Equipment
from .readers import units_read


class KeeperRole(models.TextChoices):
    IN_CHARGE = "in_charge", _("in charge of it")
    DEPUTY = "deputy", _("deputy for it")
    MAINTAINER = "maintainer", _("maintains it")


class KeeperQuerySet(models.QuerySet):
    def standing(self, day: dt.date):
        """Responsible that day, or later."""
        return self.exclude(until_on__lt=day)

    def on(self, day: dt.date):
        return self.standing(day).filter(from_on__lte=day)

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(equipment__unit_id__in=sorted(units_read(person)))


@evidence()
class Keeper(models.Model):
    """Someone responsible for a piece, since when and until when."""

    equipment = models.ForeignKey(
        Equipment, models.PROTECT, related_name="keepers", verbose_name=_("piece of equipment")
    )
    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="keeps", verbose_name=_("person"))
    role = models.CharField(_("responsible as"), max_length=10, choices=KeeperRole)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = KeeperQuerySet.as_manager()

    class Meta:
        verbose_name = _("person responsible")
        verbose_name_plural = _("people responsible")
        ordering = [
            models.Case(
                *(models.When(role=role, then=place) for place, role in enumerate(KeeperRole.values)), default=9
            ),
            "from_on",
            "id",
        ]
        constraints = [
            within("from_on", "until_on", "responsibility_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(role__in=KeeperRole.values),
                name="a_keeper_has_a_known_role",
                violation_error_message=_("Choose what the person is responsible as."),
            ),
            ExclusionConstraint(
                name="one_responsibility_of_a_person_at_a_time",
                expressions=[
                    (OnePerson("equipment", "equipment"), RangeOperators.OVERLAPS),
                    (OnePerson("person", "person"), RangeOperators.OVERLAPS),
                    (Days("from_on", "until_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is responsible for it at that time already."),
            ),
            ExclusionConstraint(
                name="one_person_in_charge_at_a_time",
                expressions=[
                    (OnePerson("equipment", "equipment"), RangeOperators.OVERLAPS),
                    (Days("from_on", "until_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=KeeperRole.IN_CHARGE.value),
                violation_error_message=_("Someone is in charge of it at that time already. End that first."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_role_display()}"

    @property
    def unit_id(self) -> int:
        return self.equipment.unit_id
