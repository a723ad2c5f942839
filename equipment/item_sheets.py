"""The items of a checklist as an Excel sheet, one row each; the same sheet is taken in again (`item_sheets_in.py`)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duty.sheets import Table
from equipment.measures import KNOWN, NONE
from equipment.models import Item, Kind, When
from equipment.models.items import LIMITS
from equipment.models.places import place_tree
from equipment.stops import in_order, stops_of

# The heads of the sheet, by the field they hold.
HEADS = {
    "equipment": gettext_lazy("code of the piece"),
    "name": gettext_lazy("name of the piece"),  # for the eye; another one than the code's is told
    "place": gettext_lazy("place"),
    "question": gettext_lazy("what is looked at"),
    "method": gettext_lazy("how"),
    "kind": gettext_lazy("answered by"),
    "measure": gettext_lazy("unit of measure"),
    "normal_low": gettext_lazy("normal from"),
    "normal_high": gettext_lazy("normal to"),
    "alarm_low": gettext_lazy("alarm below"),
    "alarm_high": gettext_lazy("alarm above"),
    "least": gettext_lazy("lowest possible"),
    "most": gettext_lazy("highest possible"),
    "choices": gettext_lazy("choices"),
    "bad_choices": gettext_lazy("abnormal choices"),
    "required": gettext_lazy("must be answered"),
    "note_if_abnormal": gettext_lazy("asks for a note if abnormal"),
    "photo_if_abnormal": gettext_lazy("asks for a photo if abnormal"),
    "photo_always": gettext_lazy("always asks for a photo"),
    "after": pgettext_lazy("column of a sheet", "follows upon"),
    "when": gettext_lazy("asked"),
}
SWITCHES = {"required": True, "note_if_abnormal": True, "photo_if_abnormal": False, "photo_always": False}
BETWEEN = "；"


def tables_of(items: list[Item]) -> list[Table]:
    """The items, and what may be written in the columns that know only a few words."""
    rows = [row_of(item) for item in in_order(stops_of(items))]
    heads = [str(HEADS[name]) for name in HEADS]
    return [Table(_("Items of the checklist"), heads, [[row[name] for name in HEADS] for row in rows]), _words()]


def row_of(item: Item) -> dict:
    """What the sheet says of an item, by column."""
    place = place_tree().path(item.place_id) if item.place_id else ""
    row = {
        "equipment": item.equipment.code if item.equipment else "",
        "name": item.equipment.name if item.equipment else "",
        "place": place,
        "question": item.question,
        "method": item.method,
        "kind": str(item.get_kind_display()),
        "measure": "" if item.measure == NONE else item.measure,
        "choices": BETWEEN.join(item.choices),
        "bad_choices": BETWEEN.join(item.bad_choices),
        "after": item.after.question if item.after_id else "",
        "when": str(item.get_when_display()) if item.after_id else "",
    }
    row |= {name: getattr(item, name) for name in LIMITS}
    row |= {name: _("yes") if getattr(item, name) else _("no") for name in SWITCHES}
    return row


def _words() -> Table:
    kinds = [str(label) for _value, label in Kind.choices]
    whens = [str(label) for _value, label in When.choices]
    yes_no = [_("yes"), _("no")]
    most = max(len(kinds), len(KNOWN))
    columns = [kinds, list(KNOWN), whens, yes_no]
    rows = [[column[number] if number < len(column) else "" for column in columns] for number in range(most)]
    heads = [HEADS["kind"], HEADS["measure"], HEADS["when"], HEADS["required"]]
    return Table(_("Words to choose from"), [str(head) for head in heads], rows)
