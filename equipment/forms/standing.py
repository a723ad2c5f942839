"""Forms that notice when somebody else has changed the row since the page was opened."""

import hashlib

from django import forms
from django.utils.translation import gettext as _


def standing_of(row, names) -> str:
    """What the row says in these fields, in a few letters."""
    if row.pk is None:
        return ""
    said = [row.serializable_value(name) for name in names]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


class Watched:
    """A model form with a hidden mark of what it showed; a row that has moved on is told once, then written over knowingly."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = standing_of(self.instance, self._meta.fields)
        self.fields["standing"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.now)

    def clean(self):
        cleaned = super().clean()
        if self.now and cleaned.get("standing") != self.now:
            self.data = self.data.copy()
            self.data[self.add_prefix("standing")] = self.now
            self.add_error(
                None, _("Someone changed this entry since you opened the page. Compare, and save once more.")
            )
        return cleaned

    @property
    def changed(self) -> list[str]:
        return [name for name in self.changed_data if name != "standing"]
