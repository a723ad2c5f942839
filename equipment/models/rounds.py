import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.clock import local
from duty.evidence import evidence, kept
from duty.models import Line
from duty.models.deadlines import Settled
from duty.steps import Conflict, NotPossible, Subject, verb

from .checklists import Checklist, Version
from .plans import Plan
from .readers import units_read
from .rounds_owed import APPROVED, BEGUN, WALKED, Owing


class Status(models.TextChoices):
    """What somebody did. Whether a round is open, late or missed follows from the clock: see `Round.state`."""

    SCHEDULED = "scheduled", pgettext_lazy("round", "scheduled")
    IN_PROGRESS = "progress", pgettext_lazy("round", "in progress")
    DONE = "done", pgettext_lazy("round", "done")
    APPROVED = "approved", pgettext_lazy("round", "approved")
    MISSED = "missed", pgettext_lazy("round", "missed")  # and explained
    CANCELLED = "cancelled", pgettext_lazy("round", "cancelled")


UNDONE = (Status.SCHEDULED, Status.IN_PROGRESS)
WALKED_STATES = (Status.DONE, Status.APPROVED)


class RoundQuerySet(models.QuerySet):
    def undone(self):
        return self.filter(status__in=UNDONE)

    def walked(self):
        return self.filter(status__in=WALKED_STATES)

    def available(self, at: dt.datetime):
        """May be walked now, on time or late."""
        return self.undone().filter(opens_at__lte=at, missed_at__gt=at)

    def missed(self, at: dt.datetime):
        """Not walked until it was too late, explained or not."""
        return self.filter(Q(status=Status.MISSED) | Q(status__in=UNDONE, missed_at__lte=at))

    def unexplained(self, at: dt.datetime):
        return self.undone().filter(missed_at__lte=at, explained_at__isnull=True)

    def late(self):
        """Walked, but not until it was due."""
        return self.walked().filter(done_at__gt=F("due_at"))

    def planned_between(self, start: dt.datetime, end: dt.datetime):
        return self.filter(planned_at__gte=start, planned_at__lt=end)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person))) | Q(person=person)
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)


