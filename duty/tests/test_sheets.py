"""Excel files: what is typed stays text, whatever it begins with."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from duty.sheets import Table, harmless, workbook


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "  =1", "\u3000=1"]
)
def test_what_might_be_a_formula_is_made_harmless(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["补休一天", "a=b", "3-1", "", "'=1", "https://x"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_each_kind_of_cell_arrives_as_what_it_is(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    moment = dt.datetime(2026, 11, 22, 15, 2, tzinfo=dt.UTC)
    rows = [(1, Decimal("2.50"), dt.date(2026, 11, 22), moment, "=1", None, "13800000000", "http://x/")]
    book = openpyxl.load_workbook(io.BytesIO(workbook(Table("a/b [c]", ["=头"] * 8, rows), Table("", ["x"], []))))
    first, second = book.worksheets
    assert [cell.value for cell in first[2]] == [
        1, 2.5, dt.datetime(2026, 11, 22), dt.datetime(2026, 11, 22, 23, 2), "'=1", None, "13800000000", "http://x/",
    ]  # fmt: skip
    assert first["A1"].value == "'=头" and second["A1"].value == "x"


@pytest.mark.django_db
def test_a_list_too_long_for_a_file_says_so_in_its_last_line(house, monkeypatch):
    from duty import sheets
    from duty.models import Unit

    rows, count = Unit.objects.order_by("pk"), Unit.objects.count()
    monkeypatch.setattr(sheets, "MOST_ROWS", count)
    assert list(sheets.listed(rows, lambda row: [row.name])) == [[unit.name] for unit in rows]
    monkeypatch.setattr(sheets, "MOST_ROWS", count - 1)
    *written, last = sheets.listed(rows, lambda row: [row.name])
    assert written == [[unit.name] for unit in rows[: count - 1]] and str(count - 1) in last[0]
