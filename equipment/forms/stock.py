"""What is done with a supply's stock: one short form each, for a thumb."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from duty.clock import DAY, day_of, local
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Matter
from equipment.models import Lot, Movement, Supply
from equipment.models.stock import end_of
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import DayField, begin_labels_large

MOST = 1_000_000
INCIDENTS = 50


def incidents_for(person, chosen: int | None = None) -> list[Matter]:
    """Open incidents that this person may see, the newest first; and the one chosen, open or not."""
    rows = Matter.objects.filter(kind="incidents.incident").visible_to(person)
    found = list(rows.open().order_by("-opened_at", "-pk")[:INCIDENTS])
    if chosen and chosen not in {row.pk for row in found}:
        found += rows.filter(pk=chosen)
    return found


def how_many(label=None, least: int = 1, **more) -> forms.IntegerField:
    field = forms.IntegerField(
        label=label or gettext_lazy("How many"), min_value=least, max_value=MOST,
        error_messages={"invalid": gettext_lazy("Write a whole number.")}, **more,
    )  # fmt: skip
    field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
    return field


def incident_field(person, chosen: int | None = None) -> forms.ModelChoiceField:
    rows = incidents_for(person, chosen)
    field = forms.ModelChoiceField(
        Matter.objects.none(), required=False, label=_("For the incident"), empty_label=_("none")
    )
    offer(field, Matter.objects.filter(pk__in=[row.pk for row in rows]), rows)
    return field


class StockForm(forms.Form):
    """Each stands on the supply's page with the others, so each has a prefix."""

    name = ""

    def __init__(self, *args, supply: Supply, lots: list[Lot], person, at, chosen: int | None = None, **kwargs):
        super().__init__(*args, prefix=self.name, **kwargs)
        self.helper, self.supply, self.person, self.at, self.chosen = plain_helper(), supply, person, at, chosen
        self.lots = [lot for lot in lots if lot.quantity]
        self.set_up()
        begin_labels_large(self)

    def set_up(self) -> None:
        """Fields whose choices depend on the supply."""

    def label_of(self, lot: Lot) -> str:
        values = {"n": lot.quantity, "measure": self.supply.measure, "lot": lot}
        if lot.expires_on is None:
            return _("lot %(lot)s: %(n)d %(measure)s") % values
        day = date_format(lot.expires_on, pgettext("date format", "j M Y"))
        return _("lot %(lot)s: %(n)d %(measure)s, good until %(day)s") % (values | {"day": day})

    def lot_field(self, *, required: bool, empty: str | None) -> forms.ModelChoiceField:
        field = forms.ModelChoiceField(Lot.objects.none(), label=_("Lot"), required=required, empty_label=empty)
        field.label_from_instance = self.label_of
        offer(field, Lot.objects.filter(pk__in=[lot.pk for lot in self.lots]), self.lots)
        if required and len(self.lots) == 1:
            field.initial = self.lots[0].pk
        return field


