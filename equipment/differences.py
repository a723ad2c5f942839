"""What one version of a checklist asks that another did not: item by item, field by field. Pure.

Items are the same where their thread is, wherever they stand and whatever they are called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from equipment.models import Item
from equipment.models.gauges import shown

FIELDS = (
    "question", "method", "kind", "required", "measure", "least", "most", "normal_low", "normal_high", "alarm_low", "alarm_high",
    "choices", "bad_choices", "note_if_abnormal", "photo_if_abnormal", "photo_always", "when",
)  # fmt: skip


@dataclass
class Change:
    item: Item
    changed: list[tuple[str, str, str]]  # (what, it was, it is)


@dataclass
class Differences:
    added: list[Item] = field(default_factory=list)
    removed: list[Item] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    moved: int = 0  # how many stand elsewhere in the order

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def differences(old: Sequence[Item], new: Sequence[Item]) -> Differences:
    before = {item.thread: item for item in old}
    after = {item.thread: item for item in new}
    found = Differences(
        added=[item for item in new if item.thread not in before],
        removed=[item for item in old if item.thread not in after],
    )
    for item in new:
        was = before.get(item.thread)
        if was is not None and (changed := _changed(was, item)):
            found.changed.append(Change(item, changed))
    kept_before = [item.thread for item in old if item.thread in after]
    kept_after = [item.thread for item in new if item.thread in before]
    found.moved = moved(kept_before, kept_after)
    return found


def _changed(was: Item, item: Item) -> list[tuple[str, str, str]]:
    found = []
    if was.stop != item.stop:
        found.append((_("stop"), where(was), where(item)))
    for name in FIELDS:
        one, other = getattr(was, name), getattr(item, name)
        if one != other:
            said = str(Item._meta.get_field(name).verbose_name)
            found.append((said, _said(was, name, one), _said(item, name, other)))
    if _digest(was) != _digest(item):
        yes_or_no = (pgettext("picture", "none"), pgettext("picture", "there is one"))
        found.append((_("reference photo"), yes_or_no[bool(was.picture_id)], yes_or_no[bool(item.picture_id)]))
    return found


def where(item: Item) -> str:
    return str(item.equipment or item.place or _("In general"))


def _digest(item: Item) -> str:
    return item.picture.sha256 if item.picture_id else ""


def _said(item: Item, name: str, value) -> str:
    if value in (None, "", []):
        return str(item.get_when_display()) if name == "when" else ""
    if name in ("kind", "when"):
        return str(getattr(item, f"get_{name}_display")())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return shown(value)
    return "、".join(value) if isinstance(value, list) else str(value)


def moved(before: list, after: list) -> int:
    """How many have to be taken up and put down elsewhere: all but the longest run that kept its order."""
    place = {thread: number for number, thread in enumerate(before)}
    ends: list[int] = []  # the smallest end of an ascending run of each length
    for number in (place[thread] for thread in after):
        at = next((i for i, end in enumerate(ends) if end >= number), len(ends))
        ends[at : at + 1] = [number]
    return len(after) - len(ends)
