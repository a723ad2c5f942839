"""What is done to the draft of a checklist: items put in, moved, copied, taken out."""

from collections.abc import Iterable

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.steps import Conflict, verb

NEW = 2**15 - 1  # in the order: behind all others


class Drafting:
    """Verbs of a checklist on the items of its draft. Each holds the checklist, so that two editors take turns."""

    @verb(_("put an item into the draft"))
    def put_item(self, item, *, by, at):
        """A new one stands behind the others of its stop, or behind what it follows upon; a changed one stays in its place."""
        self._still_draft(item.version)
        if item._state.adding:
            item.order = item.order or NEW
        item.save()
        self._put_in_order(item.version)
        self._edited(item.version, _told(item))

    @verb(_("took an item out of the draft"))
    def take_out(self, draft, items: Iterable, *, by, at):
        """With what follows upon it."""
        self._still_draft(draft)
        items = list(items)
        self.entry.text = "\n".join(_told(item) for item in items[:10])
        draft.items.filter(pk__in=[item.pk for item in items]).delete()
        self._edited(draft, self.entry.text)

    @verb(_("changed the order of the draft"))
    def arrange(self, draft, wanted: list[int], edits: int | None = None, *, by, at):
        """`wanted` names items in their new order; those it leaves out stay behind the ones before them."""
        self._still_draft(draft)
        self.seen_as(draft, edits)
        if self._put_in_order(draft, _as_wanted(draft, wanted)):
            self._edited(draft)

    @verb(_("put items into the draft"))
    def put_items(self, draft, items: Iterable, *, by, at):
        """Several new ones at once, each behind the others of its stop."""
        self._still_draft(draft)
        items = list(items)
        for item in items:
            item.version, item.order = draft, item.order or NEW
            if item.after is not None:
                item.after_id = item.after.pk  # saved a moment ago
            item.save(force_insert=True)
        self._put_in_order(draft)
        self._edited(draft, "\n".join(_told(item) for item in items[:10]))

    @verb(_("took a sheet into the draft"))
    def take_sheet(self, draft, put: Iterable, out: Iterable, order: Iterable, edits: int, *, by, at):
        """Everything of it or nothing: what it adds and changes, what it leaves out, and the order of its rows."""
        self._still_draft(draft)
        self.seen_as(draft, edits)
        put, out = list(put), [item.pk for item in out]
        draft.items.filter(pk__in=out).delete()
        for item in put:
            item.version, item.order = draft, item.order or NEW
            if item.after is not None:
                item.after_id = item.after.pk
            item.save()
        self._put_in_order(draft, _as_wanted(draft, [item.pk for item in order]))
        self._edited(draft, _now("%(put)d put in or changed, %(out)d taken out") % {"put": len(put), "out": len(out)})

    def seen_as(self, draft, edits: int | None) -> None:
        """Refuse what was decided on a state of the draft that is no longer so."""
        if edits is not None and not type(draft).objects.filter(pk=draft.pk, edits=edits).exists():
            words = _now(
                "Somebody changed this draft since you opened the page. Look at it once more, then do it again."
            )
            raise Conflict(self, words)

    def _still_draft(self, draft) -> None:
        if not type(draft).objects.drafts().filter(pk=draft.pk, checklist=self).exists():
            raise Conflict(self, _now("This draft was published or dropped meanwhile. Begin a new one."))

    def _put_in_order(self, draft, items=None) -> bool:
        """Number the items as they are walked: stop by stop, follow-ups behind what they follow upon. True if any moved."""
        from equipment.stops import in_order, stops_of  # it groups items, which know this model

        items = list(draft.items.order_by("order", "id")) if items is None else items
        told = in_order(stops_of(items))
        moved = [item for number, item in enumerate(told, 1) if item.order != number]
        for number, item in enumerate(told, 1):
            item.order = number
        draft.items.bulk_update(moved, ["order"])
        return bool(moved)

    def _edited(self, draft, said: str = "") -> None:
        draft.edited()
        self.entry.text = said


def _as_wanted(draft, wanted: list[int]) -> list:
    """The items of the draft in that order; those it leaves out stay behind the ones before them."""
    place = {pk: number for number, pk in enumerate(wanted)}
    items, last = list(draft.items.order_by("order", "id")), -1
    for item in items:
        last = place.get(item.pk, last)
        item.wanted = last
    return sorted(items, key=lambda item: item.wanted)


def _told(item) -> str:
    stop = item.equipment or item.place
    return f"{stop} · {item.question}" if stop else item.question
