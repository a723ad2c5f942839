"""A36, A37: how a seat of a published watch falls open, is filled again, and changes hands."""

import datetime as dt

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import local
from duty.models import Deadline, Person, Settled
from duty.steps import Conflict, verb
from duty.telling import tell
from scheduling import wording
from scheduling.recipients import planners_of

from .following import follow_on_drafts

Spans = tuple[dt.datetime, dt.datetime]
KIND = "scheduling.open_seat"


def hold(*people: int) -> dict[int, Person]:
    """These people's rows until the transaction ends: nobody is let go while they are given a duty, nor the other way."""
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
    return {person.pk: person for person in rows}


class Filling(models.Model):
    """The verbs of a watch's single seats. `span` is a part of it; without one, all of it."""

    class Meta:
        abstract = True

    @classmethod
    def detail_of(cls, line) -> str:
        """What a line of the trail says of the crew, or of the one seat it is about."""
        if seat := line.data.get("seat"):
            return wording.change_of_hands(wording.role_name(seat[0]), *seat[1:])
        return " · ".join(f"{wording.role_name(role)} {name}" for role, name in line.data.get("crew", ()))

    @verb(gettext_lazy("took someone off the watch"))
    def vacate(self, role: str, person, span: Spans | None = None, *, by, at, reason: str = "", because=None):
        """What they were still to keep falls open at once, and its clock starts. Answers the open seat.

        `because` is the absence that took them away: its reason is nobody else's business.
        """
        self._as_it_stands()
        gap = self._gap(role, span, at, left=person, opened_by=by, reason="" if because else reason)
        self.carve(role, person, gap.span)
        gap.save(force_insert=True)
        self._say(role, person, None, gap.span)
        told = planners_of([self.unit_id]).get(self.unit_id, [])
        told = {*told, *(seat.person_id for seat in self.seats.filter(role="leader")), person.pk} - {by and by.pk}
        write = wording.vacated(self, gap, person)
        tell(told, f"open-seat:{gap.pk}", write, matter_id=self.pk, at=at, urgent=gap.span[0] - at < wording.SOON)
        self.after_seats_changed(by=by, at=at)
        return gap

    @verb(gettext_lazy("left a seat open"))
    def leave_open(self, role: str, *, by, at, span: Spans | None = None):
        """Nobody was found for it before the watch was published."""
        self._as_it_stands()
        gap = self._gap(role, span, at, opened_by=by)
        gap.save(force_insert=True)
        self._say(role, None, None, gap.span)
        self.mind_open_seats(by=by, at=at)
        return gap

    @verb(gettext_lazy("filled the open seat"))
    def fill(self, gap, person, *, by, at):
        """Someone takes what is left of it; filled once."""
        gap.shift = self._as_it_stands()
        self._close(gap, by, at, taken_by=person)
        span = self._ahead(gap.span, at)
        self.give(gap.role, person, span)
        self._say(gap.role, gap.left, person, span)
        leaders = {seat.person_id for seat in self.seats.filter(role="leader")}
        told = {person.pk, *leaders, *gap.volunteers} - {by.pk}
        tell(told, f"filled:{gap.pk}", wording.filled(self, gap.role, person, span), matter_id=self.pk, at=at)
        self.after_seats_changed(by=by, at=at)

    @verb(gettext_lazy("took the open seat"))
    def take_open(self, gap, judge, *, by, at):
        """An officer sits down on it; taken once. `judge(span)` raises Conflict where a rule stands in the way.

        It judges while the officer is held, so that two seats taken at once are judged one after the other.
        """
        gap.shift = self._as_it_stands()
        hold(by.pk)
        span = self._ahead(gap.span, at)
        self._close(gap, by, at, taken_by=by)
        judge(span)
        with_them = {seat.person_id for seat in self.seats.all()}
        self.give(gap.role, by, span)
        self._say(gap.role, gap.left, by, span)
        told = {*planners_of([self.unit_id]).get(self.unit_id, []), *with_them, *gap.volunteers} - {by.pk}
        tell(told, f"took:{gap.pk}", wording.filled(self, gap.role, by, span), matter_id=self.pk, at=at)
        self.after_seats_changed(by=by, at=at)

    @verb(gettext_lazy("asked for the open seat"))
    def ask_for_open(self, gap, judge, *, by, at):
        """Where officers do not take open duties by themselves: those who plan hear who would."""
        gap.shift = self._as_it_stands()
        gap.refresh_from_db(fields=["closed_at", "volunteers"])
        if gap.closed_at is not None:
            raise Conflict(self, _("This seat is open no more."))
        if by.pk in gap.volunteers:
            raise Conflict(self, _("You have asked for this seat already. Those who plan have it."))
        span = self._ahead(gap.span, at)
        judge(span)
        self.open_seats.filter(pk=gap.pk).update(volunteers=[*gap.volunteers, by.pk])
        self._say(gap.role, gap.left, by, span)
        told = {*planners_of([self.unit_id]).get(self.unit_id, [])} - {by.pk}
        write = wording.asked_for(self, gap.role, by, span)
        tell(told, f"asks:{gap.pk}:{by.pk}", write, matter_id=self.pk, at=at, urgent=span[0] - at < wording.SOON)

    @verb(gettext_lazy("decided to do without"))
    def do_without(self, gap, *, by, at, reason: str):
        """Nobody will sit there, and somebody answers for it."""
        self._close(gap, by, at)
        self._say(gap.role, gap.left, None, gap.span)
        self.mind_open_seats(by=by, at=at)

    @verb(gettext_lazy("handed a seat over"))
    def hand_over_seat(self, role: str, giver, taker, span: Spans | None = None, *, by, at, carved: bool = False):
        """A duty, or a part of it, passes from one to the other. `carved` where it was taken off the giver already."""
        self._as_it_stands()
        span = self._ahead(span or (self.starts_at, self.ends_at), at)
        if not carved:
            self.carve(role, giver, span)
        self.give(role, taker, span)
        self._say(role, giver, taker, span)
        self.after_seats_changed(by=by, at=at)

    @verb(gettext_lazy("ended with an open seat"))
    def end_open(self, *, by, at):
        """The watch is over, and nobody came: there is nothing left to fill."""
        self.open_seats.open().update(closed_at=at)
        self.settle(KIND, at, how=Settled.WITHDRAWN)

    # Under the verbs

    def carve(self, role: str, person, span: Spans) -> None:
        """Take a span off whoever sits there; what they keep before and after stays theirs."""
        start, end = span
        held = list(self.seats.filter(role=role, person=person).between(start, end))
        if sum((min(s.ends_at, end) - max(s.starts_at, start) for s in held), dt.timedelta()) < end - start:
            raise Conflict(self, _("%(name)s does not keep this duty any more.") % {"name": person.name})
        make = self.seats.model.on
        kept = [make(self, role, person, (s.starts_at, start)) for s in held if s.starts_at < start]
        kept += [make(self, role, person, (end, s.ends_at)) for s in held if s.ends_at > end]
        self.seats.filter(pk__in=[seat.pk for seat in held]).delete()
        self.seats.bulk_create(kept)

    def give(self, role: str, person, span: Spans) -> None:
        """Seat someone for a span, joined with what they keep beside it. Raises Conflict where they cannot."""
        start, end = span
        person = hold(person.pk)[person.pk]
        if not person.is_employed(start) or not person.is_employed(end - dt.timedelta(microseconds=1)):
            raise Conflict(self, _("%(name)s does not work here on that day.") % {"name": person.name})
        if person.absences.counted().between(start, end).exists():
            raise Conflict(self, _("%(name)s is away at that time.") % {"name": person.name})
        beside = self.seats.filter(role=role, person=person, starts_at__lte=end, ends_at__gte=start)
        for seat in beside.exclude(starts_at__lt=end, ends_at__gt=start):
            start, end = min(start, seat.starts_at), max(end, seat.ends_at)
            seat.delete()
        try:
            with transaction.atomic():
                self.seats.model.on(self, role, person, (start, end)).save(force_insert=True)
        except IntegrityError as why:
            if "one_duty_at_a_time" in str(why):
                words = _("%(name)s has another duty at that time. Choose someone else, or another part.")
            elif "at_a_time_on_a_shift" in str(why):
                words = _("Someone else sits there already. Look at how the watch stands now.")
            else:
                raise
            raise Conflict(self, words % {"name": person.name}) from None

    def after_seats_changed(self, *, by, at) -> None:
        """Pages opened before are stale, and what hangs on the seats follows."""
        type(self).objects.filter(pk=self.pk).update(version=F("version") + 1)
        self.version += 1
        self.follow_up(by=by, at=at)

    def follow_up(self, *, by, at) -> None:
        """Drafts of changes and offers follow the watch, and the promise to fill what is open is minded."""
        self.known_crew = None
        follow_on_drafts(self, at)
        for swap in self.offers():
            swap.follow(by=by, at=at)
        self.mind_open_seats(by=by, at=at)

    def offers(self) -> list:
        """The open swaps that this watch is part of."""
        swaps = self.swaps.model.objects.open()
        return list(swaps.filter(models.Q(shift=self.pk) | models.Q(counter_shift=self.pk)).order_by("pk"))

    def reconcile(self, before: list, *, by, at) -> None:
        """After the crew was entered anew: whoever came new into a role took a seat of it that was open."""
        were = {(seat.role, seat.person_id) for seat in before}
        came = [seat for seat in self.seats.all() if (seat.role, seat.person_id) not in were]
        for gap in self.open_seats.open():
            seat = next((seat for seat in came if seat.role == gap.role), None)
            if seat is not None:
                came.remove(seat)
                self._close(gap, by, at, taken_by=seat.person)
        self.follow_up(by=by, at=at)

    def mind_open_seats(self, *, by, at) -> None:
        """Keep the promise open while a seat is, due when the watch starts; settle it once none is."""
        from .open_seats import ladder
        from .terms import Terms

        running = Deadline.objects.open().filter(matter_id=self.pk, kind=KIND).first()
        if self.removed_at is not None or self.ends_at <= at or not self.open_seats.open().exists():
            if running:
                self.settle(KIND, at, by=by)
            return
        if running is None or (running.due_at != self.starts_at and self.starts_at > at):
            rungs = ladder(Terms.of(self.unit_id).ladder_hours)
            due = max(self.starts_at, at)
            self.owe(KIND, due, at=at, by=by, owed_as="scheduling.planners", ladder=rungs)

    def next_to(self, role: str, span: Spans) -> tuple:
        """Who sits in that role at this post right before and right after: (seat or None, seat or None)."""
        seats = self.seats.model.objects.filter(shift__post=self.post_id, role=role).select_related("person", "shift")
        before = seats.filter(ends_at__lte=span[0]).order_by("-ends_at").first()
        return before, seats.filter(starts_at__gte=span[1]).order_by("starts_at").first()

    def _gap(self, role: str, span: Spans | None, at, **more):
        gap = self.open_seats.model(shift=self, role=role, opened_at=at, **more)
        start, end = span or (self.starts_at, self.ends_at)
        gap.span = self._ahead((max(start, self.starts_at), min(end, self.ends_at)), at)
        return gap

    def _as_it_stands(self):
        """The row as it is now: the verb holds it, and someone may have moved it before that."""
        self.refresh_from_db(fields=["starts_at", "ends_at", "removed_at", "version"])
        if self.removed_at is not None:
            raise Conflict(self, _("This watch was removed."))
        return self

    def _ahead(self, span: Spans, at) -> Spans:
        """What is left of it, from this minute."""
        start, end = max(span[0], at.replace(second=0, microsecond=0)), span[1]
        if end <= start or end <= at:
            raise Conflict(self, _("That part of the watch is over."))
        return start, end

    def _close(self, gap, by, at, taken_by=None) -> None:
        rows = self.open_seats.open().filter(pk=gap.pk)
        if not rows.update(closed_at=at, closed_by=by, taken_by=taken_by):
            raise Conflict(self, _("This seat is open no more."))

    def _say(self, role: str, giver, taker, span: Spans) -> None:
        part = [] if span == (self.starts_at, self.ends_at) else [f"{local(moment):%H:%M}" for moment in span]
        self.entry.data = {"seat": [role, giver.name if giver else "", taker.name if taker else "", *part]}
