import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only, evidence, kept
from duty.models import Via


class ReportQuerySet(models.QuerySet):
    def waiting(self):
        """Those that nobody has answered and that were not taken back."""
        return self.filter(acknowledged_at__isnull=True, withdrawn_at__isnull=True)


@evidence()
class Report(models.Model):
    """One report of an incident to a superior, with its own clock (A15)."""

    class Cause(models.TextChoices):
        LEVEL = "level", _("its level asks for it")
        ABILITY = "ability", _("beyond what the watch can handle")
        REGRADED = "regraded", _("graded up")

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="reports")
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    level = models.ForeignKey("incidents.Level", models.PROTECT, related_name="+")
    request = models.CharField(_("request to the superior"), max_length=300, blank=True)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    deadline = models.OneToOneField("duty.Deadline", models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report to the superior")
        verbose_name_plural = _("reports to the superior")
        triggers = kept()
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="acknowledged_by_someone_at_some_time",
            )
        ]

    @property
    def clock(self) -> dt.timedelta | None:
        """How long the acknowledgement took, on this report's own clock."""
        return self.acknowledged_at - self.deadline.runs_from if self.acknowledged_at else None


class Instruction(models.Model):
    """What a superior told the watch to do; a dispatch needs one (A17). Written once."""

    class Kind(models.TextChoices):
        DISPATCH = "dispatch", _("authorised to dispatch")
        PLAN = "plan", _("start the emergency plan")
        OTHER = "other", _("instruction")

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="instructions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    words = models.CharField(_("instruction"), max_length=500, blank=True)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    via = models.CharField(max_length=8, choices=Via, blank=True)

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        triggers = append_only()
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(words=""),
                name="an_instruction_says_something",
                violation_error_message=_("Write the instruction."),
            )
        ]


class Amendment(models.Model):
    """One correction: what stood there, what stands there now, and why. Written once."""

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="amendments")
    field = models.CharField(max_length=30)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        triggers = append_only()
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_correction_has_a_reason")]

    @property
    def field_name(self):
        from incidents.models import Incident

        return Incident._meta.get_field(self.field).verbose_name
