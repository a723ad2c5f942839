"""A piece of equipment: entered, changed, taken out of use."""

import unicodedata

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import day_of, duty_now
from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Unit
from duty.models.units import unit_tree
from equipment.access import KEEPERS
from equipment.forms.standing import Watched
from equipment.models import Contract, Equipment, Place
from equipment.models.places import place_tree
from scheduling.forms.times import DayField, begin_labels_large


def places_for(person):
    """Every place in use that the person reads, in the order of the tree."""
    known = {place.pk: place for place in Place.objects.in_use().visible_to(person)}
    return [known[pk] for pk, _depth in place_tree().in_order() if pk in known]


def contracts_for(person):
    """What stands: contracts the person reads, and those of the units above theirs."""
    tree, units = unit_tree(), person.sight.units(KEEPERS)
    above = set().union(*(tree.above(unit) for unit in units))
    seen = Q(pk__in=Contract.objects.visible_to(person).values("pk")) | Q(unit_id__in=sorted(above))
    return Contract.objects.standing().filter(seen)


class PieceForm(Watched, NameOnce, forms.ModelForm):
    own = "code"
    taken = gettext_lazy("Another piece has this code, perhaps one that is retired.")

    class Meta:
        model = Equipment
        fields = [
            "name", "code", "category", "criticality", "unit", "place", "model", "maker", "serial_number",
            "installed_on", "from_on", "contract", "note",
        ]  # fmt: skip
        help_texts = {
            "code": gettext_lazy("The organisation's own number; no two pieces have the same."),
            "criticality": gettext_lazy("Key: when it fails, work stops or people are in danger."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        places = places_for(person)
        old = self.instance.place_id
        if old and old not in {place.pk for place in places}:
            places.append(self.instance.place)
        offer(self.fields["place"], Place.objects.filter(pk__in=[place.pk for place in places]), places)
        contracts = list(contracts_for(person))
        if self.instance.contract_id and self.instance.contract_id not in {row.pk for row in contracts}:
            contracts.append(self.instance.contract)
        offer(self.fields["contract"], Contract.objects.filter(pk__in=[row.pk for row in contracts]), contracts)
        for name in ("installed_on", "from_on"):
            self.fields[name] = DayField(label=self.fields[name].label, required=False)
        if len(self.fields["unit"].queryset) == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        begin_labels_large(self)

    def clean_installed_on(self):
        day = self.cleaned_data["installed_on"]
        if day and day > day_of(duty_now()):
            raise forms.ValidationError(_("This day is still to come. Look at the year."))
        return day

    def clean_code(self):
        return unicodedata.normalize("NFKC", self.cleaned_data["code"])


class RetireForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, piece: Equipment, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.piece, self.today = plain_helper(), piece, day_of(at)
        self.fields["last_on"] = DayField(label=_("last day in use"), not_before=piece.from_on, initial=self.today)
        self.order_fields(["last_on", "reason"])
        begin_labels_large(self)

    def clean_last_on(self):
        last = self.cleaned_data["last_on"]
        if last > self.today:
            raise forms.ValidationError(_("Choose today or a day that is over: it is looked after until then."))
        return last
