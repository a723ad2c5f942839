"""Excel files that people bring: their rows, read within limits, without believing what a file says of itself."""

import io
import zipfile

import openpyxl
from django.utils.translation import gettext as _

LARGEST, LARGEST_UNPACKED = 2_000_000, 40_000_000
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 20_000, 400, 6


class Unreadable(ValueError):
    """This is no file that can be taken in; its first argument lists what to do."""


def sheets_of(file, too_large: str, too_many: str) -> list[list[tuple]]:
    """The rows of each sheet. Raises Unreadable."""
    if file.size > LARGEST:
        raise Unreadable([too_large])
    data = file.read()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise Unreadable([too_large])
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return [_rows(sheet, too_many) for sheet in book.worksheets[:MOST_SHEETS]]
    except Unreadable:
        raise
    except Exception as why:  # a file of any kind may come; what is wrong with it is the library's to find
        raise Unreadable(
            [_("The file cannot be read. Choose an Excel file (.xlsx), best one that was exported here.")]
        ) from why


def _rows(sheet, too_many: str) -> list[tuple]:
    sheet.reset_dimensions()  # what a file says of its own size need not be true
    found = []
    for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
        found.append(row)
        if len(found) > MOST_ROWS:
            raise Unreadable([too_many])
    return found
