import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.clock import MINUTE, duty_today, local
from duty.evidence import evidence, kept
from duty.models import File, Line, Matter, Notice, Person
from duty.steps import Conflict, Subject, verb
from equipment import repair_wording as wording

from .defect_states import AGAIN_WITHIN, COLOURS, FIXED, OPEN, TAKEN, VERIFIED, VERIFY_WITHIN, DefectStatus
from .mending import Mending
from .pieces import Criticality, Equipment
from .places import Place, place_tree
from .readers import units_read
from .repair_terms import RepairTerm
from .repairs_owed import Owing
from .rounds import Round
from .tickets import next_number

__all__ = ["FIXED", "OPEN", "TAKEN", "VERIFIED", "Defect", "DefectStatus"]


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
class Defect(Mending, Owing, Subject):
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
    take_by = models.DateTimeField(_("to be acknowledged by"), null=True, editable=False)
    fix_by = models.DateTimeField(_("to be fixed by"), null=True, editable=False)
    coming_at = models.DateTimeField(_("on the way since"), null=True, editable=False)
    expected_at = models.DateTimeField(_("expected there at"), null=True, editable=False)
    fixed_at = models.DateTimeField(_("fixed at"), null=True, editable=False)
    fixed_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    remedy = models.CharField(_("what was done"), max_length=300, blank=True)
    parts = models.CharField(_("parts used"), max_length=200, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    verified_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    verified_why = models.CharField(_("why verified by an exception"), max_length=200, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=~Q(status=DefectStatus.VERIFIED) | ~Q(verified_by=F("mender")) | ~Q(verified_why=""),
                name="whoever_mended_it_verifies_it_with_a_reason_only",
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
    def spot(self) -> str:
        """Where the piece stands, or the place; empty for a defect of neither."""
        return self.equipment.path if self.equipment else place_tree().path(self.place_id)

    @property
    def where(self) -> str:
        """The piece with where it stands, or the place."""
        return f"{self.equipment.name} {self.equipment.code} · {self.spot}" if self.equipment else self.spot

    @property
    def title(self) -> str:
        """The piece and what is wrong with it, as a message names it."""
        return f"{self.equipment.name} {self.what}" if self.equipment else self.what

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def due_at(self) -> dt.datetime | None:
        """When its next step is due: acknowledged, mended, verified."""
        if self.status == DefectStatus.REPORTED:
            return self.take_by
        if self.status == DefectStatus.FIXED:
            return self.fixed_at + VERIFY_WITHIN
        return self.fix_by if self.is_open else None

    def may_return(self, at: dt.datetime) -> bool:
        """Whether one that was settled may be reported as the same again."""
        closed = self.verified_at or self.found_at
        return self.status == DefectStatus.VERIFIED and at - closed <= AGAIN_WITHIN

    @classmethod
    def answer_page_of(cls, token: str) -> str:
        return reverse("defect-answer", args=[token])

    @classmethod
    def detail_of(cls, line: Line) -> str:
        said = [cls.fields_of(line)]
        if "to" in line.data:
            said.append(f"{Criticality(line.data['from']).label} → {Criticality(line.data['to']).label}")
        if "expected" in line.data:
            at = local(dt.datetime.fromisoformat(line.data["expected"]))
            said.append(_now("expected there at %(time)s") % {"time": f"{at:%m-%d %H:%M}"})
        return " · ".join(filter(None, [*said, line.text]))

    def is_asked(self, person) -> bool:
        """Someone who looks after the piece, or was told to take it: may mend it without holding a role there."""
        known = self.__dict__.setdefault("_asked", {})
        if person.pk not in known:
            kept = Q(until_on__isnull=True) | Q(until_on__gte=duty_today())
            keeps = person.keeps.filter(kept, equipment=self.equipment_id, from_on__lte=duty_today())
            told = Notice.objects.filter(recipient=person, matter=self.pk, firing__deadline__kind=TAKEN)
            known[person.pk] = Person.objects.filter(Exists(keeps) | Exists(told), pk=person.pk).exists()
        return known[person.pk]

    @verb(_("reported the defect"))
    def report(self, photos: Iterable[File] = (), *, by, at):
        """Maintainers hear of it at once; the clocks for acknowledging and mending begin (A26).

        The first counts from when they are told, the second from when it was found.
        """
        self.become_matter(self.title, self.found_at)
        self.number = next_number(at)
        Matter.objects.filter(pk=self.pk).update(number=self.number)
        self.recurs = self.recurs or self.last_like_it()
        term = RepairTerm.of(self.criticality)
        self.take_by = at + dt.timedelta(minutes=term.acknowledge_minutes)
        self.fix_by = self.found_at + dt.timedelta(hours=term.fix_hours)
        self.save(force_insert=True)
        self.keep_photos(photos, "found")
        self.promise_taking(at, by=by)
        self.promise_mending(at, by=by)
        if at - self.found_at > settings.LATE_ENTRY_MINUTES * MINUTE:
            self.entry.happened_at = self.found_at
        if self.recurs:
            self.entry.text = _now("again, after %(number)s") % {"number": self.recurs.number}

    @verb(_("saw it again on a round"))
    def see_again(self, answer, *, by, at):
        """It is found once more while it is open; what was said to be mended is not."""
        self.lock()
        self.entry.text = " · ".join(filter(None, [answer.said, answer.note]))[:200]
        self.entry.happened_at = answer.answered_at
        if self.status == DefectStatus.FIXED:
            self.not_mended(by, at)

    def news_of(self, answer, before) -> dict[str, str]:
        """What the later answer to the same look says better: the note that came after it, a reading corrected."""
        news = {}
        if answer.note and self.detail in ("", before.note):
            news["detail"] = answer.note
        if self.what == before.finding:
            news["what"] = answer.finding
        return {name: value for name, value in news.items() if value != getattr(self, name)}

    @verb(_("wrote more of it on the round"))
    def learn(self, news: dict[str, str], answer, *, by, at):
        """Whoever has it in hand hears of it."""
        self.lock()
        for name, value in news.items():
            setattr(self, name, value)
        self.save(update_fields=list(news))
        Matter.objects.filter(pk=self.pk).update(title=self.title[:200])
        self.entry.text = " · ".join(filter(None, [answer.said, answer.note]))[:200]
        self.entry.happened_at = answer.answered_at
        self._tell({self.mender_id} - {by.pk, None}, "learnt", wording.learnt(self, by), at)

    @verb(_("added what is new"))
    def note(self, text: str, photos: Iterable[File] = (), stage: str = "found", *, by, at):
        """What is new: waiting for a part, another sign of it, another photo."""
        self.lock()
        if not self.is_open:
            raise Conflict(self, self.how_it_stands)
        self.keep_photos(photos, stage)
        self.entry.text = text

    @verb(_("called outside help"))
    def call_out(self, callout, *, by, at):
        """Whom, when, and by when their contract says they are there."""
        self.lock()
        if not self.is_open:
            raise Conflict(self, self.how_it_stands)
        hours = callout.contract.arrival_hours if callout.contract else None
        callout.arrive_by = callout.called_at + dt.timedelta(hours=float(hours)) if hours else None
        callout.defect, callout.called_by = self, by
        callout.save(force_insert=True)
        self.entry.text = callout.vendor  # the number is for those who may dial it
        if at - callout.called_at > settings.LATE_ENTRY_MINUTES * MINUTE:
            self.entry.happened_at = callout.called_at

    @verb(_("wrote down what the outside helper did"))
    def follow_callout(self, callout, fields: Iterable[str], *, by, at):
        callout.save(update_fields=list(fields))
        self.entry.text = " · ".join(filter(None, [callout.vendor, callout.outcome]))

    @verb(_("made it an incident"))
    def grow(self, matter: Matter, *, by, at):
        """Once: from then on both pages lead to each other."""
        if not Defect.objects.filter(pk=self.pk, incident__isnull=True).update(incident=matter):
            raise Conflict(self, _now("It was made an incident already."))
        self.incident = matter
        self.entry.text = matter.number  # what it is about is for those who see it

    # Under the verbs

    def keep_photos(self, photos: Iterable[File], stage: str) -> None:
        """The same picture twice is one."""
        known = set(self.photos.filter(stage=stage).values_list("file__sha256", flat=True))
        for file in photos:
            if file.sha256 not in known:
                self.photos.create(file=file, stage=stage)
                known.add(file.sha256)

    def last_like_it(self) -> "Defect | None":
        """The latest one of the same item, or of the same words on the same piece, within ninety days."""
        if self.thread is None and self.equipment_id is None:
            return None
        same = Q(thread=self.thread) if self.thread else Q(what=self.what)
        rows = Defect.objects.filter(same, equipment=self.equipment_id, place=self.place_id).exclude(pk=self.pk)
        rows = rows.exclude(status=DefectStatus.WITHDRAWN).filter(found_at__gte=self.found_at - AGAIN_WITHIN)
        return rows.order_by("-found_at").first()
