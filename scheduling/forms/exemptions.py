from django import forms
from django.utils.translation import gettext as _

from duty.clock import day_of
from duty.forms.people import plain_helper
from duty.models import Person
from scheduling.forms.times import DayField, begin_labels_large
from scheduling.models import Exempt, Exemption


class ExemptionForm(forms.ModelForm):
    """What someone need not do for a time, and why."""

    class Meta:
        model = Exemption
        fields = ["kind", "from_on", "until_on", "reason"]

    def __init__(self, *args, person: Person, at, **kwargs):
        super().__init__(*args, instance=Exemption(person=person), **kwargs)
        self.helper = plain_helper()
        self.fields["kind"].choices = Exempt.choices  # without the empty one
        self.fields["from_on"] = DayField(label=_("from"))
        self.initial["from_on"] = day_of(at)
        self.fields["until_on"] = DayField(label=_("until"), required=False, help_text=_("Empty: until it is ended."))
        self.fields["reason"].help_text = _("Those who plan and the person read it: keep medical details out of it.")
        begin_labels_large(self)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and cleaned.get("kind"):
            same = Exemption.objects.filter(person=self.instance.person, kind=cleaned["kind"]).exclude(
                until_on__lt=first
            )
            if (same.exclude(from_on__gt=last) if last else same).exists():
                self.add_error("from_on", _("There is such an exemption for some of these days already."))
        return cleaned
