import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, day_of, last_of_month, month_of, next_month
from duty.forms.people import plain_helper
from duty.models import Unit
from duty.templatetags.times import day
from scheduling.access import PLANNERS
from scheduling.models import Pattern, Roster
from scheduling.models.rosters import publication_due

FURTHEST = 2 * 366


class RosterForm(forms.ModelForm):
    """Which unit, and from which day to which. Where its publication is overdue already, that is said first."""

    late_known = forms.CharField(required=False, widget=forms.HiddenInput)  # for which unit and day it was said

    class Meta:
        model = Roster
        fields = ["unit", "first_on", "last_on"]
        widgets = {name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in ("first_on", "last_on")}

    def __init__(self, *args, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.today, self.at = plain_helper(), day_of(at), at
        self.late = ""  # what is said of it
        self.fields["unit"].queryset = Unit.objects.filter(
            pk__in=person.sight.units(PLANNERS), posts__patterns__isnull=False
        ).distinct()
        units = list(self.fields["unit"].queryset[:2])
        if units:
            self.fields["unit"].initial = units[0].pk
            first, last = self._next_month(units[0])
            self.fields["first_on"].initial, self.fields["last_on"].initial = first, last
            if not self.is_bound and self._say_if_late(units[0], first):
                self.fields["late_known"].initial = self._known(units[0], first)

    def _next_month(self, unit) -> tuple[dt.date, dt.date]:
        """The month after the last one that has a roster, and not before this one."""
        last = Roster.objects.filter(unit=unit).exclude(status="discarded").order_by("-last_on").first()
        first = month_of(max(last.last_on + DAY if last else self.today, self.today))
        if first <= self.today or (last and first <= last.last_on):
            first = next_month(first)
        return first, last_of_month(first)

    def _get_validation_exclusions(self):
        # A constraint's condition asks for the status, which nobody types.
        return super()._get_validation_exclusions() - {"status"}

    def clean(self):
        cleaned = super().clean()
        first, last, unit = cleaned.get("first_on"), cleaned.get("last_on"), cleaned.get("unit")
        if first and last:
            if last < first:
                self.add_error("last_on", _("The last day lies before the first."))
            elif last < self.today:
                self.add_error("first_on", _("These days are over. A roster is made for days to come."))
            elif (first - self.today).days > FURTHEST:
                self.add_error("first_on", _("This lies more than two years ahead. Check the date."))
            elif unit:
                self._check_unit(unit, first, last)
        if unit and first and not self.errors and self._say_if_late(unit, first):
            known = self._known(unit, first)
            if cleaned.get("late_known") != known:
                self.data = self.data.copy()
                self.data["late_known"] = known
                self.add_error(None, _("Nothing is laid out yet. Begin it all the same, or choose later days."))
        return cleaned

    def _say_if_late(self, unit, first: dt.date) -> bool:
        due = publication_due(unit.pk, first)
        if due <= self.at:
            words = _(
                "The promise for this period was %(day)s: it is late already, and the head of the unit is told at once."
            )
            self.late = words % {"day": day(due)}
        return bool(self.late)

    @staticmethod
    def _known(unit, first: dt.date) -> str:
        return f"{unit.pk}:{first}"

    def _check_unit(self, unit, first, last) -> None:
        there = Roster.objects.standing().filter(unit=unit, first_on__lte=last, last_on__gte=first).first()
        if there is not None:
            self.add_error(
                "first_on",
                _("%(roster)s is published already and has some of these days. Change that one instead.")
                % {"roster": there.title},
            )
        if not Pattern.objects.filter(post__unit=unit, post__is_active=True).in_force(first, last).exists():
            self.add_error("unit", _("No watch pattern of this unit holds in these days. Set up its posts first."))


class PublishForm(forms.Form):
    """Why a roster is published in spite of conflicts."""

    edits = forms.IntegerField(widget=forms.HiddenInput)
    override = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stays with this version for good."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
