"""Excel files to download: plain tables with a head, one or more to a file."""

import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

import xlsxwriter
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from duty.clock import local
from duty.texts import visible

MOST_ROWS = 5000  # of a list, in one file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet may take for a formula, typed on either keyboard.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Table(NamedTuple):
    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence]
    narrow: bool = False  # many columns with little in each, and the first stays in sight


def harmless(text: str) -> str:
    """Text that no spreadsheet runs, not even once it was saved as CSV: an apostrophe goes before what might be a formula."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(RISKY) else text


def typed(cell) -> str:
    """What was typed into a cell, without the apostrophe that `harmless` put before it and what nobody sees."""
    text = "" if cell is None else visible(str(cell))
    return (text[1:] if text.startswith("'") and harmless(text[1:]) == text else text).strip()


def plain(cell) -> str:
    """The same in signs of one width, to be compared; what is kept is as it was typed."""
    return unicodedata.normalize("NFKC", typed(cell)).strip()


def in_every_language(words: Iterable[tuple]) -> dict[str, str]:
    """{a word as written in any of our languages, in small letters: its value}; from (value, lazy text)."""
    words, found = list(words), {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {plain(text).casefold(): value for value, text in words}
    return found


def workbook(*tables: Table) -> bytes:
    """Numbers stay numbers, days days; moments are written as the organisation's clocks show them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    ) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for table in tables:
            sheet = book.add_worksheet(_name(table.title))
            sheet.freeze_panes(1, int(table.narrow))
            for column, head in enumerate(table.heads):
                sheet.write_string(0, column, harmless(str(head)), bold)
                sheet.set_column(column, column, 11 if table.narrow else max(10, 2 * len(str(head))))
            for number, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, dt.datetime):
                        sheet.write_datetime(number, column, local(cell).replace(tzinfo=None), moment)
                    elif isinstance(cell, dt.date):
                        sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), day)
                    elif isinstance(cell, int | float | Decimal):
                        sheet.write_number(number, column, cell)
                    elif cell not in (None, ""):
                        sheet.write_string(number, column, harmless(str(cell)))
    return out.getvalue()


def listed(rows: QuerySet, cells: Callable[[object], Sequence]) -> Iterator[Sequence]:
    """The cells of each row of a list; of one too long for a file, those of the first, and a last line that says so."""
    for number, row in enumerate(rows[: MOST_ROWS + 1]):
        if number == MOST_ROWS:
            yield [_("Only the first %(n)s rows are written. Narrow the filters to take the rest.") % {"n": MOST_ROWS}]
        else:
            yield cells(row)


def _name(title: str) -> str:
    """What Excel accepts as the name of a sheet."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title).strip("' ")[:31] or "1"


def download(name: str, *tables: Table) -> HttpResponse:
    answer = HttpResponse(workbook(*tables), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    answer["Cache-Control"] = "no-store"
    return answer
