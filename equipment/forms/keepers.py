from django import forms
from django.utils.translation import gettext as _

from duty.clock import DAY, day_of
from duty.forms.people import plain_helper
from equipment.models import Keeper
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import DayField, begin_labels_large


class KeeperForm(forms.ModelForm):
    """Someone becomes responsible for a piece."""

    class Meta:
        model = Keeper
        fields = ["role", "from_on", "until_on"]

    def __init__(self, *args, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(person, names) for person in known]
        self.fields["person"] = PersonField(known, label=_("person"), max_length=60)
        self.fields["from_on"] = DayField(label=_("from"), initial=day_of(at))
        self.fields["until_on"] = DayField(label=_("until"), required=False, help_text=_("Empty: until it is ended."))
        self.order_fields(["person", "role", "from_on", "until_on"])
        begin_labels_large(self)

    def clean_person(self):
        self.instance.person = self.cleaned_data["person"]
        return self.instance.person

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:  # the database cannot even look at days the wrong way round
            self.add_error("until_on", _("The last day lies before the first."))
        return cleaned

    def _get_validation_exclusions(self):
        """Person and piece are known: overlapping responsibilities are told before the database refuses them."""
        if self._errors:
            return super()._get_validation_exclusions()  # what is missing would be asked of the database
        return super()._get_validation_exclusions() - {"equipment", "person"}


class RelieveForm(forms.Form):
    def __init__(self, *args, at, keeper: Keeper, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["last_on"] = DayField(label=_("last day"), not_before=keeper.from_on - DAY, initial=day_of(at))
        begin_labels_large(self)
