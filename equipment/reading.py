"""What a telephone wrote, read with care: instants, numbers, answers. Nothing here asks the database.

Each raises ValidationError with what to do about it.
"""

import contextlib
import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty import clock
from duty.texts import visible
from equipment import judging, numerals
from equipment.models import Answer, Item, Judged, Kind

MOST_AT_ONCE = 500


def instant(raw) -> dt.datetime:
    """An instant as a telephone writes it (ISO 8601 with its offset). Raises ValidationError."""
    with contextlib.suppress(ValueError):
        at = clock.instant(raw)
        if 2000 < at.year < 2200:
            return at
    raise ValidationError(_("A time that cannot be read was sent. Load the page again."))


def identity(raw) -> uuid.UUID:
    try:
        return uuid.UUID(raw)
    except (TypeError, ValueError, AttributeError):
        raise ValidationError(_("What was sent has no number of its own. Load the page again.")) from None


def plain(value):
    """The same without what no database keeps (null characters, halves of characters) and what nobody sees."""
    if isinstance(value, str):
        return visible(value.replace("\0", "").encode(errors="ignore").decode())
    if isinstance(value, dict):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def listed(parcel: dict, name: str) -> list[dict]:
    rows = parcel.get(name) or []
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE or not all(isinstance(row, dict) for row in rows):
        raise ValidationError(
            _("What was sent cannot be read. Load the page again; what was found stays on this telephone.")
        )
    return rows


def whole(raw) -> int:
    return raw if isinstance(raw, int) and 0 < raw < 2**31 else 0


def read(item: Item, row: dict) -> Answer:
    """The answer as it was given, judged; unsaved. Raises ValidationError with what to do."""
    note = str(row.get("note") or "").strip()[:500]
    if row.get("not_checked"):
        if not note:
            raise ValidationError(_("Say why it could not be checked."))
        return Answer(judged=Judged.NOT_CHECKED, note=note)
    value = row.get("value")
    if item.kind == Kind.NUMBER:
        try:
            number = numerals.number(value)
        except ValueError:
            raise ValidationError(_("Write a number, without a comma for thousands.")) from None
        if not judging.possible(number, item):
            raise ValidationError(_("Such a value cannot be read there. Look again and correct it."))
        return Answer(number=number, judged=judging.judged(number, item), note=note)
    if item.kind == Kind.STATE:
        if value not in ("normal", "abnormal"):
            raise ValidationError(_("Choose normal or abnormal."))
        return Answer(judged=Judged.NORMAL if value == "normal" else Judged.ABNORMAL, note=note)
    text = str(value or "").strip()[:500]
    if item.kind == Kind.CHOICE:
        if text not in item.choices:
            raise ValidationError(_("Choose one of the answers."))
        return Answer(text=text, judged=Judged.ABNORMAL if text in item.bad_choices else Judged.NORMAL, note=note)
    if item.kind == Kind.TEXT and not text:
        raise ValidationError(_("Write something."))
    return Answer(text=text, judged=Judged.NORMAL, note=note)
