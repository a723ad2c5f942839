"""A26: who has a defect in hand, what was done about it, and whether that holds."""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.models import File, Line, Notice
from duty.steps import Conflict, NotPossible, verb
from duty.telling import tell
from equipment import repair_wording as wording
from scheduling.models import SeatRole
from scheduling.models.shifts import on_duty

from .defect_states import FIXED, IN_HAND, OPEN, TAKEN, VERIFIED, WATCH, DefectStatus
from .pieces import Criticality
from .repair_terms import RepairTerm

WATCHING = (SeatRole.LEADER, SeatRole.PRIMARY, SeatRole.SECONDARY)
GRAVER = list(Criticality.values)  # from the gravest down


class Mending(models.Model):
    """The verbs between finding a defect and knowing that it is gone."""

    class Meta:
        abstract = True

    @verb(_("took it in hand"))
    def take(self, *, by, at):
        """Acknowledge it: somebody mends it, and nobody else is asked any more."""
        self._move(DefectStatus.TAKEN, [DefectStatus.REPORTED], mender=by, taken_at=at)
        self._in_hand(by, at)

    @verb(_("gave it to someone"))
    def assign(self, mender, *, by, at):
        """Whoever leads or keeps watch names the one who mends it; they are told."""
        self._move(DefectStatus.TAKEN, [DefectStatus.REPORTED], mender=mender, taken_at=at)
        self._in_hand(by, at)
        self.entry.text = mender.name
        self._tell([mender.pk], "assigned", wording.assigned(self, by), at)

    @verb(_("is on the way"))
    def come(self, expected_at: dt.datetime | None = None, *, by, at):
        """On the way, expected there by some time; whoever says so of one that nobody has takes it with that."""
        self.lock()
        fresh = {"mender": by, "taken_at": at} if self.status == DefectStatus.REPORTED else {}
        if not fresh and self.mender_id != by.pk:
            raise Conflict(self, self.how_it_stands)
        self._move(
            DefectStatus.ON_THE_WAY, [DefectStatus.REPORTED, *IN_HAND], coming_at=at, expected_at=expected_at, **fresh
        )
        if fresh:
            self._in_hand(by, at)
        self.entry.data = {"expected": expected_at.isoformat()} if expected_at else {}

    @verb(_("mended it"))
    def fix(self, cause: str, remedy: str, parts: str = "", photos: Iterable[File] = (), *, by, at):
        """What it was and what was done; the watch looks whether it holds. Some kinds ask for a photo (`RepairTerm`)."""
        self.lock()
        photos = list(photos)
        if RepairTerm.of(self.criticality).photo_when_fixed and not photos:
            raise NotPossible(self, _now("Add a photo of how it looks now: it is asked for how critical this is."))
        fresh = {"mender": by, "taken_at": at} if self.status == DefectStatus.REPORTED else {}
        self._move(
            DefectStatus.FIXED, [DefectStatus.REPORTED, *IN_HAND], fixed_at=at, fixed_by=by, cause=cause, remedy=remedy,
            parts=parts, **fresh,
        )  # fmt: skip
        self.keep_photos(photos, "mended")
        self.settle(TAKEN, at, by=by)
        self.settle(FIXED, at, by=by)
        self.promise_verifying(at, by=by)
        self.entry.text = " · ".join(filter(None, [cause, remedy, parts]))
        watch = [k.person_id for k in on_duty({self.unit_id}, at)[self.unit_id] if k.role in WATCHING]
        self._tell({*watch, self.found_by_id} - {by.pk}, "fixed", wording.fixed(self, by), at)

    @verb(_("verified the repair"))
    def verify(self, *, by, at, reason: str = ""):
        """The watch has looked: it holds. Whoever mended it, or is not of the watch, says why it is they; that is marked."""
        self.lock()
        explains = self.must_explain(by)
        if explains and not reason.strip():
            raise NotPossible(self, _now("Say why nobody else of the watch can look at it."))
        self._move(
            DefectStatus.VERIFIED, [DefectStatus.FIXED], verified_by=by, verified_at=at,
            verified_why=reason.strip() if explains else "",
        )  # fmt: skip
        self.settle(VERIFIED, at, by=by)
        self.close_matter(at, by=by)
        self._tell({self.mender_id} - {by.pk}, "verified", wording.verified(self, by), at)

    @verb(_("sent it back: not mended"))
    def send_back(self, *, by, at, reason: str):
        """It does not hold. What was not mended was never mended: the clock goes on from its original due time."""
        self.lock()
        self.not_mended(by, at)
        self._tell({self.mender_id} - {by.pk}, "back", wording.sent_back(self, by, reason), at)

    @verb(_("withdrew it: no defect"))
    def withdraw(self, *, by, at, reason: str = ""):
        """It was none, or is none any more; why is on the trail. Who mended it does not close it so without the watch's look."""
        self.lock()
        if by and self.status == DefectStatus.FIXED and by.pk in (self.mender_id, self.fixed_by_id):
            raise NotPossible(
                self, _now("You mended it: the watch looks whether it holds. It cannot be withdrawn by you.")
            )
        self._move(DefectStatus.WITHDRAWN, OPEN)
        self.close_matter(at, by=by)
        told = {
            self.mender_id,
            self.found_by_id,
            *Notice.objects.filter(matter=self.pk).values_list("recipient", flat=True),
        }
        told -= {by.pk if by else None, None}  # whoever was called out of bed hears that they may lie down again
        self._tell(told, "withdrawn", wording.withdrawn(self, by, reason), at)

    @verb(_("went over to another unit with its piece"))
    def go_over(self, *, by, at):
        """Whoever mends there hears of it anew, if nobody has it in hand; its clocks go on."""
        self.unit_id = self.equipment.unit_id
        self.matter_follows()
        if self.status == DefectStatus.REPORTED:
            self.promise_taking(at, by=by, tell_again=True)
        self.entry.text = str(self.equipment.unit)

    @verb(_("handed it on"))
    def hand_on(self, mender, *, by, at, reason: str):
        """Another maintainer has it from now on; its clock does not begin anew."""
        self.lock()
        if mender.pk == self.mender_id and self.status in IN_HAND:
            raise Conflict(self, _now("%(name)s has it in hand already.") % {"name": mender.name})
        old = self.mender
        self._move(DefectStatus.TAKEN, IN_HAND, mender=mender, coming_at=None, expected_at=None)
        self.promise_mending(at, by=by, told=True)
        self.entry.text = f"{old.name} → {mender.name}"
        self._tell({mender.pk, old.pk} - {by.pk}, "handed", wording.handed_on(self, by, reason), at)

    @verb(_("changed how critical it is"))
    def regrade(self, criticality: str, *, by, at, reason: str):
        """More critical counts from now and never gives more time; less critical counts from when it was found."""
        self.lock()
        old, term = self.criticality, RepairTerm.of(criticality)
        if self.status not in OPEN or criticality == old:
            raise Conflict(
                self, self.how_it_stands if criticality != old else _now("It is as critical as that already.")
            )
        raised = GRAVER.index(criticality) < GRAVER.index(old)
        minutes, hours = dt.timedelta(minutes=term.acknowledge_minutes), dt.timedelta(hours=term.fix_hours)
        if raised:
            take_by, fix_by = min(self.take_by, at + minutes), min(self.fix_by, at + hours)
        else:
            take_by, fix_by = max(self.take_by, self.found_at + minutes), self.found_at + hours
        self._move(self.status, OPEN, criticality=criticality, take_by=take_by, fix_by=fix_by)
        if self.status == DefectStatus.REPORTED:
            self.promise_taking(at, by=by, tell_again=raised)
        if self.status != DefectStatus.FIXED:
            self.promise_mending(at, by=by, told=True)
        self.entry.data = {"from": old, "to": criticality}
        if raised and self.mender_id:
            self._tell({self.mender_id} - {by.pk}, "raised", wording.raised(self, by, reason), at)

    # Under the verbs

    def has_others_at_it(self, person) -> bool:
        """Whether somebody else has written on it, or called for help, since it was found."""
        written = Line.objects.filter(matter=self.pk, who__isnull=False).exclude(who=person)
        return written.exists() or self.callouts.exists()

    def must_explain(self, person) -> bool:
        """Whether this one verifying it is the exception: they mended it, or have no seat of the watch."""
        return person.pk in (self.mender_id, self.fixed_by_id) or not person.sight.has(*WATCH, unit=self.unit_id)

    def not_mended(self, by, at: dt.datetime) -> None:
        """Back in hand; it is owed again until the time it was owed before."""
        self._move(
            DefectStatus.TAKEN, [DefectStatus.FIXED], sent_back=self.sent_back + 1, coming_at=None, expected_at=None
        )
        self.settle(VERIFIED, at, by=by)
        self.promise_mending(at, by=by, told=True)

    def _in_hand(self, by, at: dt.datetime) -> None:
        self.settle(TAKEN, at, by=by)
        self.promise_mending(at, by=by, told=True)

    def _move(self, to: str, frm: Iterable[str], **changes) -> None:
        try:
            self.step(to, frm=frm, **changes)
        except Conflict:
            raise Conflict(self, self.lock().how_it_stands) from None

    def _tell(self, people, deed: str, write, at: dt.datetime) -> None:
        urgent = self.criticality == Criticality.KEY
        tell(people, f"{deed}:{self.pk}:{at:%Y%m%d%H%M%S}", write, matter_id=self.pk, at=at, urgent=urgent)

    @property
    def how_it_stands(self) -> str:
        """What is said to someone who came too late."""
        if self.status in IN_HAND:
            return _now("%(name)s has it in hand already.") % {"name": self.mender.name}
        return {
            DefectStatus.REPORTED: _now("Nobody has it in hand yet."),
            DefectStatus.FIXED: _now("It is mended already and waits to be verified."),
            DefectStatus.VERIFIED: _now("The repair is verified already."),
        }.get(self.status) or _now("It was withdrawn: it is no defect.")
