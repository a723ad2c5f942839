"""A10, A11, A44: what is written down later, corrected with a reason, closed with a result, opened again."""

import datetime as dt

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from duty.models import Matter
from duty.steps import Conflict, verb
from duty.telling import tell, told_so_far
from incidents import wording

from .records import Amendment
from .states import Status

# What a reporter told us, and may be corrected later with a reason.
AMENDABLE = (
    "received_at", "line", "event_at", "reporter_name", "reporter_contact", "place", "nature", "summary", "scene",
    "suggestion",
)  # fmt: skip


def mark_of(incident, field: str) -> str:
    """Tells one value of a field from another, and nothing of the value."""
    told = f"{incident.pk}:{field}:{wording.shown(getattr(incident, field))}"
    return salted_hmac("incidents.amend", told).hexdigest()[:20]


class Recording(models.Model):
    """The verbs of the record itself."""

    class Meta:
        abstract = True

    @verb(_("noted"))
    def note(self, text: str, *, by, at, happened_at: dt.datetime | None = None):
        """What is new: progress, a contact, an arrival. Starts the follow-up clock anew."""
        fresh = self.lock()
        if fresh.is_closed:
            raise Conflict(self)
        self.entry.text, self.entry.happened_at = text, happened_at
        if self.status == Status.ACKNOWLEDGED or self._running("incidents.update"):
            self._owe_update(by, at)

    @verb(_("corrected the record"))
    def amend(self, field: str, value, *, by, at, reason: str, was: str = ""):
        """Correct one thing that was told, with a reason; the old value stays visible for good.

        `was` is the mark of the value they saw; raises Conflict if someone corrected it since.
        """
        if field not in AMENDABLE:
            raise ValueError(f"{field} cannot be corrected")
        self.lock()
        if was and was != mark_of(self, field):
            raise Conflict(self, _("Someone corrected this since you opened the page. Look at it, then decide again."))
        old = wording.shown(getattr(self, field))
        setattr(self, field, value)
        if field == "reporter_name":
            self.name_not_given = not value
        if field == "reporter_contact":
            self.contact_not_given = not value
        self.hay = self._hay()
        self.save()
        Amendment.objects.create(
            incident=self, field=field, old=old, new=wording.shown(getattr(self, field)), reason=reason, by=by, at=at
        )
        if field == "summary":
            Matter.objects.filter(pk=self.pk).update(title=self.summary)
        if field == "received_at":
            self._bring_report_forward(by, at)
        self.entry.data = {"field": field}

    @verb(_("closed with a result"))
    def close(self, result: str, *, by, at):
        """Nothing is closed without a result, nor while the superior has not answered."""
        if self.status == Status.REPORTED:
            raise Conflict(
                self,
                _(
                    "The superior has not acknowledged this report yet. Press for an answer, or record their answer by phone."
                ),
            )
        self.step(
            Status.CLOSED,
            frm=[Status.OPEN, Status.ACKNOWLEDGED],
            result=result,
            closed_by=by,
            closed_at=at,
            hay=self._hay(result=result),
        )
        self.close_matter(at, by=by)
        self.entry.text = result
        told = [person for person in told_so_far(self.pk) if person != by.pk]
        tell(told, f"closed:{self.pk}:{at:%Y%m%d%H%M%S}", wording.closed(self, result), matter_id=self.pk, at=at)

    @verb(_("reopened"))
    def reopen(self, *, by, at, reason: str):
        """Something was not over; the earlier result stays on the trail."""
        again = Status.ACKNOWLEDGED if self.acknowledged_at else Status.OPEN
        self.step(again, frm=[Status.CLOSED], closed_at=None, closed_by=None)
        self.reopen_matter()
        if again == Status.ACKNOWLEDGED:
            self._owe_update(by, at)
        told = [person for person in told_so_far(self.pk) if person != by.pk]
        tell(told, f"reopened:{self.pk}:{at:%Y%m%d%H%M%S}", wording.reopened(self, reason), matter_id=self.pk, at=at)

    @verb(_("looked at the reporter's number"))
    def reveal_contact(self, *, by, at):
        """Numbers are masked until someone who may asks; asking leaves a line."""
