"""An Excel sheet of items read against a draft: what each row adds or changes, and what is wrong with it.

Nothing is written here. A row is about the item of that question at that stop, if there is one.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty.sheets import in_every_language, plain, typed
from duty.sheets_in import Unreadable, sheets_of
from equipment import numerals
from equipment.differences import Differences, differences, moved
from equipment.forms.stops import Spots
from equipment.item_sheets import HEADS, SWITCHES
from equipment.measures import measure
from equipment.models import Item, Kind, Version, When
from equipment.models.gauges import BOUNDS
from equipment.models.items import LIMITS
from equipment.stops import in_order, items_of, key_of, stops_of

NEEDED = ("question", "kind")
MOST_ITEMS = 1000
BETWEEN = re.compile(r"\s*[;；\n]\s*")
NO_CHECK = ("version", "equipment", "place", "gauge", "picture", "after", "choices", "bad_choices", "thread")

Row = dict[str, str]  # what stands in each column, and under "row" its number


def rows_of(file) -> list[Row]:
    """The rows of the first sheet that has the columns. Raises Unreadable."""
    heads = in_every_language(HEADS.items())
    too_many = _("More than %(n)d items: this is no checklist.") % {"n": MOST_ITEMS}
    for sheet in sheets_of(file, _("This file is too large for a checklist: 2 MB at most."), too_many):
        columns = [heads.get(plain(cell).casefold()) for cell in sheet[0]] if sheet else []
        if not all(name in columns for name in NEEDED):
            continue
        found = []
        for number, cells in enumerate(sheet[1:], 2):
            row = {name: _text(cell) for name, cell in zip(columns, cells, strict=False) if name}
            if any(row.values()):
                found.append(row | {"row": str(number)})
        if len(found) > MOST_ITEMS:
            raise Unreadable([too_many])
        return found
    names = ", ".join(str(HEADS[name]) for name in NEEDED)
    raise Unreadable(
        [_("No sheet of this file has the columns %(heads)s. Begin with the one exported here.") % {"heads": names}]
    )


def _text(cell) -> str:
    """As it was typed; numbers without the nought that a spreadsheet puts behind them; line breaks stay."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "\n".join(filter(None, (typed(line) for line in str("" if cell is None else cell).splitlines())))[:600]


@dataclass
class Reading:
    put: list[Item] = field(default_factory=list)  # new and changed, in the order of the sheet
    order: list[Item] = field(default_factory=list)  # every item that the sheet names, as its rows stand
    out: list[Item] = field(default_factory=list)  # on the draft, but not in the sheet
    wrong: list[tuple[int, str]] = field(default_factory=list)  # (row, why)
    found: Differences = field(default_factory=Differences)


def compared(draft: Version, rows: list[Row], spots: Spots) -> Reading:
    """What the rows make of the draft, or what is wrong with them."""
    reading, items = Reading(), items_of(draft)
    standing = Standing(items)
    before = [_like(item) for item in items]
    seen: dict[tuple, tuple[int, Item]] = {}  # {what the row asks: its number, its item}
    for row in rows:
        number = int(row["row"])
        try:
            item, key = _item(draft, row, spots, standing, seen)
            if key in seen:
                raise ValidationError(_("row %(n)d asks the same already.") % {"n": seen[key][0]})
            seen[key] = number, item
        except ValidationError as why:
            reading.wrong += [(number, said) for said in _said(why)]
    told = {pk for _number, item in seen.values() for pk in (item.pk, item.after_id)}  # what others follow upon stays
    reading.out = [item for item in items if item.pk not in told]
    reading.order = [item for _number, item in seen.values()]
    reading.found = differences(before, reading.order)
    reading.found.moved = _moved(items, reading.order)
    changed = {id(change.item) for change in reading.found.changed} | {id(item) for item in reading.found.added}
    reading.put = [item for item in reading.order if id(item) in changed]
    return reading


def _moved(items: list[Item], order: list[Item]) -> int:
    """How many of those on the draft stand elsewhere by the sheet; rows of one stop stand together wherever they are."""
    known = {item.pk for item in items} & {item.pk for item in order}
    now, then = (in_order(stops_of(item for item in rows if item.pk in known)) for rows in (items, order))
    return moved([item.pk for item in now], [item.pk for item in then])


class Standing:
    """The draft's items by what they ask, whichever width its signs are written in: （进风） is (进风).

    Only where two of one stop differ in nothing else are they told apart by it.
    """

    def __init__(self, items: list[Item]):
        asked = [(key_of(*item.stop), item.after.question if item.after_id else "", item.question) for item in items]
        often = Counter(_one_width(key) for key in asked)
        self.twice = {key for key, times in often.items() if times > 1}
        self.items = {self.key(*key): item for key, item in zip(asked, items, strict=True)}

    def key(self, stop: str, above: str, question: str) -> tuple[str, str, str]:
        written = stop, above, question
        compared = _one_width(written)
        return written if compared in self.twice else compared

    def get(self, key: tuple[str, str, str]) -> Item | None:
        return self.items.get(key)


