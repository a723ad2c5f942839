import datetime as dt
from collections import defaultdict

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, day_of, start_of
from duty.evidence import evidence

from .days import days_between
from .patterns import Pattern, Qualification
from .posts import Post
from .shifts import SEAT_ORDER, Seat, SeatRole, Shift


class SlotQuerySet(models.QuerySet):
    def open(self):
        return self.filter(person__isnull=True)


@evidence()
class Slot(models.Model):
    """One seat of one watch on a draft: who is meant to sit there, if anyone yet."""

    roster = models.ForeignKey("scheduling.Roster", models.CASCADE, related_name="slots")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("duty post"))
    pattern = models.ForeignKey(Pattern, models.PROTECT, null=True, related_name="+")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="+")  # where it is published already
    shift_version = models.PositiveIntegerField(null=True)  # as the published watch was when the draft was made
    date = models.DateField(_("day"))
    name = models.CharField(_("name of the watch"), max_length=20)
    mark = models.CharField(max_length=2)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    place = models.PositiveSmallIntegerField(default=0)  # the how-many-th of its role
    qualification = models.ForeignKey(Qualification, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat on a draft")
        verbose_name_plural = _("seats on a draft")
        ordering = ["date", "starts_at", "post__order", "post_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["roster", "post", "starts_at", "role", "place"], name="one_slot_per_place_of_a_watch"
            ),
        ]
        indexes = [models.Index(fields=["roster", "date"], name="slots_of_a_roster")]

    @classmethod
    def of(cls, roster, pattern: Pattern, date: dt.date, role: str, place: int, qualification_id: int | None) -> "Slot":
        """The seat that a pattern asks for on a day, unsaved and open."""
        start, end = pattern.span_on(date)
        return cls(
            roster=roster, post=pattern.post, pattern=pattern, date=date, name=pattern.name, mark=pattern.mark,
            starts_at=start, ends_at=end, role=role, place=place, qualification_id=qualification_id,
        )  # fmt: skip

    @property
    def watch(self) -> tuple:
        """What all seats of one watch share."""
        return self.shift_id or (self.post_id, self.starts_at)

    def __str__(self):
        return f"{self.date:%m-%d} {self.post.name} {self.name} {self.get_role_display()}"


class DraftEdit(models.Model):
    """One change of a draft, so that it can be undone: who sat where before, and after."""

    roster = models.ForeignKey("scheduling.Roster", models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()  # the draft's `edits` after it
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)  # seat, pin, generate, import, undo
    before = models.JSONField(default=dict)  # {slot: person or null}
    after = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change of a draft")
        verbose_name_plural = _("changes of a draft")
        ordering = ["roster_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="one_change_of_a_number")]

    def __str__(self):
        return f"{self.roster} {self.number}"


def laid_out(roster) -> list[Slot]:
    """Every seat that the unit's patterns ask for in the roster's days, unsaved, in order of time."""
    patterns = Pattern.objects.filter(post__unit=roster.unit_id, post__is_active=True)
    patterns = list(patterns.in_force(roster.first_on, roster.last_on).select_related("post").prefetch_related("seats"))
    found = []
    for date, day in days_between(roster.first_on, roster.last_on).items():
        for pattern in patterns:
            if pattern.holds_on(date, day.kind):
                for seat in sorted(pattern.seats.all(), key=lambda seat: SEAT_ORDER[seat.role]):
                    for place in range(seat.wanted(day.kind)):
                        found.append(Slot.of(roster, pattern, date, seat.role, place, seat.qualification_id))
    return found


def as_published(roster, at: dt.datetime) -> list[Slot]:
    """The roster as its shifts and seats say now, as slots, unsaved; what its patterns ask for besides stays open.

    A watch that has begun is as it is: its seats are pinned.
    """
    shifts = {
        (shift.post_id, shift.starts_at): shift
        for shift in Shift.objects.live().filter(
            unit=roster.unit_id,
            starts_at__gte=start_of(roster.first_on),
            starts_at__lt=start_of(roster.last_on + DAY),
        ).select_related("post").order_by("starts_at")
    }  # fmt: skip
    seats = defaultdict(list)
    for seat in Seat.objects.filter(shift__in=shifts.values()).order_by("starts_at", "id"):
        seats[seat.shift_id, seat.role].append(seat)
    found = []
    for slot in laid_out(roster):
        shift = shifts.get((slot.post_id, slot.starts_at))
        if shift is None and slot.starts_at > at:
            found.append(slot)
        elif shift is not None and not seats[shift.pk, slot.role] and shift.starts_at > at:
            slot.shift, slot.shift_version = shift, shift.version
            found.append(slot)
        elif shift is not None and seats[shift.pk, slot.role]:
            found.append(_sat(slot, shift, seats[shift.pk, slot.role].pop(0), at))
    places: dict = defaultdict(lambda: 100)  # those beyond what patterns ask for
    for shift in shifts.values():
        for role in SeatRole.values:
            for seat in seats[shift.pk, role]:
                slot = Slot(
                    roster=roster, post=shift.post, date=day_of(shift.starts_at), name=shift.name,
                    mark=shift.name[:1], role=role, place=places[shift.pk, role],
                )  # fmt: skip
                places[shift.pk, role] += 1
                found.append(_sat(slot, shift, seat, at))
    return found


def _sat(slot: Slot, shift: Shift, seat: Seat, at: dt.datetime) -> Slot:
    slot.shift, slot.shift_version, slot.person_id = shift, shift.version, seat.person_id
    slot.starts_at, slot.ends_at = seat.starts_at, seat.ends_at
    slot.is_pinned = seat.is_part or shift.starts_at <= at
    return slot
