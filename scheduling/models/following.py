"""A draft of changes beside what is published follows it: whoever falls sick or swaps meanwhile is not put back."""

import datetime as dt
from collections import defaultdict

from django.apps import apps

from duty.clock import day_of

BEYOND = 100  # places of those who sit beyond what patterns ask for begin here
FOLLOWING = [
    "post", "shift", "shift_version", "date", "name", "starts_at", "ends_at", "person", "published_person", "is_pinned",
]  # fmt: skip


def follow_on_drafts(shift, at: dt.datetime) -> None:
    """Bring the seats of this watch on drafts up to what is published now; whom a planner seated on one stays there."""
    Slot = apps.get_model("scheduling", "Slot")
    drafts = defaultdict(list)
    for slot in Slot.objects.filter(shift=shift.pk).select_for_update().order_by("pk"):
        drafts[slot.roster_id].append(slot)
    if not drafts:
        return
    seats = defaultdict(list)
    for seat in shift.seats.order_by("starts_at", "id"):
        seats[seat.role].append(seat)
    for roster, slots in drafts.items():
        moved, gone, left = _followed(shift, slots, seats, at)
        Slot.objects.filter(pk__in=[slot.pk for slot in gone]).delete()
        Slot.objects.bulk_update(moved, FOLLOWING)
        new = [_beyond(Slot, shift, roster, slots, seat, n, at) for n, seat in enumerate(left)]
        Slot.objects.bulk_create(new)


def _followed(shift, slots: list, seats: dict, at) -> tuple[list, list, list]:
    """(slots as they are now, slots that are no more, seats that no slot stands for)."""
    moved, gone = [], []
    by_role = {role: list(those) for role, those in seats.items()}
    pairs = {}
    for slot in slots:  # whoever stays keeps the slot
        own = by_role.get(slot.role, [])
        stays = next((seat for seat in own if seat.person_id == slot.published_person_id), None)
        if stays is not None:
            own.remove(stays)
            pairs[slot.pk] = stays
    for slot in slots:
        own = by_role.get(slot.role)
        seat = pairs.get(slot.pk) or (own.pop(0) if own else None)
        if seat is None and slot.is_untouched and (slot.place >= BEYOND or shift.ends_at <= at):
            gone.append(slot)
            continue
        _follow(slot, shift, seat, at)
        moved.append(slot)
    return moved, gone, [seat for those in by_role.values() for seat in those]


def _follow(slot, shift, seat, at) -> None:
    if slot.is_untouched:
        slot.person_id = seat.person_id if seat else None
        slot.is_pinned = bool(seat) and (seat.is_part or shift.starts_at <= at)
    slot.published_person_id = seat.person_id if seat else None
    # A watch that was taken back is only asked for by its pattern any more.
    slot.shift_id, slot.shift_version = (None, None) if shift.removed_at else (shift.pk, shift.version)
    slot.post_id, slot.name, slot.date = shift.post_id, shift.name, day_of(shift.starts_at)
    span = seat or shift
    slot.starts_at, slot.ends_at = span.starts_at, span.ends_at


def _beyond(Slot, shift, roster: int, slots: list, seat, n: int, at):
    place = max([BEYOND - 1, *(slot.place for slot in slots)]) + 1 + n
    slot = Slot(roster_id=roster, role=seat.role, place=place, mark=shift.name[:1])
    _follow(slot, shift, seat, at)
    return slot
