"""Links in messages: signed for one person and one notice. Following one changes nothing; a button does."""

import datetime as dt

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.urls import reverse

from duty import resets
from duty.models import Notice, Person

SALT = "duty.notice"
GOOD_FOR = dt.timedelta(days=7)


def token_for(notice_id: int, recipient_id: int) -> str:
    return signing.dumps([notice_id, recipient_id], salt=SALT, compress=False)


def read_token(token: str) -> tuple[int, int] | None:
    """(notice id, recipient id), or None for a link that is forged or too old."""
    try:
        notice_id, recipient_id = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
        return int(notice_id), int(recipient_id)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def notice_of(token: str, at: dt.datetime, **about) -> Notice | None:
    """The notice this link was signed for, while its recipient works here; only one that is `about` this."""
    signed = read_token(token)
    if signed is None:
        return None
    mine = Notice.objects.filter(pk=signed[0], recipient_id=signed[1], **about)
    notice = mine.select_related("recipient", "matter").first()
    return notice if notice and notice.recipient.is_employed(at) else None


def in_other_hands(request, notice: Notice) -> bool:
    """Someone else is signed in in this browser: the link speaks for nobody there, it only shows."""
    return request.user.is_authenticated and request.user.pk != notice.recipient_id


def answer_link(notice_id: int, recipient_id: int, key: str, kind: str | None) -> str:
    """The absolute address that a message carries: the matter's own answer page, else the notice's."""
    if key.startswith(resets.KEY):
        return settings.PUBLIC_URL + resets.reset_path(Person.objects.get(pk=recipient_id))
    token = token_for(notice_id, recipient_id)
    path = apps.get_model(kind).answer_page_of(token) if kind else reverse("notice-answer", args=[token])
    return settings.PUBLIC_URL + path
