"""Kinds of qualification, and who holds which."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, day_of
from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.models import Person
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import DayField, begin_labels_large
from scheduling.models import Qualification, Qualified


class QualificationForm(NameOnce, forms.ModelForm):
    taken = gettext_lazy("There is a qualification of this name already.")

    class Meta:
        model = Qualification
        fields = ["name", "months_valid"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def clean_months_valid(self):
        months = self.cleaned_data["months_valid"]
        if months is not None and not 1 <= months <= 600:
            raise forms.ValidationError(_("Give from 1 to 600 months, or leave it empty."))
        return months


class QualifiedForm(forms.ModelForm):
    """A new record: the first of its kind for this person, or the renewal of `old`."""

    class Meta:
        model = Qualified
        fields = ["qualification", "from_on", "until_on", "note"]

    def __init__(self, *args, person: Person, by: Person, at, old: Qualified | None = None, **kwargs):
        super().__init__(*args, instance=Qualified(person=person), **kwargs)
        self.helper = plain_helper()
        self.person, self.old = person, old
        today = day_of(at)
        first = max(today, old.until_on + DAY) if old and old.until_on else today
        self.fields["from_on"] = DayField(label=_("valid from"))
        self.initial["from_on"] = first
        self.fields["until_on"] = DayField(
            label=_("valid until"), required=False, help_text=_("Empty: as long as this kind of qualification is valid.")
        )  # fmt: skip
        known = [other for other in employable(at) if other.pk != person.pk]
        names = names_of(known)
        self.suggestions = [shown(other, names) for other in known]
        self.fields["assessor"] = PersonField(
            known, label=_("assessed by"), initial=shown(by, names) if by.pk != person.pk else "",
            help_text=_("Nobody assesses themselves."),
        )  # fmt: skip
        if old:
            self.fields["qualification"].disabled = True
            self.initial["qualification"] = old.qualification_id
        self.order_fields(["qualification", "from_on", "until_on", "assessor", "note"])
        begin_labels_large(self)

    def clean_assessor(self):
        assessor = self.cleaned_data["assessor"]
        self.instance.assessor = assessor
        return assessor
