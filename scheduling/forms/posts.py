"""A duty post, and the watches that it keeps."""

import hashlib

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from duty.clock import DAY, day_of
from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Unit
from scheduling.access import PLANNERS
from scheduling.forms.times import DayField, HourField, LengthField, begin_labels_large
from scheduling.models import DayKind, Pattern, PatternSeat, Post, Qualification, SeatRole

SEATS = SeatRole.values
ALONE = (SeatRole.LEADER, SeatRole.PRIMARY)


class PostForm(NameOnce, forms.ModelForm):
    taken = gettext_lazy("This unit has a post of this name already.")

    class Meta:
        model = Post
        fields = ["unit", "name", "phone", "order", "is_active"]
        help_texts = {
            "unit": gettext_lazy("It keeps watch for this unit and everything below it."),
            "is_active": gettext_lazy("What is no longer in use gets no new watches; the old ones stay."),
        }

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(PLANNERS))


def standing_of(pattern: Pattern | None) -> str:
    """What a pattern says, in a few letters: a page that was opened before someone changed it is told."""
    if pattern is None or pattern.pk is None:
        return ""
    seats = sorted((s.role, s.people, s.people_on_holidays, s.qualification_id) for s in pattern.seats.all())
    said = [pattern.name, pattern.mark, pattern.starts, pattern.minutes, sorted(pattern.day_kinds), pattern.from_on]
    return hashlib.sha256(repr([*said, pattern.until_on, seats]).encode()).hexdigest()[:16]


class PatternForm(forms.ModelForm):
    """One watch of a post with its seats; always a new row, which takes the old one's place from a day on."""

    starts = HourField(label=gettext_lazy("starts at"))
    minutes = LengthField(label=gettext_lazy("length, hours and minutes"), initial=8 * 60)
    day_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("on"), choices=DayKind, widget=forms.CheckboxSelectMultiple, initial=DayKind.values
    )
    standing = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Pattern
        fields = ["name", "mark", "starts", "minutes", "day_kinds", "from_on", "until_on"]

    def __init__(self, *args, post: Post, at, old: Pattern | None = None, **kwargs):
        self.old, today = old, day_of(at)
        new = Pattern(post=post)
        if old:
            for name in self.Meta.fields:
                setattr(new, name, getattr(old, name))
        super().__init__(*args, instance=new, **kwargs)
        self.helper = plain_helper()
        self.fields["name"].widget.attrs["placeholder"] = _("Night watch")
        self.fields["mark"].help_text = _("One or two characters that stand on the roster.")
        self.fields["from_on"] = DayField(
            label=_("in force from"), not_before=today,
            help_text=_("Until the day before, everything stays as it was. What is published already does not change.") if old else "",
        )  # fmt: skip
        self.fields["until_on"] = DayField(
            label=_("until"), required=False, help_text=_("Empty: until it is changed or ended.")
        )
        if not old:
            self.initial["day_kinds"] = DayKind.values
        self.initial["from_on"] = max(old.from_on, today + DAY) if old else today
        self.initial["standing"] = standing_of(old)
        rows = list(Qualification.objects.all())
        seats = {seat.role: seat for seat in old.seats.all()} if old else {}
        for role in SeatRole:
            self._add_seat(role, seats.get(role.value), rows)
        begin_labels_large(self)

    def _add_seat(self, role: SeatRole, seat: PatternSeat | None, rows) -> None:
        most = 1 if role in ALONE else 20
        usual = 0 if self.old or role not in ALONE else 1
        for name, label, value in (
            ("people", pgettext("how many", "people"), seat.people if seat else usual),
            ("holidays", _("on statutory holidays"), seat.people_on_holidays if seat else usual),
        ):
            self.fields[f"{role}_{name}"] = forms.IntegerField(
                label=label, min_value=0, max_value=most, initial=value, widget=forms.NumberInput(attrs={"class": "form-control"})
            )  # fmt: skip
        field = forms.ModelChoiceField(
            Qualification.objects.none(), label=_("must hold"), required=False, empty_label="—",
            initial=seat.qualification_id if seat else None, widget=forms.Select(attrs={"class": "form-select"}),
        )  # fmt: skip
        self.fields[f"{role}_holds"] = field
        offer(field, Qualification.objects.all(), rows)

    @property
    def seat_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(role.label, [self[f"{role}_{name}"] for name in ("people", "holidays", "holds")]) for role in SeatRole]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    def clean(self):
        cleaned = super().clean()
        if self.old and cleaned.get("standing") != standing_of(self.old):
            self.data = self.data.copy()
            self.data["standing"] = standing_of(self.old)
            self.add_error(
                None, _("Someone changed this watch since you opened the page. Compare, and save once more.")
            )
        if self.old and self.old.until_on and cleaned.get("from_on") and cleaned["from_on"] > self.old.until_on:
            self.add_error("from_on", _("This watch ends on %(day)s.") % {"day": self.old.until_on})
        kinds = set(cleaned.get("day_kinds") or [])
        keeps = [role for role in SEATS if role != SeatRole.RESERVE]
        for field, name, needed in (
            ("people", "people", kinds - {DayKind.HOLIDAY}),
            ("holidays", "holidays", kinds & {DayKind.HOLIDAY}),
        ):
            counts = [cleaned.get(f"{role}_{name}") for role in keeps]
            if needed and None not in counts and not any(counts):
                self.add_error(f"{SeatRole.PRIMARY}_{field}", _("Somebody has to keep this watch: enter at least one."))
        return cleaned

    @property
    def seats(self) -> list[PatternSeat]:
        cleaned = self.cleaned_data
        rows = [
            PatternSeat(
                role=role,
                people=cleaned[f"{role}_people"],
                people_on_holidays=cleaned[f"{role}_holidays"],
                qualification=cleaned[f"{role}_holds"],
            )
            for role in SEATS
        ]
        return [row for row in rows if row.people or row.people_on_holidays]


class LastDayForm(forms.Form):
    """The last day on which something holds."""

    def __init__(self, *args, at, earliest=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        # Up to yesterday nothing is undone: what was kept then was kept.
        self.fields["last_on"] = DayField(
            label=_("last day"), not_before=max(filter(None, (day_of(at) - DAY, earliest))), initial=day_of(at)
        )
        begin_labels_large(self)
