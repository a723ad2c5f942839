"""A roster from an Excel file: read, compared with the draft, carried signed to the second step."""

import datetime as dt

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper
from scheduling.models import Roster, Slot
from scheduling.naming import Register
from scheduling.roster_in import Changes, Unreadable, read

SALT, GOOD_FOR = "scheduling.rosters", dt.timedelta(hours=1)


class RosterSheetForm(forms.Form):
    sheet = forms.FileField(label=gettext_lazy("Excel file"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def __init__(self, *args, roster: Roster, slots: list[Slot], register: Register, at: dt.datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.asked = roster, slots, register, at
        self.changes: Changes = {}

    def clean_sheet(self):
        sheet = self.cleaned_data["sheet"]
        try:
            self.changes = read(sheet, *self.asked)
        except Unreadable as why:
            raise forms.ValidationError(why.args[0]) from why
        return sheet


def packed(roster: Roster, edits: int, changes: Changes) -> str:
    """The changes as the page carries them to the second step, signed, with the state of the draft they were made for."""
    return signing.dumps([roster.pk, edits, list(changes.items())], salt=SALT, compress=True)


def unpacked(text: str, roster: Roster) -> tuple[int, Changes]:
    """Raises BadSignature for what this product has not packed within the hour for this roster."""
    pk, edits, changes = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    if pk != roster.pk:
        raise signing.BadSignature("another roster")
    return edits, dict(changes)
