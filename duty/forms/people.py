from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from duty.models import Person


def plain_helper() -> FormHelper:
    """Crispy without its own form tag: the page has the token, the `once` field and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class SignIn(AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _(
            "Staff number and password do not match. After several wrong tries the login locks for a while."
        )
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["username"].label = _("Staff number")


class Profile(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["mobile", "backup_number", "mail", "language"]
        help_texts = {
            "mobile": _("Reachable 24 hours a day."),
            "mail": _("Reports and reminders go here. Without it nobody can reach you."),
            "language": _("Empty follows the browser."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def save(self, commit=True):
        """Only these columns: what an administrator changes in the same moment stays changed."""
        person = super().save(commit=False)
        person.save(update_fields=self._meta.fields)
        return person


class _PasswordAlone:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def save(self, commit=True):
        person = super().save(commit=False)
        person.save(update_fields=["password"])
        return person


class ChangePassword(_PasswordAlone, PasswordChangeForm):
    """A new password for someone who knows the old one."""


class ChoosePassword(_PasswordAlone, SetPasswordForm):
    """A new password for someone who followed the link."""


class ResetPassword(PasswordResetForm):
    """By staff number or mail; the answer is the same whether or not there is such a person."""

    email = forms.CharField(label=_("Staff number or mail"), max_length=254)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def found(self) -> Person | None:
        words = self.cleaned_data["email"].strip()
        rows = Person.objects.may_sign_in().exclude(mail="")
        return rows.filter(staff_number__iexact=words).first() or rows.filter(mail__iexact=words).first()