class IssueForm(StockForm):
    name = "issue"
    quantity = how_many()
    outsider = forms.CharField(label=gettext_lazy("Or someone from outside"), max_length=60, required=False)
    reason = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, required=False)

    def set_up(self):
        known = employable(self.at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        self.fields["to"] = PersonField(
            known, label=_("To whom"), max_length=60, required=False, initial=shown(self.person, names)
        )
        self.fields["incident"] = incident_field(self.person, self.chosen)
        self.fields["incident"].initial = self.chosen
        self.fields["reason"].help_text = _("Needed where it is for no incident.")
        if self.supply.comes_back:
            today = day_of(self.at)
            self.fields["due_on"] = DayField(label=_("To be back on"), not_before=today, initial=today + DAY)
        self.fields["lot"] = self.lot_field(required=False, empty=_("what expires first"))
        if len(self.lots) < 2:
            del self.fields["lot"]
        self.order_fields(["quantity", "to", "outsider", "incident", "reason", "due_on", "lot"])

    def clean(self):
        asked = super().clean()
        if asked.get("outsider"):
            asked["to"] = None
            self._errors.pop("to", None)
        elif not asked.get("to") and "to" not in self._errors:
            self.add_error("to", _("Say to whom it is issued."))
        if not asked.get("incident") and not asked.get("reason") and not {"incident", "reason"} & set(self._errors):
            self.add_error("reason", _("Choose the incident, or write the purpose."))
        wanted, lot = asked.get("quantity"), asked.get("lot")
        usable = [lot] if lot else [one for one in self.lots if one.state(day_of(self.at))[0] != "late"]
        there = sum(one.quantity for one in usable)
        if wanted and wanted > there:
            words = _("Only %(n)d %(measure)s are there.")
            if there < sum(one.quantity for one in self.lots) and not lot:
                words = _("Only %(n)d %(measure)s are there that have not expired.")
            self.add_error("quantity", words % {"n": there, "measure": self.supply.measure})
        return asked

    def take(self, by, at) -> None:
        asked = self.cleaned_data
        due = asked.get("due_on")
        self.supply.issue(
            asked["quantity"], lot=asked.get("lot"), person=asked["to"], name=asked["outsider"], incident=asked["incident"],
            due_back_at=end_of(due) if due else None, reason=asked["reason"], by=by, at=at,
        )  # fmt: skip


class ReturnForm(StockForm):
    name = "return"
    quantity = how_many(gettext_lazy("How many came back"), least=0)
    gone = how_many(gettext_lazy("How many do not come back"), least=0, required=False)
    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=200, required=False)

    def set_up(self):
        rows = self.supply.movements.still_out().select_related("person", "lot").order_by("-id")
        self.issues = sorted(rows[:INCIDENTS], key=lambda row: (row.due_back_at is None, row.due_back_at or row.at))
        field = forms.ModelChoiceField(Movement.objects.none(), label=_("What was issued"), empty_label=None)
        field.label_from_instance = self.issue_label
        offer(field, Movement.objects.filter(pk__in=[row.pk for row in self.issues]), self.issues)
        self.fields["of"] = field
        self.fields["gone"].help_text = _("Used up or lost.")
        self.fields["gone"].initial = 0
        if self.issues:
            self.fields["quantity"].initial = self.issues[0].out
        self.order_fields(["of", "quantity", "gone", "reason"])

    def issue_label(self, row: Movement) -> str:
        day = date_format(local(row.at), pgettext("date format", "j M"))
        values = {"n": row.out, "measure": self.supply.measure, "whom": row.whom, "day": day}
        return _("%(whom)s, %(day)s: %(n)d %(measure)s out") % values

    def clean(self):
        asked = super().clean()
        back, gone, of = asked.get("quantity"), asked.get("gone") or 0, asked.get("of")
        if back is None or of is None:
            return asked
        out = next(row.out for row in self.issues if row.pk == of.pk)
        if not back + gone:
            self.add_error("quantity", _("Say how many came back, or how many do not."))
        if back + gone > out:
            words = _("Only %(n)d %(measure)s of it are out.")
            self.add_error("quantity", words % {"n": out, "measure": self.supply.measure})
        if gone and not asked.get("reason"):
            self.add_error("reason", _("Say why they do not come back."))
        return asked

    def take(self, by, at) -> None:
        asked = self.cleaned_data
        if asked["quantity"]:
            self.supply.take_back(asked["of"], asked["quantity"], by=by, at=at)
        if asked["gone"]:
            self.supply.give_up(asked["of"], asked["gone"], reason=asked["reason"], by=by, at=at)


class ReceiveForm(StockForm):
    name = "receive"
    quantity = how_many()
    number = forms.CharField(label=gettext_lazy("Lot"), max_length=30, required=False)
    reason = forms.CharField(label=gettext_lazy("From whom, or remarks"), max_length=200, required=False)

    def set_up(self):
        self.fields["expires_on"] = DayField(
            label=_("Good until"), required=False, help_text=_("Empty: it does not expire.")
        )
        self.order_fields(["quantity", "number", "expires_on", "reason"])

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < day_of(self.at):
            raise forms.ValidationError(_("This day is over. What has expired is not taken in; look at the year."))
        return day

    def take(self, by, at) -> None:
        asked = self.cleaned_data
        self.supply.receive(
            asked["quantity"], number=asked["number"], expires_on=asked["expires_on"], reason=asked["reason"], by=by, at=at
        )  # fmt: skip


class WriteOffForm(StockForm):
    name = "write-off"
    quantity = how_many()
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def set_up(self):
        self.fields["lot"] = self.lot_field(required=True, empty=None)
        expired = [lot for lot in self.lots if lot.state(day_of(self.at))[0] == "late"]
        if expired:
            self.fields["lot"].initial, self.fields["quantity"].initial = expired[0].pk, expired[0].quantity
            self.fields["reason"].initial = _("expired")
        self.order_fields(["lot", "quantity", "reason"])

    def clean(self):
        asked = super().clean()
        lot, wanted = asked.get("lot"), asked.get("quantity")
        if lot and wanted and wanted > lot.quantity:
            words = _("Only %(n)d %(measure)s are in this lot.")
            self.add_error("quantity", words % {"n": lot.quantity, "measure": self.supply.measure})
        return asked

    def take(self, by, at) -> None:
        asked = self.cleaned_data
        self.supply.write_off(asked["lot"], asked["quantity"], reason=asked["reason"], by=by, at=at)
