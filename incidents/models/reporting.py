"""A15, A45: telling the superior, their answer, and what happens on silence; the level decides all of it."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.models import Settled, Via
from duty.steps import Conflict, verb
from duty.telling import tell, told_so_far
from incidents import wording
from scheduling.models.shifts import on_duty

from .records import Instruction, Report
from .standards import Level
from .states import LIVE, Status


class Reporting(models.Model):
    """The verbs between the watch and its superiors."""

    class Meta:
        abstract = True

    @verb(_("reported to the superior"))
    def report(self, cause: str, due_at: dt.datetime, request: str = "", *, by, at):
        """Open the report clock and tell the superior at once; until acknowledged it climbs the ladder."""
        self.step(Status.REPORTED, frm=LIVE)
        deadline = self.owe(
            "incidents.report",
            due_at,
            at=at,
            by=by,
            owed_as="scheduling.officers",
            ladder=self.level.report_ladder(at, due_at),
            runs_from=at if cause == Report.Cause.REGRADED else self.received_at,
            fire_now=True,
        )
        Report.objects.create(
            incident=self,
            cause=cause,
            level=self.level,
            request=request,
            by=by,
            at=at,
            deadline=deadline,
            due_at=due_at,
        )
        told = deadline.firings.order_by("-rung").first().told
        self.entry.text = "、".join(told)
        self.entry.data = {"due": due_at.isoformat(), "request": request}

    @verb(_("acknowledged the report"))
    def acknowledge(self, *, by, at, via=Via.PAGE, words: str = "", of: int | None = None):
        """The superior has it: the one-hour clock stops, the follow-up clock starts.

        `of` is the report they looked at; raises Conflict if another was made since.
        """
        self._still_the_last(of)
        if self.status == Status.ACKNOWLEDGED and self.acknowledged_by_id == by.pk:
            raise Conflict(self, _("You have acknowledged this report already."))
        self.step(Status.ACKNOWLEDGED, frm=[Status.REPORTED], acknowledged_by=by, acknowledged_at=at)
        self.settle("incidents.report", at, by=by)
        self.reports.waiting().update(acknowledged_at=at, acknowledged_by=by)
        self.answered(at, by=by, via=via or "page")
        self._owe_update(by, at)
        self.entry.text = words
        self._tell_watch("acknowledged", wording.acknowledged(self, by), at, besides=by)

    @verb(_("gave an instruction"))
    def instruct(self, kind: str, words: str = "", *, by, at, via=Via.PAGE, of: int | None = None):
        """Authorise, start a plan, or say what else to do; whoever instructs has acknowledged the report `of`."""
        self.lock()  # whoever answered a moment before does not make this instruction void
        if self.is_closed:
            raise Conflict(self)
        self._still_the_last(of)
        if self.status == Status.REPORTED:
            self.acknowledge(by=by, at=at, via=via)
        instruction = Instruction.objects.create(incident=self, kind=kind, words=words, by=by, at=at, via=via)
        self.entry.text = words
        self.entry.data = {"kind": kind}
        self._tell_watch(f"instruction:{instruction.pk}", wording.instructed(self, by, instruction), at, besides=by)

    @verb(_("pressed for an answer"))
    def press(self, *, by, at):
        """Tell those who have not answered once more, now; returns who is told."""
        self.lock()  # else an answer given in between would leave them asked for good
        if self.status != Status.REPORTED:
            raise Conflict(self)
        waiting = list(
            self.matter.notices.waiting().exclude(recipient=by).values_list("recipient_id", flat=True).distinct()
        )
        told = tell(
            waiting,
            f"press:{self.pk}:{at:%Y%m%d%H%M}",
            wording.pressed(self, by),
            matter_id=self.pk,
            at=at,
            urgent=True,
            needs_acknowledgement=True,
        )
        self.entry.text = "、".join(person.name for person in told)
        return told

    @verb(_("regraded"))
    def regrade(self, urgency: int, scope: int, level: Level, *, by, at, reason: str):
        """Up opens the report clock from this moment; down settles it and tells everyone who was told."""
        self.lock()
        if self.is_closed:
            raise Conflict(self)
        old = self.level
        if (urgency, scope, level.pk) == (self.urgency, self.scope, old.pk):
            raise Conflict(self, _("This is its level already."))
        had_to_report = self.must_report
        self.urgency, self.scope, self.level, self.grading_reason = urgency, scope, level, reason
        self.save(update_fields=["urgency", "scope", "level", "grading_reason"])
        self._show_grade()
        self.entry.text = f"{old.name} → {level.name}"
        self.entry.data = {"from": old.rank, "to": level.rank}
        if self.must_report and (level.rank < old.rank or not had_to_report):
            running = self._running("incidents.report")
            due_at = at + level.report_within
            due_at = min(due_at, running.due_at) if running else due_at  # a graver level never gives more time
            self.report(Report.Cause.REGRADED, due_at, reason, by=by, at=at)
            return
        told = told_so_far(self.pk)
        if had_to_report and not self.must_report:
            self.settle("incidents.report", at, by=by, how=Settled.WITHDRAWN)
            self.reports.waiting().update(withdrawn_at=at)
            self.answered(at)
            if self.status == Status.REPORTED:
                self.step(Status.ACKNOWLEDGED if self.acknowledged_at else Status.OPEN, frm=[Status.REPORTED])
        if self.status == Status.ACKNOWLEDGED:
            self._owe_update(by, at)
        tell(
            told,
            f"regraded:{self.pk}:{at:%Y%m%d%H%M%S}",
            wording.regraded(self, old, by, reason),
            matter_id=self.pk,
            at=at,
        )

    @verb(_("recorded the superior's answer by phone"))
    def acknowledge_by_phone(self, superior, words: str, *, by, at, of: int | None = None):
        """The superior answered on the phone. Kept as told by the officer, and the superior hears of it."""
        self.acknowledge(by=superior, at=at, via=Via.PHONE, words=words, of=of)
        self.entry.text = f"{superior.name}: {words}"
        tell(
            [superior.pk], f"phone:{self.pk}:{at:%Y%m%d%H%M%S}", wording.recorded_by_phone(self, by, words),
            matter_id=self.pk, at=at,
        )  # fmt: skip

    @property
    def last_report(self) -> Report | None:
        return self.reports.last()

    def _still_the_last(self, report: int | None) -> None:
        """Nobody answers for what they have not seen."""
        last = self.last_report
        if report is not None and last and last.pk != report and last.withdrawn_at is None:
            raise Conflict(
                self,
                _("It was reported once more since you opened this page, as “%(level)s”. Look at it, then answer.")
                % {"level": last.level.name},
            )

    def _owe_update(self, by, at) -> None:
        every = self.level.update_every
        if every:
            self.owe("incidents.update", at + every, at=at, by=by, owed_as="scheduling.officers")
        else:
            self.settle("incidents.update", at, by=by)

    def _running(self, kind: str):
        return self.matter.deadlines.open().filter(kind=kind).first()

    def _bring_report_forward(self, by, at) -> None:
        """A corrected time of the call may shorten the report clock; it never gives more time.

        A clock that runs from a regrading knows nothing of the call.
        """
        running = self._running("incidents.report")
        since_call = self.reports.waiting().exclude(cause=Report.Cause.REGRADED).last()
        if running is None or since_call is None:
            return
        due_at = self.received_at + since_call.level.report_within
        if due_at < running.due_at:
            self.report(since_call.cause, due_at, self.last_report.request, by=by, at=at)

    def _tell_watch(self, key: str, write, at, besides) -> None:
        """Tell those who keep the watch now, and whoever logged it."""
        seats = on_duty({self.unit_id}, at)[self.unit_id]
        people = {seat.person_id for seat in seats if seat.role in ("primary", "secondary")} | {self.logged_by_id}
        tell(people - {besides.pk}, f"{key}:{self.pk}:{at:%Y%m%d%H%M%S}", write, matter_id=self.pk, at=at)
