"""A roster's seats as its patterns ask for them, and as they are published: plain values, thousands of them at once."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from duty.clock import DAY, day_of, start_of

from .days import days_between
from .patterns import Pattern
from .posts import Post
from .shifts import SEAT_ORDER, Seat, SeatRole, Shift
from .slots import Slot


@dataclass(slots=True)
class Laid:
    """One seat, with the names that a slot of a draft has for it; `saved` as one it can be edited."""

    roster_id: int
    post: Post
    date: dt.date
    name: str
    mark: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    role: str
    place: int
    pattern_id: int | None = None
    qualification_id: int | None = None
    person_id: int | None = None
    shift_id: int | None = None
    shift_version: int | None = None
    published_person_id: int | None = None
    is_pinned: bool = False
    pk: int | None = None

    @property
    def post_id(self) -> int:
        return self.post.pk

    @property
    def watch(self) -> tuple | int:
        """What all seats of one watch share."""
        return self.shift_id or (self.post_id, self.starts_at)

    def as_slot(self) -> Slot:
        return Slot(post_id=self.post.pk, **{name: getattr(self, name) for name in COPIED})


COPIED = [name for name in Laid.__slots__ if name not in ("post", "pk")]


def save_as_slots(seats: list[Laid]) -> None:
    Slot.objects.bulk_create([seat.as_slot() for seat in seats])


def as_drafted(roster) -> list[Laid]:
    """The draft's seats in order of time."""
    rows = list(roster.slots.values_list("pk", "post_id", *COPIED))
    posts = Post.objects.in_bulk({post for _pk, post, *_rest in rows})
    return [Laid(post=posts[post], pk=pk, **dict(zip(COPIED, rest, strict=True))) for pk, post, *rest in rows]


def laid_out(roster) -> list[Laid]:
    """Every seat that the unit's patterns ask for in the roster's days, in order of time."""
    patterns = Pattern.objects.filter(post__unit=roster.unit_id, post__is_active=True)
    patterns = list(patterns.in_force(roster.first_on, roster.last_on).select_related("post").prefetch_related("seats"))
    seats = {pattern: sorted(pattern.seats.all(), key=lambda seat: SEAT_ORDER[seat.role]) for pattern in patterns}
    found = []
    for date, day in days_between(roster.first_on, roster.last_on).items():
        for pattern in patterns:
            if not pattern.holds_on(date, day.kind):
                continue
            start, end = pattern.span_on(date)
            for seat in seats[pattern]:
                for place in range(seat.wanted(day.kind)):
                    found.append(
                        Laid(
                            roster.pk, pattern.post, date, pattern.name, pattern.mark, start, end, seat.role, place,
                            pattern.pk, seat.qualification_id,
                        )
                    )  # fmt: skip
    return found


def as_published(roster, at: dt.datetime) -> list[Laid]:
    """The roster as its shifts and seats say now; what its patterns ask for besides stays open.

    A watch that has begun is as it is: its seats are pinned.
    """
    live = Shift.objects.live().filter(
        unit=roster.unit_id, starts_at__gte=start_of(roster.first_on), starts_at__lt=start_of(roster.last_on + DAY)
    )
    columns = "pk", "post_id", "starts_at", "ends_at", "name", "version"
    shifts = {(row.post_id, row.starts_at): row for row in live.order_by("starts_at").values_list(*columns, named=True)}
    seats = defaultdict(list)
    columns = "shift_id", "role", "person_id", "starts_at", "ends_at"
    sitting = Seat.objects.filter(shift__in=[shift.pk for shift in shifts.values()])
    for seat in sitting.order_by("starts_at", "id").values_list(*columns, named=True):
        seats[seat.shift_id, seat.role].append(seat)
    found = []
    for slot in laid_out(roster):
        shift = shifts.get((slot.post_id, slot.starts_at))
        if shift is None and slot.starts_at > at:
            found.append(slot)
        elif shift is not None and not seats[shift.pk, slot.role] and shift.starts_at > at:
            slot.shift_id, slot.shift_version = shift.pk, shift.version
            found.append(slot)
        elif shift is not None and seats[shift.pk, slot.role]:
            found.append(_sat(slot, shift, seats[shift.pk, slot.role].pop(0), at))
    return found + _beyond(roster, shifts, seats, at)


def _beyond(roster, shifts: dict, seats: dict, at: dt.datetime) -> list[Laid]:
    """Those who sit beyond what patterns ask for."""
    posts = {slot.post_id for slot in shifts.values() if any(seats[slot.pk, role] for role in SeatRole.values)}
    posts = Post.objects.in_bulk(posts) if posts else {}
    found = []
    for shift in shifts.values():
        for role in SeatRole.values:
            for place, seat in enumerate(seats[shift.pk, role], 100):
                date = day_of(shift.starts_at)
                slot = Laid(
                    roster.pk, posts[shift.post_id], date, shift.name, shift.name[:1], seat.starts_at, seat.ends_at, role, place
                )  # fmt: skip
                found.append(_sat(slot, shift, seat, at))
    return found


def _sat(slot: Laid, shift, seat, at: dt.datetime) -> Laid:
    slot.shift_id, slot.shift_version, slot.person_id = shift.pk, shift.version, seat.person_id
    slot.published_person_id = seat.person_id
    slot.starts_at, slot.ends_at = seat.starts_at, seat.ends_at
    is_part = (seat.starts_at, seat.ends_at) != (shift.starts_at, shift.ends_at)
    slot.is_pinned = is_part or shift.starts_at <= at
    return slot
