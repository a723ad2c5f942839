"""A version as it is walked: stop by stop, each with what is looked at there, follow-ups under what they follow upon."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipment.models import Equipment, Item, Place, Version
from equipment.models.places import place_tree


@dataclass
class Stop:
    """What is answered standing in front of one piece or at one place; without either, in general."""

    equipment: Equipment | None = None
    place: Place | None = None
    items: list[Item] = field(
        default_factory=list
    )  # without follow-ups; each has its own in `follows`, and its `number` on paper

    @property
    def key(self) -> str:
        """As addresses and forms name it."""
        return key_of(self.equipment and self.equipment.pk, self.place and self.place.pk)

    @property
    def path(self) -> str:
        """Where one has to go."""
        here = self.equipment.place_id if self.equipment else self.place and self.place.pk
        return place_tree().path(here) if here else ""

    @property
    def count(self) -> int:
        return sum(1 + len(item.follows) for item in self.items)


def key_of(equipment: int | None, place: int | None) -> str:
    return f"e{equipment}" if equipment else f"p{place}" if place else "g"


def items_of(version: Version | None) -> list[Item]:
    if version is None:
        return []
    rows = version.items.select_related("equipment", "place", "picture", "gauge")
    return list(rows.order_by("order", "id"))


def stops_of(items: Iterable[Item]) -> list[Stop]:
    """In the order of the version; what belongs to one stop stands together even where it was entered apart."""
    found: dict[str, Stop] = {}
    above: dict[int, Item] = {}
    items = list(items)
    for item in items:
        item.follows = []
        above[item.pk] = item
    for item in items:
        if item.after_id in above:
            above[item.after_id].follows.append(item)
        else:
            stop = found.setdefault(key_of(*item.stop), Stop(item.equipment, item.place))
            stop.items.append(item)
    stops = list(found.values())
    for number, item in enumerate((item for stop in stops for item in stop.items), 1):
        item.number = number
    return stops


def in_order(stops: Iterable[Stop]) -> list[Item]:
    """The items one after the other, each follow-up behind what it follows upon."""

    def told(item: Item):
        yield item
        for follow in item.follows:
            yield from told(follow)

    return [one for stop in stops for item in stop.items for one in told(item)]
