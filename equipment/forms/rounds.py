"""Why a round was missed; which checklist is walked without a plan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duty.forms.people import plain_helper
from equipment.models import Round


class ExplainForm(forms.Form):
    explanation = forms.CharField(
        label=_("Why was it not walked?"), max_length=Round._meta.get_field("explanation").max_length
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
