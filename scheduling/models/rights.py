from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only, evidence
from duty.steps import Subject

from .days import DayKind
from .shifts import SeatRole, Shift


class Entitlement(models.TextChoices):
    """What duty earns, each in a ledger of its own: keeping duty is not overtime."""

    ALLOWANCE = "allowance", _("duty allowance")
    LIEU = "lieu", _("time off in lieu, hours")


@evidence()
class Rate(models.Model):
    """What one duty earns on a type of day in a seat, from a date on. The nearest unit above with a rate decides."""

    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="rates", verbose_name=_("unit"))
    kind = models.CharField(_("ledger"), max_length=10, choices=Entitlement)
    day_kind = models.CharField(_("type of day"), max_length=8, choices=DayKind)
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole, blank=True, help_text=_("Empty: every seat."))
    per_duty = models.DecimalField(_("per duty"), max_digits=8, decimal_places=2, default=0)
    per_hour = models.DecimalField(_("per hour of duty"), max_digits=8, decimal_places=2, default=0)
    from_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["unit_id", "kind", "day_kind", "role", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "day_kind", "role", "from_on"],
                name="one_rate_from_a_day",
                violation_error_message=_("There is a rate from that day already."),
            ),
            models.CheckConstraint(
                condition=Q(per_duty__gte=0, per_hour__gte=0),
                name="a_rate_is_not_negative",
                violation_error_message=_("A rate is not negative."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.get_kind_display()} {self.get_day_kind_display()}"


class Adjustment(models.Model):
    """A correction of someone's ledger, or time off taken from it: what, how much, why, by whom. Never rewritten."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="adjustments", verbose_name=_("person"))
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="+")
    kind = models.CharField(_("ledger"), max_length=10, choices=Entitlement)
    date = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=8, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering = ["-date", "-id"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="an_adjustment_changes_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_adjustment_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.person.name} {self.amount} {self.get_kind_display()}"


class ObjectionStatus(models.TextChoices):
    RAISED = "raised", _("waiting for an answer")
    UPHELD = "upheld", _("upheld")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, person):
        from scheduling.access import PLANNERS

        return self.filter(Q(unit_id__in=sorted(person.sight.units(PLANNERS))) | Q(person=person))


@evidence()
class Objection(Subject):
    """Someone objects to an entry of their own record; a planner answers within the time promised."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="objections", verbose_name=_("person"))
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duty"))
    text = models.TextField(_("what is wrong"), max_length=1000)
    status = models.CharField(_("status"), max_length=10, choices=ObjectionStatus, default=ObjectionStatus.RAISED)
    raised_at = models.DateTimeField(editable=False)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = ObjectionQuerySet.as_manager()
    page = "objection"

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-raised_at", "-matter_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["raised", "withdrawn"]) | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="an_objection_is_answered_in_words",
            ),
        ]

    def __str__(self):
        return f"{self.person.name} {self.raised_at:%Y-%m-%d}"
