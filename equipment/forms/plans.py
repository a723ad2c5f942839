"""A plan of rounds: who walks which checklist when, and how early or late a round may be."""

import datetime as dt
import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import day_of
from duty.forms.names import NameOnce
from duty.forms.rows import offer
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.standing import Watched
from equipment.models import Checklist, Plan, Rhythm
from equipment.models.plans import OF_A_WATCH
from equipment.rhythm import LAST_DAY
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import HOUR, DayField, begin_labels_large
from scheduling.models import Post

BETWEEN = re.compile(r"[\s,，、;；]+")
MOST_TIMES = 24


class TimesField(forms.CharField):
    """Times of day, one or several: 08:00, 20:00."""

    def __init__(self, **kwargs):
        super().__init__(max_length=200, **kwargs)
        self.widget.attrs |= {"placeholder": "08:00, 20:00", "autocomplete": "off"}

    def prepare_value(self, value):
        return ", ".join(f"{time:%H:%M}" for time in sorted(value)) if isinstance(value, list) else value

    def to_python(self, value) -> list[dt.time]:
        found = set()
        for said in BETWEEN.split(unicodedata.normalize("NFKC", str(value or "")).strip()):
            hour = HOUR.match(said)
            if said and (not hour or int(hour[1]) > 23 or int(hour[2] or 0) > 59):
                words = _("“%(said)s” is no time of day. Write the hours like 08:00, 20:30.")
                raise ValidationError(words % {"said": said[:20]})
            if said:
                found.add(dt.time(int(hour[1]), int(hour[2] or 0)))
        if len(found) > MOST_TIMES:
            raise ValidationError(_("%(n)d times a day at most.") % {"n": MOST_TIMES})
        return sorted(found)

    def validate(self, value):
        """Whether any is needed depends on the rhythm."""

    def run_validators(self, value):
        """Read already."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != sorted(initial or [])
        except ValidationError:
            return True


class DaysField(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(coerce=int, required=False, **kwargs)

    def has_changed(self, initial, data):
        return sorted(map(str, initial or [])) != sorted(map(str, data or []))


class PlanForm(Watched, NameOnce, forms.ModelForm):
    taken = gettext_lazy("This unit has a plan of this name already.")

    class Meta:
        model = Plan
        fields = [
            "name", "unit", "checklist", "post", "person", "rhythm", "times", "weekdays", "month_days", "every_hours",
            "offset_minutes", "early_minutes", "start_minutes", "window_minutes", "grace_minutes", "must_scan",
            "needs_approval", "from_on", "until_on",
        ]  # fmt: skip
        widgets = {"rhythm": forms.RadioSelect}
        help_texts = {
            "must_scan": gettext_lazy(
                "At each stop the label is scanned or its code typed, to show that somebody stood there."
            ),
            "needs_approval": gettext_lazy("The leader on watch looks at it within 24 hours."),
        }

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.at = by, at
        units = by.sight.units(KEEPERS)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=units)
        self._offer_checklists(by)
        posts = list(Post.objects.visible_to(by).filter(is_active=True))
        if self.instance.post_id and self.instance.post_id not in {post.pk for post in posts}:
            posts.append(self.instance.post)
        offer(self.fields["post"], Post.objects.filter(pk__in=[post.pk for post in posts]), posts)
        self.fields["post"].empty_label = "—"
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(person, names) for person in known]
        self.fields["person"] = PersonField(known, label=_("or always by this person"), required=False, max_length=60)
        self.initial["person"] = shown(self.instance.person, names) if self.instance.person_id else ""
        self.fields["times"] = TimesField(label=_("at these times of day"), required=False)
        week = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        self.fields["weekdays"] = DaysField(label=_("on these days of the week"), choices=list(enumerate(week, 1)))
        days = [(day, str(day)) for day in range(1, LAST_DAY)] + [(LAST_DAY, _("the last day"))]
        self.fields["month_days"] = DaysField(label=_("on these days of the month"), choices=days)
        self.fields["from_on"] = DayField(label=_("from"), initial=day_of(at))
        self.fields["until_on"] = DayField(label=_("until"), required=False, help_text=_("Empty: until it is ended."))
        if self.instance._state.adding:
            self.initial["from_on"] = self.initial.get("from_on") or day_of(at)
            if len(units) == 1:
                self.initial.setdefault("unit", next(iter(units)))
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select"
            elif isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "form-check-input"
            elif isinstance(field.widget, forms.TextInput | forms.NumberInput | forms.DateInput):
                field.widget.attrs["class"] = "form-control"
        begin_labels_large(self)

    def _offer_checklists(self, by) -> None:
        """Those in use that have something to ask."""
        rows = Checklist.objects.in_use().visible_to(by).filter(versions__published_at__isnull=False).distinct()
        rows = list(rows)
        if self.instance.checklist_id and self.instance.checklist_id not in {row.pk for row in rows}:
            rows.append(self.instance.checklist)
        offer(self.fields["checklist"], Checklist.objects.filter(pk__in=[row.pk for row in rows]), rows)

    def clean_person(self):
        """An empty name is nobody."""
        return self.cleaned_data["person"] or None

    def clean(self):
        cleaned = super().clean()
        rhythm = cleaned.get("rhythm")
        if rhythm in OF_A_WATCH:
            self._forget("times", "weekdays", "month_days", "person")
            if not cleaned.get("post") and "post" not in self._errors:
                self.add_error("post", _("Rounds that follow the watch need a duty post."))
        else:
            self._forget("every_hours")
            self._forget("offset_minutes", to=0)
            if not cleaned.get("times") and "times" not in self._errors:
                self.add_error("times", _("Write one time of day at least."))
            if bool(cleaned.get("post")) == bool(cleaned.get("person")) and not {"post", "person"} & set(self._errors):
                self.add_error("post", _("Choose a duty post or a person, one of them."))
        if rhythm != Rhythm.EVERY:
            self._forget("every_hours")
        elif not 1 <= (cleaned.get("every_hours") or 0) <= 24 and "every_hours" not in self._errors:
            self.add_error("every_hours", _("Write how many hours lie between two rounds: 1 to 24."))
        for name, own, why in (
            ("weekdays", Rhythm.WEEKLY, _("Choose one day of the week at least.")),
            ("month_days", Rhythm.MONTHLY, _("Choose one day of the month at least.")),
        ):
            if rhythm != own:
                self._forget(name)
            elif not cleaned.get(name) and name not in self._errors:
                self.add_error(name, why)
        self._windows(cleaned)
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:  # the database cannot even look at days the wrong way round
            self.add_error("until_on", _("The last day lies before the first."))
        return cleaned

    def _windows(self, cleaned: dict) -> None:
        begun, done = cleaned.get("start_minutes"), cleaned.get("window_minutes")
        if done is not None and not 5 <= done <= 2880:
            self.add_error("window_minutes", _("A round takes 5 minutes to 48 hours."))
        elif begun is not None and done is not None and begun > done:
            self.add_error("start_minutes", _("It has to begin before it is done: write %(n)d or less.") % {"n": done})
        if (cleaned.get("early_minutes") or 0) > 1440:  # rounds are laid a day and a half ahead
            self.add_error("early_minutes", _("24 hours (1440 minutes) at most."))
        for name in ("grace_minutes", "offset_minutes"):
            if (cleaned.get(name) or 0) > 2880:
                self.add_error(name, _("48 hours (2880 minutes) at most."))

    def _forget(self, *names, to=None) -> None:
        """What stands in a field that this rhythm does not show is no mistake and is not kept."""
        for name in names:
            self._errors.pop(name, None)
            self.cleaned_data[name] = [] if name in ("times", "weekdays", "month_days") else to

    def _get_validation_exclusions(self):
        """Whoever walks is typed, not chosen; the rules that tie them to the rhythm were told above."""
        return super()._get_validation_exclusions() | ({"post", "person"} if self._errors else set())

    def _post_clean(self):
        before = {name: self.instance.serializable_value(name) for name in self.Meta.fields}
        super()._post_clean()
        self.differs = [name for name, was in before.items() if self.instance.serializable_value(name) != was]

    @property
    def changed(self) -> list[str]:
        """What the plan says otherwise than before: a rhythm that is chosen forgets the days of another."""
        return self.differs
