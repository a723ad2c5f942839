"""Small forms for an incident's verbs. Each keeps what was typed when it is refused."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY
from duty.forms.moments import MomentField, MomentInput, moments_of
from duty.forms.rows import offer
from duty.models import Person
from duty.pages import number_asked
from incidents.forms.log import LONGEST_AGO
from incidents.models import DutyLine, Incident, Instruction, Nature, Scope, Urgency
from incidents.models.recording import mark_of
from incidents.wording import shown

TIMES = ("received_at", "event_at")


def _area(rows: int = 2):
    return forms.Textarea(attrs={"rows": rows, "class": "form-control"})


def _line():
    return forms.TextInput(attrs={"class": "form-control"})


class NoteForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What is new"), max_length=2000, widget=_area())
    happened_at = MomentField(
        label=gettext_lazy("It happened at, if earlier"), required=False, widget=MomentInput({"class": "form-control"})
    )

    def __init__(self, *args, at, incident: Incident, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = self.fields["happened_at"].at = at
        self.earliest = min(incident.event_at or incident.received_at, incident.received_at - DAY)

    def clean_happened_at(self):
        value = self.cleaned_data["happened_at"]
        if value and value > self.at:
            raise forms.ValidationError(_("This lies in the future. Check the date and the time."))
        if value and value < self.earliest:
            raise forms.ValidationError(_("This lies before the incident. Check the date and the time."))
        return value


def report_seen(posted) -> int | None:
    """Which report the page showed that this form was on."""
    return number_asked(posted.get("report"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=_line())


class CloseForm(forms.Form):
    result = forms.CharField(
        label=gettext_lazy("Result"), max_length=2000, widget=_area(3),
        error_messages={"required": gettext_lazy("Write the result before closing.")},
    )  # fmt: skip


class RegradeForm(ReasonForm):
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"),
        coerce=int,
        choices=Urgency.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    scope = forms.TypedChoiceField(
        label=gettext_lazy("Scope"),
        coerce=int,
        choices=Scope.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    level = forms.ModelChoiceField(
        None, label=gettext_lazy("Level"), required=False, empty_label=gettext_lazy("as the standard says"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("urgency", "scope", "level", "reason")

    def __init__(self, *args, incident: Incident, **kwargs):
        super().__init__(*args, **kwargs)
        self.incident = incident
        offer(self.fields["level"], incident.standard.levels.all(), incident.standard.by_rank.values())
        was = f"{incident.urgency}-{incident.scope}-{incident.level_id}"
        self.initial |= {"urgency": incident.urgency, "scope": incident.scope, "was": was}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("urgency") and cleaned.get("scope"):
            cleaned["level"] = (
                cleaned.get("level") or self.incident.standard.suggest(cleaned["urgency"], cleaned["scope"]).level
            )
            same = (cleaned["urgency"], cleaned["scope"], cleaned["level"].pk)
            if same == (self.incident.urgency, self.incident.scope, self.incident.level_id):
                raise forms.ValidationError(_("This is its level already. Change the urgency, the scope or the level."))
        return cleaned


class PhoneAnswerForm(forms.Form):
    superior = forms.ModelChoiceField(
        None, label=gettext_lazy("Who answered"), empty_label=None, widget=forms.Select(attrs={"class": "form-select"})
    )
    words = forms.CharField(label=gettext_lazy("What they said"), max_length=500, widget=_area())

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self.fields["superior"], Person.objects.filter(pk__in=[person.pk for person in people]), people)


class InstructForm(forms.Form):
    kind = forms.ChoiceField(choices=Instruction.Kind.choices, widget=forms.HiddenInput)
    words = forms.CharField(label=gettext_lazy("Instruction"), max_length=500, required=False, widget=_area())

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == Instruction.Kind.OTHER and not cleaned.get("words"):
            self.add_error("words", _("Write the instruction."))
        return cleaned


def amend_form(field: str):
    """A form for one amendable field of an incident, and the reason."""

    class AmendForm(forms.ModelForm):
        reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=_line())
        was = forms.CharField(required=False, widget=forms.HiddenInput)

        class Meta:
            model = Incident
            fields = [field]
            widgets = {"scene": forms.Textarea(attrs={"rows": 3})}

        def __init__(self, *args, at, masked="", **kwargs):
            super().__init__(*args, **kwargs)
            incident = self.instance
            if field in TIMES:
                moments_of(self, [field], at)
            if field == "line":
                lines = DutyLine.objects.ringing_for(incident.unit).values_list("pk", flat=True)
                self.fields[field].queryset = DutyLine.objects.filter(pk__in=[*lines, incident.line_id])
            if field == "nature":
                self.fields[field].queryset = Nature.objects.filter(Q(is_active=True) | Q(pk=incident.nature_id))
            if masked:
                self.initial[field] = ""
                self.fields[field].help_text = _("It is %(number)s now.") % {"number": masked}
            self.initial["was"] = mark_of(incident, field)
            value = self.fields[field]
            value.widget.attrs["class"] = "form-select" if isinstance(value.widget, forms.Select) else "form-control"

        def clean(self):
            cleaned = super().clean()
            value = cleaned.get(field)
            logged_at = self.instance.logged_at
            if field in TIMES and value and value < logged_at - LONGEST_AGO:
                self.add_error(field, _("This is more than a year ago. Check the date."))
            if field == "received_at" and value and value > logged_at:
                self.add_error(field, _("This lies after the moment it was written down. Check the date and the time."))
            happened = value if field == "event_at" else self.instance.event_at
            received = value if field == "received_at" else self.instance.received_at
            if field in TIMES and happened and received and happened > received:
                self.add_error(field, _("It cannot happen after it was reported. Check both times."))
            old = getattr(self.instance, field)
            if field not in self.errors and shown(value).splitlines() == shown(old).splitlines():
                self.add_error(field, _("This is what stands there already."))
            return cleaned

    return AmendForm
