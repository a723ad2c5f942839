"""Objections and their answers, rates, adjustments. Each form keeps what was typed when it is refused."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duty.clock import DAY, day_of
from duty.forms.people import plain_helper
from duty.models import Person, Unit
from scheduling.access import PLANNERS
from scheduling.forms.shifts import PersonField
from scheduling.models import Adjustment, Entitlement, Objection, Rate, Seat

EARLIEST = dt.date(2000, 1, 1)
FURTHEST = 366 * DAY
REASON = Adjustment._meta.get_field("reason").max_length


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ObjectionForm(forms.ModelForm):
    """About one of one's own duties, or about the record as a whole."""

    class Meta:
        model = Objection
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args, person, seat: Seat | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.person, self.instance.person, self.instance.shift = person, person, seat and seat.shift

    def clean(self):
        cleaned = super().clean()
        about = self.instance.shift
        if about and Objection.objects.open().filter(person=self.person, shift=about).exists():
            self.waits_already()
        return cleaned

    def waits_already(self) -> None:
        self.add_error(None, _("Your objection to this duty waits for an answer already."))


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("upheld", pgettext_lazy("decision", "Uphold")), ("rejected", pgettext_lazy("decision", "Reject"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(
        label=gettext_lazy("Adjust with it"),
        choices=[("", gettext_lazy("nothing")), *Entitlement.choices],
        required=False,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), max_digits=8, decimal_places=2, required=False,
        help_text=gettext_lazy("Less than nothing takes away."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def clean(self):
        cleaned = super().clean()
        kind, amount = cleaned.get("kind"), cleaned.get("amount")
        if (kind or amount) and cleaned.get("decision") == "rejected":
            self.add_error("kind", _("Only with an upheld objection something is adjusted."))
        elif kind and not amount and "amount" not in self.errors:
            self.add_error("amount", _("Say how much. Nothing changes nothing."))
        elif amount and not kind:
            self.add_error("kind", _("Say in which ledger."))
        return cleaned

    def adjustment(self, at: dt.datetime) -> Adjustment | None:
        said = self.cleaned_data
        if not said.get("kind"):
            return None
        return Adjustment(kind=said["kind"], amount=said["amount"], date=day_of(at), reason=said["answer"][:REASON])


class RateForm(forms.ModelForm):
    """From tomorrow at the earliest: what has been earned stays as it was."""

    class Meta:
        model = Rate
        fields = ["unit", "kind", "day_kind", "role", "per_duty", "per_hour", "from_on"]
        widgets = {"from_on": DayInput}

    def __init__(self, *args, person, at, **kwargs):
        self.tomorrow = day_of(at) + DAY
        super().__init__(*args, initial={"from_on": self.tomorrow} | (kwargs.pop("initial", None) or {}), **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(PLANNERS))
        self.fields["role"].choices = [("", _("every seat")), *self.fields["role"].choices[1:]]
        self.fields["role"].help_text = ""
        for name in ("per_duty", "per_hour"):
            self.fields[name].validators.append(MinValueValidator(0, _("A rate is not negative.")))

    def clean_from_on(self):
        first = self.cleaned_data["from_on"]
        if first < self.tomorrow:
            raise forms.ValidationError(
                _("A rate begins tomorrow at the earliest: what has been earned stays as it was.")
            )
        if first > self.tomorrow + 5 * FURTHEST:
            raise forms.ValidationError(_("This lies too far ahead. Check the year."))
        return first


class AdjustmentForm(forms.ModelForm):
    class Meta:
        model = Adjustment
        fields = ["kind", "amount", "date", "reason"]
        widgets = {"date": DayInput}
        help_texts = {"amount": gettext_lazy("Less than nothing takes away: -8 for a day off that was taken.")}

    field_order = ["person", "kind", "amount", "date", "reason"]

    def __init__(self, *args, person, at, **kwargs):
        self.today = day_of(at)
        super().__init__(*args, initial={"date": self.today} | (kwargs.pop("initial", None) or {}), **kwargs)
        self.helper = plain_helper()
        here = Q(unit__in=person.sight.units(PLANNERS))
        self.people = list(Person.objects.filter(here).exclude(pk=person.pk))
        self.fields["person"] = PersonField(self.people, label=gettext_lazy("Person"))
        self.suggestions = [f"{one.name} {one.staff_number}" for one in self.people]
        self.order_fields(self.field_order)

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount == Decimal(0):
            raise forms.ValidationError(_("Say how much. Nothing changes nothing."))
        return amount

    def clean_date(self):
        date = self.cleaned_data["date"]
        if not EARLIEST <= date <= self.today + FURTHEST:
            raise forms.ValidationError(_("Choose a day between 2000 and a year from now."))
        return date
