import datetime as dt

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.models import Line

SIGNER = signing.Signer(salt="scheduling.feed")


class Feed(models.Model):
    """Someone's private calendar address. It is signed, nothing secret is kept; a new one makes the old one worthless."""

    person = models.OneToOneField("duty.Person", models.CASCADE, primary_key=True, related_name="feed")
    number = models.PositiveIntegerField(default=1)  # which address of theirs is good
    is_on = models.BooleanField(default=True)
    digest = models.CharField(max_length=64, blank=True)  # of what was read last
    changed_at = models.DateTimeField(null=True)  # when that was read for the first time

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self):
        return f"{self.person}"

    @property
    def token(self) -> str:
        return SIGNER.sign_object([self.person_id, self.number])

    @property
    def address(self) -> str:
        return settings.PUBLIC_URL + reverse("feed", args=[self.token])

    @property
    def tongue(self) -> str:
        return self.person.language or settings.LANGUAGE_CODE

    @classmethod
    def of_token(cls, token: str, at: dt.datetime) -> "Feed | None":
        """The feed behind an address, while the address is good and its person works here."""
        try:
            person, number = SIGNER.unsign_object(token)
            found = (
                cls.objects.filter(person=int(person), number=int(number), is_on=True).select_related("person").first()
            )
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return found if found and found.person.is_employed(at) else None

    @classmethod
    def renew(cls, person, *, at: dt.datetime) -> None:
        """A new address; whoever has the old one reads nothing any more."""
        cls.objects.update_or_create(
            person=person, defaults={"number": F("number") + 1, "is_on": True}, create_defaults={"person": person}
        )
        Line.objects.trace("scheduling.feed.renew", by=person, at=at)

    @classmethod
    def end(cls, person, *, at: dt.datetime) -> None:
        if cls.objects.filter(person=person, is_on=True).update(is_on=False):
            Line.objects.trace("scheduling.feed.end", by=person, at=at)


Feed.renew.__func__.said = _("made a new calendar address")
Feed.end.__func__.said = _("switched the calendar address off")
