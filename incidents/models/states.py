"""What an incident can be: its states with their colours, and how an enquiry was settled."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    OPEN = "open", _("in hand")
    REPORTED = "reported", _("waits for the superior")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    CLOSED = "closed", _("closed")

    @property
    def colour(self) -> str:
        return {"open": "info", "reported": "late", "acknowledged": "soon", "closed": "well"}[self.value]


LIVE = [Status.OPEN, Status.REPORTED, Status.ACKNOWLEDGED]


class Disposition(models.TextChoices):
    ANSWERED = "answered", pgettext_lazy("disposition", "answered")
    GUIDED = "guided", pgettext_lazy("disposition", "guided to the right channel")
    PASSED_ON = "passed_on", pgettext_lazy("disposition", "passed on")
