import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only, evidence
from duty.steps import Subject

from .patterns import Pattern, Qualification
from .pool import Days
from .posts import Post
from .shifts import OnePerson, SeatRole, Shift


class RosterStatus(models.TextChoices):
    """A roster is drafted, published, perhaps revised (a draft of changes beside what is published), archived."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    REVISING = "revising", _("published, being changed")
    ARCHIVED = "archived", _("archived")
    DISCARDED = "discarded", _("discarded")


DRAFTING = (RosterStatus.DRAFT, RosterStatus.REVISING)
STANDING = (RosterStatus.PUBLISHED, RosterStatus.REVISING, RosterStatus.ARCHIVED)


class RosterQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Drafts are the planners' own; what is published is seen by whoever sees the unit."""
        from scheduling.access import PLANNERS

        mine = Q(unit_id__in=sorted(person.sight.units(PLANNERS)))
        return self.filter(mine | Q(status__in=STANDING) & person.sight.covers("matter_id"))

    def standing(self):
        return self.filter(status__in=STANDING)


@evidence()
class Roster(Subject):
    """Who of a unit keeps duty from the first day to the last.

    While it is drafted its slots say who; once published the shifts and seats do, and only they.
    """

    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    status = models.CharField(_("status"), max_length=10, choices=RosterStatus, default=RosterStatus.DRAFT)
    number = models.PositiveIntegerField(_("version"), default=0)  # how often it was published
    edits = models.PositiveIntegerField(default=0)  # moves with every change of the draft: a stale page is told
    drafted_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", editable=False)
    drafted_at = models.DateTimeField(editable=False)
    published_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = RosterQuerySet.as_manager()
    page = "roster"

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-first_on", "unit__order", "-matter_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & Q(last_on__lte=F("first_on") + 370),
                name="a_roster_spans_a_day_to_a_year",
                violation_error_message=_("A roster spans from one day to a year. Check the dates."),
            ),
            ExclusionConstraint(
                name="one_published_roster_of_a_unit_at_a_time",
                expressions=[
                    (OnePerson("unit", "unit"), RangeOperators.OVERLAPS),
                    (Days("first_on", "last_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=STANDING),
                violation_error_message=_("This unit has a published roster for some of these days already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "discarded"]) | Q(published_at__isnull=False, number__gt=0),
                name="a_published_roster_was_published_at_some_time",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        return f"{self.unit.name} {self.period}"

    @property
    def period(self) -> str:
        """2026-10 for a whole month, else its first and last day."""
        first, last = self.first_on, self.last_on
        if first.day == 1 and (last + dt.timedelta(days=1)).day == 1 and first.month == last.month:
            return f"{first:%Y-%m}"
        return f"{first:%Y-%m-%d} – {last:%m-%d}"

    @property
    def is_draft(self) -> bool:
        return self.status in DRAFTING


class SlotQuerySet(models.QuerySet):
    def open(self):
        return self.filter(person__isnull=True)


@evidence()
class Slot(models.Model):
    """One seat of one watch on a draft: who is meant to sit there, if anyone yet."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="slots")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("duty post"))
    pattern = models.ForeignKey(Pattern, models.PROTECT, null=True, related_name="+")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="+")  # where it is published already
    shift_version = models.PositiveIntegerField(null=True)  # as the published watch was when the draft was made
    date = models.DateField(_("day"))
    name = models.CharField(_("name of the watch"), max_length=20)
    mark = models.CharField(max_length=2)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    place = models.PositiveSmallIntegerField(default=0)  # the how-many-th of its role
    qualification = models.ForeignKey(Qualification, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat on a draft")
        verbose_name_plural = _("seats on a draft")
        ordering = ["date", "starts_at", "post__order", "post_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["roster", "post", "starts_at", "role", "place"], name="one_slot_per_place_of_a_watch"
            ),
        ]
        indexes = [models.Index(fields=["roster", "date"], name="slots_of_a_roster")]

    def __str__(self):
        return f"{self.date:%m-%d} {self.post.name} {self.name} {self.get_role_display()}"


class RosterVersion(models.Model):
    """What was published, once and for all: the duties as they stood, with their certificate."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    duties = models.JSONField(default=list)  # [[date, post, name, role, person id, person name], …]
    changes = models.JSONField(default=list)  # what differs from the version before, person by person
    certificate = models.JSONField(default=dict)
    override = models.CharField(max_length=500, blank=True)  # why it was published in spite of conflicts
    overridden = models.JSONField(default=list)  # which conflicts these were, in words

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["roster_id", "-number"]
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="one_version_of_a_number"),
            models.CheckConstraint(
                condition=Q(overridden=[]) | ~Q(override=""), name="conflicts_are_overridden_for_a_reason"
            ),
        ]

    def __str__(self):
        return f"{self.roster} v{self.number}"


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting to start")
    RUNNING = "running", _("searching")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")


class GeneratorRun(models.Model):
    """One search for a roster by the generator: how far it is, and what it found."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="runs")
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    edits = models.PositiveIntegerField()  # the draft it started from
    seconds = models.PositiveSmallIntegerField(default=60)
    keep_filled = models.BooleanField(default=False)  # only the open seats are filled
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)  # when it last gave a sign of life
    ended_at = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)  # objective, bound, gap, open seats, score, seconds
    certificate = models.JSONField(default=dict)
    fault = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search by the generator")
        verbose_name_plural = _("searches by the generator")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_search_per_roster_at_a_time",
                violation_error_message=_("A search for this roster is running already."),
            ),
        ]

    def __str__(self):
        return f"{self.roster} #{self.pk}"
