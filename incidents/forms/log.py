"""The quick log: what a calm operator asks, in order, on one screen."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, MINUTE
from duty.forms.moments import moments_of
from duty.forms.rows import offer
from incidents.models import Disposition, DutyLine, Incident, Nature, Scope, Urgency

CALL_IS_FRESH = 10 * MINUTE
LONGEST_AGO = 366 * DAY  # a year mistyped is told


class OpenedField(forms.DateTimeField):
    """When the page was opened, as it says itself; what cannot be read counts as not said."""

    widget = forms.HiddenInput

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError:
            return None


class LogForm(forms.ModelForm):
    level = forms.ModelChoiceField(
        None, required=False, label=gettext_lazy("Another level"), empty_label=gettext_lazy("as the standard says")
    )
    request_text = forms.CharField(
        label=gettext_lazy("Ask the superior for"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 300}),
    )
    ring_seconds = forms.IntegerField(
        label=gettext_lazy("Rang for (seconds)"), required=False, min_value=0, max_value=3600,
        error_messages={"min_value": gettext_lazy("Seconds are counted from 0."), "max_value": gettext_lazy("That is more than an hour. Give seconds.")},
    )  # fmt: skip
    opened = OpenedField(required=False)

    class Meta:
        model = Incident
        fields = [
            "received_at", "line", "event_at", "reporter_name", "reporter_contact", "name_not_given", "contact_not_given",
            "place", "nature", "summary", "scene", "suggestion", "urgency", "scope", "level", "grading_reason",
            "beyond_ability", "disposition", "passed_to",
        ]  # fmt: skip
        widgets = {
            "scene": forms.Textarea(attrs={"rows": 3}),
            "urgency": forms.RadioSelect,
            "scope": forms.RadioSelect,
            "disposition": forms.RadioSelect,
        }

    def __init__(self, *args, unit, standard, at: dt.datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.at, self.standard = at, standard
        moments_of(self, ("received_at", "event_at"), at)
        self.instance.unit, self.instance.standard = unit, standard
        self.fields["line"].queryset = DutyLine.objects.ringing_for(unit)
        self.fields["line"].empty_label = _("in person, or another way")
        self.fields["nature"].empty_label = _("not sure yet")
        offer(self.fields["nature"], Nature.objects.filter(is_active=True), lambda: self.natures)
        offer(self.fields["level"], standard.levels.all(), standard.by_rank.values())
        for name, choices in (("urgency", Urgency.choices), ("scope", Scope.choices)):
            self.fields[name].choices = choices
            self.fields[name].error_messages["required"] = _("Choose one: the level follows from it.")
        self.fields["disposition"].choices = [("", _("stays in hand")), *Disposition.choices]
        for name, field in self.fields.items():
            self._style(name, field)

    @cached_property
    def natures(self) -> list[Nature]:
        return list(Nature.objects.filter(is_active=True))

    def _style(self, name: str, field) -> None:
        widget = field.widget
        if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
            widget.attrs["class"] = "form-select"
        elif not isinstance(widget, (forms.RadioSelect, forms.CheckboxInput)):
            widget.attrs["class"] = "form-control"
        if self.is_bound and name in self.errors:
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} is-invalid".strip()
            widget.attrs["aria-describedby"] = f"error-{name}"

    def _get_validation_exclusions(self) -> set[str]:
        # Each field is looked at by the form, what they hold together by `clean`, and at last by the insert itself;
        # asking the model in between costs thirteen queries.
        return {field.name for field in Incident._meta.fields}

    def clean(self):
        cleaned = super().clean()
        self._check_times(cleaned)
        self._check_reporter(cleaned)
        if cleaned.get("disposition") == Disposition.PASSED_ON and not cleaned.get("passed_to"):
            self.add_error("passed_to", _("Write to whom it was passed on."))
        self._grade(cleaned)
        return cleaned

    def _check_times(self, cleaned) -> None:
        received, happened = cleaned.get("received_at"), cleaned.get("event_at")
        if received and received > self.at:
            self.add_error("received_at", _("This lies in the future. Check the date and the time."))
        for name, value in (("received_at", received), ("event_at", happened)):
            if value and value < self.at - LONGEST_AGO:
                self.add_error(name, _("This is more than a year ago. Check the date."))
        if received and happened and happened > received:
            self.add_error("event_at", _("It cannot happen after it was reported. Check both times."))

    def _check_reporter(self, cleaned) -> None:
        for name, flag, text in (
            ("reporter_name", "name_not_given", _("Write the reporter's name, or choose “not given”.")),
            ("reporter_contact", "contact_not_given", _("Write a number to call back, or choose “not given”.")),
        ):
            if not cleaned.get(name) and not cleaned.get(flag) and name not in self.errors:
                self.add_error(name, text)
            if cleaned.get(name):
                cleaned[flag] = False

    def _grade(self, cleaned) -> None:
        """The level: the standard's suggestion, or the officer's own with a reason."""
        if not cleaned.get("urgency") or not cleaned.get("scope"):
            return
        suggested = self.standard.suggest(cleaned["urgency"], cleaned["scope"]).level
        level = cleaned.get("level") or suggested
        if level != suggested and not cleaned.get("grading_reason"):
            self.add_error("grading_reason", _("Say why it is not “%(level)s”.") % {"level": suggested.name})
        if level == suggested:
            cleaned["grading_reason"] = ""
        cleaned["level"] = level
        if cleaned.get("request_text") and not (level.must_report or cleaned.get("beyond_ability")):
            self.add_error(
                "request_text",
                _(
                    "“%(level)s” is not reported, so nobody would read this. Clear it, or tick that it is beyond the watch."
                )
                % {"level": level.name},
            )
        settled = cleaned.get("disposition") in (Disposition.ANSWERED, Disposition.GUIDED)
        if settled and (level.must_report or cleaned.get("beyond_ability")):
            self.add_error("disposition", _("What must be reported cannot be settled as an enquiry."))

    def to_log(self) -> Incident:
        """The incident, ready for its first verb."""
        incident = self.instance
        if self.cleaned_data.get("ring_seconds") is not None:
            opened = self.cleaned_data.get("opened")
            fresh = opened and abs(opened - incident.received_at) < CALL_IS_FRESH and opened <= self.at
            incident.answered_at = opened if fresh else incident.received_at
            incident.rang_at = incident.answered_at - dt.timedelta(seconds=self.cleaned_data["ring_seconds"])
        return incident
