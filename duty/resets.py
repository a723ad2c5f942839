"""Password resets travel through the outbox like every message; the link is made when the mail is, never stored."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from duty.telling import tell

KEY = "reset:"


def send_reset(person, at) -> None:
    """At most one a minute, so that nobody's mailbox can be filled from here."""

    def write():
        return _("Choose a new password"), _("Someone, probably you, asked for it. The link works once, for one hour.")

    tell([person.pk], f"{KEY}{at:%Y%m%d%H%M}", write, at=at)


def reset_path(person) -> str:
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("password-reset-with", args=[uid, default_token_generator.make_token(person)])
