"""Giving a duty away, or exchanging it: all of it or a part, to one person or to everyone who may."""

import datetime as dt
import hashlib

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from duty.clock import DAY, HOUR, local
from duty.forms.people import plain_helper
from duty.models import Person
from duty.pages import number_asked
from duty.templatetags.times import day, hm
from scheduling import wording
from scheduling.models import Seat
from scheduling.models.trading import holidays_too_near
from scheduling.takers import fit, offered

WINDOWS = (2, 6, 12, 24, 48, 72)
EXCHANGED_WITHIN, MOST_EXCHANGES = 35 * DAY, 80


def marks(start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Where a duty may be divided: its start, each full hour, its end."""
    hour = local(start).replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC) + HOUR
    found = [start]
    while hour < end:
        found.append(hour)
        hour += HOUR
    return [*found, end]


class SwapForm(forms.Form):
    """What speaks against the one who is asked is shown once before it is sent; `seen` is the mark of what was shown."""

    to = forms.CharField(required=False)  # a person's id; empty asks everyone who may
    counter = forms.ChoiceField(label=gettext_lazy("In exchange for"), required=False)
    from_mark = forms.TypedChoiceField(label=gettext_lazy("from"), coerce=int, required=False, empty_value=None)
    until_mark = forms.TypedChoiceField(label=gettext_lazy("until"), coerce=int, required=False, empty_value=None)
    within = forms.TypedChoiceField(
        label=pgettext_lazy("swap", "Answer within"), coerce=int, required=False, empty_value=None
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    at_once = forms.BooleanField(label=gettext_lazy("Decide for both, at once; both are told"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, seat: Seat, by, at, may_decide: bool, span=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.seat, self.by, self.at = seat, by, at
        self.marks = [
            mark
            for mark in marks(seat.starts_at, seat.ends_at)
            if mark == seat.ends_at or mark > at or mark == seat.starts_at
        ]
        named = [(n, self._said(mark)) for n, mark in enumerate(self.marks)]
        self.fields["from_mark"].choices, self.fields["until_mark"].choices = named[:-1], named[1:]
        self.initial.setdefault("from_mark", self._mark(span[0], 0) if span else 0)
        self.initial.setdefault("until_mark", self._mark(span[1], len(named) - 1) if span else len(named) - 1)
        hours = [n for n in WINDOWS if n * HOUR < seat.starts_at - at]
        self.fields["within"].choices = [("", _("a day, or half the time that is left"))] + [
            (n, ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}) for n in hours
        ]
        self.exchanges = {str(other.pk): other for other in self._exchanges()}
        self.fields["counter"].choices = [("", _("nothing, it is given away"))] + [
            (pk, f"{other.person.name} · {other.shift.title} {hm(other.starts_at)}–{hm(other.ends_at)}")
            for pk, other in self.exchanges.items()
        ]
        if not may_decide:
            del self.fields["at_once"]
        self.may_decide = may_decide
        self.people = offered(seat.shift, seat.role, at, span or (seat.starts_at, seat.ends_at), {seat.person_id})

    def _said(self, mark: dt.datetime) -> str:
        """18:00, next day 08:00; the date only where a watch is longer."""
        days = (local(mark).date() - local(self.seat.starts_at).date()).days
        if days > 1:
            return f"{day(mark)} {hm(mark)}"
        return _("next day %(time)s") % {"time": hm(mark)} if days else hm(mark)

    def _mark(self, moment: dt.datetime, otherwise: int) -> int:
        return next((n for n, mark in enumerate(self.marks) if mark == moment), otherwise)

    def _exchanges(self):
        """The same kind of duty of others at this unit, whole ones ahead."""
        seats = Seat.objects.filter(
            shift__unit=self.seat.shift.unit_id, shift__removed_at__isnull=True, role=self.seat.role
        )
        seats = seats.filter(starts_at__gt=self.at, starts_at__lt=self.at + EXCHANGED_WITHIN)
        seats = seats.exclude(person=self.seat.person_id).select_related("person", "shift__post").order_by("starts_at")
        return [seat for seat in seats[:MOST_EXCHANGES] if not seat.is_part]

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_mark"), cleaned.get("until_mark")
        first, last = 0 if first is None else first, len(self.marks) - 1 if last is None else last
        if last <= first:
            self.add_error("until_mark", _("The part ends before it starts."))
            return cleaned
        self.span = self.marks[first], self.marks[last]
        if self.span[0] <= self.at:
            self.add_error(
                "from_mark", _("This has begun. Choose a later hour; a planner can take someone off a running watch.")
            )
        self.counter = self.exchanges.get(cleaned.get("counter") or "")
        self.asked = self.counter.person if self.counter else self._person(cleaned.get("to", ""))
        if self.counter and cleaned.get("to") not in ("", None, str(self.counter.person_id)):
            self.add_error("counter", _("This duty belongs to %(name)s.") % {"name": self.counter.person.name})
        if cleaned.get("at_once") and not self.asked:
            self.add_error("at_once", _("Choose who takes it."))
        if cleaned.get("at_once") and not cleaned.get("reason"):
            self.add_error("reason", _("Write why: both are told."))
        if (
            not self.errors
            and not (self.may_decide and cleaned.get("reason"))
            and holidays_too_near(self.seat.shift, self.span, self.at)
        ):
            self.add_error(
                None,
                _(
                    "Duties on statutory holidays are swapped some days ahead. A planner may still do it, with a reason."
                ),
            )
        return cleaned

    def _person(self, raw: str):
        if not raw:
            return None
        person = Person.objects.employed(self.at).filter(pk=number_asked(raw)).first()
        if person is None or person.pk == self.seat.person_id:
            self.add_error("to", _("Choose someone from the list."))
        return person

    def told(self) -> list[str]:
        """What speaks against it and was not shown yet."""
        found = []
        if self.asked:
            found += fit(self.asked, self.seat.shift, self.seat.role, self.at, self.span).reasons
        if self.counter:
            shift, span = self.counter.shift, (self.counter.starts_at, self.counter.ends_at)
            found += fit(self.seat.person, shift, self.counter.role, self.at, span).reasons
        elif not self.asked and not any(row["fit"].ok for row in self.people):
            found.append(_("Nobody fits without breaking a rule: nobody would be told but the planners."))
        self.mark = hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
        return [] if self.cleaned_data.get("seen") == self.mark else found

    @property
    def in_words(self) -> str:
        return wording.from_until((self.seat.starts_at, self.seat.ends_at))
