"""A supply's entry in the register."""

import unicodedata

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.pieces import places_for
from equipment.forms.standing import Watched
from equipment.models import Place, Supply
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import begin_labels_large

MEASURES = ("个", "件", "套", "箱", "台", "具", "把", "盒", "双", "卷", "米", "瓶")


class SupplyForm(Watched, NameOnce, forms.ModelForm):
    own = "code"
    taken = gettext_lazy("Another supply has this code, perhaps a former one.")

    class Meta:
        model = Supply
        fields = [
            "name", "code", "category", "unit", "place", "measure", "minimum", "minder", "check_every_days", "comes_back",
            "note",
        ]  # fmt: skip
        help_texts = {
            "code": gettext_lazy("The organisation's own number; no two supplies have the same."),
            "minimum": gettext_lazy(
                "With less in stock, whoever looks after it is told and fills it up within seven days."
            ),
            "comes_back": gettext_lazy("When it is issued, a day to be back is asked for."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        places = places_for(person)
        old = self.instance.place_id
        if old and old not in {place.pk for place in places}:
            places.append(self.instance.place)
        offer(self.fields["place"], Place.objects.filter(pk__in=[place.pk for place in places]), places)
        if len(self.fields["unit"].queryset) == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        self.initial["minder"] = shown(self.instance.minder if self.instance.pk else person, names)
        self.fields["minder"] = PersonField(
            known, label=_("looked after by"), max_length=60,
            help_text=_("Is reminded to fill it up, to replace what expires, and to count it."),
        )  # fmt: skip
        self.fields["measure"].widget.attrs |= {"list": "measures", "placeholder": "个"}
        self.measures = MEASURES
        self.order_fields([*self.Meta.fields, "standing"])
        begin_labels_large(self)

    def clean_code(self):
        return unicodedata.normalize("NFKC", self.cleaned_data["code"])

    @property
    def changed(self):
        return [name for name in super().changed if name in self.Meta.fields]
