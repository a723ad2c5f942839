import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY
from duty.evidence import append_only, evidence
from duty.ladders import ESCALATE, Rung
from duty.models import Line, Notice, Person
from duty.steps import Subject, verb
from duty.telling import tell

from .days import DayKind
from .shifts import SeatRole, Shift

ANSWER_WITHIN = 7 * DAY
# Those who plan hear of it at once, when two days are left, and when it is due; then the head does, every day.
OBJECTION_LADDER = (
    Rung(offset=-2 * 86400, to="scheduling.answerers"),
    Rung(offset=0, to="scheduling.answerers"),
    Rung(offset=3600, to="duty.unit_head", action=ESCALATE, again=86400),
)


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

    def get_absolute_url(self) -> str:
        return reverse("rates")


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
        """What the trail says of it, and many read the trail: not how much."""
        return f"{self.person.name} {self.date}"

    def book(self, *, unit_id: int, by, at: dt.datetime) -> None:
        """Write it down, once and for all: what was wrong is corrected by another one."""
        self.unit_id, self.by, self.at = unit_id, by, at
        self.save(force_insert=True)
        Line.objects.trace_register(self, "added", by=by, at=at)


class ObjectionStatus(models.TextChoices):
    RAISED = "raised", _("waiting for an answer")
    UPHELD = "upheld", _("upheld")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ObjectionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=ObjectionStatus.RAISED)

    def visible_to(self, person):
        """One's own, those of the units one plans for, and what one was told about."""
        from scheduling.access import PLANNERS

        told = Notice.objects.filter(recipient=person, matter__kind="scheduling.objection").values("matter_id")
        return self.filter(
            Q(unit_id__in=sorted(person.sight.units(PLANNERS))) | Q(person=person) | Q(matter_id__in=told)
        )


@evidence()
class Objection(Subject):
    """Someone objects to an entry of their own record; a planner answers within the time promised."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="objections", verbose_name=_("person"))
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duty"))
    text = models.TextField(_("what is wrong"), max_length=1000)
    status = models.CharField(_("status"), max_length=10, choices=ObjectionStatus, default=ObjectionStatus.RAISED)
    raised_at = models.DateTimeField(editable=False)
    answer = models.TextField(_("answer"), max_length=1000, blank=True, editable=False)
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
            models.UniqueConstraint(
                fields=["person", "shift"],
                condition=Q(status="raised"),
                name="one_open_objection_of_a_person_about_a_duty",
                violation_error_message=_("Your objection to this duty waits for an answer already."),
            ),
        ]

    def __str__(self):
        return f"{self.person.name} {self.raised_at:%Y-%m-%d}"

    @verb(_("raised an objection"))
    def put(self, *, by: "models.Model", at: dt.datetime):
        """Those who plan for the unit are told and asked to answer within a week. The trail does not repeat the words."""
        self.person, self.raised_at = by, at
        self.unit_id = self.shift.unit_id if self.shift_id else by.unit_id
        about = self.shift.title if self.shift_id else f"{at:%Y-%m-%d}"
        self.become_matter(f"{by.name} · {about}", at)
        self.save(force_insert=True)
        self.promise_answer(at)
        self._tell(
            self.answerers(),
            lambda: (gettext("%(name)s objects to an entry. Answer within 7 days.") % {"name": by.name}, self.text),
            at,
        )

    def promise_answer(self, at: dt.datetime) -> None:
        """It stands on the desk of the nearest planner; the ladder tells all of them."""
        nearest = Person.objects.filter(pk__in=self.answerers()[:1]).first()
        due_at = self.raised_at + ANSWER_WITHIN
        self.owe("scheduling.objection", due_at, at=at, by=self.person, owed_by=nearest, owed_as="scheduling.answerers")

    @verb(_("withdrew the objection"))
    def withdraw(self, *, by, at):
        self.step(ObjectionStatus.WITHDRAWN, frm=[ObjectionStatus.RAISED])
        self.close_matter(at, by=by)
        self._tell(self.answerers(), lambda: (gettext("%(name)s withdrew an objection.") % {"name": by.name}, ""), at)

    @verb(_("answered the objection"))
    def settle_with(self, upheld: bool, answer: str, adjustment: "Adjustment | None" = None, *, by, at):
        """Upheld or rejected, in words; with an upheld one an adjustment may be booked, in the same breath."""
        to = ObjectionStatus.UPHELD if upheld else ObjectionStatus.REJECTED
        self.step(to, frm=[ObjectionStatus.RAISED], answer=answer, answered_by=by, answered_at=at)
        if adjustment is not None and upheld:
            adjustment.person = self.person
            adjustment.book(unit_id=self.unit_id, by=by, at=at)
            self.entry.data = {"adjustment": adjustment.pk}
        self.settle("scheduling.objection", at, by=by)
        self.close_matter(at, by=by)
        title = _("Your objection is upheld.") if upheld else _("Your objection is rejected.")
        self._tell([self.person_id], lambda: (str(title), answer), at)

    def answerers(self) -> list[int]:
        from scheduling.recipients import planners_of

        return [pk for pk in planners_of({self.unit_id}).get(self.unit_id, ()) if pk != self.person_id]

    def _tell(self, people: list[int], write, at: dt.datetime) -> None:
        tell(people, f"objection:{self.pk}:{self.status}", write, matter_id=self.pk, at=at)
