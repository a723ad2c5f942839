"""Photos as a telephone brings them: one just taken, or several chosen."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.filing import Content
from duty.forms.files import BroughtField

MOST = 6


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(BroughtField):
    """Cleaned to a list of `Content`."""

    widget = SeveralFiles

    def __init__(self, **kwargs):
        super().__init__(photos_only=True, **kwargs)

    def clean(self, data, initial=None) -> list[Content]:
        brought = [data] if data and not isinstance(data, list | tuple) else list(data or [])
        if len(brought) > MOST:
            raise ValidationError(_("%(n)d photos at most. Send the others in a second go.") % {"n": MOST})
        if not brought and self.required:
            super().clean(None, initial)
        return [super(PhotosField, self).clean(one, initial) for one in brought]


class WithPhotos(forms.Form):
    """A form with a camera: what was just taken and what was chosen are one list. Files cannot be kept through a refusal."""

    shot = BroughtField(photos_only=True, label=gettext_lazy("Take a photo"), required=False)
    photos = PhotosField(label=gettext_lazy("Or choose photos"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shot"].widget.attrs["capture"] = "environment"

    def clean(self):
        cleaned = super().clean()
        if self.errors and self.files and not {"shot", "photos"} & set(self.errors):
            self.add_error("shot", _("Choose the photo once more: it is not kept while something else is missing."))
        return cleaned

    @property
    def brought(self) -> list[Content]:
        shot = self.cleaned_data.get("shot")
        return [*([shot] if shot else []), *self.cleaned_data.get("photos", [])]