def _one_width(key: tuple[str, str, str]) -> tuple[str, str, str]:
    stop, above, question = key
    return stop, plain(above), plain(question)


def _like(item: Item) -> Item:
    """The item as it stands, to compare with."""
    copy = Item()
    copy.__dict__.update({name: value for name, value in item.__dict__.items() if name != "_state"})
    copy._state.fields_cache = dict(item._state.fields_cache)
    return copy


def _said(why: ValidationError) -> list[str]:
    if not hasattr(why, "error_dict"):
        return why.messages
    return [
        f"{HEADS[name]}: {words}" if name in HEADS else words
        for name, messages in why.message_dict.items()
        for words in messages
    ]


def _item(draft: Version, row: Row, spots: Spots, standing: Standing, seen: dict) -> tuple[Item, tuple]:
    equipment, place = _stop(row, spots)
    question, above = " ".join(row.get("question", "").split()), " ".join(row.get("after", "").split())
    if not question:
        raise ValidationError({"question": _("write what is looked at.")})
    stop = key_of(equipment and equipment.pk, place and place.pk)
    key = standing.key(stop, above, question)
    item = standing.get(key) or Item(version=draft, equipment=equipment, place=place, question=question)
    if above and item._state.adding:
        its_key = standing.key(stop, "", above)
        upper = seen.get(its_key, (0, standing.get(its_key)))[1]
        if upper is None:
            raise ValidationError(
                {"after": _("there is no item “%(name)s” at this stop above it.") % {"name": above[:40]}}
            )
        item.after = upper
    item.kind = _word(row, "kind", Kind)
    item.when = (
        _word(row, "when", When)
        if above and row.get("when")
        else When.ABNORMAL
        if above and item._state.adding
        else item.when
    )
    for name in ("method",):
        if name in row:
            item.method = row[name].replace("\n", " ")
    _figures(item, row)
    for name in ("choices", "bad_choices"):
        if name in row:
            setattr(item, name, [words for words in BETWEEN.split(row[name]) if words])
    if len(set(item.choices)) < len(item.choices):
        raise ValidationError({"choices": _("one of them stands there twice.")})
    for name, usual in SWITCHES.items():
        if name in row:
            setattr(item, name, _switch(row, name, usual))
    item.clean_fields(exclude=NO_CHECK)
    item.clean()
    if any(len(words) > 40 for words in item.choices):
        raise ValidationError({"choices": _("40 characters at most for each.")})
    return item, key


def _stop(row: Row, spots: Spots):
    code, place = row.get("equipment", ""), row.get("place", "")
    if not code:
        return None, spots.place(place) if place else None
    piece = spots.piece(code)
    if (name := row.get("name")) and plain(name) != plain(piece.name):
        words = _("%(code)s is “%(name)s”, not “%(said)s”. Check the code.")
        raise ValidationError(words % {"code": piece.code, "name": piece.name, "said": name[:40]})
    return piece, None


def _figures(item: Item, row: Row) -> None:
    """Unit and limits; those of the gauge of that name where a new row says nothing of them."""
    if item.kind != Kind.NUMBER:
        return
    if item._state.adding and item.equipment and not any(row.get(name) for name in (*BOUNDS, "measure")):
        gauge = item.equipment.gauges.in_use().filter(name=item.question).first()
        if gauge is not None:
            item.take_from(gauge)
    elif "measure" in row:
        found = measure(row["measure"])
        if found is None:
            raise ValidationError(
                {"measure": _("“%(said)s” is no known unit of measure.") % {"said": row["measure"][:20]}}
            )
        item.measure = found
    for name in LIMITS:
        if row.get(name) or (name in row and not item._state.adding):
            setattr(item, name, _number(row, name))


def _number(row: Row, name: str) -> Decimal | None:
    said = row[name]
    if not said:
        return None
    try:
        return numerals.number(said)
    except ValueError:
        words = _("“%(said)s” is no number. Write it without a comma for thousands.")
        raise ValidationError({name: words % {"said": said[:20]}}) from None


def _word(row: Row, name: str, choices):
    known = {plain(value).casefold(): value for value in choices.values} | in_every_language(choices.choices)
    said = plain(row.get(name, ""))
    if said.casefold() not in known:
        names = "、".join(str(label) for _value, label in choices.choices)
        raise ValidationError({name: _("“%(said)s” is none of: %(names)s.") % {"said": said[:20], "names": names}})
    return known[said.casefold()]


def _switch(row: Row, name: str, usual: bool) -> bool:
    said = plain(row[name]).casefold()
    if not said:
        return usual
    if said in ("是", "yes", "y", "1", "true", "√", "✓"):
        return True
    if said in ("否", "no", "n", "0", "false", "×"):
        return False
    raise ValidationError({name: _("write yes or no.")})
