"""Two of the product's five sockets: what higher apps lend to a watch."""

from collections.abc import Callable
from dataclasses import dataclass

from duty.sockets import Registry


@dataclass(frozen=True)
class ShiftCheck:
    """Something to be in order before a watch begins or after it ends.

    `findings(shift, at)` returns the open points, each (text, address or ""); none means all is well.
    """

    name: str
    when: str  # before, after
    title: str
    findings: Callable


@dataclass(frozen=True)
class HandoverSection:
    """What the next watch must be told: `items(shift, at)` returns (title, detail, address, (gravity, badge)) rows."""

    name: str
    title: str
    items: Callable
    order: int = 50


shift_checks = Registry("shift check")
handover_sections = Registry("handover section")
