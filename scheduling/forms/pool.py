"""People for duty: several join at once, one's seats and share change from a day on, one leaves."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, day_of
from duty.forms.people import plain_helper
from duty.models import Unit
from duty.models.units import unit_tree
from scheduling.forms.people import PeopleField, employable, names_of, shown
from scheduling.forms.times import DayField, begin_labels_large
from scheduling.models import Member, SeatRole

MOST_SHOWN = 200
USUAL = [SeatRole.PRIMARY, SeatRole.SECONDARY, SeatRole.RESERVE]


def _roles():
    return forms.MultipleChoiceField(
        label=gettext_lazy("seats"), choices=SeatRole, widget=forms.CheckboxSelectMultiple, initial=USUAL
    )


class JoinForm(forms.Form):
    """Several people join a unit's pool on the same terms."""

    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("people of the unit"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    roles = _roles()
    percent = forms.IntegerField(
        label=gettext_lazy("share of a full load, %"), min_value=5, max_value=100, initial=100,
        help_text=gettext_lazy("60 for someone who keeps six duties where others keep ten."),
    )  # fmt: skip

    def __init__(self, *args, unit: Unit, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.unit, self.at = unit, at
        today = day_of(at)
        self.fields["from_on"] = DayField(label=_("from"), initial=today)
        self.fields["until_on"] = DayField(
            label=_("until"), required=False, help_text=_("Empty: until further notice.")
        )
        self.known = employable(at)
        names = names_of(self.known)
        pooled = set(Member.objects.filter(unit=unit).standing(today).values_list("person_id", flat=True))
        below = unit_tree().below(unit.pk)
        here = [person for person in self.known if person.unit_id in below and person.pk not in pooled]
        here.sort(key=lambda person: person.unit_id != unit.pk)  # the unit's own first
        units = dict(Unit.objects.filter(pk__in=below).values_list("pk", "name"))
        self.fields["people"].choices = [
            (person.pk, " ".join(filter(None, (shown(person, names), person.title, self._elsewhere(person, units)))))
            for person in here[:MOST_SHOWN]
        ]
        if not here:
            del self.fields["people"]
        self.fields["others"] = PeopleField(
            self.known, most=50, label=_("others"), required=False, help_text=_("By name or staff number, from any unit.")
        )  # fmt: skip
        self.suggestions = [shown(person, names) for person in self.known]
        self.order_fields(["people", "others", "roles", "percent", "from_on", "until_on"])
        begin_labels_large(self)

    def _elsewhere(self, person, units: dict[int, str]) -> str:
        return "" if person.unit_id == self.unit.pk else f"· {units[person.unit_id]}"

    def clean(self):
        cleaned = super().clean()
        by_id = {person.pk: person for person in self.known}
        chosen = [by_id[pk] for pk in cleaned.get("people") or []] + (cleaned.get("others") or [])
        self.chosen = list(dict.fromkeys(chosen))
        if not self.chosen and not self.errors:
            self.add_error("others", _("Choose at least one person."))
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day lies before the first."))
        elif first:
            self.refuse_those_in()
        return cleaned

    def refuse_those_in(self) -> None:
        """Nobody is in a pool twice at a time; those who are get named."""
        first, last = self.cleaned_data["from_on"], self.cleaned_data.get("until_on")
        rows = Member.objects.filter(unit=self.unit, person__in=self.chosen).exclude(until_on__lt=first)
        for member in (rows.exclude(from_on__gt=last) if last else rows).select_related("person"):
            self.add_error("others", _("%(name)s is in this pool already at that time.") % {"name": member.person.name})

    @property
    def members(self) -> list[Member]:
        cleaned = self.cleaned_data
        same = {name: cleaned[name] for name in ("roles", "percent", "from_on", "until_on")}
        return [Member(unit=self.unit, person=person, **same) for person in self.chosen]


class MemberForm(forms.ModelForm):
    """Another share, or other seats, from a day on; always a new row that takes the old one's place."""

    roles = _roles()

    class Meta:
        model = Member
        fields = ["roles", "percent", "from_on", "until_on"]

    def __init__(self, *args, old: Member, at, **kwargs):
        self.old, today = old, day_of(at)
        new = Member(unit=old.unit, person=old.person)
        for name in self.Meta.fields:
            setattr(new, name, getattr(old, name))
        super().__init__(*args, instance=new, **kwargs)
        self.helper = plain_helper()
        self.fields["percent"].widget.attrs |= {"min": 5, "max": 100}
        self.fields["from_on"] = DayField(
            label=_("in force from"), not_before=None if old.from_on > today else old.from_on,
            help_text=_("Until the day before, everything stays as it was."),
        )  # fmt: skip
        self.fields["until_on"] = DayField(
            label=_("until"), required=False, help_text=_("Empty: until further notice.")
        )
        self.initial["from_on"] = max(old.from_on, today + DAY)
        begin_labels_large(self)

    def clean(self):
        cleaned = super().clean()
        if self.old.until_on and cleaned.get("from_on") and cleaned["from_on"] > self.old.until_on:
            self.add_error("from_on", _("This membership ends on %(day)s.") % {"day": self.old.until_on})
        return cleaned

    def _get_validation_exclusions(self):
        # Against the row whose place it takes it would always stand twice; the database asks once more at the end.
        return super()._get_validation_exclusions() | {"person", "unit"}
