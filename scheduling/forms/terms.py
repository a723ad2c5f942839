"""The terms on which a unit keeps duty, each explained in one sentence."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper
from scheduling.forms.times import HourField, begin_labels_large
from scheduling.models import Rotation, Terms

BETWEEN = re.compile(r"[、,，;；\s]+")
MOST_RUNGS, LONGEST_HOURS = 6, 30 * 24

# Two columns of groups.
GROUPS = (
    (
        (gettext_lazy("Rest and load"), ("rest_hours", "days_in_row", "nights_in_row", "spacing_days", "recommended_hours", "sick_days_counted")),
        (gettext_lazy("Office hours"), ("office_starts", "office_ends")),
    ),
    (
        (gettext_lazy("How turns run"), ("rotation", "leader_daily", "whole_weekends", "steady_pairs")),
        (gettext_lazy("Publishing, swaps, absences"), ("publish_days_ahead", "ladder_hours", "officers_take_open", "swap_needs_approval", "swap_days_ahead", "both_away")),
    ),
)  # fmt: skip


class HoursField(forms.CharField):
    """Several numbers of hours, separated by 、 or a comma."""

    def prepare_value(self, value):
        return "、".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        if isinstance(value, list):
            return value
        said = [piece for piece in BETWEEN.split(str(value or "").strip()) if piece]
        if not all(piece.isascii() and piece.isdecimal() and 1 <= int(piece) <= LONGEST_HOURS for piece in said):
            raise ValidationError(_("Write hours between 1 and 720, like 72、24、4."))
        if len(said) > MOST_RUNGS:
            raise ValidationError(_("%(n)s at most.") % {"n": MOST_RUNGS})
        return sorted({int(piece) for piece in said}, reverse=True)

    def validate(self, value):
        """An empty list is an answer: no alarm."""

    def run_validators(self, value):
        """Read already."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True


class TermsForm(forms.ModelForm):
    ladder_hours = HoursField(label=gettext_lazy("an open seat alarms these hours before it starts"), required=False)
    office_starts = HourField(label=gettext_lazy("office hours on workdays, from"))
    office_ends = HourField(label=gettext_lazy("office hours on workdays, until"))

    class Meta:
        model = Terms
        fields = [name for column in GROUPS for _title, names in column for name in names]
        help_texts = {
            "rest_hours": gettext_lazy("Nobody is given a duty that begins sooner than this after the last one ended."),
            "days_in_row": gettext_lazy("Nobody keeps duty on more days one after the other."),
            "nights_in_row": gettext_lazy("Nobody keeps more nights one after the other."),
            "spacing_days": gettext_lazy("The generator leaves this many free days between two duties of a person where it can."),
            "recommended_hours": gettext_lazy("A longer watch is warned of, never refused."),
            "sick_days_counted": gettext_lazy("Shorter sickness is made up for later; from this length on it is not."),
            "rotation": gettext_lazy("How the turns of the officers follow each other."),
            "leader_daily": gettext_lazy("Otherwise the leader follows the rotation of the officers."),
            "whole_weekends": gettext_lazy("Whoever has one of the two rest days has both."),
            "steady_pairs": gettext_lazy("Otherwise the generator mixes, so that everyone comes to know everyone."),
            "publish_days_ahead": gettext_lazy("A roster that is published later is marked as late."),
            "ladder_hours": gettext_lazy("Those who plan, then the head of the unit, are told of an empty seat: for example 72、24、4. Empty: nobody is."),
            "swap_needs_approval": gettext_lazy("Otherwise a swap counts as soon as both have agreed."),
            "swap_days_ahead": gettext_lazy("A swap of a duty on a statutory holiday is asked for this early."),
            "officers_take_open": gettext_lazy("Whoever fits without breaking a rule sits there at once. Otherwise those who plan are asked."),
            "both_away": gettext_lazy("Otherwise leave of one is warned of while the other is away."),
            "office_starts": gettext_lazy("On workdays the offices themselves keep these hours; all others are watched."),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["rotation"].choices = Rotation.choices  # without the empty one
        for name, field in self.fields.items():
            field.help_text = field.help_text or self.Meta.help_texts.get(name, "")
        begin_labels_large(self)

    @property
    def columns(self) -> list[list[tuple[str, list[forms.BoundField]]]]:
        return [[(title, [self[name] for name in names]) for title, names in column] for column in GROUPS]
