"""The picture of a round's window: opens, planned, begun by, done by, missed; drawn to scale, but with room for its words. Pure."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import pgettext

from duty.clock import MINUTE

NARROWEST = 0.17  # of the whole, for the words under a mark


@dataclass(frozen=True)
class Mark:
    x: float  # in per cent
    name: str
    said: str  # the time of day, or how many minutes before or after the plan
    anchor: str


@dataclass(frozen=True)
class Stretch:
    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Window:
    marks: list[Mark]
    stretches: list[Stretch]

    @property
    def in_words(self) -> str:
        return " · ".join(f"{mark.name} {mark.said}" for mark in self.marks)


def window_of(plan) -> Window:
    """Of a plan, saved or not; with times of day where its rhythm names one."""
    offsets = [
        -plan.early_minutes,
        0,
        plan.start_minutes,
        plan.window_minutes,
        plan.window_minutes + plan.grace_minutes,
    ]
    names = (
        pgettext("window", "opens"), pgettext("window", "planned"), pgettext("window", "begun by"),
        pgettext("window", "done by"), pgettext("window", "missed"),
    )  # fmt: skip
    places = _places(offsets)
    first = min(plan.times) if plan.times and plan.rhythm in ("times", "weekly", "monthly") else None
    anchors = ("start", "middle", "middle", "middle", "end")
    marks = [
        Mark(x, name, _said(offset, first), anchor)
        for x, name, offset, anchor in zip(places, names, offsets, anchors, strict=True)
    ]
    kinds = ("early", "begin", "walk", "late")
    stretches = [
        Stretch(start, end - start, kind)
        for start, end, kind in ((*pair, kind) for pair, kind in zip(pairwise(places), kinds, strict=True))
    ]
    return Window(marks, stretches)


def _places(offsets: list[int]) -> list[float]:
    """Where each mark stands, in per cent: as far apart as their minutes, none closer than its words are wide."""
    spans = [max(later - earlier, 0) for earlier, later in pairwise(offsets)]
    whole = sum(spans) or 1
    spare = 1 - NARROWEST * len(spans)
    places, x = [0.0], 0.0
    for span in spans:
        x += NARROWEST + spare * span / whole
        places.append(round(100 * x, 2))
    return places


def _said(offset: int, first: dt.time | None) -> str:
    if first is None:
        return "0" if offset == 0 else f"{offset:+d}".replace("-", "−")
    at = dt.datetime.combine(dt.date(2001, 1, 3), first) + offset * MINUTE
    days = (at.date() - dt.date(2001, 1, 3)).days
    if days == 0:
        return f"{at:%H:%M}"
    if abs(days) == 1:
        words = pgettext("time of day", "%(t)s +1") if days > 0 else pgettext("time of day", "%(t)s −1")
        return words % {"t": f"{at:%H:%M}"}
    return f"{at:%H:%M} ({days:+d} d)"
