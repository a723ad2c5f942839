import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.clock import start_of, zone
from duty.evidence import evidence
from duty.models import phone_number
from duty.steps import Subject

from .leaving import Leaving
from .shifts import OnePerson, Span


class AbsenceKind(models.TextChoices):
    LEAVE = "leave", _("leave")
    SICK = "sick", _("sickness")
    TRAINING = "training", _("training")
    AWAY = "away", _("away on business")


class AbsenceStatus(models.TextChoices):
    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    BACK = "back", _("back")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Those that keep someone from duty.
STANDING = (AbsenceStatus.ASKED, AbsenceStatus.APPROVED, AbsenceStatus.BACK)
COUNTED = (AbsenceStatus.APPROVED, AbsenceStatus.BACK)
COLOURS = {AbsenceStatus.ASKED: "soon", AbsenceStatus.APPROVED: "well", AbsenceStatus.BACK: "well"}


class Half(models.TextChoices):
    MORNING = "am", _("morning")
    AFTERNOON = "pm", _("afternoon")


class AbsenceQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(status__in=STANDING)

    def counted(self):
        """Approved ones: these keep someone from duty."""
        return self.filter(status__in=COUNTED)

    def between(self, start: dt.datetime, end: dt.datetime):
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        return self.filter(person.sight.covers("matter_id") | Q(person=person) | Q(acting=person))


@evidence()
class Absence(Leaving, Subject):
    """Someone is away from the first half-day to the last: leave, sickness, training, or filed as away (外出报备)."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="absences", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind)
    status = models.CharField(_("status"), max_length=10, choices=AbsenceStatus, default=AbsenceStatus.ASKED)
    from_on = models.DateField(_("first day"))
    from_half = models.CharField(_("from"), max_length=2, choices=Half, default=Half.MORNING)
    until_on = models.DateField(_("last day"))
    until_half = models.CharField(_("until"), max_length=2, choices=Half, default=Half.AFTERNOON)
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    place = models.CharField(_("place"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    acting = models.ForeignKey(
        "duty.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="acts_during",
        verbose_name=_("acting person"),
    )
    acting_phone = models.CharField(_("acting person's number"), max_length=20, blank=True, validators=[phone_number])
    asked_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(editable=False)
    decided_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    back_at = models.DateTimeField(null=True, editable=False)

    objects = AbsenceQuerySet.as_manager()
    page = "absence"

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_at", "-matter_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="an_absence_ends_after_it_begins",
                violation_error_message=_("The absence ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(acting__isnull=True) | ~Q(acting=F("person")),
                name="nobody_acts_for_themselves",
                violation_error_message=_("Name someone else as the acting person."),
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at__isnull=True)
                | Q(status="withdrawn")
                | Q(status__in=["approved", "back", "declined"], decided_at__isnull=False, decided_by__isnull=False),
                name="an_absence_is_decided_by_someone_at_some_time",
            ),
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    (OnePerson("person", "person"), RangeOperators.OVERLAPS),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=STANDING),
                violation_error_message=_("This person is away at that time already."),
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="absences_by_time")]

    def __str__(self):
        return self.title

    @property
    def colour(self) -> str:
        """Of its status, on a page."""
        return COLOURS.get(self.status, "next")

    def set_span(self) -> None:
        """The half-days as instants: a morning ends and an afternoon begins at noon."""
        noon = dt.time(12)
        self.starts_at = (
            start_of(self.from_on)
            if self.from_half == Half.MORNING
            else dt.datetime.combine(self.from_on, noon, zone())
        )
        self.ends_at = (
            start_of(self.until_on + dt.timedelta(days=1))
            if self.until_half == Half.AFTERNOON
            else dt.datetime.combine(self.until_on, noon, zone())
        )
