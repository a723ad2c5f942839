"""One item of a checklist: what is looked at, how it is answered, and what is normal."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.files import BroughtField
from equipment.forms.standing import Watched
from equipment.measures import KNOWN, NONE, measure
from equipment.models import Item, Kind, When
from equipment.models.gauges import BOUNDS, without_zeros
from equipment.models.items import LIMITS
from scheduling.forms.times import begin_labels_large

MOST_CHOICES = 20


class Figure(forms.DecimalField):
    """A number as people type it: wide digits, a comma for the point, a long minus."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace("−", "-").replace("。", ".").replace(" ", "")
            value = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
        return super().to_python(value)


class Choices(forms.Widget):
    """One choice on a line, each with a mark for abnormal; a few lines more than there are."""

    def value_from_datadict(self, data, files, name):
        said = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        bad = set(data.getlist(f"{name}_bad") if hasattr(data, "getlist") else data.get(f"{name}_bad", []))
        return [(" ".join(words.split()), str(number) in bad) for number, words in enumerate(said)]

    def value_omitted_from_data(self, data, files, name):
        return name not in data


class ChoicesField(forms.Field):
    widget = Choices

    def clean(self, value):
        """[(choice, whether it is abnormal)], without what was left empty."""
        found = [(words, bad) for words, bad in value or [] if words]
        names = [words for words, _bad in found]
        if len(names) > MOST_CHOICES:
            raise ValidationError(_("%(n)d choices at most.") % {"n": MOST_CHOICES})
        if longest := next((words for words in names if len(words) > 40), None):
            raise ValidationError(_("“%(words)s” is too long: 40 characters at most.") % {"words": longest[:20]})
        if twice := next((words for words in names if names.count(words) > 1), None):
            raise ValidationError(_("“%(words)s” stands there twice.") % {"words": twice})
        return found


class ItemForm(Watched, forms.ModelForm):
    picture = BroughtField(
        label=gettext_lazy("reference photo"), required=False, photos_only=True,
        help_text=gettext_lazy("How it looks when it is normal; shown beside the question."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=gettext_lazy("Take the photo away"), required=False)

    class Meta:
        model = Item
        fields = [
            "question", "method", "kind", "required", "gauge", "measure", *LIMITS, "note_if_abnormal", "photo_if_abnormal",
            "photo_always", "when",
        ]  # fmt: skip
        field_classes = dict.fromkeys(LIMITS, Figure)
        widgets = {"kind": forms.RadioSelect, "method": forms.Textarea(attrs={"rows": 2})} | dict.fromkeys(
            LIMITS, Figure.widget
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        item = self.instance
        shown = list(zip(item.choices, [choice in item.bad_choices for choice in item.choices], strict=True))
        self.fields["choices"] = ChoicesField(label=_("choices"), required=False, initial=shown)
        for name in LIMITS:
            if (value := self.initial.get(name)) is not None:
                self.initial[name] = without_zeros(value)
        self.fields["measure"] = forms.CharField(
            label=_("unit of measure"), required=False, max_length=20,
            initial="" if item.measure == NONE else item.measure,
            widget=forms.TextInput(attrs={"list": "measures", "autocomplete": "off", "placeholder": "℃"}),
        )  # fmt: skip
        self.initial["measure"] = self.fields["measure"].initial
        self.measures = KNOWN
        self._about_its_place(item)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select):
                widget.attrs["class"] = "form-select"
            elif isinstance(widget, forms.TextInput | forms.Textarea | forms.FileInput):
                widget.attrs["class"] = "form-control"
            elif isinstance(widget, forms.CheckboxInput):
                widget.attrs["class"] = "form-check-input"
        begin_labels_large(self)

    def _about_its_place(self, item: Item) -> None:
        """A gauge where the piece has any; when it is asked where it follows upon another."""
        gauges = item.equipment.gauges.in_use() if item.equipment else None
        if gauges is None or not gauges:
            del self.fields["gauge"]
        else:
            self.fields["gauge"].queryset = gauges
            self.fields["gauge"].label_from_instance = lambda gauge: f"{gauge.name} {gauge.ranges}".strip()
            self.fields["gauge"].empty_label = _("none: a number of its own")
        if item.after_id is None:
            del self.fields["when"]
        elif item.after.kind in (Kind.TEXT, Kind.PHOTO, Kind.SIGNATURE):
            self.fields["when"].choices = [(When.ALWAYS.value, When.ALWAYS.label)]

    @property
    def bounds(self) -> list[forms.BoundField]:
        """From the lowest to the highest, as they lie on a scale."""
        return [self[name] for name in BOUNDS]

    @property
    def choice_rows(self) -> list[tuple[int, str, bool]]:
        """(number, choice, whether abnormal): those there are, and at least two more to write in."""
        rows = self["choices"].value() or []
        blank = max(2, 4 - len(rows))
        return [(number, *row) for number, row in enumerate([*rows, *[("", False)] * blank])]

    def clean_measure(self):
        found = measure(self.cleaned_data["measure"])
        if found is None:
            raise ValidationError(_("No known unit of measure. Choose one of the list, or leave it empty."))
        return found

    def clean_question(self):
        question = " ".join(self.cleaned_data["question"].split())
        item = self.instance
        same = item.version.items.filter(
            equipment=item.equipment_id, place=item.place_id, after=item.after_id, question=question
        )
        if same.exclude(pk=item.pk).exists():
            raise ValidationError(_("This is asked here already. Say what is different about it."))
        return question

    def clean(self):
        cleaned = super().clean()
        item = self.instance
        if cleaned.get("kind") == Kind.CHOICE:
            said = [(words, bad) for words, bad in self["choices"].value() or [] if words]
            item.choices = [words for words, _bad in said]
            item.bad_choices = [words for words, bad in said if bad]
        gauge = cleaned.get("gauge")
        if gauge and cleaned.get("kind") == Kind.NUMBER and not any(self.data.get(self.add_prefix(n)) for n in BOUNDS):
            cleaned |= {name: getattr(gauge, name) for name in BOUNDS}
            cleaned["measure"] = gauge.measure if cleaned.get("measure") == NONE else cleaned["measure"]
        if cleaned.get("kind") != Kind.NUMBER:  # what stands in fields that nobody sees is no mistake
            for name in (*LIMITS, "measure", "gauge"):
                self._errors.pop(name, None)
                cleaned[name] = NONE if name == "measure" else None
        if cleaned.get("kind") != Kind.CHOICE:
            self._errors.pop("choices", None)
        return cleaned
