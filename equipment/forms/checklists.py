"""A checklist's name and use, and what is said when a version is published."""

from django import forms
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.standing import Watched
from equipment.models import Checklist
from scheduling.forms.times import begin_labels_large


class ChecklistForm(Watched, NameOnce, forms.ModelForm):
    taken = gettext_lazy("This unit has a checklist of this name already.")

    class Meta:
        model = Checklist
        fields = ["name", "unit", "use", "note"]
        help_texts = {"unit": gettext_lazy("Whoever keeps watch there may walk it.")}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        if self.instance.pk is None and len(self.fields["unit"].queryset) == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        begin_labels_large(self)


class PublishForm(forms.Form):
    """What is new is said to whoever walks it next; `edits` says which state of the draft was looked at."""

    note = forms.CharField(
        label=gettext_lazy("What changes in this version"), max_length=200, widget=forms.TextInput({"class": "form-control"}),
        help_text=gettext_lazy("One sentence that those who walk it understand: “room temperature added for server room 2”."),
    )  # fmt: skip
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
