import datetime as dt
from typing import NamedTuple

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, FilteredRelation, Func, Q
from django.utils.translation import gettext_lazy as _

from duty.clock import local
from duty.evidence import evidence
from duty.looks import once_a_look
from duty.models import Matter
from duty.models.units import unit_tree
from duty.steps import Conflict, Subject, verb

from .filling import Filling
from .posts import Post


class SeatRole(models.TextChoices):
    LEADER = "leader", _("duty leader")
    PRIMARY = "primary", _("primary")
    SECONDARY = "secondary", _("secondary")
    RESERVE = "reserve", _("reserve")


SEAT_ORDER = {role: place for place, role in enumerate(SeatRole.values)}


class Span(Func):
    function = "tstzrange"


class OnePerson(Func):
    """The person as a one-element range: a core type that an exclusion constraint can index without extensions."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    arity = 2


class ShiftQuerySet(models.QuerySet):
    def live(self):
        return self.filter(removed_at__isnull=True)

    def on(self, at: dt.datetime):
        """The watches that are kept at that instant."""
        return self.live().filter(starts_at__lte=at, ends_at__gt=at)

    def between(self, start: dt.datetime, end: dt.datetime):
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id"))


@evidence()
class Shift(Filling, Subject):
    """One watch at one post, from start to end; the end itself belongs to the next."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts", verbose_name=_("duty post"))
    name = models.CharField(_("name of the watch"), max_length=20)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    removed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = ShiftQuerySet.as_manager()
    page = "shift"
    known_crew: list["Seat"] | None = None  # read together with the row

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["starts_at", "post_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_it_starts",
                violation_error_message=_("The shift ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + dt.timedelta(hours=48)),
                name="a_shift_lasts_two_days_at_most",
                violation_error_message=_("A shift lasts 48 hours at most. Check the dates."),
            ),
            ExclusionConstraint(
                name="one_shift_at_a_post_at_a_time",
                expressions=[
                    (OnePerson("post", "post"), RangeOperators.OVERLAPS),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(removed_at__isnull=True),
                violation_error_message=_("This post has a shift at that time already."),
            ),
            # What seats point at with their copy of the span, so that it cannot drift.
            models.UniqueConstraint(fields=["matter", "starts_at", "ends_at"], name="a_shift_has_one_span"),
        ]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="shifts_by_time")]

    def __str__(self):
        return f"{self.post.name} {self.name}"

    @property
    def title(self) -> str:
        return f"{self.post.name} {self.name} {local(self.starts_at):%m-%d}"

    @verb(_("entered the shift"))
    def plan(self, people: list[tuple[str, object]], *, by, at):
        """Enter a watch with its people, as (seat, person)."""
        self.unit_id = self.post.unit_id
        self.become_matter(self.title, self.starts_at)
        self.save(force_insert=True)
        self._seat(people)

    @verb(_("changed the shift"))
    def change(self, people: list[tuple[str, object]], *, by, at):
        """Save this row's new name and span, and its people; raises Conflict if someone changed it meanwhile."""
        moved = Shift.objects.live().filter(pk=self.pk, version=self.version).update(version=F("version") + 1)
        if not moved:
            raise Conflict(self)
        before = self.crew()
        self.seats.all().delete()
        self.version += 1
        self.save()
        Matter.objects.filter(pk=self.pk).update(title=self.title, opened_at=self.starts_at)
        self._seat(people)
        self.entry.data |= {"before": [[seat.role, seat.person.name] for seat in before]}
        self.reconcile(before, by=by, at=at)

    @verb(_("removed the shift"))
    def remove(self, *, by, at):
        """Take a watch back that has not begun; the line stays on the trail."""
        if self.starts_at <= at:
            raise Conflict(self, _("A watch that has begun cannot be removed."))
        self.entry.data = {"crew": [[seat.role, seat.person.name] for seat in self.crew()]}
        self.seats.all().delete()
        if not Shift.objects.live().filter(pk=self.pk).update(removed_at=at):
            raise Conflict(self)
        self.removed_at = at
        self.open_seats.open().update(closed_at=at, closed_by=by)
        self.follow_up(by=by, at=at)
        self.close_matter(at, by=by)

    def _seat(self, people):
        """Each as (seat, person), or with a span where it is for a part of the watch."""
        Seat.objects.bulk_create(Seat.on(self, role, person, *span) for role, person, *span in people)
        self.entry.data |= {"crew": [[role, person.name] for role, person, *_span in people]}

    def crew(self) -> list["Seat"]:
        """Who keeps this watch, leader first."""
        return _in_order(self.seats.select_related("person__unit")) if self.known_crew is None else self.known_crew


# When the watch moves, a whole seat moves along; a part stays where it is, cut to what is left of the watch.
FOLLOW = """
IF NEW.starts_at = OLD.starts_at AND OLD.starts_at = OLD.watch_starts_at OR NEW.starts_at < NEW.watch_starts_at THEN
    NEW.starts_at := NEW.watch_starts_at;
END IF;
IF NEW.ends_at = OLD.ends_at AND OLD.ends_at = OLD.watch_ends_at OR NEW.ends_at > NEW.watch_ends_at THEN
    NEW.ends_at := NEW.watch_ends_at;
END IF;
RETURN NEW;
"""


