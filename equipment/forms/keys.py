"""A key's entry in the register, and a cabinet's."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.pieces import places_for
from equipment.forms.standing import Watched
from equipment.models import Cabinet, Equipment, Key, Place
from scheduling.forms.people import PeopleField, PersonField, employable, names_of, shown
from scheduling.forms.times import begin_labels_large

BETWEEN = re.compile(r"[\s、,，;；]+")


def pieces_by_code(typed: str, person=None) -> list[Equipment]:
    """Pieces by their codes; raises ValidationError for one that is not there."""
    codes = list(dict.fromkeys(code.upper() for code in BETWEEN.split(unicodedata.normalize("NFKC", typed)) if code))
    rows = Equipment.objects.visible_to(person) if person else Equipment.objects.all()
    known = {row.code.upper(): row for row in rows.filter(until_on__isnull=True)} if codes else {}
    for code in codes:
        if code not in known:
            raise ValidationError(_("There is no piece of equipment with the code %(code)s.") % {"code": code})
    return [known[code] for code in codes]


class KeyForm(Watched, NameOnce, forms.ModelForm):
    own = "code"
    taken = gettext_lazy("Another key has this code, perhaps a former one.")

    class Meta:
        model = Key
        fields = [
            "code", "kind", "opens", "account", "cabinet", "hook", "seal", "open_to", "qualification", "needs_approver",
            "loan_hours", "note",
        ]  # fmt: skip
        help_texts = {
            "opens": gettext_lazy("A door, a cabinet, a system: as those on watch call it."),
            "account": gettext_lazy(
                "Of a break-glass account. Never write the password here; it lies in the envelope."
            ),
            "seal": gettext_lazy("As it stands on the seal; empty without one."),
            "loan_hours": gettext_lazy("Empty: until the end of the next working day."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.person = plain_helper(), person
        cabinets = list(Cabinet.objects.standing().filter(unit_id__in=sorted(person.sight.units(KEEPERS))))
        offer(self.fields["cabinet"], Cabinet.objects.filter(pk__in=[row.pk for row in cabinets]), cabinets)
        if len(cabinets) == 1:
            self.initial.setdefault("cabinet", cabinets[0].pk)
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        old = self.instance.pk is not None
        named = list(self.instance.takers.order_by("name_sort")) if old else []
        self.fields["takers"] = PeopleField(
            known, label=_("people named"), required=False, initial="、".join(shown(one, names) for one in named)
        )
        codes = list(self.instance.pieces.values_list("code", flat=True)) if old else []
        self.fields["pieces"] = forms.CharField(
            label=_("belongs to the equipment"), required=False, max_length=300, initial="、".join(codes),
            help_text=_("Asset codes, with commas between them."),
        )  # fmt: skip
        self.order_fields([
            "code", "kind", "opens", "account", "cabinet", "hook", "seal", "pieces", "open_to", "takers", "qualification",
            "needs_approver", "loan_hours", "note", "standing",
        ])  # fmt: skip
        begin_labels_large(self)

    def clean_code(self):
        return unicodedata.normalize("NFKC", self.cleaned_data["code"])

    def clean_pieces(self):
        return pieces_by_code(self.cleaned_data["pieces"], self.person)

    @property
    def more(self) -> dict:
        return {"takers": self.cleaned_data["takers"], "pieces": self.cleaned_data["pieces"]}


class CabinetForm(Watched, NameOnce, forms.ModelForm):
    taken = gettext_lazy("This unit has a cabinet of this name already.")

    class Meta:
        model = Cabinet
        fields = ["name", "unit", "place", "minder", "count_every_days"]

    def __init__(self, *args, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        if self.instance.pk:
            self.fields["unit"].disabled = True
        elif len(self.fields["unit"].queryset) == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        places = places_for(person)
        if self.instance.place_id and self.instance.place_id not in {place.pk for place in places}:
            places.append(self.instance.place)
        offer(self.fields["place"], Place.objects.filter(pk__in=[place.pk for place in places]), places)
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        self.initial["minder"] = shown(self.instance.minder if self.instance.pk else person, names)
        self.fields["minder"] = PersonField(
            known,
            label=_("looked after by"),
            max_length=60,
            help_text=_("Is told when a count finds something missing."),
        )
        self.fields["count_every_days"].help_text = _("1: by every day's watch, at the handover.")
        self.order_fields([*self.Meta.fields, "standing"])
        begin_labels_large(self)

    @property
    def changed(self):
        return [name for name in super().changed if name in self.Meta.fields]
