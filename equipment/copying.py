"""Items made from what is there: from the gauges of a piece, from the items of another stop, from one beside it."""

import uuid
from collections.abc import Iterable

from equipment.models import Equipment, Gauge, Item, Kind, Place, Version
from equipment.stops import Stop

COPIED = (
    "question", "method", "kind", "required", "measure", "least", "most", "normal_low", "normal_high", "alarm_low", "alarm_high",
    "note_if_abnormal", "photo_if_abnormal", "photo_always", "when", "picture_id",
)  # fmt: skip


def from_gauges(draft: Version, piece: Equipment) -> list[Item]:
    """An item for every gauge in use that the draft does not read yet."""
    read = set(draft.items.filter(equipment=piece).values_list("gauge_id", flat=True))
    asked = set(draft.items.filter(equipment=piece, after=None).values_list("question", flat=True))
    found = []
    for gauge in piece.gauges.in_use():
        if gauge.pk not in read and gauge.name not in asked:
            item = Item(version=draft, equipment=piece, question=gauge.name, kind=Kind.NUMBER)
            item.take_from(gauge)
            found.append(item)
    return found


def copied(item: Item, **changes) -> Item:
    """The same question once more, in a thread of its own; unsaved."""
    copy = Item(version_id=item.version_id, thread=uuid.uuid4())
    for name in COPIED:
        setattr(copy, name, getattr(item, name))
    copy.choices, copy.bad_choices = list(item.choices), list(item.bad_choices)
    for name, value in {"equipment": item.equipment, "place": item.place, "gauge": item.gauge, **changes}.items():
        setattr(copy, name, value)
    return copy


def with_follow_ups(item: Item, copy: Item) -> list[Item]:
    """The copy, and copies of what follows upon the item."""
    follows = [copied(one, equipment=copy.equipment, place=copy.place, gauge=None, after=copy) for one in item.follows]
    return [copy, *follows]


def copied_to(stop: Stop, equipment: Equipment | None, place: Place | None, asked: Iterable[str]) -> list[Item]:
    """What is asked at the stop, asked there too; what is asked there already is left out.

    Gauges are those of the same name on that piece, within its own limits.
    """
    gauges: dict[str, Gauge] = {}
    if equipment is not None:
        gauges = {gauge.name: gauge for gauge in equipment.gauges.in_use()}
    asked, found = set(asked), []
    for item in stop.items:
        if item.question in asked:
            continue
        copy = copied(item, equipment=equipment, place=place, gauge=None, picture_id=None)
        like = gauges.get(item.gauge.name if item.gauge else item.question) if item.kind == Kind.NUMBER else None
        if like is not None:
            copy.take_from(like)
        found += with_follow_ups(item, copy)
    return found


def duplicate(item: Item, mark: str) -> list[Item]:
    """Right behind it, with its follow-ups; named so that the two can be told apart."""
    asked = set(
        item.version.items.filter(equipment=item.equipment_id, place=item.place_id, after=item.after_id)
        .values_list("question", flat=True)
    )  # fmt: skip
    number = 2
    while (question := f"{item.question[:70]} {mark} {number}") in asked:
        number += 1
    item.follows = list(item.follow_ups.order_by("order", "id"))
    copy = copied(item, question=question, gauge=None, after_id=item.after_id, order=item.order)
    return with_follow_ups(item, copy)
