import datetime as dt

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from duty.forms.moments import moments_of
from duty.forms.people import plain_helper
from duty.models import Person
from scheduling.access import PLANNERS
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.models import Post, Seat, SeatRole, Shift

LONGEST, FURTHEST = dt.timedelta(hours=48), dt.timedelta(days=2 * 366)
SEATS = (SeatRole.LEADER, SeatRole.PRIMARY, SeatRole.SECONDARY, SeatRole.RESERVE)


class ShiftForm(forms.ModelForm):
    """A watch and its people on one page."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Shift
        fields = ["post", "name", "starts_at", "ends_at"]

    def __init__(self, *args, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.at = at
        moments_of(self, ("starts_at", "ends_at"), at)
        posts = Q(unit__in=person.sight.units(PLANNERS), is_active=True)
        if self.instance.pk:
            self.fields["post"].disabled = True
            posts = Q(pk=self.instance.post_id)  # even one that is no longer in use
        self.fields["post"].queryset = Post.objects.filter(posts)
        self.fields["name"].widget.attrs["placeholder"] = _("Night watch")
        self.people = employable(at)
        names = names_of(self.people)
        self.suggestions = [shown(person, names) for person in self.people]
        sitting = {seat.role: seat.person for seat in self.instance.crew()} if self.instance.pk else {}
        for role in SEATS:
            self.fields[role.value] = PersonField(
                self.people,
                label=role.label,
                required=role == SeatRole.PRIMARY,
                initial=shown(sitting.get(role), names),
            )
        self.fields["version"].initial = self.instance.version

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end:
            if end <= start:
                self.add_error("ends_at", _("The shift ends before it starts."))
            elif end - start > LONGEST:
                self.add_error("ends_at", _("A shift lasts 48 hours at most. Check the dates."))
            elif start > self.at + FURTHEST:
                self.add_error("starts_at", _("This lies more than two years ahead. Check the date."))
            elif not self.instance.pk and end <= self.at - dt.timedelta(days=366):
                self.add_error("starts_at", _("This watch ended over a year ago. Check the date."))
            else:
                self._check_post(start, end)
                self._check_people(start, end)
        return cleaned

    def _get_validation_exclusions(self):
        # What else stands at this post is asked in `clean`, where a field can be named, and at last by the database.
        return super()._get_validation_exclusions() | {"post"}

    def told_by_the_database(self) -> None:
        """Someone was faster, and what they entered can be seen by now: say by which field."""
        start, end = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        self._check_post(start, end)
        self._check_people(start, end)
        if not self.errors:
            self.add_error(None, _("Someone else was faster. Save it once more."))

    def _check_post(self, start, end) -> None:
        there = Shift.objects.live().between(start, end).filter(post=self.cleaned_data.get("post"))
        if there.exclude(pk=self.instance.pk).exists():
            self.add_error("starts_at", _("This post has a shift at that time already."))

    def _check_people(self, start, end) -> None:
        chosen: dict[int, str] = {}
        for role in SEATS:
            person = self.cleaned_data.get(role.value)
            if person is None:
                continue
            if person.pk in chosen:
                self.add_error(role.value, _("%(name)s has a seat on this watch already.") % {"name": person.name})
                continue
            chosen[person.pk] = role.value
            # The end itself belongs to the next watch: at midnight of the last day one has still worked to the end.
            if not person.is_employed(start) or not person.is_employed(end - dt.timedelta(microseconds=1)):
                self.add_error(role.value, _("%(name)s does not work here on that day.") % {"name": person.name})
        others = Seat.objects.filter(person__in=chosen, starts_at__lt=end, ends_at__gt=start).exclude(
            shift=self.instance.pk
        )
        for seat in others.select_related("shift__post", "person"):
            self.add_error(
                chosen[seat.person_id],
                _("%(name)s has another duty at that time: %(shift)s.")
                % {"name": seat.person.name, "shift": seat.shift.title},
            )

    @property
    def seats(self) -> list[tuple[str, Person]]:
        return [(role.value, self.cleaned_data[role.value]) for role in SEATS if self.cleaned_data.get(role.value)]
