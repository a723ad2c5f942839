"""The product's fifth socket: what higher apps can make of a defect."""

from collections.abc import Callable
from dataclasses import dataclass

from duty.sockets import Registry


@dataclass(frozen=True)
class DefectAction:
    """A button on a defect's page: `offer(defect, person)` returns (label, address, picture), or None where it has no place."""

    name: str
    offer: Callable
    order: int = 50


defect_actions = Registry("defect action")


def offers(defect, person) -> list[tuple[str, str, str]]:
    """What may be made of this defect by this person, in order."""
    found = (action.offer(defect, person) for action in sorted(defect_actions, key=lambda action: action.order))
    return [offer for offer in found if offer is not None]
