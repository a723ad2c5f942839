import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import append_only, evidence, kept
from duty.models import File
from equipment.measures import NONE

from .gauges import Gauge, shown
from .items import Item
from .pieces import Equipment
from .places import Place
from .rounds import Round


class Judged(models.IntegerChoices):
    """How an answer was judged, from good to bad (`equipment/judging.py`)."""

    NORMAL = 0, pgettext_lazy("answer", "normal")
    OUT_OF_RANGE = 1, pgettext_lazy("answer", "out of range")  # worth a look
    ABNORMAL = 2, pgettext_lazy("answer", "abnormal")  # an alarm; opens a defect
    NOT_CHECKED = 3, pgettext_lazy("answer", "not checked")

    @property
    def colour(self) -> str:
        return ("well", "soon", "late", "next")[self.value]


class AnswerQuerySet(models.QuerySet):
    def standing(self):
        """The last word on each item."""
        return self.filter(superseded_at__isnull=True)


@evidence()
class Answer(models.Model):
    """What was found for one item on one round. A correction is an answer of its own; the one before it stays.

    `uid` is given by the telephone, so that the same answer sent twice is one. `answered_at` is the telephone's clock
    corrected; `received_at` the server's.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="answers")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    equipment = models.ForeignKey(Equipment, models.PROTECT, null=True, related_name="answers")
    gauge = models.ForeignKey(Gauge, models.PROTECT, null=True, related_name="answers")
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    text = models.CharField(max_length=500, blank=True)  # the choice taken, or what was written
    judged = models.SmallIntegerField(choices=Judged)
    note = models.CharField(_("note"), max_length=500, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True)
    defect = models.ForeignKey("equipment.Defect", models.PROTECT, null=True, related_name="answers")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["answered_at", "id"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                fields=["round", "item"], condition=Q(superseded_at__isnull=True), name="one_answer_stands_for_an_item"
            ),
            models.CheckConstraint(condition=Q(judged__in=Judged.values), name="an_answer_is_judged"),
            models.CheckConstraint(
                condition=Q(answered_at__lte=F("received_at")), name="an_answer_is_given_before_it_is_received"
            ),
        ]
        indexes = [
            models.Index(
                fields=["gauge", "-answered_at"], include=["number"], name="readings_of_a_gauge",
                condition=Q(gauge__isnull=False, superseded_at__isnull=True),
            ),
            models.Index(
                fields=["equipment", "-answered_at"], name="findings_on_a_piece",
                condition=Q(equipment__isnull=False, judged__gt=0, superseded_at__isnull=True),
            ),
            models.Index(
                fields=["item", "-answered_at"], name="findings_by_item",
                condition=Q(judged__gt=0, superseded_at__isnull=True),
            ),
            models.Index(
                fields=["answered_at"], name="findings_by_time", condition=Q(judged__gt=0, superseded_at__isnull=True)
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.said

    @property
    def said(self) -> str:
        """23.5, 正常, what was written."""
        if self.number is not None:
            return shown(self.number)
        return self.text or str(self.get_judged_display())

    @property
    def finding(self) -> str:
        """What a defect is called that this answer opens: the question, and what was read or chosen, or that it is abnormal."""
        what = self.item.question
        if self.number is not None:
            measure = "" if self.item.measure == NONE else self.item.measure
            return f"{what} {self.said} {measure}".strip()[:120]
        words = _now("%(what)s: %(said)s") if self.text else _now("%(what)s: abnormal")
        return (words % {"what": what, "said": self.text})[:120]

    def says_less_than(self, other: "Answer | None") -> bool:
        """The same as the other before its note was written: no answer of its own."""
        same = other is not None and (self.said, self.by_id) == (other.said, other.by_id)
        return same and self.note in ("", other.note)

    @property
    def colour(self) -> str:
        return Judged(self.judged).colour

    @property
    def thread(self) -> uuid.UUID:
        return self.item.thread


class How(models.TextChoices):
    """How it was shown that the walker stood there."""

    SCANNED = "scanned", pgettext_lazy("label", "scanned")
    TYPED = "typed", _("code typed")
    NONE = "none", _("not scanned")


@evidence()
class Visit(models.Model):
    """The walker stood before a piece or at a place: when, and how that was shown. Order and dwell follow from these."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="visits")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    equipment = models.ForeignKey(Equipment, models.PROTECT, null=True, related_name="visits")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="visits")
    how = models.CharField(max_length=7, choices=How)
    arrived_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["arrived_at", "id"]
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=Q(how__in=How.values), name="a_visit_is_shown_somehow")]
        indexes = [models.Index(fields=["round"], name="visits_of_a_round")]


@evidence()
class Shot(models.Model):
    """A photo or a signature that belongs to an answer of a round; sent ahead of it, and once however often it is sent."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="shots")
    item = models.ForeignKey(Item, models.PROTECT, related_name="shots")
    uid = models.UUIDField(unique=True)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo of a round")
        verbose_name_plural = _("photos of rounds")
        ordering = ["taken_at", "id"]
        triggers = kept()

    @property
    def unit_id(self) -> int:
        return self.round.unit_id


class Parcel(models.Model):
    """What a telephone sent at once, and by how much its clock was off; sent again it changes nothing."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="parcels")
    uid = models.UUIDField(unique=True)
    device = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()  # by the telephone's clock
    received_at = models.DateTimeField()
    clock_off_seconds = models.IntegerField(default=0)  # how far that clock was ahead
    answers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["received_at", "id"]
        triggers = append_only()
