"""Days of the calendar: one by hand, or the yearly notice as a sheet."""

import datetime as dt
from dataclasses import dataclass

import tablib
from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper
from scheduling.models import Day, DayKind
from scheduling.models.days import days_between

SALT, GOOD_FOR = "scheduling.days", dt.timedelta(hours=1)
LARGEST, MOST_ROWS = 1_000_000, 800
YEARS = range(2000, 2200)


class DayForm(forms.ModelForm):
    class Meta:
        model = Day
        fields = ["kind", "name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["kind"].choices = DayKind.choices  # without the empty one


@dataclass(frozen=True)
class Row:
    """One line of a notice: what a date becomes."""

    date: dt.date
    kind: str
    name: str

    @property
    def label(self) -> str:
        return DayKind(self.kind).label


class NoticeForm(forms.Form):
    """A sheet with a date, a type and a name per row, in this order; a heading row is passed over."""

    sheet = forms.FileField(label=gettext_lazy("Excel file"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.rows: list[Row] = []

    def clean_sheet(self):
        sheet = self.cleaned_data["sheet"]
        if sheet.size > LARGEST:
            raise forms.ValidationError(_("This file is too large for a year of days."))
        wrong, seen = [], set()
        for number, cells in enumerate(_cells(sheet), 1):
            try:
                row = _read(cells)
            except ValueError as why:
                if number > 1:
                    wrong.append(_("Row %(n)s: %(why)s") % {"n": number, "why": why})
                continue
            if row.date in seen:
                wrong.append(_("Row %(n)s: this date stands there twice.") % {"n": number})
            seen.add(row.date)
            self.rows.append(row)
        if wrong:
            raise forms.ValidationError(wrong[:20])
        if not self.rows:
            raise forms.ValidationError(_("No date was found in the first column."))
        return sheet


def _cells(sheet) -> list[tuple]:
    kind = "csv" if sheet.name.lower().endswith(".csv") else "xlsx"
    try:
        data = sheet.read()
        book = tablib.Dataset(headers=None)
        book.load(data.decode("utf-8-sig") if kind == "csv" else data, format=kind, headers=False)
    except Exception as why:  # a file of any kind may come; what is wrong with it is the library's to find
        raise forms.ValidationError(_("The file cannot be read. Choose the format it has: xlsx or csv.")) from why
    rows = [tuple(row) for row in book]
    if len(rows) > MOST_ROWS:
        raise forms.ValidationError(_("More than %(n)s rows: this is no calendar of days.") % {"n": MOST_ROWS})
    return [row for row in rows if any(cell not in (None, "") for cell in row)]


def _read(cells: tuple) -> Row:
    date, kind, name = [*cells, "", "", ""][:3]
    return Row(_date(date), _kind(kind), _name(name))


def _date(cell) -> dt.date:
    if isinstance(cell, dt.datetime):
        return _near(cell.date())
    if isinstance(cell, dt.date):
        return _near(cell)
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"):
        try:
            return _near(dt.datetime.strptime(str(cell or "").strip(), form).date())
        except ValueError:
            continue
    raise ValueError(_("write the date like 2026-01-31."))


def _near(date: dt.date) -> dt.date:
    if date.year not in YEARS:
        raise ValueError(_("write the date like 2026-01-31."))
    return date


def _kind(cell) -> str:
    said = str(cell or "").strip()
    for kind, words in SAID.items():
        if said in words:
            return kind
    raise ValueError(_("the type is one of 法定节假日, 休息日, 调休上班, 工作日."))


SAID = {
    DayKind.HOLIDAY: ("法定节假日", "节假日", "statutory holiday", "holiday"),
    DayKind.REST: ("休息日", "休", "放假", "rest day", "rest"),
    DayKind.MAKEUP: ("调休上班", "班", "上班", "make-up workday", "makeup"),
    DayKind.WORKDAY: ("工作日", "workday"),
}


def _name(cell) -> str:
    name = str(cell or "").strip()
    if len(name) > 20:
        raise ValueError(_("the name is longer than 20 characters."))
    return name


def changes(rows: list[Row]) -> list[tuple[Day, Row]]:
    """(the day as it stands, what it becomes) for those that change, by date."""
    if not rows:
        return []
    standing = days_between(min(row.date for row in rows), max(row.date for row in rows))
    pairs = [(standing[row.date], row) for row in sorted(rows, key=lambda row: row.date)]
    return [(day, row) for day, row in pairs if (day.kind, day.name) != (row.kind, row.name)]


def packed(rows: list[Row]) -> str:
    """The rows as the page carries them to the second step, signed."""
    return signing.dumps([[row.date.isoformat(), row.kind, row.name] for row in rows], salt=SALT, compress=True)


def unpacked(text: str) -> list[Row]:
    """Raises BadSignature for what this product has not packed within the hour."""
    rows = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    return [Row(dt.date.fromisoformat(date), kind, name) for date, kind, name in rows]
