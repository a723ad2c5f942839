import datetime as dt
from dataclasses import replace

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty import ladders
from duty.evidence import evidence
from duty.ladders import Rung
from duty.steps import Conflict, Subject, verb


class Urgency(models.IntegerChoices):
    LOW = 1, pgettext_lazy("urgency", "can wait")
    RAISED = 2, pgettext_lazy("urgency", "soon")
    URGENT = 3, pgettext_lazy("urgency", "urgent")
    EXTREME = 4, pgettext_lazy("urgency", "extreme")


class Scope(models.IntegerChoices):
    SPOT = 1, pgettext_lazy("scope", "one spot")
    BUILDING = 2, pgettext_lazy("scope", "a building")
    DEPARTMENTS = 3, pgettext_lazy("scope", "departments")
    ALL = 4, pgettext_lazy("scope", "everyone")


class Rank(models.IntegerChoices):
    """The state's four grades, gravest first; each internal level is mapped to one."""

    ESPECIALLY_MAJOR = 1, _("especially major")
    MAJOR = 2, _("major")
    CONSIDERABLE = 3, _("considerable")
    GENERAL = 4, _("general")


class StandardQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Standard.Status.PUBLISHED)

    def in_force(self) -> "Standard | None":
        return self.published().order_by("-number").first()


@evidence()
class Standard(Subject):
    """One version of the severity standard 《事件分级标准》. A published one never changes; an incident keeps its own."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    number = models.PositiveIntegerField(_("version"), unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    note = models.CharField(_("what changes"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    version = models.PositiveIntegerField(default=1)

    objects = StandardQuerySet.as_manager()
    page = "standard"

    class Meta:
        verbose_name = _("severity standard")
        verbose_name_plural = _("severity standards")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="draft"), name="one_draft_of_the_standard_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status="published", published_at__isnull=False),
                name="a_published_standard_was_published_at_some_time",
            ),
        ]

    def __str__(self):
        return str(_("Severity standard, version %(n)s") % {"n": self.number})

    @cached_property
    def by_rank(self) -> dict[int, "Level"]:
        return {level.rank: level for level in self.levels.all()}

    @cached_property
    def matrix(self) -> dict[tuple[int, int], "Cell"]:
        """{(urgency, scope): cell}"""
        levels, found = {level.pk: level for level in self.by_rank.values()}, {}
        for cell in self.cells.all():
            cell.level = levels[cell.level_id]
            found[cell.urgency, cell.scope] = cell
        return found

    def suggest(self, urgency: int, scope: int) -> "Cell":
        """The cell of the standard for this urgency and scope: its level and its own words."""
        return self.matrix[urgency, scope]

    @verb(_("founded the standard"))
    def found(self, levels: list["Level"], cells: list["Cell"], *, by, at):
        """The very first version; raises IntegrityError if there is one."""
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        for row in (*levels, *cells):
            row.save()

    @verb(_("began a new version of the standard"))
    def begin(self, source: "Standard", *, by, at):
        """A draft that starts as a copy of another version."""
        self.unit_id = source.unit_id
        last = Standard.objects.order_by("-number").values_list("number", flat=True).first()
        self.number, self.status = (last or 0) + 1, Standard.Status.DRAFT
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        copies = {}
        for level in source.levels.all():
            copies[level.pk] = Level.objects.create(
                standard=self, **{name: getattr(level, name) for name in Level.CONTENT}
            )
        Cell.objects.bulk_create(
            Cell(standard=self, level=copies[c.level_id], urgency=c.urgency, scope=c.scope, words=c.words)
            for c in source.cells.all()
        )

    @verb(_("edited the draft of the standard"))
    def edit(self, levels: list["Level"], cells: list["Cell"], *, by, at, note: str = ""):
        """Save a draft's levels and cells; raises Conflict if it was published or edited meanwhile."""
        mine = Standard.objects.filter(pk=self.pk, version=self.version, status=Standard.Status.DRAFT)
        if not mine.update(version=F("version") + 1, note=note):
            raise Conflict(self)
        self.version, self.note = self.version + 1, note
        for row in (*levels, *cells):
            row.save()

    @verb(_("published the standard"))
    def publish(self, *, by, at):
        """From now on incidents are graded by this version; raises Conflict if it was edited since it was read."""
        if not Standard.objects.filter(pk=self.pk, version=self.version).update(version=F("version") + 1):
            raise Conflict(self)
        self.version += 1
        self.step(Standard.Status.PUBLISHED, frm=[Standard.Status.DRAFT], published_at=at, published_by=by)


