"""A roster as people × days: what each cell shows, what is open on each day, how each person's load lies."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import pgettext_lazy

from duty.clock import DAY
from duty.templatetags.times import weekday
from scheduling.fairness import Balance, balance
from scheduling.gathering import tallies
from scheduling.marks import Chip, Marks
from scheduling.models import AbsenceKind, Roster, SeatRole
from scheduling.models.days import days_between
from scheduling.models.laying import Laid, as_drafted, as_published
from scheduling.part_open import PartOpen, parts_open
from scheduling.publishing import plan_from
from scheduling.rules import RULES, Break, Plan, breaks_of
from scheduling.rules.wording import said

QUIET = ("recommended_length", "spacing")  # told as remarks: marked on every other cell they would say nothing
CROWDED = ("spacing", "weekends_in_row")
BURDENS = {
    "total": pgettext_lazy("burden", "Duties"),
    "night": pgettext_lazy("burden", "Nights"),
    "weekend": pgettext_lazy("burden", "Rest days"),
    "holiday": pgettext_lazy("burden", "Statutory holidays"),
    "reserve": pgettext_lazy("burden", "Reserve"),
}
AWAY = {
    AbsenceKind.LEAVE: pgettext_lazy("away on the roster", "Lv"),
    AbsenceKind.SICK: pgettext_lazy("away on the roster", "Si"),
    AbsenceKind.TRAINING: pgettext_lazy("away on the roster", "Tr"),
    AbsenceKind.AWAY: pgettext_lazy("away on the roster", "Aw"),
}
SPAN = 4.0  # duties off the target at which the bar is full


@dataclass
class Column:
    date: dt.date
    kind: str
    name: str
    is_moved: bool
    open: int = 0
    partly: int = 0  # seats of which a part is open
    seats: int = 0

    @property
    def number(self) -> int:
        return self.date.day

    @property
    def sort(self) -> str:
        return {"holiday": "ho", "rest": "we"}.get(self.kind, "")

    @property
    def weekday(self) -> str:
        return weekday(self.date)


@dataclass
class Row:
    person: int
    name: str
    cells: list[tuple[Column, list[Chip], str, str]]  # column, duties, why away, wish
    deviation: float
    told: str  # every category, in words

    @property
    def bar(self) -> tuple[float, float]:
        """(where it begins, how wide), in per cent of the bar, its middle being the target."""
        width = min(50.0, 50 * abs(self.deviation) / SPAN)
        return (50.0 if self.deviation >= 0 else 50 - width), max(width, 1.0)

    @property
    def is_off(self) -> bool:
        return abs(self.deviation) > 1


@dataclass
class Sheet:
    """One roster laid out; `plan` and `fair` are what it was made of."""

    roster: Roster
    plan: Plan
    fair: Balance
    slots: dict[int, Laid]
    at: dt.datetime
    parts: list[PartOpen] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @cached_property
    def names(self) -> dict[str, str]:
        return {category: category_name(category) for category in self.fair.categories}

    @cached_property
    def marks(self) -> Marks:
        return Marks()

    @property
    def legend(self) -> list[tuple[str, str, str]]:
        return self.marks.legend(self.plan.duties.values())

    @cached_property
    def breaks(self) -> list[Break]:
        begun = {key for key, duty in self.plan.duties.items() if duty.start <= self.at}
        return [broken for broken in breaks_of(self.plan) if not begun.issuperset(broken.duties)]

    @cached_property
    def states(self) -> dict[tuple[int | None, int], str]:
        """{(person, slot): the gravest that is wrong with it}."""
        found: dict = {}
        for broken in self.breaks:
            if broken.rule not in QUIET:
                state = "hard" if RULES[broken.rule].hard else "soft"
                for key in broken.duties:
                    if found.get((broken.person, key)) != "hard":
                        found[broken.person, key] = state
        return found

    @cached_property
    def conflicts(self) -> list[Break]:
        """Hard ones other than open seats: these have a count of their own."""
        return [b for b in self.breaks if RULES[b.rule].hard and b.rule != "filled"]

    @cached_property
    def warnings(self) -> list[Break]:
        return [broken for broken in self.breaks if not RULES[broken.rule].hard]

    def worded(self, breaks: list[Break], most: int = 12) -> list[tuple[str, int]]:
        """(sentence, the slot it is about), the first of them."""
        return [(said(self.plan, broken), broken.duties[-1]) for broken in breaks[:most]]

    @cached_property
    def remarks(self) -> list[tuple[str, int, int]]:
        """(sentence, the first slot it is about, how often): what one rule says of one person is said once."""
        groups: dict[tuple, list[Break]] = defaultdict(list)
        for broken in self.warnings:
            groups[broken.rule, broken.person].append(broken)
        found, crowds = [], defaultdict(list)
        for (rule, _person), those in sorted(groups.items(), key=lambda one: -len(one[1])):
            if rule in CROWDED:
                crowds[rule].append(those)
            else:
                found.append((said(self.plan, those[0]), those[0].duties[-1], len(those)))
        for rule, each in crowds.items():  # what concerns nearly everyone is one line
            names = [self.plan.people[those[0].person].name for those in each]
            words = f"{RULES[rule].title}: {'、'.join(names[:6])}{'…' if len(names) > 6 else ''}"
            found.append((words, each[0][0].duties[-1], sum(map(len, each))))
        return found

    @cached_property
    def open_beside(self) -> dict[tuple, str]:
        """{(watch, role, start, end) of someone's part: the hours beside it that are open}."""
        found: dict[tuple, str] = {}
        for part in self.parts:
            for slot in self.slots.values():
                touches = part.span[0] in (slot.ends_at, slot.starts_at) or part.span[1] in (
                    slot.starts_at,
                    slot.ends_at,
                )
                if (slot.shift_id, slot.role) == (part.shift, part.role) and slot.person_id and touches:
                    key = slot.shift_id, slot.role, slot.starts_at, slot.ends_at
                    found[key] = "、".join(filter(None, (found.get(key), part.hours)))
        return found

    @property
    def misplaced(self) -> float:
        """Duties that would have to change hands for a perfect balance, in the category where it is most."""
        return max((self.fair.misplaced(c) for c in self.fair.categories if ":" not in c), default=0.0)

    @property
    def open(self) -> int:
        return sum(column.open for column in self.columns)

    @property
    def shares(self) -> list[tuple[str, float]]:
        """(category, per cent within one of the target) of the main categories."""
        return [(c, 100 * self.fair.within_one(c)) for c in self.fair.categories if ":" not in c]


def slots_of(roster: Roster, at: dt.datetime) -> list[Laid]:
    """The seats of a draft; of a published roster, its watches as seats, numbered below nought."""
    if roster.is_draft:
        return as_drafted(roster)
    slots = sorted(as_published(roster, at), key=lambda slot: (slot.starts_at, slot.post.order, slot.post_id))
    for number, slot in enumerate(slots, 1):
        slot.pk = -number
    return slots


def sheet_of(roster: Roster, at: dt.datetime) -> Sheet:
    slots = slots_of(roster, at)
    plan = plan_from(roster, slots)
    fair = balance(plan, tallies(plan.people, plan.first))
    sheet = Sheet(roster, plan, fair, {slot.pk: slot for slot in slots}, at)
    days = days_between(roster.first_on, roster.last_on)
    columns = {date: Column(date, day.kind, day.holiday, day.is_marked) for date, day in days.items()}
    for key, duty in plan.duties.items():
        columns[duty.date].seats += 1
        columns[duty.date].open += plan.who[key] is None
    sheet.parts = parts_open(roster, at)
    for part in sheet.parts:
        columns[part.date].partly += 1
    sheet.columns = list(columns.values())
    sheet.rows = [_row(sheet, person) for person in sorted(plan.people, key=_in_order(sheet))]
    return sheet


def _in_order(sheet: Sheet):
    """Leaders first, then as the pool is sorted."""
    order = list(sheet.plan.people)
    place = {person: n for n, person in enumerate(order)}

    def key(person: int):
        roles = {role for member in sheet.plan.people[person].memberships for role in member.roles}
        return (SeatRole.LEADER not in roles, place[person])

    return key


def _row(sheet: Sheet, person: int) -> Row:
    chips: dict[dt.date, list[Chip]] = defaultdict(list)
    for duty in sheet.plan.held(person):
        if duty.key in sheet.plan.duties:
            state = sheet.states.get((person, duty.key), "")
            slot = sheet.slots[duty.key]
            chip = sheet.marks.chip(duty, state, slot.is_pinned)
            if sheet.parts:
                chip.open = sheet.open_beside.get((slot.shift_id, slot.role, slot.starts_at, slot.ends_at), "")
            chips[duty.date].append(chip)
    who = sheet.plan.people[person]
    away = _away(who, sheet.plan.first, sheet.plan.last)
    cells = [
        (column, chips[column.date], away.get(column.date, ""), who.wishes.get(column.date, ""))
        for column in sheet.columns
    ]
    told = " · ".join(
        f"{sheet.names[c]} {sheet.fair.load[person, c]} ({sheet.fair.deviation(person, c):+.1f})"
        for c in sheet.fair.categories
        if sheet.fair.exposure.get((person, c)) or sheet.fair.load[person, c]
    )
    return Row(person, who.name, cells, sheet.fair.deviation(person, "total"), told)


def _away(person, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    found = {}
    for away in person.away:
        day = max(first, away.start.date())
        while day <= min(last, (away.end - dt.timedelta(microseconds=1)).date()):
            found[day] = str(AWAY[away.kind])
            day += DAY
    return found


def category_name(category: str) -> str:
    return str(BURDENS[category]) if category in BURDENS else category.partition(":")[2]
