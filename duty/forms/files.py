"""A file somebody brings."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty.filing import Content, examined

ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"


class BroughtField(forms.FileField):
    """Cleaned to a `Content` that may be kept; `photos_only` where a document has no place."""

    widget = forms.FileInput

    def __init__(self, *, photos_only: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.photos_only = photos_only
        self.widget.attrs["accept"] = "image/*" if photos_only else ACCEPTED
        self.error_messages["empty"] = _("The file is empty. Choose another one.")

    def clean(self, data, initial=None) -> Content | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        content = examined(upload)
        if self.photos_only and not content.small:
            raise ValidationError(_("Choose a photo: JPEG, PNG or WebP."))
        return content
