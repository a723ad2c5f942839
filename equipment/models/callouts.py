import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.clock import local
from duty.evidence import evidence, kept
from duty.models import phone_number

from .contracts import Contract
from .defects import Defect


@evidence()
class CallOut(models.Model):
    """An outside helper was called for a defect: when, whom, when they came and left, what they did."""

    defect = models.ForeignKey(Defect, models.PROTECT, related_name="callouts")
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="callouts", verbose_name=_("maintenance contract")
    )
    vendor = models.CharField(_("vendor"), max_length=80)
    phone = models.CharField(_("phone"), max_length=20, blank=True, validators=[phone_number])
    spoken_to = models.CharField(_("spoken to"), max_length=40, blank=True)
    called_at = models.DateTimeField(_("called at"))
    called_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("called by"))
    promised_at = models.DateTimeField(_("promised to come at"), null=True, blank=True)
    arrive_by = models.DateTimeField(_("there by contract at"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    outcome = models.CharField(_("what they did"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("call-out")
        verbose_name_plural = _("call-outs")
        ordering = ["called_at", "id"]
        triggers = kept()
        constraints = [
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(arrived_at__gte=models.F("called_at")),
                name="a_helper_arrives_after_the_call",
                violation_error_message=_("They cannot have arrived before they were called."),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(arrived_at__isnull=False, left_at__gte=models.F("arrived_at")),
                name="a_helper_leaves_after_arriving",
                violation_error_message=_("They cannot have left before they arrived."),
            ),
        ]

    def __str__(self):
        return f"{self.vendor} {local(self.called_at):%m-%d %H:%M}"

    @property
    def unit_id(self) -> int:
        return self.defect.unit_id

    def is_late(self, at: dt.datetime) -> bool:
        """Against what the contract says; against what they promised on the phone where it says nothing."""
        due = self.arrive_by or self.promised_at
        return due is not None and (self.arrived_at or at) > due
