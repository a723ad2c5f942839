"""What a lower app shows of a higher one comes through a socket: a registry here, a plug in the app's `hooks.py`.

There are five, two of them here: deadline kinds with their recipient resolvers, and desk panels.
Shift checks and handover sections belong to `scheduling/sockets.py`, what a defect can become to `equipment/sockets.py`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from duty.ladders import Rung


@dataclass(frozen=True)
class DeadlineKind:
    """A kind of promise. `expected(at)` yields the ids of matters that ought to have one open now."""

    name: str  # "incidents.report"
    title: str
    mark: str  # one letter or character for the watch line
    action: Callable  # (deadline, person, whether they are asked for an answer) → (label, address)
    expected: Callable[[dt.datetime], Iterable[int]]
    ladder: tuple[Rung, ...] = ()
    brief: Callable | None = None  # matter ids → {id: the facts, in the language in force}
    urgent: bool = False
    pinned: bool = False
    needs_acknowledgement: bool = False
    personal: bool = False  # concerns whoever owes it: stands on nobody else's desk
    ahead: dt.timedelta | None = None  # stands on a desk only this long before it is due; None is always
    restore: Callable | None = None  # matter id → opens the promise again, for the watchdog


@dataclass(frozen=True)
class Resolver:
    """Finds recipients when a rung fires, for a whole batch at once.

    `find(dues, at)` takes `sweeping.Due` rows and returns {deadline id: [person ids]}.
    """

    name: str
    title: str
    find: Callable


@dataclass(frozen=True)
class DeskPanel:
    """Something an app lends to the desk: a template and what it shows for this person now."""

    name: str
    place: str  # strip, side
    template: str
    context: Callable  # (person, at) → dict, or None to stay away
    order: int = 50
    people: Callable | None = None  # (person, at) → those who may take over this computer


@dataclass
class Registry:
    what: str
    plugs: dict = field(default_factory=dict)

    def add(self, plug):
        if plug.name in self.plugs:
            raise ValueError(f"{self.what} {plug.name} is plugged in twice")
        self.plugs[plug.name] = plug
        return plug

    def __getitem__(self, name: str):
        try:
            return self.plugs[name]
        except KeyError:
            raise LookupError(f"no {self.what} called {name!r}; known: {', '.join(sorted(self.plugs))}") from None

    def __iter__(self):
        return iter(self.plugs.values())

    def __contains__(self, name: str):
        return name in self.plugs


deadline_kinds = Registry("deadline kind")
resolvers = Registry("recipient resolver")
desk_panels = Registry("desk panel")


def deadline_kind(name: str) -> DeadlineKind:
    return deadline_kinds[name]


def people_at_hand(person, at) -> list:
    """Who is likely to take over this computer: what the first desk panel that knows a watch says, else nobody."""
    for panel in panels("strip"):
        if panel.people is not None:
            return panel.people(person, at)
    return []


def panels(place: str) -> list[DeskPanel]:
    return sorted((panel for panel in desk_panels if panel.place == place), key=lambda panel: panel.order)
