from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.models import Unit, phone_number
from incidents.access import KEEPERS
from incidents.models import DutyLine


class LineForm(NameOnce, forms.ModelForm):
    taken = gettext_lazy("This unit has a line of this name already.")

    class Meta:
        model = DutyLine
        fields = ["unit", "name", "number", "answer_within_seconds", "order", "is_active"]

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        self.fields["number"].validators.append(phone_number)

    def clean_answer_within_seconds(self):
        seconds = self.cleaned_data["answer_within_seconds"]
        if seconds < 1:
            raise forms.ValidationError(_("Give at least one second."))
        return seconds
