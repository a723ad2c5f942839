"""The watch now: who keeps it, and its line from start to end with every promise a mark."""

import datetime as dt
from dataclasses import dataclass

from duty import sockets
from duty.clock import HOUR, local
from duty.models import Deadline, Settled
from scheduling.models.shifts import Shift, my_watch

MOST_MARKS = 60
SOON = dt.timedelta(minutes=30)
ROW_HEIGHT, TOP, FOOT = 27, 48, 36
GRAVITY = {"late": 0, "soon": 1, "next": 2, "well": 3}


@dataclass
class Mark:
    """One promise on the line. `x` is a percentage of the watch, `row` 0 the lowest of a stack."""

    x: float
    sign: str
    state: str
    title: str
    at: dt.datetime
    address: str
    row: int = 0

    @property
    def y(self) -> int:
        return -self.row * ROW_HEIGHT


def strip(person, at):
    """What the desk's strip shows: the watch this person keeps, or the one kept for their unit."""
    shift = my_watch(person, at)
    if shift is None:
        return {"shift": None}
    crew = shift.crew()
    mine = next((seat for seat in crew if seat.person_id == person.pk), None)
    marks = marks_of(shift, person, at)
    return {
        "shift": shift,
        "crew": crew,
        "mine": mine,
        "may_see": shift.unit_id in person.sight.units(),
        "now_x": place(at, shift),
        "hours": hours_of(shift),
        "lines": [layout("wide", marks, closest=2.6), layout("narrow", marks, closest=7.6)],
    }


def people(person, at):
    shift = my_watch(person, at)
    return [seat.person for seat in shift.crew() if seat.person_id != person.pk] if shift else []


def place(at: dt.datetime, shift: Shift) -> float:
    """Where an instant lies on the watch, in per cent."""
    return round(100 * (at - shift.starts_at) / (shift.ends_at - shift.starts_at), 2)


def hours_of(shift: Shift) -> list[tuple[float, str]]:
    """Every second full hour (every third on long watches) inside the watch, as (per cent, 22:00)."""
    step = 2 if shift.ends_at - shift.starts_at <= 16 * HOUR else 4
    hour = local(shift.starts_at).replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    found = []
    while hour < shift.ends_at:
        x = place(hour, shift)
        if 4 < x < 96 and local(hour).hour % step == 0:
            found.append((x, f"{local(hour):%H:%M}"))
        hour += HOUR
    return found


def marks_of(shift: Shift, person, at: dt.datetime) -> list[Mark]:
    """The promises due on this watch that the person may see, in order of time."""
    within = Deadline.objects.visible_to(person).filter(due_at__gte=shift.starts_at, due_at__lt=shift.ends_at)
    within = within.select_related("matter").order_by("due_at", "id")
    within = within.only("kind", "due_at", "settled_at", "matter__kind", "matter__number", "matter__title")
    # Each half has an index of its own; asked for together they were read from the beginning of time.
    halves = within.open()[:MOST_MARKS], within.past().filter(settled_as=Settled.KEPT)[:MOST_MARKS]
    due = halves[0].union(halves[1], all=True).order_by("due_at", "id")[:MOST_MARKS]
    found = []
    for deadline in due:
        kind = sockets.deadline_kind(deadline.kind)
        if deadline.settled_at:
            state, sign = ("late", "!") if deadline.settled_at > deadline.due_at else ("well", "✓")
        elif deadline.due_at < at:
            state, sign = "late", "!"
        else:
            state, sign = ("soon" if deadline.due_at - at < SOON else "next"), kind.mark
        title = f"{local(deadline.due_at):%H:%M} {kind.title}: {deadline.matter}"
        found.append(
            Mark(place(deadline.due_at, shift), sign, state, title, deadline.due_at, deadline.matter.get_absolute_url())
        )
    return found


def layout(name: str, marks: list[Mark], closest: float) -> dict:
    """Stack marks nearer to each other than `closest` per cent, the gravest on top; says how high that gets."""
    stacks: list[list[Mark]] = []
    for mark in marks:
        if stacks and mark.x - stacks[-1][0].x < closest:
            stacks[-1].append(mark)
        else:
            stacks.append([mark])
    placed = []
    for stack in stacks:
        # Four fit above each other; of more, the gravest are shown and the calendar has the rest.
        shown = sorted(stack, key=lambda mark: GRAVITY[mark.state])[:4]
        for row, mark in enumerate(reversed(shown)):
            x = min(max(stack[0].x, closest / 2), 100 - closest / 2)  # whole at either end: half a mark is no mark
            placed.append(Mark(x, mark.sign, mark.state, mark.title, mark.at, mark.address, row))
    rows = max((mark.row for mark in placed), default=0)
    base = TOP + rows * ROW_HEIGHT
    return {"name": name, "marks": placed, "base": base, "height": base + FOOT, "foot": base + FOOT - 10}
