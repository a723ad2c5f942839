"""A reason, where a verb asks for one and for nothing else."""

from django import forms
from django.utils.translation import gettext_lazy

from duty.forms.people import plain_helper


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
