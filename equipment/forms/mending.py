"""Small forms for what is done about a defect. Each keeps what was typed when it is refused."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from duty.forms.people import plain_helper
from duty.forms.reasons import ReasonForm
from duty.forms.rows import offer
from equipment.forms.photos import WithPhotos
from equipment.menders import menders_of
from equipment.models import Criticality, RepairTerm

SOON_MINUTES = (10, 20, 30, 45, 60, 90, 120, 240, 480, 1440)


def soon(minutes: int) -> str:
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}


class ComeForm(forms.Form):
    minutes = forms.TypedChoiceField(label=gettext_lazy("There in about"), coerce=int, initial=30)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["minutes"].choices = [(n, soon(n)) for n in SOON_MINUTES]


class MenderForm(forms.Form):
    mender = forms.ModelChoiceField(None, label=gettext_lazy("Who mends it"), empty_label=None)

    def __init__(self, *args, defect, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        found = menders_of(defect, at).exclude(pk=defect.mender_id)
        self.people = [] if self.is_bound else list(found)
        offer(self.fields["mender"], found, self.people or found)


class HandOnForm(MenderForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class FixForm(WithPhotos):
    cause = forms.CharField(label=gettext_lazy("Cause"), max_length=200)
    remedy = forms.CharField(
        label=gettext_lazy("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    parts = forms.CharField(label=gettext_lazy("Parts used"), max_length=200, required=False)

    def __init__(self, *args, defect, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.needs_photo = RepairTerm.of(defect.criticality).photo_when_fixed
        self.initial |= {name: getattr(defect, name) for name in ("cause", "remedy", "parts")}
        if self.needs_photo:
            self.fields["shot"].help_text = _("Asked for how critical this is: how it looks now.")
        self.order_fields(["cause", "remedy", "parts", "shot", "photos"])

    def clean(self):
        cleaned = super().clean()
        if self.needs_photo and not self.errors and not self.brought:
            self.add_error("shot", _("Add a photo of how it looks now: it is asked for how critical this is."))
        return cleaned


class NoteForm(WithPhotos):
    text = forms.CharField(
        label=gettext_lazy("What is new"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.order_fields(["text", "shot", "photos"])

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("text") and not self.brought:
            self.add_error("text", _("Write something, or add a photo."))
        return cleaned


class RegradeForm(ReasonForm):
    criticality = forms.ChoiceField(label=gettext_lazy("Criticality"))

    def __init__(self, *args, defect, **kwargs):
        super().__init__(*args, **kwargs)
        others = [pair for pair in Criticality.choices if pair[0] != defect.criticality]
        self.fields["criticality"].choices = others
        self.order_fields(["criticality", "reason"])
