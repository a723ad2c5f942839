"""A37, 外出报备: the life of an absence, from asking to being back (销假)."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, HOUR, local
from duty.ladders import ESCALATE, Rung
from duty.models import Matter, Person, Unit
from duty.steps import Conflict, verb
from duty.telling import tell
from scheduling import wording
from scheduling.recipients import decider_of, planners_of

from .filling import hold
from .shifts import Seat
from .terms import Terms

ANSWER, BACK = "scheduling.absence", "scheduling.back"
PLANNERS = "scheduling.planners"
ANSWERED_WITHIN = 2 * DAY


def answer_due(at: dt.datetime, starts_at: dt.datetime) -> dt.datetime:
    """Before it begins, two days after asking at the latest; what is asked for at once has an hour."""
    return max(min(starts_at, at + ANSWERED_WITHIN), at + HOUR)


class Leaving(models.Model):
    """The verbs of an absence. Whoever takes one holds the absence first, then the watches, then the people."""

    class Meta:
        abstract = True

    @verb(gettext_lazy("asked to be away"))
    def ask(self, *, by, at):
        """For oneself; or a planner files it for someone, who hears of it."""
        self._begin(by, at)
        self.save(force_insert=True)
        self._owe_answer(by, at)
        self._tell(self._deciders() - {by.pk}, "asked", wording.asked(self), at)
        self._tell({self.person_id} - {by.pk}, "filed", wording.filed_for(self, by), at)

    @verb(gettext_lazy("recorded an absence"))
    def record(self, *, by, at):
        """Sickness cannot wait for cover: it holds at once, and their duties fall open. Answers the open seats."""
        self._begin(by, at)
        self.status, self.decided_by, self.decided_at = "approved", by, at
        if self.ends_at <= at:
            self.status, self.back_at = "back", self.ends_at
        self.save(force_insert=True)
        gaps = self._let_go(by, at)
        if self.status == "back":
            self.close_matter(at, by=by)
        else:
            self._owe_return(by, at)
        told = {self.person_id, decider_of(self.person)} - {None, by.pk}
        self._tell(told, "recorded", wording.recorded(self, by, len(gaps)), at)
        return gaps

    @verb(gettext_lazy("approved the absence"))
    def approve(self, *, by, at, reason: str = ""):
        """Not while a duty inside is uncovered, nor by oneself; a head and the deputy only from above, with a reason."""
        self._held()
        self._check(by, at, reason)
        self.step("approved", frm=["asked"], decided_by=by, decided_at=at)
        self.settle(ANSWER, at, by=by)
        self._owe_return(by, at)
        self.answered(at, by=by)
        people = {self.person_id, self.asked_by_id, self.acting_id} - {None, by.pk}
        self._tell(people, "approved", wording.approved(self, by), at)

    @verb(gettext_lazy("declined the absence"))
    def decline(self, *, by, at, reason: str):
        self.step("declined", frm=["asked"], decided_by=by, decided_at=at)
        self._tell({self.person_id, self.asked_by_id} - {by.pk}, "declined", wording.not_approved(self, by, reason), at)
        self._over(by, at)

    @verb(gettext_lazy("withdrew the absence"))
    def withdraw(self, *, by, at):
        """Before it begins; an approved one too."""
        if self.status == "approved" and self.starts_at <= at:
            raise Conflict(self, _("It has begun. Say that you are back instead."))
        self.step("withdrawn", frm=["asked", "approved"])
        told = {self.person_id, self.acting_id, self.decided_by_id, *self._deciders()} - {None, by.pk}
        self._tell(told, "withdrawn", wording.absence_withdrawn(self), at)
        self._over(by, at)

    @verb(gettext_lazy("is back"))
    def come_back(self, *, by, at):
        """销假. Who is back early is free for duty again from now on."""
        if self.status == "approved" and self.starts_at >= at:
            raise Conflict(self, _("It has not begun. Withdraw it instead."))
        self.step("back", frm=["approved"], back_at=at, ends_at=min(self.ends_at, at))
        self.settle(BACK, at, by=by)
        told = {self.person_id, self.acting_id, self.decided_by_id, decider_of(self.person)} - {None, by.pk}
        self._tell(told, "back", wording.back(self), at)
        self._over(by, at)

    @verb(gettext_lazy("filed the absence anew"))
    def change(self, *, by, at, decides: bool = False):
        """Save this row's new days, place and acting person. `decides`: by someone who may approve it, so it stays so.

        What was approved is asked for again; sickness that lasts longer opens further duties.
        """
        was = type(self).objects.get(pk=self.pk)
        if was.status not in ("asked", "approved") or (
            was.status == "approved" and was.starts_at <= at and not decides
        ):
            raise Conflict(self)
        self.status, self.decided_by, self.decided_at = was.status, was.decided_by, was.decided_at
        self.asked_by, self.asked_at, self.back_at = was.asked_by, was.asked_at, was.back_at
        self.set_span()
        stays = was.status == "approved" and decides
        if was.status == "approved" and not decides:
            self.status, self.decided_by, self.decided_at = "asked", None, None
            self.settle(BACK, at, by=by, how="withdrawn")
        elif stays and self.kind != "sick":
            self._check(by, at, self.reason)
        self.save()
        Matter.objects.filter(pk=self.pk).update(title=self.title)
        self.entry.text = self.half_days()
        if stays:
            if self.kind == "sick":
                self._let_go(by, at)
            self._owe_return(by, at)
        else:
            self._owe_answer(by, at)
        told = {self.person_id, *(() if stays else self._deciders())} - {by.pk}
        self._tell(told, f"refiled:{at:%Y%m%d%H%M%S}", wording.refiled(self), at)

    # What can be read off it

    @property
    def title(self) -> str:
        return f"{self.person.name} {self.from_on:%m-%d} – {self.until_on:%m-%d}"

    def half_days(self) -> str:
        """Mon 23 Nov morning – Wed 25 Nov afternoon; a single day once."""
        first, last = wording.day(self.from_on), wording.day(self.until_on)
        if self.from_on != self.until_on:
            return f"{first} {self.get_from_half_display()} – {last} {self.get_until_half_display()}"
        if self.from_half == self.until_half:
            return f"{first} {self.get_from_half_display()}"
        return _("%(day)s, all day") % {"day": first}

    def duties(self, at: dt.datetime) -> list[Seat]:
        """The published duties that fall into it and are still to be kept: uncovered, as long as they are theirs."""
        seats = Seat.objects.filter(person=self.person_id).between(max(self.starts_at, at), self.ends_at)
        return list(seats.select_related("shift__post", "person").order_by("starts_at"))

    def part_of(self, seat: Seat) -> tuple[dt.datetime, dt.datetime]:
        """The part of a duty that falls into it."""
        return max(seat.starts_at, self.starts_at), min(seat.ends_at, self.ends_at)

    def counterparts(self) -> list[tuple[Person, "models.Model"]]:
        """Head and deputy, away at the same time where the unit does not let both go: (the other, their absence)."""
        if Terms.of(self.person.unit_id).both_away:
            return []
        pairs = head_and_deputy(self.person)
        others = type(self).objects.counted().between(self.starts_at, self.ends_at).exclude(pk=self.pk)
        return [(row.person, row) for row in others.filter(person__in=pairs).select_related("person")]

    # Under the verbs

    def _begin(self, by, at) -> None:
        self.unit_id, self.asked_by, self.asked_at, self.status = self.person.unit_id, by, at, "asked"
        self.set_span()
        hold(self.person_id)  # two who file the same absence take turns here
        if type(self).objects.standing().filter(person=self.person).between(self.starts_at, self.ends_at).exists():
            raise Conflict(self, _("This person is away at that time already."))
        self.become_matter(self.title, at)

    def _held(self) -> None:
        self.refresh_from_db()
        hold(self.person_id, *head_and_deputy(self.person))

    def _check(self, by, at, reason: str) -> None:
        if by.pk == self.person_id:
            raise Conflict(self, _("Nobody approves their own absence."))
        if duties := self.duties(at):
            names = "、".join(seat.shift.title for seat in duties)
            raise Conflict(self, _("Not yet: these duties have no substitute: %(duties)s") % {"duties": names})
        for other, _absence in self.counterparts():
            if not (reason and stands_above(by, self.person, other)):
                words = _(
                    "%(name)s is away at that time too: head and deputy. Only who stands above may let both go, with a reason."
                )
                raise Conflict(self, words % {"name": other.name})

    def _let_go(self, by, at) -> list:
        """Take them off what they were to keep; once more for what they were given in the same moment."""
        gaps = []
        for _twice in range(2):
            for seat in self.duties(at):
                gaps.append(seat.shift.vacate(seat.role, self.person, self.part_of(seat), by=by, at=at, because=self))
            hold(self.person_id)
        return gaps

    def _owe_answer(self, by, at) -> None:
        due = answer_due(at, self.starts_at)
        half = int((due - at).total_seconds() / 2)
        decider = Person.objects.filter(pk=decider_of(self.person)).first()
        self.owe(ANSWER, due, at=at, by=self.person, owed_by=decider, owed_as="scheduling.deciders", ladder=[
            Rung(-half, "scheduling.deciders"), Rung(0, f"scheduling.deciders+{PLANNERS}", ESCALATE),
            Rung(DAY.days * 86400, f"{PLANNERS}+duty.second_superior", ESCALATE),
        ])  # fmt: skip

    def _owe_return(self, by, at) -> None:
        """Back at work on the morning after, or after lunch: told by then."""
        morning = local(self.ends_at).hour == 0
        due = max(self.ends_at + (10 if morning else 2) * HOUR, at)
        self.owe(BACK, due, at=at, by=self.person, owed_by=self.person)

    def _deciders(self) -> set[int]:
        decider = decider_of(self.person)
        return {decider} if decider else set(planners_of([self.unit_id]).get(self.unit_id, [])) - {self.person_id}

    def _tell(self, people, key: str, write, at) -> None:
        tell(people, f"absence:{self.pk}:{key}", write, matter_id=self.pk, at=at)

    def _over(self, by, at) -> None:
        for swap in self.swaps.open():
            if self.status != "back":
                swap.withdraw(by=by, at=at, why="The absence it was for is off.")
        self.close_matter(at, by=by)


def head_and_deputy(person) -> list[int]:
    """Who must not be away together with this person: the deputy of a head, the head of a deputy."""
    found = [person.deputy_id] if person.deputy_id and Unit.objects.filter(head=person).exists() else []
    heads = Person.objects.filter(deputy=person, heads__isnull=False)
    return [*found, *heads.values_list("pk", flat=True).distinct()]


def stands_above(by, *people) -> bool:
    """A superior of one of them who is none of them, up the line; where nobody stands above, whoever decides."""
    ids = {person.pk for person in people}
    line = dict(Person.objects.values_list("pk", "superior_id"))
    above = set()
    for person in ids:
        step = line.get(person)
        while step and step not in above:
            above.add(step)
            step = line.get(step)
    above -= ids
    return by.pk in above or not above