class SeatQuerySet(models.QuerySet):
    def on_duty(self, at: dt.datetime):
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def between(self, start: dt.datetime, end: dt.datetime):
        return self.filter(starts_at__lt=end, ends_at__gt=start)


@evidence()
class Seat(models.Model):
    """One person's place on one watch: for all of it, or for a part that they took over.

    What it says of the whole watch's span is the shift's, held equal by a foreign key over all three.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="seats")
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="seats", verbose_name=_("person"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    watch_starts_at = models.DateTimeField()
    watch_ends_at = models.DateTimeField()

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        triggers = [
            pgtrigger.Trigger(
                name="follows_its_watch", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("watch_starts_at", "watch_ends_at"),
                func=FOLLOW,
            )
        ]  # fmt: skip
        constraints = [
            ExclusionConstraint(
                name="one_duty_at_a_time",
                expressions=[
                    (OnePerson("person", "person"), RangeOperators.OVERLAPS),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person has another duty at that time."),
            ),
            *(
                ExclusionConstraint(
                    name=f"one_{role}_at_a_time_on_a_shift",
                    expressions=[
                        (OnePerson("shift", "shift"), RangeOperators.OVERLAPS),
                        (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(role=role),
                    violation_error_message=_("A shift has one leader and one primary."),
                )
                for role in (SeatRole.LEADER.value, SeatRole.PRIMARY.value)
            ),
            models.CheckConstraint(
                condition=Q(
                    ends_at__gt=F("starts_at"), starts_at__gte=F("watch_starts_at"), ends_at__lte=F("watch_ends_at")
                ),
                name="a_seat_lies_within_its_watch",
                violation_error_message=_("The part lies outside of the watch."),
            ),
        ]
        indexes = [models.Index(fields=["shift"], name="seats_of_a_shift")]

    @classmethod
    def on(cls, shift: "Shift", role: str, person, span: tuple[dt.datetime, dt.datetime] | None = None) -> "Seat":
        """A seat on that watch, unsaved; for all of it unless a part is given."""
        start, end = span or (shift.starts_at, shift.ends_at)
        whole = {"watch_starts_at": shift.starts_at, "watch_ends_at": shift.ends_at}
        return cls(shift=shift, role=role, person=person, starts_at=start, ends_at=end, **whole)

    @property
    def is_part(self) -> bool:
        return (self.starts_at, self.ends_at) != (self.watch_starts_at, self.watch_ends_at)


class Keeper(NamedTuple):
    """Who keeps which watch in which seat; a watch nobody sits on has one of these without a person."""

    shift_id: int
    unit_id: int
    role: str | None
    person_id: int | None


@once_a_look
def keepers(at: dt.datetime) -> list[Keeper]:
    """Everyone who is on watch anywhere at that instant, in the order of the posts; plain rows, in one query."""
    now = FilteredRelation("seats", condition=Q(seats__starts_at__lte=at, seats__ends_at__gt=at))
    rows = Shift.objects.on(at).alias(now=now).order_by("post__order", "pk", "now__id")
    return [Keeper(*row) for row in rows.values_list("pk", "unit_id", "now__role", "now__person_id")]


def on_duty(units: set[int], at: dt.datetime) -> dict[int, list[Keeper]]:
    """{unit: who keeps watch for it at that instant}, for many units in two queries.

    A unit without anyone on watch of its own at that hour is watched by the nearest unit above that has someone.
    """
    here: dict[int, list[Keeper]] = {}
    for keeper in keepers(at):
        if keeper.person_id:
            here.setdefault(keeper.unit_id, []).append(keeper)
    tree = unit_tree()
    return {unit: next((here[above] for above in tree.above(unit) if above in here), []) for unit in units}


def watch_of(unit_id: int, at: dt.datetime) -> Shift | None:
    """The watch that is kept for a unit at that instant."""
    here = {keeper.unit_id: keeper.shift_id for keeper in reversed(keepers(at))}
    return next((_with_crew(here[above]) for above in unit_tree().above(unit_id) if above in here), None)


def my_watch(person, at: dt.datetime) -> Shift | None:
    """The watch this person keeps now, else the one kept for their unit."""
    own = next((keeper.shift_id for keeper in keepers(at) if keeper.person_id == person.pk), None)
    return _with_crew(own) if own else watch_of(person.unit_id, at)


@once_a_look
def _with_crew(pk: int) -> Shift:
    """A watch with its people, in one query unless nobody sits on it."""
    seats = list(Seat.objects.filter(shift=pk).select_related("shift__post", "shift__unit", "person__unit"))
    shift = seats[0].shift if seats else Shift.objects.select_related("post", "unit").get(pk=pk)
    shift.known_crew = _in_order(seats)
    return shift


def _in_order(seats) -> list[Seat]:
    return sorted(seats, key=lambda seat: (SEAT_ORDER[seat.role], seat.starts_at, seat.id))
