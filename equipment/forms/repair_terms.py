"""The three terms of repair on one page."""

import hashlib

from django import forms
from django.utils.translation import gettext as _

from equipment.models import RepairTerm

FIELDS = ("acknowledge_minutes", "fix_hours", "photo_when_fixed")
MOST_MINUTES, MOST_HOURS = 7 * 24 * 60, 366 * 24


class TermsForm(forms.Form):
    """A row of fields for each criticality; who else has saved meanwhile is told first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = RepairTerm.every()
        for row in self.rows:
            self.fields[f"{row.pk}-minutes"] = forms.IntegerField(
                label=_("acknowledged within, minutes"),
                min_value=1,
                max_value=MOST_MINUTES,
                initial=row.acknowledge_minutes,
            )
            self.fields[f"{row.pk}-hours"] = forms.IntegerField(
                label=_("fixed within, hours"), min_value=1, max_value=MOST_HOURS, initial=row.fix_hours
            )
            self.fields[f"{row.pk}-photo"] = forms.BooleanField(
                label=_("a photo shows it mended"), required=False, initial=row.photo_when_fixed
            )
        said = repr([tuple(getattr(row, name) for name in FIELDS) for row in self.rows])
        self.now = hashlib.sha256(said.encode()).hexdigest()[:16]
        self.fields["standing"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=self.now)
        for name, field in self.fields.items():
            kind = "form-check-input" if isinstance(field, forms.BooleanField) else "form-control"
            field.widget.attrs |= {"class": kind} | ({"aria-label": field.label} if name != "standing" else {})

    def shown(self):
        """(term, its three fields), for the table."""
        return [(row, self[f"{row.pk}-minutes"], self[f"{row.pk}-hours"], self[f"{row.pk}-photo"]) for row in self.rows]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("standing") != self.now:
            self.data = self.data.copy()
            self.data["standing"] = self.now
            raise forms.ValidationError(
                _("Someone changed this entry since you opened the page. Compare, and save once more.")
            )
        return cleaned

    def changed_terms(self) -> list[tuple[RepairTerm, list[str]]]:
        """Each term that is to be saved with the fields that changed."""
        found = []
        for row in self.rows:
            said = [self.cleaned_data[f"{row.pk}-{name}"] for name in ("minutes", "hours", "photo")]
            changed = [name for name, value in zip(FIELDS, said, strict=True) if getattr(row, name) != value]
            for name, value in zip(FIELDS, said, strict=True):
                setattr(row, name, value)
            if changed:
                found.append((row, changed))
        return found
