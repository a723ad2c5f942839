import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, MINUTE, last_of_month, start_of
from duty.evidence import evidence
from duty.steps import Conflict, Subject, verb

from .patterns import Qualification
from .pool import within

SOON = dt.timedelta(days=60)
EXPIRES = "scheduling.qualified"  # the promise that it is renewed before it expires


def last_day(first: dt.date, months: int) -> dt.date:
    """The last of so many months: from 31 January one month lasts until 28 February, from 1 March until 31 March."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    days = last_of_month(dt.date(year, month, 1)).day
    return dt.date(year, month, days) if first.day > days else dt.date(year, month, first.day) - DAY


class QualifiedQuerySet(models.QuerySet):
    def standing(self):
        """The last word on each: neither renewed nor revoked; perhaps expired."""
        return self.filter(matter__closed_at__isnull=True)

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id") | Q(person=person))


@evidence()
class Qualified(Subject):
    """Someone holds a qualification: assessed by whom, from when until when. It is told before it expires."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="qualified", verbose_name=_("person"))
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, related_name="held", verbose_name=_("qualification")
    )
    from_on = models.DateField(_("valid from"))
    until_on = models.DateField(_("valid until"), null=True, blank=True)
    assessor = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("assessed by"))
    note = models.CharField(_("remarks"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = QualifiedQuerySet.as_manager()
    page = "qualified"

    class Meta:
        verbose_name = _("qualification record")
        verbose_name_plural = _("qualification records")
        ordering = ["person__name_sort", "qualification__name", "-from_on"]
        constraints = [
            within("from_on", "until_on", "a_qualification_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(assessor=F("person")),
                name="nobody_assesses_themselves",
                violation_error_message=_("Nobody assesses themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.person.name} · {self.qualification.name}"

    @verb(_("recorded the qualification"))
    def record(self, *, by, at):
        self.unit_id = self.person.unit_id
        if self.until_on is None and self.qualification.months_valid:
            self.until_on = last_day(self.from_on, self.qualification.months_valid)
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.promise_renewal(at, by=by)
        self.entry.text = self.span

    @verb(_("renewed the qualification"))
    def renew(self, new: "Qualified", *, by, at):
        """The new record takes this one's place, and with it the promise to renew."""
        self._still_stands()
        new.person, new.qualification = self.person, self.qualification
        new.record(by=by, at=at)
        self.settle(EXPIRES, at, by=by)
        self.close_matter(at, by=by)
        self.entry.text = new.span

    @verb(_("revoked the qualification"))
    def revoke(self, *, by, at):
        """It holds until now and no longer; the record stays."""
        self._still_stands()
        self.revoked_at = at
        self.save(update_fields=["revoked_at"])
        self.close_matter(at, by=by)

    def promise_renewal(self, at: dt.datetime, *, by=None) -> None:
        """Owed by whoever holds it, until the last minute of its last day."""
        if self.until_on:
            due_at = start_of(self.until_on + DAY) - MINUTE
            self.owe(EXPIRES, due_at, at=at, by=by, owed_by=self.person)

    def _still_stands(self) -> None:
        self.lock()
        if not self.stands:
            raise Conflict(self, _("This record was renewed or revoked meanwhile."))

    @property
    def stands(self) -> bool:
        return self.revoked_at is None and self.matter.closed_at is None

    @property
    def span(self) -> str:
        return f"{self.from_on} – {self.until_on or '…'}"

    def state(self, today: dt.date) -> tuple[str, str]:
        """(colour, word) of a standing record."""
        if self.revoked_at:
            return "late", _("revoked")
        if self.until_on and self.until_on < today:
            return "late", _("expired")
        if self.from_on > today:
            return "next", _("not yet valid")
        if self.until_on and self.until_on - today <= SOON:
            return "soon", _("expires soon")
        return "well", _("valid")
