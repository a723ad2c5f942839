"""A moment as a hurried hand types it: 2226, 22:26, 11-22 22:26, or in full; 24 hours, whatever the browser thinks."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty.clock import DAY, local, zone

COLON = r":\uff1a"  # a Chinese keyboard types the wide one
TIME = rf"(?P<hour>\d{{1,2}})[{COLON}.]?(?P<minute>\d{{2}})(?:[{COLON}]\d{{2}}(?:\.\d+)?)?"
DATE = r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
YEARS = range(1900, 2200)
MOMENT = re.compile(rf"^(?:{DATE}[T\s]+)?{TIME}$")


class MomentInput(forms.TextInput):
    """Shows 2026-11-22 22:26. On a touch screen a script turns it into the system's own picker."""

    def __init__(self, attrs=None):
        super().__init__({"data-moment": "", "autocomplete": "off", "placeholder": "2026-01-31 22:26"} | (attrs or {}))

    def format_value(self, value):
        if isinstance(value, dt.datetime):
            return f"{local(value):%Y-%m-%d %H:%M}" if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
        return value or ""


class MomentField(forms.DateTimeField):
    """A time alone means its latest occurrence before `at`; a date without a year the latest such date."""

    widget = MomentInput

    def __init__(self, *args, at: dt.datetime | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at

    def prepare_value(self, value):
        return value

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, dt.datetime):
            return super().to_python(value)
        found = MOMENT.match(str(value).strip())
        if not found:
            raise ValidationError(_("Write it like 22:26 or 2026-01-31 22:26."), code="invalid")
        try:
            return self._read(found)
        except (ValueError, OverflowError):
            raise ValidationError(_("There is no such day or hour. Check it."), code="invalid") from None

    def _read(self, found: re.Match) -> dt.datetime:
        time = dt.time(int(found["hour"]), int(found["minute"]))
        now = local(self.at) if self.at else None
        if found["month"] is None:
            if now is None:
                raise ValueError
            read = self._at(now.date(), time)
            # A few minutes ahead is a mistake to be told; hours ahead was yesterday.
            return self._at(now.date() - DAY, time) if read > now + dt.timedelta(hours=6) else read
        if found["year"] is None and now is None:
            raise ValueError
        year = int(found["year"] or now.year)
        if year not in YEARS:
            raise ValueError
        read = self._at(dt.date(year, int(found["month"]), int(found["day"])), time)
        if found["year"] is None and read > now + DAY:
            return self._at(read.date().replace(year=year - 1), time)
        return read

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        """That time of that day. Of one that came twice the latest that has been; ValueError for one that never came."""
        first, second = (dt.datetime.combine(day, time, zone()).replace(fold=fold) for fold in (0, 1))
        if local(first.astimezone(dt.UTC)).time() != time:
            raise ValueError
        been = self.at is not None and second.astimezone(dt.UTC) <= self.at
        return second if been else first


def moments_of(form, names, at: dt.datetime) -> None:
    """Turn a ModelForm's datetime fields of these names into moments read against `at`."""
    for name in names:
        old = form.fields[name]
        form.fields[name] = MomentField(
            label=old.label, required=old.required, help_text=old.help_text, initial=old.initial, at=at
        )
