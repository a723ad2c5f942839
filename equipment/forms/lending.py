"""Handing a key out, confirming that it was received, taking it back; counting a cabinet."""

import datetime as dt

from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duty.clock import day_of, local, zone
from duty.forms.people import plain_helper
from duty.models import Person, Role, phone_number
from duty.models.units import unit_tree
from equipment.forms.stock import incident_field
from equipment.models import Confirmed, Found, Key, KeyKind, Loan, Seal
from scheduling.forms.people import PersonField, employable, names_of, shown
from scheduling.forms.times import DayField, HourField, begin_labels_large

APPROVERS = (Role.LEADER, Role.MANAGER)


def approvers_of(unit_id: int, people: list[Person]) -> list[Person]:
    """Who leads or plans there, or for a unit above."""
    rows = Person.objects.filter(grants__role__in=APPROVERS, grants__unit__in=unit_tree().above(unit_id))
    known = set(rows.values_list("pk", flat=True))
    return [person for person in people if person.pk in known]


class LendForm(forms.Form):
    """To whom, why, until when; an approver and a reason where the register asks for them."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Or from outside: name"), max_length=40, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False, validators=[phone_number])
    company = forms.CharField(label=gettext_lazy("From which unit"), max_length=60, required=False)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, required=False)
    grounds = forms.CharField(label=gettext_lazy("Why this person all the same"), max_length=200, required=False)

    def __init__(self, *args, key: Key, person, at: dt.datetime, chosen: int | None = None, **kwargs):
        super().__init__(*args, prefix="issue", **kwargs)
        self.helper, self.key, self.at = plain_helper(), key, at
        known = employable(at)
        names = names_of(known)
        self.suggestions = [shown(one, names) for one in known]
        self.fields["to"] = PersonField(known, label=_("To whom, of ours"), max_length=60, required=False)
        self.fields["incident"] = incident_field(person, chosen)
        self.fields["incident"].initial = chosen
        approvers = approvers_of(key.unit_id, known)
        self.fields["approver"] = PersonField(approvers, label=_("Approved by"), max_length=60, required=False)
        self.fields["approver"].widget.attrs["list"] = "approvers"
        self.approvers = [shown(one, names) for one in approvers]
        back = local(key.usually_back_at(at))
        self.fields["due_on"] = DayField(label=_("To be back on"), not_before=day_of(at), initial=back.date())
        self.fields["due_hour"] = HourField(label=_("by"), initial=back.time().replace(second=0, microsecond=0))
        self.fields["purpose"].help_text = _("Needed where it is for no incident.")
        if key.needs_approver:
            self.fields["approver"].help_text = _("This key needs an approval each time.")
        else:
            self.fields["approver"].help_text = _("Needed, with a reason, for whoever may not take it by the register.")
        self.order_fields([
            "to", "name", "phone", "company", "incident", "purpose", "due_on", "due_hour", "approver", "grounds",
        ])  # fmt: skip
        begin_labels_large(self)

    def clean(self):
        asked = super().clean()
        self._clean_whom(asked)
        if not asked.get("incident") and not asked.get("purpose") and not {"incident", "purpose"} & set(self._errors):
            self.add_error("purpose", _("Choose the incident, or write the purpose."))
        day, hour = asked.get("due_on"), asked.get("due_hour")
        if day and hour is not None:
            self.due_at = dt.datetime.combine(day, hour, zone())
            if self.due_at <= self.at:
                self.add_error("due_hour", _("This is over already. Choose a later hour."))
        approver, person = asked.get("approver"), asked.get("to")
        if approver and approver == person:
            self.add_error("approver", _("Nobody approves their own loan."))
        if not self._errors:
            self._clean_right(asked)
        return asked

    def _clean_whom(self, asked) -> None:
        outsider = [asked.get(field, "") for field in ("name", "phone", "company")]
        if asked.get("to"):
            if any(outsider):
                self.add_error("to", _("Either one of ours or someone from outside: leave one of them empty."))
        elif "to" not in self._errors:
            if not any(outsider):
                self.add_error("to", _("Say who takes it."))
            for field, said in zip(("name", "phone", "company"), outsider, strict=True):
                if any(outsider) and not said and field not in self._errors:
                    self.add_error(field, _("Of someone from outside write name, phone and unit."))

    def _clean_right(self, asked) -> None:
        may = self.key.may_be_taken_by(asked.get("to"), self.at)
        if not asked.get("approver") and (self.key.needs_approver or not may):
            words = _("By the register this person may not take it. Name who approved it.")
            self.add_error(
                "approver", _("This key needs an approval each time. Name who approved it.") if may else words
            )
        if not may and not asked.get("grounds"):
            self.add_error("grounds", _("By the register this person may not take it. Write why all the same."))

    def loan(self) -> Loan:
        asked = self.cleaned_data
        return Loan(
            borrower=asked["to"], name=asked["name"], phone=asked["phone"], company=asked["company"],
            incident=asked["incident"], purpose=asked["purpose"], approver=asked["approver"], grounds=asked["grounds"],
            due_back_at=self.due_at,
        )  # fmt: skip


class ReceiptForm(forms.Form):
    """At the desk: the borrower's password, typed by themselves; or the officer vouches, and that is marked."""

    password = forms.CharField(
        label=gettext_lazy("The borrower's password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, loan: Loan, request, **kwargs):
        super().__init__(*args, prefix="receipt", **kwargs)
        self.helper, self.loan, self.request = plain_helper(), loan, request
        self.fields["password"].help_text = _("Empty: you vouch for it, and the entry says so.")
        if loan.borrower is None:
            del self.fields["password"]

    def clean(self):
        asked, self.how = super().clean(), Confirmed.DESK
        if typed := asked.get("password"):
            self.how = Confirmed.PASSWORD
            number = self.loan.borrower.staff_number
            if authenticate(self.request, username=number, password=typed) != self.loan.borrower:
                words = _(
                    "This is not the password of %(name)s. After several wrong tries the login locks for a while."
                )
                self.add_error("password", words % {"name": self.loan.borrower.name})
        return asked


class TakeBackForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Remarks"), max_length=200, required=False)

    def __init__(self, *args, key: Key, **kwargs):
        super().__init__(*args, prefix="return", **kwargs)
        self.helper, self.key = plain_helper(), key
        if key.is_sealed:
            choices = [("", "—"), (Seal.INTACT.value, Seal.INTACT.label), (Seal.BROKEN.value, Seal.BROKEN.label)]
            self.fields["seal"] = forms.ChoiceField(
                label=_("Seal %(number)s") % {"number": key.seal}, choices=choices, required=True
            )
            self.fields["new_seal"] = forms.CharField(
                label=_("New seal number"),
                max_length=30,
                required=False,
                help_text=_("Needed where the seal is broken."),
            )
        if key.kind in (KeyKind.ACCOUNT, KeyKind.ENVELOPE):
            self.fields["password_changed"] = forms.ChoiceField(
                label=_("Password changed?"), choices=[("", "—"), ("yes", _("yes")), ("no", _("no"))], required=False,
                help_text=_("Whoever opened it knows the password: it is changed before it is sealed anew."),
            )  # fmt: skip
        self.order_fields(["seal", "password_changed", "new_seal", "note"])

    def clean(self):
        asked = super().clean()
        if asked.get("seal") == Seal.BROKEN:
            if not asked.get("new_seal"):
                self.add_error("new_seal", _("The seal is broken. Seal it anew and write the new number."))
            if "password_changed" in self.fields and not asked.get("password_changed"):
                self.add_error("password_changed", _("Say whether the password was changed."))
        if asked.get("new_seal") and asked["new_seal"] == self.key.seal:
            self.add_error("new_seal", _("This is the number of the old seal."))
        return asked

    def values(self) -> dict:
        asked = self.cleaned_data
        changed = {"yes": True, "no": False}.get(asked.get("password_changed", ""))
        values = {"seal": asked.get("seal", ""), "new_seal": asked.get("new_seal", ""), "note": asked["note"]}
        return values | {"password_changed": changed}


class KeyCountForm(forms.Form):
    """One choice for each key of a cabinet. It notices when a key went out or came back meanwhile."""

    note = forms.CharField(label=gettext_lazy("Remarks"), max_length=200, required=False)
    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, keys: list[Key], **kwargs):
        super().__init__(*args, **kwargs)
        self.keys = keys
        self.now = " ".join(str(key.pk) for key in keys if key.is_out)
        self.fields["stood"].initial = self.now
        for key in keys:
            wanted = [Found.OUT, Found.PRESENT] if key.is_out else [Found.PRESENT, Found.MISSING]
            wanted += [Found.BROKEN] if key.is_sealed and not key.is_out else []
            self.fields[f"key-{key.pk}"] = forms.ChoiceField(
                label=str(key), choices=[(one.value, one.label) for one in wanted], widget=forms.RadioSelect,
                initial=Found.OUT.value if key.is_out else None,
                error_messages={"required": _("Say whether it is there.")},
            )  # fmt: skip

    @property
    def rows(self):
        return [(key, self[f"key-{key.pk}"]) for key in self.keys]

    def clean(self):
        asked = super().clean()
        if asked.get("stood") != self.now:
            self.data = self.data.copy()
            self.data["stood"] = self.now
            words = _("A key went out or came back since you opened the page. Look once more and save again.")
            self.add_error(None, words)
        differs = any(self.differs(key, asked.get(f"key-{key.pk}")) for key in self.keys)
        if differs and not asked.get("note"):
            self.add_error("note", _("Something differs from the books. Write what you know of it."))
        return asked

    @staticmethod
    def differs(key: Key, found: str | None) -> bool:
        return found is not None and found != (Found.OUT if key.is_out else Found.PRESENT)

    def found(self) -> dict[Key, str]:
        return {key: self.cleaned_data[f"key-{key.pk}"] for key in self.keys}
