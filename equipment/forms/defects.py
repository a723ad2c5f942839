"""Report a defect by hand: what, on which piece or at which place, with photos."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, day_of
from duty.forms.moments import MomentField
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from equipment.access import CALLERS
from equipment.forms.photos import WithPhotos
from equipment.forms.pieces import places_for
from equipment.models import Defect, Equipment, Place
from equipment.models.pieces import Criticality, read_tag
from scheduling.forms.times import begin_labels_large

LONGEST_AGO = 31 * DAY
SUGGESTED = 400


class PieceField(forms.CharField):
    """A piece by its code, the tag on its label, or its name; the code in front is what the suggestions write."""

    def __init__(self, rows, **kwargs):
        super().__init__(max_length=100, **kwargs)
        self.rows = rows
        self.widget.attrs |= {"list": "pieces", "autocomplete": "off", "placeholder": _("Code, tag or name")}

    def clean(self, value) -> Equipment | None:
        words = super().clean(value).strip()
        if not words:
            return None
        code = words.split()[0]
        found = list(self.rows.filter(code__iexact=code)[:1]) or list(self.rows.filter(tag=read_tag(words))[:1])
        found = found or list(self.rows.filter(name=words)[:2])
        if len(found) > 1:
            raise ValidationError(_("Several pieces have this name. Write the code."))
        if not found:
            raise ValidationError(
                _("No piece in use that you may see is called that. Write its code, or choose a place.")
            )
        return found[0]


class ReportForm(WithPhotos):
    what = forms.CharField(label=gettext_lazy("What is wrong"), max_length=120)
    place = forms.ModelChoiceField(None, label=gettext_lazy("Place"), required=False, empty_label="—")
    detail = forms.CharField(
        label=gettext_lazy("Details"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    criticality = forms.ChoiceField(label=gettext_lazy("Criticality"), required=False)
    again = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, person, at: dt.datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.at, self.units = plain_helper(), at, person.sight.units(CALLERS)
        rows = Equipment.objects.filter(unit_id__in=sorted(self.units)).in_use(day_of(at))
        self.fields["piece"] = PieceField(rows, label=_("Piece of equipment"), required=False)
        places = [place for place in places_for(person) if place.unit_id in self.units]
        offer(self.fields["place"], Place.objects.filter(pk__in=[place.pk for place in places]), places)
        self.fields["place"].help_text = _("Where it is no piece of the register.")
        self.fields["criticality"].choices = [("", _("as the piece")), *Criticality.choices]
        self.fields["found_at"] = MomentField(
            label=_("found at, if earlier"), required=False, at=at, help_text=_("Empty: just now.")
        )
        self.fields["again"].queryset = Defect.objects.visible_to(person)
        self.suggestions = [
            f"{code} {name}" for code, name in rows.order_by("code").values_list("code", "name")[:SUGGESTED]
        ]
        self.order_fields(["piece", "place", "what", "shot", "photos", "detail", "criticality", "found_at", "again"])
        begin_labels_large(self)

    def clean_found_at(self):
        found = self.cleaned_data["found_at"]
        if found and found > self.at:
            raise ValidationError(_("This lies in the future. Check the date and the time."))
        if found and found < self.at - LONGEST_AGO:
            raise ValidationError(_("That is more than a month ago. Check the date."))
        return found

    def clean(self):
        cleaned = super().clean()
        if "piece" not in self.errors and not cleaned.get("piece") and not cleaned.get("place"):
            self.add_error("piece", _("Say which piece it is, or choose the place."))
        again = cleaned.get("again")
        if again and (again.is_open or not again.may_return(self.at)):
            self.add_error(
                None, _("%(number)s cannot be taken up again. Report it as a new defect.") % {"number": again.number}
            )
        return cleaned

    def to_report(self, person) -> Defect:
        said = self.cleaned_data
        piece, again = said["piece"], said.get("again")
        place = None if piece else said["place"]
        usual = piece.criticality if piece else Criticality.ORDINARY
        same = again and (again.equipment_id, again.place_id) == (piece and piece.pk, place and place.pk)
        return Defect(
            unit_id=(piece or place).unit_id, equipment=piece, place=place, what=said["what"], detail=said["detail"],
            criticality=said["criticality"] or usual, found_by=person, found_at=said["found_at"] or self.at,
            recurs=again, thread=again.thread if same else None,
        )  # fmt: skip
