from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only

from .rosters import Roster


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


class RunKind(models.TextChoices):
    GENERATE = "generate", _("fill the roster")
    REPAIR = "repair", _("fill the open seats with the fewest changes")


ALIVE = (RunState.WAITING, RunState.RUNNING)


class GeneratorRun(models.Model):
    """One search for a roster by the generator: how far it is, and what it found."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=8, choices=RunKind, default=RunKind.GENERATE)
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

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE
