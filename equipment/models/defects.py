import datetime as dt
import uuid

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.clock import day_of
from duty.evidence import evidence, kept
from duty.models import File, Line, Matter
from duty.steps import Subject, verb
from equipment import ladders

from .pieces import Criticality, Equipment
from .places import Place, place_tree
from .readers import units_read
from .repair_terms import RepairTerm
from .rounds import Round

TAKEN, FIXED, VERIFIED = "equipment.defect_taken", "equipment.defect_fixed", "equipment.defect_verified"


class DefectStatus(models.TextChoices):
    REPORTED = "reported", pgettext_lazy("defect", "reported")
    TAKEN = "taken", pgettext_lazy("defect", "acknowledged")
    ON_THE_WAY = "coming", pgettext_lazy("defect", "on the way")
    FIXED = "fixed", pgettext_lazy("defect", "fixed, to be verified")
    VERIFIED = "verified", pgettext_lazy("defect", "verified")
    WITHDRAWN = "withdrawn", pgettext_lazy("defect", "no defect")


OPEN = (DefectStatus.REPORTED, DefectStatus.TAKEN, DefectStatus.ON_THE_WAY, DefectStatus.FIXED)
COLOURS = {
    "reported": "late",
    "taken": "soon",
    "coming": "soon",
    "fixed": "info",
    "verified": "well",
    "withdrawn": "next",
}


class DefectQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        own = Q(mender=person) | Q(found_by=person)
        told = person.sight.told_about
        return self.filter(seen | own | Q(matter_id__in=told) if told else seen | own)


@evidence()
class Defect(Subject):
    """Something is not as it should be, and is to be mended: found by whom and when, who mends it, what it was, who looked after."""

    number = models.CharField(_("number"), max_length=20, blank=True, editable=False)
    equipment = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="defects", verbose_name=_("piece of equipment")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="defects", verbose_name=_("place")
    )
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="defects")
    thread = models.UUIDField(null=True, editable=False)  # of the item that found it
    what = models.CharField(_("what is wrong"), max_length=120)
    detail = models.TextField(_("details"), max_length=1000, blank=True)
    criticality = models.CharField(_("criticality"), max_length=9, choices=Criticality, default=Criticality.ORDINARY)
    found_at = models.DateTimeField(_("found at"))
    found_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("found by"))
    status = models.CharField(_("state"), max_length=9, choices=DefectStatus, default=DefectStatus.REPORTED)
    mender = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, blank=True, related_name="mends", verbose_name=_("mended by")
    )
    taken_at = models.DateTimeField(_("acknowledged at"), null=True, editable=False)
    coming_at = models.DateTimeField(_("on the way since"), null=True, editable=False)
    fixed_at = models.DateTimeField(_("fixed at"), null=True, editable=False)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    remedy = models.CharField(_("what was done"), max_length=300, blank=True)
    parts = models.CharField(_("parts used"), max_length=200, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    verified_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    sent_back = models.PositiveSmallIntegerField(_("times sent back"), default=0, editable=False)
    recurs = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="recurred", editable=False)
    incident = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+", editable=False)

    objects = DefectQuerySet.as_manager()
    page = "defect"

    class Meta:
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        ordering = ["-found_at", "-matter_id"]
        triggers = kept()
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DefectStatus.values), name="a_defect_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(criticality__in=Criticality.values), name="a_defect_is_of_a_known_criticality"
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="a_defects_number_is_given_once"
            ),
            models.UniqueConstraint(
                fields=["equipment", "place", "thread"], nulls_distinct=False,
                condition=Q(status__in=OPEN, thread__isnull=False), name="one_open_defect_of_an_item",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[DefectStatus.TAKEN, DefectStatus.ON_THE_WAY, DefectStatus.FIXED])
                | Q(mender__isnull=False, taken_at__isnull=False),
                name="a_defect_in_hand_has_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[DefectStatus.FIXED, DefectStatus.VERIFIED]) | Q(fixed_at__isnull=False),
                name="a_fixed_defect_was_fixed_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=DefectStatus.VERIFIED) | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="a_verified_defect_was_verified_by_someone",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "-found_at"], name="defects_of_a_unit"),
            models.Index(fields=["equipment", "-found_at"], name="defects_of_a_piece"),
            models.Index(fields=["unit"], condition=Q(status__in=OPEN), name="defects_open"),
        ]

    def __str__(self):
        return f"{self.number} {self.what}".strip()

    @property
    def colour(self) -> str:
        return COLOURS[self.status]

    @property
    def label(self) -> Criticality:
        return Criticality(self.criticality)

    @property
    def where(self) -> str:
        """The piece with where it stands, or the place."""
        if self.equipment:
            return f"{self.equipment.name} {self.equipment.code} · {self.equipment.path}"
        return place_tree().path(self.place_id)

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    @verb(_("reported the defect"))
    def report(self, *, by, at):
        """Maintainers hear of it at once; the clocks for acknowledging and mending begin (A26)."""
        self.become_matter(self.what, self.found_at)
        self.number = next_number(at)
        Matter.objects.filter(pk=self.pk).update(number=self.number)
        self.recurs = self.last_like_it()
        self.save(force_insert=True)
        self.promise_taking(at, by=by)
        self.promise_mending(at, by=by)
        self.entry.happened_at = self.found_at
        if self.recurs:
            self.entry.text = _now("again, after %(number)s") % {"number": self.recurs.number}

    @verb(_("saw it again on a round"))
    def see_again(self, answer, *, by, at):
        """It is found once more while it is open; what was said to be mended is not."""
        self.entry.text = " · ".join(filter(None, [answer.said, answer.note]))[:200]
        self.entry.happened_at = answer.answered_at
        if self.status == DefectStatus.FIXED:
            self.step(DefectStatus.TAKEN, frm=[DefectStatus.FIXED], sent_back=self.sent_back + 1)
            self.settle(VERIFIED, at, by=by)
            self.promise_mending(at, by=by)

    @verb(_("withdrew it: no defect"))
    def withdraw(self, *, by, at):
        self.step(DefectStatus.WITHDRAWN, frm=OPEN)
        self.close_matter(at, by=by)

    def last_like_it(self) -> "Defect | None":
        """The latest one of the same item, or of the same words on the same piece, within ninety days."""
        if self.thread is None and self.equipment_id is None:
            return None
        same = Q(thread=self.thread) if self.thread else Q(what=self.what)
        rows = Defect.objects.filter(same, equipment=self.equipment_id, place=self.place_id).exclude(pk=self.pk)
        rows = rows.exclude(status=DefectStatus.WITHDRAWN).filter(found_at__gte=self.found_at - AGAIN_WITHIN)
        return rows.order_by("-found_at").first()

    def promise_taking(self, at: dt.datetime, *, by=None) -> None:
        term = RepairTerm.of(self.criticality)
        due = self.found_at + dt.timedelta(minutes=term.acknowledge_minutes)
        rungs = ladders.to_take(term.acknowledge_minutes, self.criticality == Criticality.KEY)
        self._owe_repair(TAKEN, due, rungs, at, by, fire_now=True)

    def promise_mending(self, at: dt.datetime, *, by=None) -> None:
        term = RepairTerm.of(self.criticality)
        due = self.found_at + dt.timedelta(hours=term.fix_hours)
        self._owe_repair(FIXED, due, ladders.to_mend(term.fix_hours), at, by)

    def promise_verifying(self, at: dt.datetime, *, by=None) -> None:
        due = at + dt.timedelta(hours=24)
        self.owe(VERIFIED, due, at=at, by=by, owed_as="scheduling.officers", ladder=ladders.TO_VERIFY)

    def _owe_repair(self, kind, due, rungs, at, by, fire_now: bool = False) -> None:
        """Owed by whoever has it in hand, else by those who maintain the piece."""
        owed_as = "" if self.mender_id else "equipment.menders"
        self.owe(
            kind, due, at=at, by=by, owed_by=self.mender, owed_as=owed_as, ladder=rungs,
            runs_from=self.found_at, fire_now=fire_now,
        )  # fmt: skip


AGAIN_WITHIN = dt.timedelta(days=90)


class Counter(models.Model):
    """The last number of a repair ticket of a local day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


def next_number(at: dt.datetime) -> str:
    """WX20261122-001: the next of that local day. Gapless: a transaction that fails gives its number back."""
    day = day_of(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO equipment_counter AS c (day, last) VALUES (%s, 1) "
            "ON CONFLICT (day) DO UPDATE SET last = c.last + 1 RETURNING last",
            [day],
        )
        return f"WX{day:%Y%m%d}-{cursor.fetchone()[0]:03d}"


class Stage(models.TextChoices):
    FOUND = "found", pgettext_lazy("photo", "as found")
    MENDED = "mended", pgettext_lazy("photo", "as mended")


@evidence()
class DefectPhoto(models.Model):
    defect = models.ForeignKey(Defect, models.PROTECT, related_name="photos")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=6, choices=Stage)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("photo of a defect")
        verbose_name_plural = _("photos of defects")
        ordering = ["id"]
        triggers = kept()

    @property
    def unit_id(self) -> int:
        return self.defect.unit_id
