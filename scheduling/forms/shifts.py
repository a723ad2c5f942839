import datetime as dt
import itertools

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from duty.forms.moments import moments_of
from duty.forms.people import plain_helper
from duty.models import Person
from scheduling.access import PLANNERS
from scheduling.forms.people import PeopleField, PersonField, employable, names_of, shown
from scheduling.models import Absence, Post, Seat, SeatRole, Shift

LONGEST, FURTHEST = dt.timedelta(hours=48), dt.timedelta(days=2 * 366)
ALONE = (SeatRole.LEADER, SeatRole.PRIMARY)
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
        self.sitting = self.instance.crew() if self.instance.pk else []
        self.span_before = self.instance.starts_at, self.instance.ends_at
        for role in SEATS:
            self._add_seat(role, names)
        self.fields["version"].initial = self.instance.version

    def _add_seat(self, role: SeatRole, names) -> None:
        """One name for a leader and a primary, unless several share the watch already; several for the others."""
        here = list(dict.fromkeys(seat.person for seat in self.sitting if seat.role == role))
        about = {"label": role.label, "required": role == SeatRole.PRIMARY}
        about["initial"] = "、".join(shown(person, names) for person in here)
        several = role not in ALONE or len(here) > 1
        self.fields[role.value] = PeopleField(self.people, **about) if several else PersonField(self.people, **about)

    def _typed(self, role: SeatRole) -> list[Person]:
        said = self.cleaned_data.get(role.value) or []
        return said if isinstance(said, list) else [said]

    def _places(self, start, end) -> list[tuple[str, Person, tuple]]:
        """(seat, person, span): parts that were taken over stay as they are while the watch does not move."""
        unmoved, found = (start, end) == self.span_before, []
        for role in SEATS:
            kept: dict[Person, list] = {}
            for seat in self.sitting if unmoved else ():
                if seat.role == role:
                    kept.setdefault(seat.person, []).append((seat.starts_at, seat.ends_at))
            people = self._typed(role)
            if role in ALONE and set(people) != set(kept):
                kept = {}  # whoever is entered alone keeps all of it
            found += [(role.value, person, span) for person in people for span in kept.get(person, [(start, end)])]
        return found

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
        places = self._places(start, end)
        for role in ALONE:
            spans = sorted(span for seat, _person, span in places if seat == role)
            if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
                self.add_error(role.value, _("Write one name: a watch that is shared or moves has one here."))
        seen: dict[int, list[tuple[str, tuple]]] = {}
        for role, person, span in places:
            mine = seen.setdefault(person.pk, [])
            if any(span[0] < other[1] and other[0] < span[1] for _role, other in mine):
                self.add_error(role, _("%(name)s has a seat on this watch already.") % {"name": person.name})
                continue
            mine.append((role, span))
            # The end itself belongs to the next watch: at midnight of the last day one has still worked to the end.
            if not person.is_employed(span[0]) or not person.is_employed(span[1] - dt.timedelta(microseconds=1)):
                self.add_error(role, _("%(name)s does not work here on that day.") % {"name": person.name})
        others = Seat.objects.filter(person__in=seen).between(start, end).exclude(shift=self.instance.pk)
        for seat in others.select_related("shift__post", "person"):
            for role, span in seen[seat.person_id]:
                if seat.starts_at < span[1] and span[0] < seat.ends_at:
                    said = _("%(name)s has another duty at that time: %(shift)s.")
                    self.add_error(role, said % {"name": seat.person.name, "shift": seat.shift.title})
        for absence in Absence.objects.counted().filter(person__in=seen).between(start, end).select_related("person"):
            for role, span in seen[absence.person_id]:
                if span[0] >= self.at and absence.starts_at < span[1] and span[0] < absence.ends_at:
                    said = _("%(name)s is away at that time: %(span)s.")
                    self.add_error(role, said % {"name": absence.person.name, "span": absence.half_days()})

    @property
    def seats(self) -> list[tuple]:
        """(seat, person), with a span where it is for a part."""
        whole = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        return [place[:2] if place[2] == whole else place for place in self._places(*whole)]
