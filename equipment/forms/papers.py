from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.forms.files import BroughtField
from duty.forms.people import plain_helper
from duty.models.files import MOST_BYTES


class PaperForm(forms.Form):
    file = BroughtField(label=gettext_lazy("Photo or document"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=60, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["file"].help_text = _("JPEG, PNG, WebP, PDF, Word or Excel; %(n)d MB at most.") % {
            "n": MOST_BYTES // 2**20
        }
        self.fields["title"].help_text = _("Empty: the name of the file.")
