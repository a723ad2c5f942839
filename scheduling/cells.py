"""What stands beside a roster when a cell is touched: why this person, who else could, and why not the others."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from scheduling.part_open import PartOpen
from scheduling.rules import RULES, Duty, fits
from scheduling.rules.wording import reasons
from scheduling.sheet import Sheet
from scheduling.substitutes import Candidate, ranked

MOST_EXCLUDED = 40


@dataclass
class Seat:
    """One seat in the panel: who has it, and how it would be for the person asked about."""

    duty: Duty
    holder: int | None
    holder_name: str
    pinned: bool
    begun: bool
    problems: list[str] = field(default_factory=list)
    hard: bool = False
    open: str = ""  # the hours beside it that are open


@dataclass
class Panel:
    """Either one seat with its candidates, or a day: of one person, or of everyone."""

    date: dt.date
    person: int | None = None
    name: str = ""
    mine: list[Seat] = field(default_factory=list)
    others: list[Seat] = field(default_factory=list)
    parts: list[PartOpen] = field(default_factory=list)
    seat: Seat | None = None
    fitting: list[Candidate] = field(default_factory=list)
    excluded: list[Candidate] = field(default_factory=list)
    by_rule: list[tuple[str, int]] = field(default_factory=list)
    why_me: "WhyMe | None" = None


@dataclass
class WhyMe:
    """What whoever has a seat may know of it: their load against their share, and of others no more than numbers."""

    loads: list[tuple[str, float, int, int]]  # (category, fair share, duties without this one, with it)
    could: int
    by_rule: list[tuple[str, int]]


def panel_of(sheet: Sheet, asked, reader: int) -> Panel | None:
    """The panel that the address asks for with `slot`, or `day` with or without `person`; None for nothing known."""
    if (key := _number(asked.get("slot"))) in sheet.plan.duties:
        return _of_seat(sheet, key, reader)
    try:
        date = dt.date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return None
    if not sheet.plan.first <= date <= sheet.plan.last:
        return None
    person = _number(asked.get("person"))
    return _of_day(sheet, date, person if person in sheet.plan.people else None)


def _number(raw) -> int | None:
    try:
        return int(raw or "")
    except ValueError:
        return None


def _seat(sheet: Sheet, key: int, person: int | None = None) -> Seat:
    duty, holder = sheet.plan.duties[key], sheet.plan.who[key]
    name = sheet.plan.people[holder].name if holder is not None else ""
    slot = sheet.slots[key]
    seat = Seat(duty, holder, name, slot.is_pinned, duty.start <= sheet.at)
    seat.open = sheet.open_beside.get((slot.shift_id, slot.role, slot.starts_at, slot.ends_at), "")
    if person is not None:
        breaks = fits(sheet.plan, person, duty)
        seat.problems = reasons(sheet.plan, breaks, duty)
        seat.hard = any(RULES[broken.rule].hard for broken in breaks)
    return seat


def _of_seat(sheet: Sheet, key: int, reader: int) -> Panel:
    duty = sheet.plan.duties[key]
    panel = Panel(duty.date, seat=_seat(sheet, key, sheet.plan.who[key]))
    slot = sheet.slots[key]
    panel.parts = [part for part in sheet.parts if (part.shift, part.role) == (slot.shift_id, slot.role)]
    everyone = ranked(sheet.plan, duty, sheet.fair)
    panel.fitting = [c for c in everyone if c.ok]
    # Those outside of the seat's own people would be a long list that says nothing.
    near = [c for c in everyone if not c.ok and not any(b.rule == "in_pool" for b in c.breaks)]
    panel.excluded = near[:MOST_EXCLUDED]
    panel.by_rule = _by_rule(everyone)
    if panel.seat.holder == reader:
        panel.why_me = _why_me(sheet, duty, reader, [c for c in everyone if c.person.id != reader])
    return panel


def _by_rule(candidates: list[Candidate]) -> list[tuple[str, int]]:
    """(rule, how many it stands in the way of), the most first."""
    counts = Counter(rule for c in candidates for rule in {b.rule for b in c.breaks if RULES[b.rule].hard})
    return [(str(RULES[rule].title), n) for rule, n in counts.most_common()]


def _why_me(sheet: Sheet, duty: Duty, person: int, others: list[Candidate]) -> WhyMe:
    fair = sheet.fair
    loads = [(c, fair.target.get((person, c), 0.0), fair.load[person, c]) for c in duty.burdens()]
    return WhyMe(
        [(category, share, load - 1, load) for category, share, load in loads],
        sum(c.ok for c in others),
        _by_rule(others),
    )


def _of_day(sheet: Sheet, date: dt.date, person: int | None) -> Panel:
    panel = Panel(date, person, sheet.plan.people[person].name if person is not None else "")
    for key, duty in sorted(sheet.plan.duties.items(), key=lambda one: (one[1].start, one[1].post)):
        if duty.date != date:
            continue
        seat = _seat(sheet, key, person)
        (panel.mine if person is not None and seat.holder == person else panel.others).append(seat)
    panel.parts = [part for part in sheet.parts if part.date == date]
    panel.others.sort(key=lambda seat: (seat.holder is not None, seat.hard, seat.duty.start))
    return panel