@evidence()
class Round(Owing, Subject):
    """One walk along one checklist: planned, walked, late, missed or cancelled.

    The version is the one in force when it begins, and stays. Times are the server's; what a telephone's clock said is
    corrected by how far that clock was off (`equipment/receiving.py`).
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="rounds")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="rounds", verbose_name=_("checklist"))
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="rounds")
    post = models.ForeignKey("scheduling.Post", models.PROTECT, null=True, blank=True, related_name="+")
    shift = models.ForeignKey("scheduling.Shift", models.PROTECT, null=True, blank=True, related_name="rounds")
    person = models.ForeignKey("duty.Person", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("name"), max_length=60)
    planned_at = models.DateTimeField(_("planned at"))
    opens_at = models.DateTimeField(_("open from"))
    starts_by = models.DateTimeField(_("begun by"))
    due_at = models.DateTimeField(_("done by"))
    missed_at = models.DateTimeField(_("missed from"))
    must_scan = models.BooleanField(default=False)
    needs_approval = models.BooleanField(default=False)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.SCHEDULED)
    started_at = models.DateTimeField(_("begun at"), null=True)
    started_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("received at"), null=True)  # when the end of the walk reached the server
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    asked = models.PositiveSmallIntegerField(default=0)  # how many items, without follow-ups
    given = models.PositiveSmallIntegerField(default=0)
    abnormal = models.PositiveSmallIntegerField(default=0)

    objects = RoundQuerySet.as_manager()
    page = "round"

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-planned_at", "-matter_id"]
        triggers = kept()
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="a_round_has_a_known_state"),
            models.UniqueConstraint(
                fields=["plan", "planned_at"], condition=~Q(status=Status.CANCELLED), name="a_plan_has_one_round_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lte=F("planned_at"), planned_at__lte=F("starts_by"), starts_by__lte=F("due_at"))
                & Q(due_at__lte=F("missed_at")),
                name="a_round_opens_begins_ends_and_is_missed_in_this_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.SCHEDULED, Status.MISSED, Status.CANCELLED])
                | Q(started_at__isnull=False, started_by__isnull=False, version__isnull=False),
                name="a_begun_round_was_begun_by_someone_on_a_version",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WALKED_STATES)
                | Q(done_at__isnull=False, done_by__isnull=False, received_at__isnull=False),
                name="a_walked_round_was_walked_by_someone_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.APPROVED) | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="an_approved_round_was_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.MISSED) | (Q(explained_at__isnull=False) & ~Q(explanation="")),
                name="a_missed_round_is_explained_by_someone",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "planned_at"], name="rounds_of_a_unit"),
            models.Index(fields=["-planned_at", "-matter"], name="rounds_by_time"),
            models.Index(fields=["checklist", "-planned_at"], name="rounds_of_a_checklist"),
            models.Index(fields=["plan", "planned_at"], name="rounds_of_a_plan"),
            models.Index(fields=["missed_at"], condition=Q(status__in=UNDONE), name="rounds_undone"),
            models.Index(fields=["shift"], condition=Q(shift__isnull=False), name="rounds_of_a_shift"),
            models.Index(
                fields=["version", "-done_at"], condition=Q(done_at__isnull=False), name="rounds_walked_of_a_version"
            ),
        ]

    def __str__(self):
        return f"{self.title} {local(self.planned_at):%m-%d %H:%M}"

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    # What the clock says of it

    def is_missed(self, at: dt.datetime) -> bool:
        return self.status == Status.MISSED or (self.status in UNDONE and self.missed_at <= at)

    def is_late(self, at: dt.datetime) -> bool:
        """Walked after it was due, or due and not walked yet."""
        return (self.done_at or at) > self.due_at and self.status not in (Status.CANCELLED, Status.MISSED)

    def may_be_walked(self, at: dt.datetime) -> bool:
        """Once missed it is begun no more: walked the next morning it would pass for late. A walk under way goes on."""
        if self.status == Status.IN_PROGRESS:
            return True
        return self.status == Status.SCHEDULED and self.opens_at <= at < self.missed_at

    def state(self, at: dt.datetime) -> tuple[str, str]:
        """(colour, word)"""
        if self.is_missed(at):
            return "late", pgettext_lazy("round", "missed") if self.explained_at else _("missed, not explained")
        if self.status == Status.IN_PROGRESS:
            return ("late", _("in progress, late")) if at > self.due_at else ("info", self.get_status_display())
        if self.status == Status.SCHEDULED:
            if at > self.due_at:
                return "late", _("overdue")
            if at > self.starts_by:
                return "late", _("not begun")
            return ("soon", _("open to walk")) if at >= self.opens_at else ("next", self.get_status_display())
        if self.status in WALKED_STATES and self.done_at > self.due_at:
            return "soon", _("done late")
        return ("next" if self.status == Status.CANCELLED else "well"), self.get_status_display()

    # Verbs

    @verb(_("scheduled the round"), quiet=True)
    def schedule(self, *, by, at):
        """Laid from its plan; the promise that it begins starts with it."""
        self.become_matter(self.title, self.planned_at)
        self.save(force_insert=True)
        self.promise_begin(at)

    @verb(_("moved with its plan"), quiet=True)
    def replan(self, changes: dict, *, by, at):
        """Its plan has changed before it opened; its promise begins anew."""
        own = {name: to for name, to in changes.items() if name != "unit_id"}  # the unit follows its matter's
        self.step(Status.SCHEDULED, frm=[Status.SCHEDULED], **own)
        self.unit_id = changes.get("unit_id", self.unit_id)
        self.matter_follows(self.title)
        self.promise_begin(at)

    @verb(_("began the round"))
    def begin(self, *, by, at, began_at: dt.datetime | None = None, version: Version | None = None):
        """With the version in force, or the one that a telephone without network had before it; it stays from now on.

        One that was explained as missed and is sent in after all owes nothing any more.
        """
        version = version or self.checklist.in_force
        if version is None:
            raise NotPossible(self, _now("This checklist has no published version. Whoever plans must publish one."))
        began_at = began_at or at
        begun = {
            "version": version, "asked": version.items.filter(after__isnull=True).count(), "started_at": began_at,
            "started_by": by,
        }  # fmt: skip
        if self._state.adding:
            self.become_matter(self.title, at)
            self.status = Status.IN_PROGRESS
            for name, value in begun.items():
                setattr(self, name, value)
            self.save(force_insert=True)
        else:
            self.step(Status.IN_PROGRESS, frm=[Status.SCHEDULED, Status.MISSED], **begun)
            self.settle(BEGUN, at, by=by)
        if self.explained_at is None:
            self.promise_walk(at, by=by)

    @verb(_("went on with the round"))
    def go_on(self, *, by, at):
        """It was explained as missed while somebody walked it: what they found counts, and that it is explained stays."""
        self.step(Status.IN_PROGRESS, frm=[Status.MISSED])

    @verb(_("finished the round"))
    def finish(self, *, by, at, done_at: dt.datetime | None = None):
        """All that had to be answered is; the walk ended at `done_at`, which may lie before it was received.

        It does not end before the last answer that stands, whichever telephone that came from.
        """
        answered = self.answers.standing().aggregate(last=models.Max("answered_at"))["last"]
        done_at = max(filter(None, [done_at or at, self.started_at, answered]))
        self.step(Status.DONE, frm=[Status.IN_PROGRESS], done_at=done_at, done_by=by, received_at=at)
        self.settle(WALKED, at, by=by)
        if self.needs_approval:
            self.promise_approval(at, by=by)
        else:
            self.close_matter(at, by=by)
        if done_at > self.due_at:
            self.entry.text = _now("late by %(n)d min") % {"n": (done_at - self.due_at).total_seconds() // 60}

    @verb(_("approved the round"))
    def approve(self, *, by, at):
        """By somebody else than walked it."""
        if not self.needs_approval:
            raise Conflict(self, _now("This round needs no approval."))
        if by.pk == self.done_by_id:
            raise NotPossible(self, _now("Whoever walked it does not approve it: somebody else who leads there does."))
        self.step(Status.APPROVED, frm=[Status.DONE], approved_at=at, approved_by=by)
        self.settle(APPROVED, at, by=by)
        self.close_matter(at, by=by)

    @verb(_("explained the missed round"))
    def explain(self, explanation: str, *, by, at):
        """It stays missed; that nobody asks any more is all that changes."""
        if not self.is_missed(at):
            raise Conflict(self, _now("This round is not missed."))
        self.step(Status.MISSED, frm=UNDONE, explanation=explanation, explained_at=at, explained_by=by)
        for kind in (BEGUN, WALKED):
            self.settle(kind, at, by=by, how=Settled.WITHDRAWN)
        self.close_matter(at, by=by)
        self.entry.text = explanation

    @verb(_("cancelled the round"))
    def cancel(self, *, by, at):
        """It is not to be walked; why is on the trail."""
        if self.is_missed(at):
            raise NotPossible(self, _now("It is missed already. Explain it instead."))
        self.step(Status.CANCELLED, frm=UNDONE)
        self.close_matter(at, by=by)
