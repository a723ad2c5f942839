import datetime as dt

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import append_only, evidence, kept

from .readers import units_read

SOON = dt.timedelta(days=30)


class LotQuerySet(models.QuerySet):
    def in_stock(self):
        """The first to expire first, what never expires last."""
        return self.filter(quantity__gt=0).order_by(F("expires_on").asc(nulls_last=True), "id")

    def usable(self, day: dt.date):
        return self.in_stock().exclude(expires_on__lt=day)


@evidence()
class Lot(models.Model):
    """What came in together and expires together, and how much of it is left."""

    supply = models.ForeignKey("equipment.Supply", models.PROTECT, related_name="lots", verbose_name=_("supply"))
    number = models.CharField(_("lot"), max_length=30, blank=True)
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    quantity = models.IntegerField(_("quantity"), default=0)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot of a supply")
        verbose_name_plural = _("lots of supplies")
        ordering = [F("expires_on").asc(nulls_last=True), "id"]
        triggers = kept()
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0),
                name="a_lot_never_holds_less_than_nothing",
                violation_error_message=_("There is not so much left."),
            ),
            models.UniqueConstraint(
                fields=["supply", "number", "expires_on"],
                name="a_lot_is_kept_once",
                nulls_distinct=False,
                violation_error_message=_("This lot is there already."),
            ),
        ]

    def __str__(self):
        return self.number or "—"

    @property
    def unit_id(self) -> int:
        return self.supply.unit_id

    def state(self, today: dt.date) -> tuple[str, str]:
        """(colour, word); nothing to say of what keeps."""
        if self.expires_on is None or not self.quantity:
            return "", ""
        if self.expires_on < today:
            return "late", _("expired")
        return ("soon", _("expires soon")) if self.expires_on - today <= SOON else ("", "")


class MovementKind(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("supplies", "received")
    ISSUED = "issued", pgettext_lazy("supplies", "issued")
    RETURNED = "returned", pgettext_lazy("supplies", "returned")
    GONE = "gone", pgettext_lazy("supplies", "does not come back")
    WRITTEN_OFF = "written_off", pgettext_lazy("supplies", "written off")
    COUNTED = "counted", pgettext_lazy("supplies", "counted")


ANSWERS = (MovementKind.RETURNED, MovementKind.GONE)


class MovementQuerySet(models.QuerySet):
    def with_out(self):
        """`out`: how much of each issue has neither come back nor been given up."""
        answers = Movement.objects.filter(of=OuterRef("pk")).order_by().values("of").annotate(n=Sum("quantity"))
        back = Coalesce(Subquery(answers.values("n")), 0)
        return self.annotate(out=F("quantity") - back)

    def still_out(self):
        return self.filter(kind=MovementKind.ISSUED).with_out().filter(out__gt=0)

    def to_come_back(self):
        """What was issued with a day to be back and is not, the earliest first."""
        return self.filter(due_back_at__isnull=False).still_out().order_by("due_back_at", "id")

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(supply__unit_id__in=sorted(units_read(person)))


def _unless(kind: MovementKind, then: Q) -> Q:
    return ~Q(kind=kind) | then


@evidence()
class Movement(models.Model):
    """What went in or out of a lot: how much, by whom, to whom, when, why. Written once and never edited."""

    supply = models.ForeignKey("equipment.Supply", models.PROTECT, related_name="movements", verbose_name=_("supply"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", verbose_name=_("lot"))
    kind = models.CharField(_("movement"), max_length=11, choices=MovementKind)
    quantity = models.IntegerField(_("quantity"))
    change = models.IntegerField(_("change"))
    after = models.IntegerField(_("in stock after it"))
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    person = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("someone from outside"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    incident = models.ForeignKey(
        "duty.Matter", models.PROTECT, null=True, related_name="supplies_moved", verbose_name=_("incident")
    )
    due_back_at = models.DateTimeField(_("to be back"), null=True)
    of = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers", verbose_name=_("issue"))

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of supplies")
        verbose_name_plural = _("movements of supplies")
        ordering = ["-id"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=(MovementKind.RECEIVED.value, MovementKind.RETURNED.value), change=F("quantity"))
                | Q(kind__in=(MovementKind.ISSUED.value, MovementKind.WRITTEN_OFF.value), change=-F("quantity"))
                | Q(kind=MovementKind.GONE.value, change=0)
                | Q(kind=MovementKind.COUNTED.value),
                name="a_movement_changes_what_it_says",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(kind=MovementKind.COUNTED.value, quantity__gte=0),
                name="a_movement_moves_something",
                violation_error_message=_("Say how many, at least one."),
            ),
            models.CheckConstraint(condition=Q(after__gte=0), name="no_stock_is_below_nothing"),
            models.CheckConstraint(
                condition=_unless(
                    MovementKind.ISSUED,
                    (Q(person__isnull=False) | ~Q(name="")) & (Q(incident__isnull=False) | ~Q(reason="")),
                ),
                name="what_is_issued_says_to_whom_and_why",
                violation_error_message=_("Say to whom it is issued, and for which incident or purpose."),
            ),
            models.CheckConstraint(
                condition=(~Q(kind__in=(MovementKind.WRITTEN_OFF.value, MovementKind.GONE.value)) | ~Q(reason=""))
                & (~Q(kind=MovementKind.COUNTED.value) | Q(change=0) | ~Q(reason="")),
                name="what_vanishes_has_a_reason",
                violation_error_message=_("Write the reason."),
            ),
            models.CheckConstraint(
                condition=Q(of__isnull=False, kind__in=[kind.value for kind in ANSWERS])
                | Q(of__isnull=True) & ~Q(kind__in=[kind.value for kind in ANSWERS]),
                name="what_comes_back_was_issued",
            ),
            models.CheckConstraint(
                condition=Q(due_back_at__isnull=True) | Q(kind=MovementKind.ISSUED.value, due_back_at__gt=F("at")),
                name="what_is_issued_comes_back_later",
                violation_error_message=_("It cannot be back before it is issued. Choose a later day."),
            ),
        ]
        indexes = [
            models.Index(fields=["supply", "-id"], name="movements_of_a_supply"),
            models.Index(fields=["incident"], condition=Q(incident__isnull=False), name="movements_for_an_incident"),
            models.Index(fields=["due_back_at"], condition=Q(due_back_at__isnull=False), name="movements_to_come_back"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.quantity}"

    @property
    def unit_id(self) -> int:
        return self.supply.unit_id

    @property
    def whom(self) -> str:
        return self.person.name if self.person else self.name

    @property
    def signed(self) -> str:
        """+5, −2, ±0: as a ledger writes it."""
        return f"{'+' if self.change > 0 else '−' if self.change < 0 else '±'}{abs(self.change)}"

    @property
    def colour(self) -> str:
        if self.kind in (MovementKind.WRITTEN_OFF, MovementKind.GONE) or (
            self.kind == MovementKind.COUNTED and self.change
        ):
            return "soon"
        return "info" if self.kind == MovementKind.ISSUED else "next"
