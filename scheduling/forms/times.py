"""Days, hours and lengths as people type them."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from duty.forms.moments import COLON

HOUR = re.compile(rf"^(\d{{1,2}})(?:[{COLON}.]?(\d{{2}}))?$")
LENGTH = re.compile(rf"^(\d{{1,2}})(?:[{COLON}](\d{{2}})|[.,](\d))?\s*(?:h|小时)?$")
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)


def begin_labels_large(form) -> None:
    """Labels written here begin with a capital letter, as those that come from a model do."""
    for field in form.fields.values():
        if field.label:
            field.label = capfirst(field.label)


class DayField(forms.DateField):
    """A day between 2000 and 2199; `from_on` bounds it below where the past is to stay."""

    def __init__(self, *args, not_before: dt.date | None = None, **kwargs):
        super().__init__(*args, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"], **kwargs)
        self.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.widget.is_required = self.required
        self.error_messages["invalid"] = _("Write the date like 2026-01-31.")
        self.not_before = not_before

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if not FIRST <= value <= LAST:
            raise ValidationError(_("There is no such day or hour. Check it."))
        if self.not_before and value < self.not_before:
            raise ValidationError(_("Choose %(day)s or later: the past stays as it is.") % {"day": self.not_before})


class HourField(forms.CharField):
    """A time of day on the 24-hour clock: 18:00, 1800, 8."""

    def __init__(self, **kwargs):
        super().__init__(max_length=8, **kwargs)
        self.widget.attrs |= {"placeholder": "08:00", "inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, dt.time):
            return value
        found = HOUR.match(str(value).strip())
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(_("Write the hour like 08:00 or 18:30."))
        return dt.time(int(found[1]), int(found[2] or 0))

    def validate(self, value):
        if value is None:
            super().validate("")

    def run_validators(self, value):
        """Read already; the length of what was typed no longer counts."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class LengthField(HourField):
    """A length in hours and minutes, as minutes: 8, 8:30, 7.5."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs["placeholder"] = "8:00"

    def prepare_value(self, value):
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        found = LENGTH.match(str(value).strip())
        if not found or int(found[2] or 0) > 59:
            raise ValidationError(_("Write the length in hours and minutes, like 8:00 or 7:30."))
        return int(found[1]) * 60 + int(found[2] or 0) + int(found[3] or 0) * 6