@evidence()
class Level(models.Model):
    """A level of one version: what it means, whether and to whom it is reported, and what happens on silence."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("state grade"), choices=Rank)
    name = models.CharField(_("name"), max_length=10)
    words = models.CharField(_("what it means"), max_length=200)
    examples = models.TextField(_("examples from our offices"), blank=True, help_text=_("One example per line."))
    must_report = models.BooleanField(_("must be reported"), default=False)
    report_to = models.CharField(_("reported to"), max_length=200, default="duty.superior")
    report_within = models.DurationField(_("reported and acknowledged within"), default=dt.timedelta(minutes=60))
    update_every = models.DurationField(_("update after acknowledgement every"), null=True, blank=True)
    ladder = models.JSONField(_("reminders and escalation"), default=list)

    CONTENT = (
        "rank",
        "name",
        "words",
        "examples",
        "must_report",
        "report_to",
        "report_within",
        "update_every",
        "ladder",
    )

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "rank"], name="one_level_per_state_grade"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=4), name="there_are_four_grades"),
            models.CheckConstraint(
                condition=Q(report_within__gt=dt.timedelta(0)),
                name="a_report_takes_some_time",
                violation_error_message=_("Give more than zero minutes."),
            ),
            models.CheckConstraint(
                condition=Q(update_every__isnull=True) | Q(update_every__gt=dt.timedelta(0)),
                name="updates_are_some_time_apart",
                violation_error_message=_("Give more than zero minutes, or leave it empty."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def rungs(self) -> list[Rung]:
        return ladders.thawed(self.ladder)

    @property
    def designated(self) -> int | None:
        """Who is asked where “designated person” is chosen; every rung of a level carries the same one."""
        return next((rung.person for rung in self.rungs if rung.person), None)

    def first_rung(self, offset: int) -> Rung:
        """Telling those to whom this level is reported."""
        return Rung(offset=offset, to=self.report_to, action=ladders.TELL, person=self.designated)

    def report_ladder(self, opened_at: dt.datetime, due_at: dt.datetime) -> list[Rung]:
        """This level's ladder with telling the superior as its first rung, at the moment of reporting.

        Reminders planned before that moment are dropped: they would come before there was anything to remind of.
        """
        first = self.first_rung(round((opened_at - due_at).total_seconds()))
        later = [
            rung
            for rung in self.rungs
            if rung.action != ladders.REMIND or due_at + dt.timedelta(seconds=rung.offset) > opened_at
        ]
        # A late entry opens past its due time: escalations planned before that moment still follow the first telling.
        return [first, *(rung if rung.offset > first.offset else replace(rung, offset=first.offset) for rung in later)]


@evidence()
class Cell(models.Model):
    """Urgency × scope → level, in the standard's own words."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="cells")
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency)
    scope = models.PositiveSmallIntegerField(_("scope"), choices=Scope)
    level = models.ForeignKey(Level, models.PROTECT, related_name="cells", verbose_name=_("level"))
    words = models.CharField(_("words"), max_length=120)

    class Meta:
        verbose_name = _("cell of the standard")
        verbose_name_plural = _("cells of the standard")
        ordering = ["urgency", "scope"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "urgency", "scope"], name="one_cell_per_urgency_and_scope")
        ]
