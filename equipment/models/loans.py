from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import evidence, kept
from duty.models import phone_number

from .readers import units_read


class Confirmed(models.TextChoices):
    OWN = "own", pgettext_lazy("receipt of a key", "from their own page")
    PASSWORD = "password", pgettext_lazy("receipt of a key", "by password at the desk")
    DESK = "desk", pgettext_lazy("receipt of a key", "at the desk, without a password")


class Seal(models.TextChoices):
    NONE = "", pgettext_lazy("seal", "has none")
    INTACT = "intact", pgettext_lazy("seal", "intact")
    BROKEN = "broken", pgettext_lazy("seal", "broken")


class LoanQuerySet(models.QuerySet):
    def out(self):
        return self.filter(returned_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        return self.filter(Q(key__unit_id__in=sorted(units_read(person))) | Q(borrower=person))


@evidence()
class Loan(models.Model):
    """A key that was handed out: to whom, why, approved by whom, until when; received, and taken back by whom."""

    key = models.ForeignKey("equipment.Key", models.PROTECT, related_name="loans", verbose_name=_("key"))
    borrower = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="borrows", verbose_name=_("to whom")
    )
    name = models.CharField(_("name"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, validators=[phone_number])
    company = models.CharField(_("from which unit"), max_length=60, blank=True)
    incident = models.ForeignKey(
        "duty.Matter", models.PROTECT, null=True, related_name="keys_taken", verbose_name=_("incident")
    )
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    approver = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    grounds = models.CharField(_("why this person all the same"), max_length=200, blank=True)
    is_exception = models.BooleanField(default=False)
    issued_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("handed out by"))
    issued_at = models.DateTimeField(_("handed out at"))
    due_back_at = models.DateTimeField(_("to be back"))
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    confirmed_how = models.CharField(max_length=8, choices=Confirmed, blank=True)
    returned_at = models.DateTimeField(_("taken back at"), null=True)
    returned_to = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("taken back by")
    )
    seal = models.CharField(_("seal"), max_length=6, choices=Seal, blank=True)
    new_seal = models.CharField(_("new seal number"), max_length=30, blank=True)
    password_changed = models.BooleanField(_("password changed"), null=True)
    note = models.CharField(_("remarks"), max_length=200, blank=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan of a key")
        verbose_name_plural = _("loans of keys")
        ordering = ["-id"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(returned_at__isnull=True),
                name="a_key_is_out_once",
                violation_error_message=_("This key is out already."),
            ),
            models.CheckConstraint(
                condition=Q(borrower__isnull=False) | ~Q(name="") & ~Q(phone="") & ~Q(company=""),
                name="a_borrower_from_outside_can_be_reached",
                violation_error_message=_("Of someone from outside write name, phone and unit."),
            ),
            models.CheckConstraint(
                condition=Q(incident__isnull=False) | ~Q(purpose=""),
                name="a_key_is_taken_for_something",
                violation_error_message=_("Choose the incident, or write the purpose."),
            ),
            models.CheckConstraint(
                condition=Q(is_exception=False) | Q(approver__isnull=False) & ~Q(grounds=""),
                name="an_exception_is_approved_for_a_reason",
                violation_error_message=_("Name who approved it, and write why this person."),
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | Q(borrower__isnull=True) | ~Q(approver=F("borrower")),
                name="nobody_approves_their_own_loan",
                violation_error_message=_("Nobody approves their own loan."),
            ),
            models.CheckConstraint(
                condition=Q(due_back_at__gt=F("issued_at")),
                name="a_key_comes_back_later",
                violation_error_message=_("It cannot be back before it is handed out."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, confirmed_how="")
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_how=""),
                name="a_receipt_is_confirmed_by_someone_somehow",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_to__isnull=True)
                | Q(returned_at__gte=F("issued_at"), returned_to__isnull=False),
                name="a_key_is_taken_back_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(returned_to__isnull=True) | Q(borrower__isnull=True) | ~Q(returned_to=F("borrower")),
                name="nobody_takes_back_what_they_borrowed",
                violation_error_message=_("Someone else takes it back from you."),
            ),
        ]
        indexes = [
            models.Index(fields=["key", "-id"], name="loans_of_a_key"),
            models.Index(fields=["incident"], condition=Q(incident__isnull=False), name="loans_for_an_incident"),
            models.Index(fields=["borrower"], condition=Q(returned_at__isnull=True), name="loans_out_of_a_person"),
        ]

    def __str__(self):
        return f"{self.key} → {self.whom}"

    @property
    def unit_id(self) -> int:
        return self.key.unit_id

    @property
    def whom(self) -> str:
        return self.borrower.name if self.borrower else f"{self.name} ({self.company})"
