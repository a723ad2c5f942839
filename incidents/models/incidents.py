import datetime as dt

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.clock import MINUTE, local
from duty.evidence import evidence, kept
from duty.models import Matter
from duty.search import Bigrams, MonthOf, folded
from duty.steps import Subject, verb

from .recording import Recording
from .records import Instruction, Report
from .reporting import Reporting
from .standards import Level, Scope, Standard, Urgency
from .states import Disposition, Status

HAY = ("number", "summary", "place", "reporter_name", "scene", "suggestion", "result")

# The numbers first, by their index: in one query with the order of time, every row was looked at.
CALLED_FROM = """
WITH hits AS MATERIALIZED (
    SELECT matter_id FROM incidents_incident WHERE reporter_contact <> '' AND digits(reporter_contact) = ANY(%s)
) SELECT matter_id FROM hits ORDER BY matter_id DESC LIMIT 1000
"""


class IncidentQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(status=Status.CLOSED)

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id"))

    def newest_first(self):
        return self.order_by("-received_at", "-pk")

    def called_from(self, numbers: list[str]) -> list[int]:
        """Primary keys of the latest that were reported from one of these numbers, given as digits."""
        with connection.cursor() as cursor:
            cursor.execute(CALLED_FROM, [numbers])
            return [row[0] for row in cursor.fetchall()]


