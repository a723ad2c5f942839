"""A37: the life of a swap, from the offer to the change of hands."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from duty.clock import DAY, HOUR, day_of
from duty.ladders import ESCALATE, Rung
from duty.models import Matter, Notice
from duty.steps import Conflict, verb
from duty.telling import tell
from scheduling import wording
from scheduling.recipients import planners_of

from .days import DayKind, days_between
from .terms import Terms

ANSWER, APPROVAL = "scheduling.swap", "scheduling.approval"
WINDOW = 24 * HOUR


class SwapStatus(models.TextChoices):
    OFFERED = "offered", gettext_lazy("waiting for someone to take it")
    TAKEN = "taken", gettext_lazy("taken, waiting for approval")
    DONE = "done", gettext_lazy("done")
    DECLINED = "declined", gettext_lazy("declined")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
    EXPIRED = "expired", gettext_lazy("expired")


OPEN = (SwapStatus.OFFERED, SwapStatus.TAKEN)
COLOURS = {SwapStatus.OFFERED: "soon", SwapStatus.TAKEN: "soon", SwapStatus.DONE: "well"}


def usual_window(at: dt.datetime, starts_at: dt.datetime) -> dt.timedelta:
    """How long an offer stands unless someone says otherwise: a day, or half the time to the duty if that is less."""
    return min(WINDOW, (starts_at - at) / 2)


def holidays_too_near(shift, span, at) -> bool:
    """Whether it touches a statutory holiday that is nearer than the unit lets holidays be swapped."""
    first, last = day_of(span[0]), day_of(span[1] - dt.timedelta(microseconds=1))
    holidays = [day.date for day in days_between(first, last).values() if day.kind == DayKind.HOLIDAY]
    return bool(holidays) and day_of(at) + Terms.of(shift.unit_id).swap_days_ahead * DAY > min(holidays)


class Trading(models.Model):
    """The verbs of a swap. Whoever takes one holds the watches first, then the swap, then the people."""

    class Meta:
        abstract = True

    @classmethod
    def detail_of(cls, line) -> str:
        """Whom it was offered to, who has it now, or why it came to an end."""
        why = line.data.get("why")
        return _(why) if why else line.data.get("taker") or line.data.get("to") or line.text

    following = False  # taken along by a verb that holds the watch already

    def take_turn(self, at):
        if not self.following:
            self._hold_watches()
        return super().take_turn(at)

    def _hold_watches(self) -> None:
        ids = [pk for pk in (self.shift_id, self.counter_shift_id) if pk]
        watches = type(self.shift).objects.select_for_update(no_key=True)
        list(watches.filter(pk__in=ids).order_by("pk").values_list("pk"))

    @verb(gettext_lazy("offered a duty"))
    def offer(self, *, by, at, window: dt.timedelta | None = None, told=(), reason: str = ""):
        """To one person, or to all who may (`told`). `reason` lets a planner override the days ahead of a holiday."""
        self._begin(by, at, reason)
        start = self.starts_first()
        self.expires_at = min(at + (window or usual_window(at, start)), start)
        self.save(force_insert=True)
        self.entry.data = {"to": self.asked.name if self.asked_id else ""}
        people = {self.asked_id} if self.asked_id else set(told) - {self.giver_id, by.pk}
        asks = bool(self.asked_id)
        tell(people, f"swap:{self.pk}", wording.offered(self), matter_id=self.pk, at=at, needs_acknowledgement=asks)
        if by.pk != self.giver_id:
            tell({self.giver_id}, f"swap:{self.pk}:for", wording.offered(self), matter_id=self.pk, at=at)
        left = (self.expires_at - at).total_seconds()
        self.owe(ANSWER, self.expires_at, at=at, by=by, owed_by=self.asked, ladder=[
            Rung(-int(left / 2), "scheduling.swap_asked"), Rung(-int(left / 6), "scheduling.swap_giver"),
            Rung(600, "scheduling.swap_giver+scheduling.planners", ESCALATE),
        ])  # fmt: skip

    @verb(gettext_lazy("arranged a change of hands"))
    def arrange(self, *, by, at, reason: str):
        """A planner decides for both, at once, and says why."""
        self._begin(by, at, reason)
        self.status, self.decided_by, self.decided_at, self.expires_at = SwapStatus.DONE, by, at, at
        self.save(force_insert=True)
        self._change_hands(by, at, reason)

    @verb(gettext_lazy("took the duty"))
    def take(self, *, by, at):
        """Taken once: of two who press at the same time one is told that it is gone."""
        self._still_mine(at, by)
        approval = Terms.of(self.shift.unit_id).swap_needs_approval
        to = SwapStatus.TAKEN if approval else SwapStatus.DONE
        decided = {} if approval else {"decided_by": by, "decided_at": at}
        self._move(to, [SwapStatus.OFFERED], taker=by, expires_at=self.starts_first(), **decided)
        self.answered(at, by=by)
        if not approval:
            self._change_hands(by, at)
            return
        half = min(at + WINDOW, at + (self.starts_first() - at) / 2)
        after = int((self.starts_first() - half).total_seconds() / 2)
        self.settle(ANSWER, at, by=by)
        self.owe(APPROVAL, half, at=at, by=by, owed_as="scheduling.planners", ladder=[
            Rung(0, "scheduling.planners", ESCALATE), Rung(after, "scheduling.planners+duty.unit_head", ESCALATE),
        ])  # fmt: skip
        people = {*planners_of([self.unit_id]).get(self.unit_id, []), self.giver_id} - {by.pk}
        tell(people, f"taken:{self.pk}", wording.taken(self), matter_id=self.pk, at=at)

    @verb(gettext_lazy("approved the swap"))
    def approve(self, *, by, at):
        self._still_mine(at)
        self._move(SwapStatus.DONE, [SwapStatus.TAKEN], decided_by=by, decided_at=at)
        self._change_hands(by, at)

    @verb(gettext_lazy("declined the swap"))
    def decline(self, *, by, at, reason: str = ""):
        """By the one who was asked, or by a planner once it is taken: with a reason."""
        frm = SwapStatus.OFFERED if by.pk == self.asked_id else SwapStatus.TAKEN
        self._move(SwapStatus.DECLINED, [frm], decided_by=by, decided_at=at)
        self._end(by, at, wording.declined(self, by, reason))

    @verb(gettext_lazy("withdrew the offer"))
    def withdraw(self, *, by, at, why: str = ""):
        """By whoever offered it, or because its duty is gone: `why` is a text of `LAPSES`."""
        self._move(SwapStatus.WITHDRAWN, OPEN, decided_by=by, decided_at=at)
        self.entry.data = {"why": why} if why else {}
        self._end(by, at, wording.called_off(self, why))

    @verb(gettext_lazy("expired"))
    def expire(self, *, by, at):
        """Nobody answered in time. Taken by the engine, as often as it likes."""
        self._refresh()
        if self.expires_at > at:
            raise Conflict(self)
        self._move(SwapStatus.EXPIRED, OPEN)
        self._end(by, at, wording.expired(self), planners_of([self.unit_id]).get(self.unit_id, []))

    def follow(self, *, by, at) -> None:
        """After its watch changed: move along, or withdraw where the duty is no longer the giver's to give."""
        self.following = True
        self.refresh_from_db()
        if self.status not in OPEN:
            return
        if why := self.lapse(at):
            self.withdraw(by=by, at=at, why=why)
            return
        Matter.objects.filter(pk=self.pk).update(title=self.title[:200])
        if self.expires_at > self.starts_first():
            type(self).objects.filter(pk=self.pk).update(expires_at=self.starts_first())

    def lapse(self, at) -> str:
        """Why it can no longer be, in a word of ours; empty while it can."""
        if self.shift.removed_at or (self.counter_shift_id and self.counter_shift.removed_at):
            return LAPSES["removed"]
        people = [self.giver, self.asked, self.taker]
        if any(person is not None and not person.is_employed(at) for person in people):
            return LAPSES["left"]
        if not _keeps(self.shift, self.role, self.giver_id, self.span):
            return LAPSES["passed"]
        other = self.taker_id or self.asked_id
        if self.counter_shift_id and not _keeps(
            self.counter_shift, self.counter_role, other, whole(self.counter_shift)
        ):
            return LAPSES["passed"]
        return ""

    def starts_first(self) -> dt.datetime:
        """When the first of what changes hands begins."""
        start = self.span[0]
        return min(start, self.counter_shift.starts_at) if self.counter_shift_id else start

    def told_of_it(self) -> list[int]:
        told = Notice.objects.filter(matter_id=self.pk, key=f"swap:{self.pk}")
        return [pk for pk in told.values_list("recipient_id", flat=True) if pk != self.giver_id]

    # Under the verbs

    def _begin(self, by, at, reason: str) -> None:
        self.unit_id, self.offered_by, self.offered_at = self.shift.unit_id, by, at
        self._hold_watches()
        self.shift.refresh_from_db(fields=["starts_at", "ends_at", "removed_at"])
        if self.starts_first() <= at:
            raise Conflict(self.shift, _("This duty has begun."))
        if why := self.lapse(at):
            raise Conflict(self.shift, _(why))
        if not reason and holidays_too_near(self.shift, self.span, at):
            words = _("Duties on statutory holidays are swapped %(n)s days ahead. A planner may do it, with a reason.")
            raise Conflict(self.shift, words % {"n": Terms.of(self.unit_id).swap_days_ahead})
        taken = type(self).objects.open().filter(shift=self.shift, giver=self.giver).first()
        if taken:
            raise Conflict(taken, _("This duty is offered already."))
        self.become_matter(self.title, at)

    def _refresh(self) -> None:
        """As it stands now: the verb holds it, its watches too."""
        self.refresh_from_db()

    def _still_mine(self, at, by=None) -> None:
        self._refresh()
        if self.status in OPEN and self.expires_at <= at:
            raise Conflict(self, _("The time to answer is over."))
        if by is not None and by.pk == self.giver_id:
            raise Conflict(self, _("Nobody takes their own duty."))

    def _move(self, to, frm, **changes) -> None:
        try:
            self.step(to, frm=frm, **changes)
        except Conflict:
            self._refresh()
            raise Conflict(self, _("This swap is %(state)s.") % {"state": self.get_status_display()}) from None

    def _change_hands(self, by, at, reason: str = "") -> None:
        """Seats first, in one breath for both; then both are told who is before and after them."""
        shift, counter = self.shift, self.counter_shift
        if counter is not None:  # off both before on to either: they may be at the same hour
            shift.carve(self.role, self.giver, self.span)
            counter.carve(self.counter_role, self.taker, whole(counter))
        carved = counter is not None
        shift.hand_over_seat(self.role, self.giver, self.taker, self.span, by=by, at=at, carved=carved)
        if counter is not None:
            span = whole(counter)
            counter.hand_over_seat(self.counter_role, self.taker, self.giver, span, by=by, at=at, carved=True)
        told = {self.giver_id, self.taker_id}
        tell(told, f"done:{self.pk}", wording.done(self, reason), matter_id=self.pk, at=at)
        self._release_others(at)
        self.entry.data = {"taker": self.taker.name}
        self.close_matter(at, by=by)

    def _release_others(self, at) -> None:
        """Whoever else was offered it hears that it is gone."""
        others = set(self.told_of_it()) - {self.giver_id, self.taker_id}
        tell(others, f"gone:{self.pk}", wording.done(self), matter_id=self.pk, at=at)

    def _end(self, by, at, write, more=()) -> None:
        """It is over without a change of hands: all whom it concerned are told once."""
        told = {self.giver_id, self.asked_id, self.taker_id, self.offered_by_id, *self.told_of_it(), *more}
        told -= {None, by.pk if by else None}
        tell(told, f"over:{self.pk}", write, matter_id=self.pk, at=at)
        self.close_matter(at, by=by)


LAPSES = {
    "removed": gettext_noop("The watch was removed."),
    "left": gettext_noop("Someone it concerns does not work here any more."),
    "passed": gettext_noop("The duty has another keeper now."),
    "absence": gettext_noop("The absence it was for is off."),
}


def whole(shift) -> tuple[dt.datetime, dt.datetime]:
    return shift.starts_at, shift.ends_at


def _keeps(shift, role: str, person: int | None, span) -> bool:
    held = shift.seats.filter(role=role, person=person).between(*span)
    kept = sum((min(s.ends_at, span[1]) - max(s.starts_at, span[0]) for s in held), dt.timedelta())
    return kept >= span[1] - span[0]
