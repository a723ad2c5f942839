"""Lists: paged by key, not by number, so that the hundred-thousandth row costs what the first one does; asked by day."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Case, CharField, DateField, DateTimeField, Field, IntegerField, Q, QuerySet, When
from django.utils.translation import gettext as _

from duty.clock import DAY, instant, last_of_month

BEFORE_ALL, END = dt.date(2000, 1, 31), dt.date(2200, 1, 1)


def filters_asked(request, names: Iterable[str]) -> dict[str, str]:
    """What the address asks of a list: each filter's value without the blanks around it, empty where none is."""
    return {name: request.GET.get(name, "").strip() for name in names}


def day_asked(raw: str | None, *, after: dt.date = BEFORE_ALL) -> dt.date | None:
    """The day written in an address, between `after` and 2200; None for anything else."""
    try:
        day = dt.date.fromisoformat(raw or "")
    except ValueError:
        return None
    return day if after < day < END else None


def period_asked(request, usual: dt.date, longest: dt.timedelta, too_long: str) -> tuple[dt.date, dt.date, str]:
    """(first day, last day, what is wrong with them) of `?from=&until=`; a month from the usual day where none are given.

    `too_long` is what is said of more days than `longest`, of which the first are taken.
    """
    first, last = (day_asked(request.GET.get(name)) for name in ("from", "until"))
    wrong = ""
    if any(request.GET.get(name) and not day for name, day in (("from", first), ("until", last))):
        wrong = _("Write both days like 2026-01-31.")
    first = first or usual
    last = last or last_of_month(first)
    if last < first:
        wrong, last = _("The last day lies before the first."), last_of_month(first)
    elif last - first >= longest:
        wrong, last = too_long, first + longest - DAY
    return first, last, wrong


def number_asked(raw: str | None) -> int | None:
    """The number written in an address or a form, as the database could know it; None for anything else."""
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 19 else None


class Older:
    """One page of `rows`, newest first, starting after the mark in `?before=`.

    `order` is a descending column ("-id"), or two with the second as tie-break ("-received_at", "-pk").
    """

    onward = False
    then = "lt"  # what comes after the mark

    def __init__(self, rows: QuerySet, request, *order: str, size: int = 50):
        self.size, self.names = size, [name.lstrip("-") for name in order]
        self.readers = [_reader(_field(rows, name)) for name in self.names]
        rows = rows.order_by(*order)
        mark = self._read(request.GET.get("before", ""))
        if mark:
            rows = rows.filter(self._after(mark))
        found = list(rows[: size + 1])
        self.rows, self.more = found[:size], len(found) > size
        self.is_first = mark is None
        self.mark = self._write(self.rows[-1]) if self.more else ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def _after(self, mark: list) -> Q:
        if len(mark) == 1:
            return Q(**{f"{self.names[0]}__{self.then}": mark[0]})
        first, second = self.names
        # The redundant first half lets the index seek to the mark.
        beyond = Q(**{f"{first}__{self.then}": mark[0]}) | Q(**{f"{second}__{self.then}": mark[1]})
        return Q(**{f"{first}__{self.then}e": mark[0]}) & beyond

    def _write(self, row) -> str:
        values = [getattr(row, name) for name in self.names]
        return "~".join(value.isoformat() if isinstance(value, dt.date) else str(value) for value in values)

    def _read(self, raw: str) -> list | None:
        """None for the first page, and for a mark that makes no sense."""
        parts = raw.rsplit("~", len(self.names) - 1) if len(self.names) > 1 else [raw]
        if not raw or len(parts) != len(self.names):
            return None
        try:
            return [read(part) for part, read in zip(parts, self.readers, strict=True)]
        except (ValueError, OverflowError):
            return None


class Onward(Older):
    """One page of a register in the order of a column that is unique and never null, such as its codes; or in that of one of
    `columns` ({name: expression}, none of them null) where `?sort=` names it, the other way round with a `-` before it.
    """

    onward = True

    def __init__(self, rows: QuerySet, request, unique: str, columns: dict[str, object] | None = None, size: int = 50):
        asked, columns = request.GET.get("sort", ""), columns or {}
        name = asked.removeprefix("-")
        self.sort = asked if name in columns or (asked and name == unique) else ""
        sign = "-" if self.sort.startswith("-") else ""
        self.then = "lt" if sign else "gt"
        order = [unique]
        if self.sort and name != unique:
            rows, order = rows.annotate(sort_key=columns[name]), ["sort_key", unique]
        super().__init__(rows, request, *(sign + one for one in order), size=size)


def ranked(column: str, values) -> Case:
    """In the order in which a choice's values are declared, not that of their letters."""
    whens = [When(**{column: value}, then=number) for number, value in enumerate(values)]
    return Case(*whens, default=len(whens), output_field=IntegerField())


def _field(rows: QuerySet, name: str) -> Field:
    if name in rows.query.annotations:
        return rows.query.annotations[name].output_field
    return rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name)


def _reader(field: Field) -> Callable[[str], object]:
    """How a mark's part is read for that column; each raises ValueError for what makes no sense there."""
    if isinstance(field, DateTimeField):
        return instant
    if isinstance(field, CharField):
        return str
    return dt.date.fromisoformat if isinstance(field, DateField) else _whole


def _whole(part: str) -> int:
    value = int(part)
    if not 0 <= value < 2**63:
        raise ValueError(part)
    return value
