from django import forms
from django.utils.translation import gettext as _

from duty.clock import DAY
from duty.forms.people import plain_helper
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.standing import Watched
from equipment.models import Contract
from equipment.models.gauges import without_zeros
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import DayField, begin_labels_large

COPIED = ("unit", "vendor", "subject", "number", "contact", "phone", "response_hours", "arrival_hours", "note")


class ContractForm(Watched, forms.ModelForm):
    """A contract: a new one, a correction, or the renewal of `old`."""

    class Meta:
        model = Contract
        fields = [
            "vendor", "subject", "number", "unit", "contact", "phone", "from_on", "until_on", "response_hours",
            "arrival_hours", "minder", "note",
        ]  # fmt: skip
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, person, at, old: Contract | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        if old:
            self.initial |= {name: old.serializable_value(name) for name in COPIED}
            self.initial |= {"from_on": old.until_on + DAY, "until_on": ""}
        if old or self.instance.pk:
            self.fields["unit"].disabled = True
        elif len(self.fields["unit"].queryset) == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        for name in ("from_on", "until_on"):
            self.fields[name] = DayField(label=self.fields[name].label)
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        minder = old.minder if old else self.instance.minder if self.instance.pk else person
        self.initial["minder"] = shown(minder, names)
        self.fields["minder"] = PersonField(
            known, label=_("looked after by"), max_length=60,
            help_text=_("Is reminded 60, 30 and 7 days before it expires."),
        )  # fmt: skip
        for name in ("response_hours", "arrival_hours"):
            if (value := self.initial.get(name)) is not None:
                self.initial[name] = without_zeros(value)
        self.order_fields(self.Meta.fields)
        begin_labels_large(self)

    @property
    def changed(self):
        """Only what may be written: the name of whoever looks after it is typed, not chosen."""
        return [name for name in super().changed if name in self.Meta.fields]
