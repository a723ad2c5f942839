"""Outside help: who was called, when they came, what they did."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.clock import DAY, MINUTE, day_of
from duty.forms.moments import moments_of
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from equipment.forms.standing import Watched
from equipment.models import CallOut, Contract
from equipment.models.gauges import without_zeros
from scheduling.forms.times import begin_labels_large

LONGEST_AGO, LONGEST_AHEAD = 31 * DAY, 31 * DAY


def contracts_of(defect, person, at):
    """The contract of the piece first, then whatever stands that day and the person may see."""
    day = day_of(at)
    rows = Contract.objects.visible_to(person).standing().filter(from_on__lte=day, until_on__gte=day).order_by("vendor")
    own = defect.equipment.contract_id if defect.equipment else None
    return sorted(rows[:100], key=lambda row: row.pk != own)


def promised(row: Contract) -> str:
    """奥的斯 · 电梯维保 (on site within 2 h)"""
    if row.arrival_hours is None:
        return str(row)
    return _("%(contract)s (on site within %(n)s h)") % {"contract": row, "n": without_zeros(row.arrival_hours)}


class CallForm(forms.ModelForm):
    """A call for outside help: by a contract, or to a vendor written here."""

    class Meta:
        model = CallOut
        fields = ["contract", "vendor", "phone", "spoken_to", "called_at", "promised_at"]

    def __init__(self, *args, defect, person, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.at = plain_helper(), at
        rows = contracts_of(defect, person, at)
        own = defect.equipment.contract_id if defect.equipment else None
        field = self.fields["contract"]
        field.label_from_instance, field.empty_label = promised, _("another vendor")
        offer(field, Contract.objects.filter(pk__in=[row.pk for row in rows]), rows)
        self.initial.setdefault("contract", own if own in {row.pk for row in rows} else None)
        self.fields["vendor"].required = False
        self.fields["vendor"].help_text = _("Empty: as in the contract.")
        self.fields["phone"].help_text = _("Empty: as in the contract.")
        moments_of(self, ("called_at", "promised_at"), at)
        self.fields["called_at"].required = False
        self.fields["called_at"].help_text = _("Empty: just now.")
        self.fields["promised_at"].help_text = _("What they said on the phone, with the date if it is not today.")
        begin_labels_large(self)

    def clean(self):
        cleaned = super().clean()
        contract = cleaned.get("contract")
        if contract:
            cleaned["vendor"] = cleaned.get("vendor") or contract.vendor
            cleaned["phone"] = cleaned.get("phone") or contract.phone
            cleaned["spoken_to"] = cleaned.get("spoken_to") or contract.contact
        elif not cleaned.get("vendor") and "vendor" not in self.errors:
            self.add_error("vendor", _("Choose a contract, or write who was called."))
        if "called_at" not in self.errors:
            cleaned["called_at"] = called = cleaned.get("called_at") or self.at
            if called > self.at:
                self.add_error("called_at", _("This lies in the future. Check the date and the time."))
            elif called < self.at - LONGEST_AGO:
                self.add_error("called_at", _("That is more than a month ago. Check the date."))
            said = cleaned.get("promised_at")
            if said and said < called and called - said < DAY:
                cleaned["promised_at"] = said = said + DAY  # an hour alone is read as the last one that was
            if said and not called <= said < called + LONGEST_AHEAD:
                self.add_error(
                    "promised_at", _("They promised to come after the call, within a month. Check the date.")
                )
        return cleaned


class VisitForm(Watched, forms.ModelForm):
    """When they came and left, and what they did."""

    class Meta:
        model = CallOut
        fields = ["promised_at", "arrived_at", "left_at", "outcome"]
        widgets = {"outcome": forms.Textarea(attrs={"rows": 2})}

    arrived_now = forms.BooleanField(label=gettext_lazy("They arrived just now"), required=False)

    def __init__(self, *args, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper, self.at = plain_helper(), at
        moments_of(self, ("promised_at", "arrived_at", "left_at"), at)
        if self.instance.arrived_at:
            del self.fields["arrived_now"]
        self.order_fields(["arrived_now", "arrived_at", "left_at", "outcome", "promised_at", "standing"])
        begin_labels_large(self)

    @property
    def changed(self) -> list[str]:
        return [name for name in self._meta.fields if getattr(self.instance, name) != self.before[name]]

    def clean(self):
        self.before = {name: getattr(CallOut.objects.get(pk=self.instance.pk), name) for name in self._meta.fields}
        cleaned = super().clean()
        if cleaned.get("arrived_now") and not cleaned.get("arrived_at"):
            cleaned["arrived_at"] = self.at
        for name in ("arrived_at", "left_at"):
            if cleaned.get(name) and cleaned[name] > self.at:
                self.add_error(name, _("This lies in the future. Check the date and the time."))
        arrived, left = cleaned.get("arrived_at"), cleaned.get("left_at")
        # Typed to the minute: a call and an arrival of one minute are in this order.
        called = self.instance.called_at
        if arrived and arrived < called and called - arrived < MINUTE:
            cleaned["arrived_at"] = arrived = called
        if arrived and arrived < called:
            self.add_error("arrived_at", _("They cannot have arrived before they were called."))
        if left and (not arrived or left < arrived):
            self.add_error("left_at", _("They cannot have left before they arrived."))
        return cleaned
