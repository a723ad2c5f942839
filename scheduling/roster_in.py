"""An Excel file read into a draft: what each row wishes, what is wrong with it, and which seats would change.

Nothing is written here. Both sheets that go out are read: the one that says something new counts.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from duty.clock import local
from duty.sheets import in_every_language, plain
from duty.sheets_in import MOST_ROWS, Unreadable, sheets_of
from scheduling.models import Roster, SeatRole, Slot
from scheduling.naming import Kind, Kinds, Register, Unknown, known_codes
from scheduling.roster_out import HEADS

MOST_TOLD = 20
NEEDED = ("date", "post", "watch", "seat", "person")
HOURS = ("begins", "ends")  # for the eye: whoever changes them is told where that is done

Changes = dict[int, int | None]  # slot: person


@dataclass(frozen=True)
class Wish:
    row: int
    date: dt.date
    kind: Kind
    person: int | None


@dataclass
class Reading:
    """One sheet: what it wishes and what is wrong with it."""

    changes: Changes = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def refuse(self, row: int, why: str) -> None:
        self.wrong.append(_("Row %(n)s: %(why)s") % {"n": row, "why": why})


def read(file, roster: Roster, slots: list[Slot], register: Register, at: dt.datetime) -> Changes:
    """The seats that the file changes. Raises Unreadable with everything that is wrong, row by row."""
    too_many = _("More than %(n)s rows: this is no roster.") % {"n": MOST_ROWS}
    sheets = sheets_of(file, _("This file is too large for a roster: 2 MB at most."), too_many)
    readings = [found for rows in sheets if (found := _reading(rows, roster, slots, register, at))]
    if not readings:
        heads = ", ".join(str(HEADS[head]) for head in NEEDED)
        raise Unreadable(
            [_("No sheet of this file has the columns %(heads)s, or people and dates.") % {"heads": heads}]
        )
    telling = [one for one in readings if one.wrong or one.changes]
    if wrong := [words for one in telling for words in one.wrong]:
        more = [_("… and %(n)s more") % {"n": len(wrong) - MOST_TOLD}] if len(wrong) > MOST_TOLD else []
        raise Unreadable(wrong[:MOST_TOLD] + more)
    if any(one.changes != telling[0].changes for one in telling):
        raise Unreadable(
            [_("The list and the table of people × days say different things. Delete the sheet that is not meant.")]
        )
    return telling[0].changes if telling else {}


def _reading(rows: list[tuple], roster: Roster, slots: list[Slot], register: Register, at) -> Reading | None:
    """None for a sheet that is neither."""
    if not rows:
        return None
    heads = in_every_language(HEADS.items())
    first = [heads.get(plain(cell).casefold()) for cell in rows[0]]
    reading = Reading()
    if all(head in first for head in NEEDED):
        columns = {head: first.index(head) for head in (*NEEDED, *HOURS) if head in first}
        wishes = _from_list(rows, columns, roster, slots, register, reading)
    elif first[0] == "person" and any(_date(cell) for cell in rows[0][1:]):
        wishes = _from_table(rows, roster, slots, register, reading)
    else:
        return None
    if not reading.wrong:
        _apply(wishes, slots, register, at, reading)
    return reading


def _from_list(rows, columns, roster, slots, register, reading) -> list[Wish]:
    roles = in_every_language(SeatRole.choices)
    posts = {plain(slot.post.name): slot.post_id for slot in slots}
    kind_of = Kinds(slots)
    kinds = {(slot.date, kind_of(slot)) for slot in slots}
    watches, hours = _watches(slots, kind_of), _hours(slots, kind_of)
    wishes = []
    for number, row in enumerate(rows[1:], 2):
        cells = {head: row[place] if place < len(row) else None for head, place in columns.items()}
        if not any(plain(cell) for cell in cells.values()):
            continue
        date = _date(cells["date"])
        post, role = posts.get(plain(cells["post"])), roles.get(plain(cells["seat"]).casefold())
        called = watches.get((date, post, plain(cells["watch"])), [])
        name = called[0] if called else None
        if date is None:
            reading.refuse(number, _("write the date like 2026-01-31."))
        elif not roster.first_on <= date <= roster.last_on:
            reading.refuse(number, _("%(day)s is no day of this roster") % {"day": date})
        elif post is None:
            reading.refuse(number, _("no post called %(name)s") % {"name": plain(cells["post"])[:60]})
        elif name is None:
            reading.refuse(number, _("no watch called %(name)s on this day") % {"name": plain(cells["watch"])[:60]})
        elif len(called) > 1:
            several = _("several watches of this day are called that: write %(names)s")
            reading.refuse(number, several % {"names": "、".join(called)})
        elif role is None or (date, (post, name, role)) not in kinds:
            reading.refuse(number, _("this watch has no seat %(name)s") % {"name": plain(cells["seat"])[:60]})
        elif wrong := [
            cells[h] for n, h in enumerate(HOURS) if _other(cells.get(h), hours[date, (post, name, role)], n)
        ]:
            words = _("this watch is kept %(hours)s, not at %(said)s: its hours are changed on the watch, not here")
            kept = "、".join("–".join(span) for span in sorted(hours[date, (post, name, role)]))
            reading.refuse(number, words % {"hours": kept, "said": _hour(wrong[0])[:20]})
        else:
            try:
                wishes.append(Wish(number, date, (post, name, role), register.find(plain(cells["person"]))))
            except Unknown as why:
                reading.refuse(number, str(why))
    return wishes


def _watches(slots, kind_of: Kinds) -> dict[tuple, list[str]]:
    """{(day, post, a name as written): the watches that may be meant}; one alone on its day needs no hour."""
    found: dict[tuple, list[str]] = defaultdict(list)
    for name, bare, date, post in sorted({(kind_of.name(slot), slot.name, slot.date, slot.post_id) for slot in slots}):
        for written in {plain(name), plain(bare)}:
            found[date, post, written].append(name)
    return found


def _hours(slots: list[Slot], kind_of: Kinds) -> dict[tuple, set[tuple[str, str]]]:
    """{(day, sort of seat): when it is kept, as (from, to) in words}."""
    found = defaultdict(set)
    for slot in slots:
        found[slot.date, kind_of(slot)].add((f"{local(slot.starts_at):%H:%M}", f"{local(slot.ends_at):%H:%M}"))
    return found


def _hour(cell) -> str:
    """Spreadsheets make times of what looks like one, and leave the leading nought out."""
    said = f"{cell:%H:%M}" if isinstance(cell, dt.time | dt.datetime) else plain(cell)
    return f"0{said}" if len(said) == 4 and said[1] == ":" else said[:5] if said[5:] == ":00" else said


def _other(cell, kept: set[tuple[str, str]], side: int) -> bool:
    return bool(plain(cell)) and _hour(cell) not in {span[side] for span in kept}


def _from_table(rows, roster, slots, register, reading) -> list[Wish]:
    """The table says everything of its days: whoever is not on it has no duty there."""
    codes, wishes, seen = known_codes(slots), [], set()
    kind_of = Kinds(slots)
    kinds = Counter((slot.date, kind_of(slot)) for slot in slots)
    dates = [_date(cell) for cell in rows[0]]
    for place, date in enumerate(dates[1:], 1):
        if date is None and plain(rows[0][place]):
            reading.refuse(1, _("write the date like 2026-01-31."))
        elif date and not roster.first_on <= date <= roster.last_on:
            reading.refuse(1, _("%(day)s is no day of this roster") % {"day": date})
        elif date and date in dates[1:place]:
            reading.refuse(1, _("%(day)s stands there twice") % {"day": date})
    for number, row in enumerate(rows[1:], 2):
        if not any(plain(cell) for cell in row):
            continue
        try:
            person = register.find(plain(row[0]))
        except Unknown as why:
            reading.refuse(number, str(why))
            continue
        if person is None:
            reading.refuse(number, _("the name is missing"))
        elif person in seen:
            reading.refuse(number, _("%(name)s stands there twice") % {"name": register.people[person].name})
        seen.add(person)
        for date, cell in zip(dates[1:], row[1:], strict=False):
            for code in plain(cell).replace(",", " ").replace("、", " ").split() if date else ():
                kind = codes.get(code.casefold())
                if kind is None or not kinds[date, kind]:
                    reading.refuse(number, _("no seat %(code)s on %(day)s") % {"code": code[:20], "day": date})
                else:
                    wishes.append(Wish(number, date, kind, person))
    named = Counter((wish.date, wish.kind) for wish in wishes)
    for (date, kind), many in kinds.items():
        if date in dates:
            wishes += [Wish(1, date, kind, None)] * (many - named[date, kind])
    return wishes


def _date(cell) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"):
        try:
            return dt.datetime.strptime(plain(cell), form).date()
        except ValueError:
            continue
    return None


def _apply(wishes: Iterable[Wish], slots: list[Slot], register: Register, at, reading: Reading) -> None:
    """Whoever sits there and is named again stays on their seat; the others take those that are left, open ones first."""
    kind_of = Kinds(slots)
    _nobody_twice(wishes, slots, kind_of, register, reading)
    places: dict[tuple, list[Slot]] = defaultdict(list)
    for slot in slots:
        places[slot.date, kind_of(slot)].append(slot)
    wished: dict[tuple, list[Wish]] = defaultdict(list)
    for wish in wishes:
        wished[wish.date, wish.kind].append(wish)
    for where, those in wished.items():
        left = sorted(places[where], key=lambda slot: slot.place)
        if len(those) > len(left):
            reading.refuse(those[len(left)].row, _("there are only %(n)s such seats on this watch") % {"n": len(left)})
            continue
        new = []
        for wish in those:
            stays = next((slot for slot in left if wish.person and slot.person_id == wish.person), None)
            if stays:
                left.remove(stays)
            else:
                new.append(wish)
        left.sort(key=lambda slot: slot.person_id is not None)
        for wish in sorted(new, key=lambda one: one.person is None):  # sorted: the open seats are those left over
            slot = left.pop(0)
            if slot.person_id == wish.person:
                continue
            if slot.starts_at <= at:
                reading.refuse(wish.row, _("%(slot)s has begun: change it on the page of the watch") % {"slot": slot})
            reading.changes[slot.pk] = wish.person


def _nobody_twice(
    wishes: Iterable[Wish], slots: list[Slot], kind_of: Kinds, register: Register, reading: Reading
) -> None:
    """Unless they sit there twice already, with two parts of the watch."""
    there = Counter((slot.date, *kind_of(slot)[:2], slot.person_id) for slot in slots)
    seen: Counter = Counter()
    for wish in wishes:
        key = (wish.date, *wish.kind[:2], wish.person)
        seen[key] += 1
        if wish.person and seen[key] > max(1, there[key]):
            name = register.people[wish.person].name
            reading.refuse(wish.row, _("%(name)s is on this watch twice") % {"name": name})
