from django import forms

from duty.forms.people import plain_helper
from duty.models import Unit
from incidents.access import KEEPERS
from incidents.models import DutyLine


class LineForm(forms.ModelForm):
    class Meta:
        model = DutyLine
        fields = ["unit", "name", "number", "answer_within_seconds", "order", "is_active"]

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
