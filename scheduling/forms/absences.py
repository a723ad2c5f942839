"""Asking to be away, and the call of someone who is ill."""

import datetime as dt
import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, day_of
from duty.forms.people import plain_helper
from duty.models import Person
from scheduling.access import record_for
from scheduling.clashes import clashes
from scheduling.forms.people import PersonField, names_of, shown
from scheduling.models import Absence, AbsenceKind, Half

FURTHEST, LONGEST, BACKWARDS = 2 * 366, 366, 31
ASKED_FOR = (AbsenceKind.LEAVE, AbsenceKind.AWAY, AbsenceKind.TRAINING)


def day_field(label, **more):
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class AbsenceForm(forms.ModelForm):
    """One absence. What speaks against it is shown once before it is sent: `seen` is the mark of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Absence
        fields = ["kind", "from_on", "from_half", "until_on", "until_half", "place", "acting", "acting_phone", "reason"]

    def __init__(self, *args, by, at, for_others: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.by, self.at, self.today = by, at, day_of(at)
        kinds = list(ASKED_FOR)
        if self.instance.pk and self.instance.kind not in kinds:
            kinds = [AbsenceKind(self.instance.kind)]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        for name in ("from_on", "until_on"):
            self.fields[name] = day_field(self.fields[name].label)
        for name in ("from_half", "until_half"):
            self.fields[name].choices = Half.choices
        self.people = list(Person.objects.employed(at).select_related("unit"))
        acting = self.fields["acting"]
        self.fields["acting"] = PersonField(self.people, label=acting.label, required=False)
        names = names_of(self.people)
        self.initial["acting"] = shown(self.instance.acting if self.instance.acting_id else None, names)
        self.fields["acting_phone"].help_text = _("Empty: the number on their profile.")
        if for_others:
            mine = [person for person in self.people if record_for(by, person)]
            self.fields["person"] = PersonField(
                mine, label=_("For whom"), required=False, help_text=_("Empty: myself.")
            )
            self.order_fields(["person"])
        self.suggestions = [shown(person, names) for person in self.people]

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        absence = self.instance
        if not absence.pk:
            absence.person = cleaned.get("person") or self.by
        if first and last:
            self._check_days(first, last)
        if cleaned.get("kind") == AbsenceKind.AWAY:
            self._check_filing(cleaned)
        acting = cleaned.get("acting")
        if acting and not cleaned.get("acting_phone"):
            cleaned["acting_phone"] = acting.mobile
            if not acting.mobile:
                self.add_error(
                    "acting_phone", _("Write a number under which %(name)s answers.") % {"name": acting.name}
                )
        if not self.errors:
            absence.from_on, absence.until_on = first, last
            absence.from_half, absence.until_half = cleaned["from_half"], cleaned["until_half"]
            absence.set_span()
            if absence.ends_at <= absence.starts_at:
                self.add_error("until_half", _("The absence ends before it begins."))
        return cleaned

    def _check_days(self, first: dt.date, last: dt.date) -> None:
        earliest = self.today if self.instance.person_id == self.by.pk else self.today - BACKWARDS * DAY
        if last < first:
            self.add_error("until_on", _("The absence ends before it begins."))
        elif last - first > LONGEST * DAY:
            self.add_error("until_on", _("An absence lasts a year at most. Check the dates."))
        elif first > self.today + FURTHEST * DAY:
            self.add_error("from_on", _("This lies more than two years ahead. Check the date."))
        elif first < earliest and "from_on" in self.changed_data:
            self.add_error("from_on", _("This lies in the past. Ask your superior or a planner to record it."))

    def _check_filing(self, cleaned) -> None:
        for name, words in (
            ("place", _("Write where they can be found.")),
            ("acting", _("Name who acts meanwhile.")),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, words)

    def _get_validation_exclusions(self):
        # Nobody is away twice at a time: told here in words, and kept by the database.
        return super()._get_validation_exclusions() - {"person", "starts_at", "ends_at", "status", "acting"}

    def told(self) -> list:
        """What speaks against it and was not shown yet; empty once whoever sends it has seen it."""
        found = clashes(self.instance, self.at)
        self.mark = hashlib.sha256("\n".join(clash.text for clash in found).encode()).hexdigest()[:16]
        return [] if self.cleaned_data.get("seen") == self.mark else found


class SickCallForm(forms.Form):
    """Who is ill, from when until when; asked by address, so that the page can be looked at again."""

    from_on = day_field(gettext_lazy("first day"))
    from_half = forms.ChoiceField(label=gettext_lazy("from"), choices=Half.choices)
    until_on = day_field(gettext_lazy("last day"))
    until_half = forms.ChoiceField(label=gettext_lazy("until"), choices=Half.choices)

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.by, self.today = by, day_of(at)
        people = Person.objects.employed(at)
        self.people = [person for person in people if record_for(by, person)]
        self.fields["person"] = PersonField(self.people, label=_("Who is ill"), max_length=60)
        self.order_fields(["person"])
        names = names_of(self.people)
        self.suggestions = [shown(person, names) for person in self.people]

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and not self.errors:
            if last < first:
                self.add_error("until_on", _("The absence ends before it begins."))
            elif last - first > LONGEST * DAY or abs(first - self.today) > LONGEST * DAY:
                self.add_error("until_on", _("An absence lasts a year at most. Check the dates."))
            else:
                self.absence = Absence(kind=AbsenceKind.SICK, **{n: cleaned[n] for n in cleaned})
                self.absence.set_span()
                if self.absence.ends_at <= self.absence.starts_at:
                    raise ValidationError({"until_half": _("The absence ends before it begins.")})
        return cleaned
