"""Counting what lies there: one number for each lot, a reason where the books say something else."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper
from equipment.forms.stock import how_many
from equipment.models import Lot, Supply


class CountForm(forms.Form):
    """One supply, with a field for each of its lots. It notices when the stock moved since the page was opened."""

    reason = forms.CharField(label=gettext_lazy("Why it differs"), max_length=200, required=False)
    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, supply: Supply, lots: list[Lot], all_asked: bool = True, **kwargs):
        super().__init__(*args, prefix=f"count-{supply.pk}", **kwargs)
        self.helper, self.supply, self.lots, self.all_asked = plain_helper(), supply, lots, all_asked
        self.now = " ".join(f"{lot.pk}:{lot.quantity}" for lot in lots)
        self.fields["stood"].initial = self.now
        for lot in lots:
            field = how_many(_("lot %(lot)s") % {"lot": lot} if lot.number else _("How many"), least=0, required=False)
            field.widget.attrs["placeholder"] = lot.quantity
            self.fields[f"lot-{lot.pk}"] = field
        self.order_fields([*(f"lot-{lot.pk}" for lot in lots), "reason", "stood"])

    @property
    def rows(self):
        return [(lot, self[f"lot-{lot.pk}"]) for lot in self.lots]

    @property
    def is_filled(self) -> bool:
        """Whether anybody counted this one: on the sheet of a place, what was not counted stays empty."""
        return any(self.data.get(self.add_prefix(f"lot-{lot.pk}"), "").strip() for lot in self.lots)

    def clean(self):
        asked = super().clean()
        counted = {lot: asked.get(f"lot-{lot.pk}") for lot in self.lots}
        for lot, found in counted.items():
            if found is None and f"lot-{lot.pk}" not in self._errors:
                self.add_error(f"lot-{lot.pk}", _("Count this one too."))
        if asked.get("stood") != self.now:
            self.data = self.data.copy()
            self.data[self.add_prefix("stood")] = self.now
            self.add_error(None, _("The stock was moved since you opened the page. Count once more and save again."))
        wrong = any(found is not None and found != lot.quantity for lot, found in counted.items())
        if wrong and not asked.get("reason"):
            self.add_error("reason", _("The books say something else. Write the reason, if only “unknown”."))
        return asked

    def take(self, by, at) -> None:
        asked = self.cleaned_data
        found = {lot.pk: asked[f"lot-{lot.pk}"] for lot in self.lots}
        self.supply.count(found, reason=asked["reason"], by=by, at=at)
