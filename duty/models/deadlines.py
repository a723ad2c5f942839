import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty import sockets
from duty.evidence import append_only, evidence, kept

PERSONAL_AHEAD = dt.timedelta(days=60)


class DeadlineQuerySet(models.QuerySet):
    def open(self):
        return self.filter(settled_at__isnull=True)

    def past(self):
        return self.filter(settled_at__isnull=False)

    def due_before(self, at: dt.datetime):
        return self.filter(due_at__lt=at)

    def overdue(self, at: dt.datetime):
        return self.open().due_before(at)

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id"))

    def on_the_desk_of(self, person, at: dt.datetime):
        """What this person may see and should look at now; what is someone else's own affair stays in the calendar."""
        personal = [kind.name for kind in sockets.deadline_kinds if kind.personal]
        mine = Q(owed_by=person, due_at__lt=at + PERSONAL_AHEAD)
        near = self.visible_to(person).filter(~Q(kind__in=personal) | mine)
        for kind in sockets.deadline_kinds:
            if kind.ahead is not None:
                near = near.exclude(kind=kind.name, due_at__gt=at + kind.ahead)
        return near

    def most_pressing(self):
        """Life safety first, then by time."""
        return self.order_by("-pinned", "due_at", "id")


class Settled(models.TextChoices):
    KEPT = "kept", _("kept")
    SUPERSEDED = "superseded", _("replaced by a newer promise")
    WITHDRAWN = "withdrawn", _("no longer required")


@evidence()
class Deadline(models.Model):
    """One promise: by when, owed by whom, and the ladder that is climbed while it is not kept.

    `fires_at` is the instant of the next rung, or empty when nothing is left to fire. The ladder is a
    copy made when the promise was: a later edit of the policy rewrites no history.
    """

    kind = models.CharField(_("kind"), max_length=40)
    matter = models.ForeignKey("duty.Matter", models.PROTECT, related_name="deadlines")
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="+")
    opened_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    owed_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="owes")
    owed_as = models.CharField(max_length=40, blank=True)  # a recipient resolver: whoever holds that seat now
    opened_at = models.DateTimeField(_("opened at"))
    runs_from = models.DateTimeField()  # where its clock starts: the call, not the moment it was written down
    due_at = models.DateTimeField(_("due at"))
    pinned = models.BooleanField(default=False)
    ladder = models.JSONField(default=list)
    rung = models.PositiveSmallIntegerField(default=0)  # number of the rung that fires next
    fires_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    settled_as = models.CharField(max_length=12, choices=Settled, blank=True)
    settled_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    parked_at = models.DateTimeField(null=True)  # its last rung raised; tried again at fires_at
    fault = models.TextField(blank=True)
    faults = models.PositiveSmallIntegerField(default=0)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(settled_at__isnull=True),
                name="one_open_promise_of_a_kind_per_matter",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(fires_at__isnull=True),
                name="a_settled_promise_fires_no_more",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_as="") | Q(settled_at__isnull=False) & ~Q(settled_as=""),
                name="a_promise_is_settled_somehow_at_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["fires_at"], condition=Q(fires_at__isnull=False), name="deadlines_to_fire"),
            models.Index(
                F("pinned").desc(), "due_at", "id", condition=Q(settled_at__isnull=True), name="deadlines_open"
            ),
            models.Index(
                fields=["unit", "due_at"], condition=Q(settled_at__isnull=True), name="deadlines_open_of_a_unit"
            ),
            models.Index(
                F("due_at").desc(), F("id").desc(), condition=Q(settled_at__isnull=False), name="deadlines_past"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(settled_at__isnull=True), name="deadlines_open_by_time"),
        ]

    def __str__(self):
        return f"{self.title} · {self.matter}"

    @property
    def title(self):
        return sockets.deadline_kind(self.kind).title

    def action_for(self, person, asked: bool) -> tuple[str, str]:
        """The one thing this person can do about it: (label, address). `asked`: it waits for their answer."""
        return sockets.deadline_kind(self.kind).action(self, person, asked)

    def lateness(self, at: dt.datetime) -> dt.timedelta:
        """How far past due it was settled, or is by now; zero or negative while in time."""
        return (self.settled_at or at) - self.due_at

    def settle(self, at: dt.datetime, by, how: str = Settled.KEPT) -> bool:
        """True if this call settled it; a promise is settled once."""
        return bool(
            Deadline.objects.open()
            .filter(pk=self.pk)
            .update(settled_at=at, settled_as=how, settled_by=by, fires_at=None, parked_at=None)
        )


class Outcome(models.TextChoices):
    TOLD = "told", _("told")
    NOBODY = "nobody", _("nobody to tell")
    UNREACHABLE = "unreachable", _("nobody reachable")


class Firing(models.Model):
    """One rung that fired: planned, fired, and how it went. Escalation is read from here, it is no status."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="firings")
    matter = models.ForeignKey("duty.Matter", models.PROTECT, related_name="firings")
    rung = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=10)
    to = models.CharField(max_length=200)
    planned_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    told = models.JSONField(default=list)  # names as they were, for the timeline

    class Meta:
        verbose_name = _("fired rung")
        verbose_name_plural = _("fired rungs")
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["deadline", "rung"], name="a_rung_fires_once")]
        indexes = [
            models.Index(fields=["matter", "fired_at"], name="firings_of_a_matter"),
            models.Index(F("fired_at").desc(), name="firings_by_time"),
        ]

    @property
    def lateness(self) -> dt.timedelta:
        return self.fired_at - self.planned_at
