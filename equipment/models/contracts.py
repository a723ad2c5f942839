import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from duty.clock import DAY, MINUTE, start_of
from duty.evidence import evidence
from duty.models import Line, Matter, phone_number
from duty.steps import Conflict, Subject, verb
from scheduling.models.pool import within

from .readers import units_read

SOON = dt.timedelta(days=60)
EXPIRES = "equipment.contract"  # the promise that it is renewed or ended before it expires


class ContractQuerySet(models.QuerySet):
    def standing(self):
        """The last word on each: neither renewed nor ended; perhaps expired."""
        return self.filter(matter__closed_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)


@evidence()
class Contract(Subject):
    """What an outside helper has promised: for what, whom to call day and night, within how many hours they come."""

    vendor = models.CharField(_("vendor"), max_length=80)
    subject = models.CharField(_("for what"), max_length=120)
    number = models.CharField(_("contract number"), max_length=40, blank=True)
    contact = models.CharField(_("contact person"), max_length=40, blank=True)
    phone = models.CharField(_("phone, day and night"), max_length=20, validators=[phone_number])
    from_on = models.DateField(_("valid from"))
    until_on = models.DateField(_("valid until"))
    response_hours = models.DecimalField(
        _("answers within, hours"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    arrival_hours = models.DecimalField(
        _("on site within, hours"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    minder = models.ForeignKey(
        "duty.Person", models.PROTECT, related_name="minds_contracts", verbose_name=_("looked after by")
    )
    note = models.TextField(_("remarks"), max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ContractQuerySet.as_manager()
    page = "contract"

    class Meta:
        verbose_name = _("maintenance contract")
        verbose_name_plural = _("maintenance contracts")
        ordering = ["until_on", "matter_id"]
        constraints = [
            within("from_on", "until_on", "a_contract_ends_after_it_begins"),
            models.CheckConstraint(
                condition=(Q(response_hours__isnull=True) | Q(response_hours__gt=0))
                & (Q(arrival_hours__isnull=True) | Q(arrival_hours__gt=0)),
                name="a_contract_promises_some_time",
                violation_error_message=_("Hours are more than 0. Leave them empty if nothing was agreed."),
            ),
            models.CheckConstraint(
                condition=Q(response_hours__isnull=True)
                | Q(arrival_hours__isnull=True)
                | Q(arrival_hours__gte=F("response_hours")),
                name="a_helper_answers_before_arriving",
                violation_error_message=_("They cannot be on site before they answer. Check the hours."),
            ),
        ]

    def __str__(self):
        return f"{self.vendor} · {self.subject}"

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    @verb(_("entered the contract"))
    def sign(self, *, by, at):
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.promise_renewal(at, by=by)
        self.entry.text = self.span

    @verb(_("changed the contract"))
    def change(self, fields, *, by, at):
        """Correct what was entered; a contract that goes on longer is renewed instead."""
        self._still_stands()
        self.matter_follows()
        self.save(update_fields=list(fields))
        if {"until_on", "minder"} & set(fields):
            self.promise_renewal(at, by=by)
        self.entry.data = {"fields": list(fields)}

    @verb(_("renewed the contract"))
    def renew(self, new: "Contract", *, by, at):
        """The new one takes this one's place, with every piece that hangs on it and the promise to renew."""
        self._still_stands()
        new.sign(by=by, at=at)
        for piece in self.equipment.all():
            piece.contract = new
            piece.save(update_fields=["contract"])
        self.settle(EXPIRES, at, by=by)
        self.close_matter(at, by=by)
        self.entry.text = new.span

    @verb(_("ended the contract"))
    def end(self, *, by, at):
        """It is not renewed; the pieces that hung on it have no contract from now on."""
        self._still_stands()
        self.ended_at = at
        self.save(update_fields=["ended_at"])
        self.equipment.update(contract=None)
        self.close_matter(at, by=by)

    def promise_renewal(self, at: dt.datetime, *, by=None) -> None:
        """Owed by whoever looks after it, until the last minute of its last day."""
        self.owe(EXPIRES, start_of(self.until_on + DAY) - MINUTE, at=at, by=by, owed_by=self.minder)

    def _still_stands(self) -> None:
        """Asked of the database: this row holds what is about to be written."""
        if Matter.objects.filter(pk=self.pk, closed_at__isnull=False).exists():
            raise Conflict(self, _("This contract was renewed or ended meanwhile."))

    @property
    def stands(self) -> bool:
        return self.matter.closed_at is None

    @property
    def span(self) -> str:
        return f"{self.from_on} – {self.until_on}"

    def state(self, today: dt.date) -> tuple[str, str]:
        """(colour, word)"""
        if self.ended_at:
            return "next", _("ended")
        if not self.stands:
            return "next", pgettext("contract", "renewed")
        if self.until_on < today:
            return "late", pgettext("contract", "expired")
        if self.from_on > today:
            return "next", pgettext("contract", "not yet valid")
        if self.until_on - today <= SOON:
            return "soon", pgettext("contract", "expires soon")
        return "well", pgettext("contract", "valid")
