"""Editing a draft of the severity standard: its matrix, and one level with its ladder at a time."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper
from duty.ladders import ESCALATE, REMIND, Rung, frozen
from duty.models import Person
from duty.sockets import resolvers
from incidents.models import Cell, Level, Scope, Urgency

RUNGS = 6
RECIPIENTS = ("to", "also", "besides")
MOST_MINUTES = 7 * 24 * 60
ACTIONS = ((REMIND, gettext_lazy("remind")), (ESCALATE, gettext_lazy("escalate")))


def _recipients(empty: bool) -> list[tuple[str, str]]:
    named = [(resolver.name, resolver.title) for resolver in resolvers]
    return [("", "—"), *named] if empty else named


def _select():
    return forms.Select(attrs={"class": "form-select"})


def _number(**attrs):
    return forms.NumberInput(attrs={"class": "form-control"} | attrs)


class LevelForm(forms.ModelForm):
    report_to = forms.MultipleChoiceField(
        label=gettext_lazy("Reported at once to"), widget=forms.CheckboxSelectMultiple, choices=()
    )
    report_minutes = forms.IntegerField(
        label=gettext_lazy("Acknowledged within (minutes)"), min_value=1, max_value=MOST_MINUTES
    )
    update_minutes = forms.IntegerField(
        label=gettext_lazy("Update after acknowledgement every (minutes)"),
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
    )
    designated = forms.ModelChoiceField(
        Person.objects.may_sign_in(), label=gettext_lazy("Designated person"), required=False,
        help_text=gettext_lazy("Asked only where “designated person” is chosen."),
    )  # fmt: skip
    again_minutes = forms.IntegerField(
        label=gettext_lazy("The last one comes again every (minutes)"), min_value=1, max_value=MOST_MINUTES, required=False,
        help_text=gettext_lazy("Until someone answers. Empty: it comes once."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Level
        fields = ["name", "words", "examples", "must_report"]
        widgets = {"examples": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        level = self.instance
        self.helper = plain_helper()
        self.fields["report_to"].choices = [(r.name, r.title) for r in resolvers if r.name != "duty.owner"]
        self.initial |= {
            "report_to": level.report_to.split("+"),
            "report_minutes": int(level.report_within.total_seconds() // 60),
            "update_minutes": int(level.update_every.total_seconds() // 60) if level.update_every else None,
            "version": level.standard.version,
        }
        rungs = level.rungs
        self.initial["designated"] = level.designated
        self.initial["again_minutes"] = rungs[-1].again // 60 if rungs and rungs[-1].again else None
        for number in range(RUNGS):
            self._add_rung(number, rungs[number] if number < len(rungs) else None)

    def _add_rung(self, number: int, rung: Rung | None) -> None:
        to = (rung.to.split("+") if rung else []) + [""] * len(RECIPIENTS)
        self.fields[f"minutes_{number}"] = forms.IntegerField(
            label=_("Minutes after due; negative is before"), required=False, min_value=-MOST_MINUTES, max_value=MOST_MINUTES,
            initial=rung.offset // 60 if rung else None, widget=_number(),
        )  # fmt: skip
        self.fields[f"action_{number}"] = forms.ChoiceField(
            label=_("does"), choices=ACTIONS, required=False, initial=rung.action if rung else REMIND, widget=_select()
        )
        for place, name in enumerate(RECIPIENTS):
            self.fields[f"{name}_{number}"] = forms.ChoiceField(
                label=_("and whom") if place else _("whom"),
                choices=_recipients(True),
                required=False,
                initial=to[place],
                widget=_select(),
            )

    @property
    def rung_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{n}"] for name in ("minutes", "action", *RECIPIENTS)] for n in range(RUNGS)]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        last = ("report_to", "report_minutes", "update_minutes")
        return [self[name] for name in (*self.Meta.fields, *last)]

    def clean(self):
        cleaned = super().clean()
        rungs, chosen = [], set(cleaned.get("report_to") or [])
        for n in range(RUNGS):
            minutes = cleaned.get(f"minutes_{n}")
            names = [name for name in dict.fromkeys(cleaned.get(f"{field}_{n}") for field in RECIPIENTS) if name]
            if f"minutes_{n}" in self.errors or (minutes is None and not names):
                continue
            if minutes is None or not names:
                self.add_error(
                    f"minutes_{n}" if minutes is None else f"to_{n}", _("Fill in both the minutes and whom.")
                )
                continue
            chosen.update(names)
            rungs.append((minutes, cleaned.get(f"action_{n}") or REMIND, "+".join(names)))
        self.asks_designated = "duty.designated" in chosen
        if self.asks_designated and not cleaned.get("designated"):
            self.add_error("designated", _("Choose the designated person."))
        # Any level may be reported: what is beyond the watch's ability is, whatever its level.
        if not self.errors and not any(action == ESCALATE for _m, action, _t in rungs):
            self.add_error("minutes_0", _("At least one escalation is needed for the case of silence."))
        self.rungs = sorted(rungs)
        return cleaned

    def save(self, commit=False) -> Level:
        """The level as edited, not saved: the standard's verb does that."""
        level, cleaned = self.instance, self.cleaned_data
        person = cleaned["designated"].pk if cleaned.get("designated") and self.asks_designated else None
        level.report_to = "+".join(cleaned["report_to"])
        level.report_within = dt.timedelta(minutes=cleaned["report_minutes"])
        level.update_every = dt.timedelta(minutes=cleaned["update_minutes"]) if cleaned["update_minutes"] else None
        again = (cleaned.get("again_minutes") or 0) * 60
        level.ladder = frozen(
            Rung(
                offset=minutes * 60,
                to=to,
                action=action,
                again=again if number == len(self.rungs) - 1 else 0,
                person=person,
            )
            for number, (minutes, action, to) in enumerate(self.rungs)
        )
        return level


class MatrixForm(forms.Form):
    """Sixteen cells: for each urgency and scope a level and the standard's words."""

    note = forms.CharField(label=gettext_lazy("What changes in this version"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, standard, **kwargs):
        super().__init__(*args, **kwargs)
        self.standard = standard
        self.initial |= {"note": standard.note, "version": standard.version}
        self.fields["note"].widget.attrs["class"] = "form-control"
        levels = [(level.rank, level.name) for level in standard.levels.all()]
        for (urgency, scope), cell in standard.matrix.items():
            self.fields[f"level_{urgency}_{scope}"] = forms.TypedChoiceField(
                label=_("Level"), choices=levels, coerce=int, initial=cell.level.rank, widget=_select()
            )
            self.fields[f"words_{urgency}_{scope}"] = forms.CharField(
                label=_("Words"), max_length=120, initial=cell.words,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )  # fmt: skip

    @property
    def rows(self):
        return [
            (label, [(self[f"level_{urgency}_{scope}"], self[f"words_{urgency}_{scope}"]) for scope in Scope.values])
            for urgency, label in reversed(Urgency.choices)
        ]

    def cells(self) -> list[Cell]:
        """The changed cells, not saved."""
        by_rank, changed = self.standard.by_rank, []
        for (urgency, scope), cell in self.standard.matrix.items():
            rank, words = self.cleaned_data[f"level_{urgency}_{scope}"], self.cleaned_data[f"words_{urgency}_{scope}"]
            if (cell.level.rank, cell.words) != (rank, words):
                cell.level, cell.words = by_rank[rank], words
                changed.append(cell)
        return changed