@evidence(exclude=["hay"])
class Incident(Reporting, Recording, Subject):
    """One thing that was reported to the watch, from the call to its result 《值班事件记录表》."""

    year = models.PositiveSmallIntegerField(null=True, editable=False)
    serial = models.PositiveIntegerField(null=True, editable=False)
    number = models.CharField(_("number"), max_length=12, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)

    logged_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("logged by"))
    logged_at = models.DateTimeField(_("logged at"))
    shift = models.ForeignKey(
        "scheduling.Shift", models.PROTECT, null=True, related_name="incidents", verbose_name=_("watch")
    )

    received_at = models.DateTimeField(_("received at"))
    line = models.ForeignKey("incidents.DutyLine", models.PROTECT, null=True, blank=True, verbose_name=_("on line"))
    rang_at = models.DateTimeField(_("rang at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    event_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    reporter_name = models.CharField(_("reporter"), max_length=40, blank=True)
    reporter_contact = models.CharField(_("contact"), max_length=40, blank=True)
    name_not_given = models.BooleanField(_("name not given"), default=False)
    contact_not_given = models.BooleanField(_("contact not given"), default=False)
    place = models.CharField(_("place"), max_length=100)
    nature = models.ForeignKey("incidents.Nature", models.PROTECT, null=True, blank=True, verbose_name=_("nature"))
    summary = models.CharField(_("what happened"), max_length=100)
    scene = models.TextField(_("how it looks now"), max_length=2000, blank=True)
    suggestion = models.CharField(_("what the reporter suggests"), max_length=300, blank=True)

    standard = models.ForeignKey(
        Standard, models.PROTECT, related_name="incidents", verbose_name=_("severity standard")
    )
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency)
    scope = models.PositiveSmallIntegerField(_("scope"), choices=Scope)
    level = models.ForeignKey(Level, models.PROTECT, related_name="incidents", verbose_name=_("level"))
    grading_reason = models.CharField(_("why this level"), max_length=200, blank=True)
    beyond_ability = models.BooleanField(_("beyond what the watch can handle"), default=False)

    disposition = models.CharField(_("disposition"), max_length=10, choices=Disposition, blank=True)
    passed_to = models.CharField(_("passed on to"), max_length=60, blank=True)

    acknowledged_by = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    result = models.TextField(_("result"), max_length=2000, blank=True)
    closed_by = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)
    hay = models.TextField(editable=False, default="")

    objects = IncidentQuerySet.as_manager()
    page = "incident"

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        triggers = kept()
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="a_serial_number_is_given_once_a_year"),
            models.CheckConstraint(
                condition=Q(event_at__isnull=True) | Q(event_at__lte=F("received_at")),
                name="it_happens_before_it_is_reported",
                violation_error_message=_("It cannot happen after it was reported. Check both times."),
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("logged_at")),
                name="it_is_received_before_it_is_logged",
                violation_error_message=_("This lies in the future. Check the date and the time."),
            ),
            models.CheckConstraint(
                condition=Q(rang_at__isnull=True) | Q(answered_at__isnull=True) | Q(answered_at__gte=F("rang_at")),
                name="a_call_rings_before_it_is_answered",
                violation_error_message=_("The call was answered before it rang. Check both times."),
            ),
            models.CheckConstraint(
                condition=~Q(reporter_name="") | Q(name_not_given=True),
                name="the_reporter_is_named_or_not_given",
                violation_error_message=_("Write the reporter's name, or choose “not given”."),
            ),
            models.CheckConstraint(
                condition=~Q(reporter_contact="") | Q(contact_not_given=True),
                name="the_contact_is_known_or_not_given",
                violation_error_message=_("Write a number to call back, or choose “not given”."),
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(result=""),
                name="what_is_closed_has_a_result",
                violation_error_message=_("Write the result before closing."),
            ),
            models.CheckConstraint(
                condition=~Q(disposition="passed_on") | ~Q(passed_to=""),
                name="what_is_passed_on_has_a_target",
                violation_error_message=_("Write to whom it was passed on."),
            ),
        ]
        indexes = [
            models.Index(F("received_at").desc(), F("matter_id").desc(), name="incidents_by_time"),
            models.Index("unit", F("received_at").desc(), F("matter_id").desc(), name="incidents_of_a_unit"),
            models.Index("level", F("received_at").desc(), name="incidents_of_a_level"),
            models.Index("nature", F("received_at").desc(), name="incidents_of_a_nature"),
            models.Index(F("received_at").desc(), condition=~Q(status="closed"), name="incidents_open"),
            models.Index(
                "unit", F("received_at").desc(), condition=~Q(status="closed"), name="incidents_open_of_a_unit"
            ),
            models.Index(fields=["shift"], name="incidents_of_a_shift"),
            models.Index(fields=["number"], name="incidents_by_number", opclasses=["text_pattern_ops"]),
            models.Index(
                Func("reporter_contact", function="digits"),
                name="incidents_by_contact",
                condition=~Q(reporter_contact=""),
            ),
            GinIndex(Bigrams("hay", MonthOf("received_at")), name="incidents_bigrams"),
        ]

    def __str__(self):
        return f"{self.number} {self.summary}".strip()

    @classmethod
    def answer_page_of(cls, token: str) -> str:
        return reverse("incident-answer", args=[token])

    @classmethod
    def detail_of(cls, line) -> str:
        if "kind" in line.data:
            return f"{Instruction.Kind(line.data['kind']).label} {line.text}".strip()
        if "field" in line.data:
            return str(cls._meta.get_field(line.data["field"]).verbose_name)
        return line.text

    # What can be read off it

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def status_label(self):
        return Status(self.status).label

    @property
    def status_colour(self):
        return Status(self.status).colour

    @property
    def entry_lag(self) -> dt.timedelta:
        """How long after the call it was written down (A10)."""
        return self.logged_at - self.received_at

    @property
    def is_late_entry(self) -> bool:
        """补录: written down later than the organisation allows."""
        return self.entry_lag > settings.LATE_ENTRY_MINUTES * MINUTE

    @property
    def answer_seconds(self) -> int | None:
        """How long the line rang before it was answered (A6)."""
        if self.rang_at is None or self.answered_at is None:
            return None
        return round((self.answered_at - self.rang_at).total_seconds())

    @property
    def must_report(self) -> bool:
        return self.level.must_report or self.beyond_ability

    # Its life

    @verb(_("logged"))
    def log(self, *, by, at, request: str = "") -> "Incident":
        """Write it down and grade it; what must be reported is reported in the same breath (A15)."""
        self.logged_by, self.logged_at, self.status = by, at, Status.OPEN
        if self.received_at > at:
            self.received_at = at  # the minute of the call may not have ended yet
        self.become_matter(self.summary, self.received_at)
        self._show_grade()
        self.hay = self._hay()
        self.save(force_insert=True)
        self.entry.text = f"{self.place} {self.summary}"
        if self.is_late_entry:
            self.entry.happened_at = self.received_at
        if self.must_report:
            cause = Report.Cause.LEVEL if self.level.must_report else Report.Cause.ABILITY
            self.report(cause, self.received_at + self.level.report_within, request, by=by, at=at)
        elif self.disposition in (Disposition.ANSWERED, Disposition.GUIDED):
            self.close(self.result or str(Disposition(self.disposition).label), by=by, at=at)
        return self

    # Under the verbs

    def _hay(self, **new) -> str:
        return folded(" ".join(str(new.get(name, getattr(self, name))) for name in HAY))

    def _show_grade(self) -> None:
        Matter.objects.filter(pk=self.pk).update(badge=self.level.name, gravity=self.level.rank)

    def sealed_last(self) -> None:
        """Take the serial number as the very last statement: locked first, the counter allows 56 incidents a
        second, locked last 729. Gapless, since a transaction that fails gives its number back."""
        if self.number:
            return
        with connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBER, [local(self.logged_at).year, self.pk])
            self.year, self.serial, self.number = cursor.fetchone()


TAKE_NUMBER = """
WITH taken AS (
    INSERT INTO incidents_counter (year, last) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last = incidents_counter.last + 1 RETURNING year, last
), numbered AS (
    UPDATE incidents_incident i SET year = taken.year, serial = taken.last,
        number = taken.year || '-' || lpad(taken.last::text, greatest(4, length(taken.last::text)), '0'),
        hay = taken.year || '-' || lpad(taken.last::text, greatest(4, length(taken.last::text)), '0') || ' ' || hay
    FROM taken WHERE i.matter_id = %s RETURNING i.matter_id, i.year, i.serial, i.number
), titled AS (
    UPDATE duty_matter m SET number = numbered.number FROM numbered WHERE m.id = numbered.matter_id
)
SELECT year, serial, number FROM numbered
"""


class Counter(models.Model):
    """The last serial number of a local year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()
