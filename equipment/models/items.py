import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import evidence
from duty.models import File
from equipment.judging import possible
from equipment.measures import KNOWN, NONE

from .checklists import Version
from .gauges import BOUNDS, Gauge, _bound, _in_order, beyond, span
from .pieces import Equipment
from .places import Place
from .readers import units_read


class Kind(models.TextChoices):
    STATE = "state", _("normal or abnormal")
    NUMBER = "number", pgettext_lazy("kind of answer", "number")
    CHOICE = "choice", _("choice")
    TEXT = "text", _("text")
    PHOTO = "photo", _("photo")
    SIGNATURE = "signature", _("signature")

    @property
    def icon(self) -> str:
        return {
            "state": "check2-circle", "number": "speedometer2", "choice": "ui-radios", "text": "card-text", "photo": "camera",
            "signature": "pen",
        }[self.value]  # fmt: skip


class When(models.TextChoices):
    """Upon which answer to the item above a follow-up is asked."""

    ALWAYS = "", _("always")
    ABNORMAL = "abnormal", _("only if abnormal")
    NORMAL = "normal", _("only if normal")


LIMITS = ("least", "most", *BOUNDS)
# (low, high, the one of them that has to change, the rule's name, whether they may not be equal, what is said)
IN_ORDER = (
    ("least", "most", "most", "possible_values_have_room", True,
     _("The lowest possible value must lie below the highest.")),
    ("normal_low", "normal_high", "normal_high", "an_items_normal_range_has_room", True,
     _("The normal range is the wrong way round: “from” must lie below “to”.")),
    ("alarm_low", "normal_low", "alarm_low", "an_items_alarm_lies_below_normal", False,
     _("“Alarm below” must not lie above the beginning of the normal range.")),
    ("normal_high", "alarm_high", "alarm_high", "an_items_alarm_lies_above_normal", False,
     _("“Alarm above” must not lie below the end of the normal range.")),
    ("alarm_low", "alarm_high", "alarm_high", "an_items_alarm_range_has_room", True,
     _("“Alarm below” must lie below “alarm above”: every value would be an alarm.")),
    ("alarm_low", "normal_high", "alarm_low", "an_items_alarm_lies_below_all_normal", True,
     _("“Alarm below” must not lie above the normal range.")),
    ("normal_low", "alarm_high", "alarm_high", "an_items_alarm_lies_above_all_normal", True,
     _("“Alarm above” must not lie below the normal range.")),
)  # fmt: skip
FROZEN = """
IF EXISTS (SELECT 1 FROM equipment_version v WHERE v.published_at IS NOT NULL
           AND v.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END) THEN
    RAISE EXCEPTION 'a published version of a checklist is never changed';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class ItemQuerySet(models.QuerySet):
    def visible_to(self, person):
        if person.sight.everything:
            return self
        walked = Q(version__checklist__in=person.round_plans.values("checklist"))  # in another unit, perhaps
        return self.filter(Q(version__checklist__unit_id__in=sorted(units_read(person))) | walked)


@evidence()
class Item(models.Model):
    """One thing that is looked at: on a piece, at a place or in general; how it is answered, and when it is normal.

    `thread` stays the same from version to version, so that what is read can be followed over the years.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField(default=0)
    thread = models.UUIDField(default=uuid.uuid4, db_index=True)
    equipment = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("piece of equipment")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("place")
    )
    gauge = models.ForeignKey(
        Gauge, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("gauge")
    )
    question = models.CharField(_("what is looked at"), max_length=80)
    method = models.CharField(_("how"), max_length=200, blank=True)
    kind = models.CharField(_("answered by"), max_length=9, choices=Kind, default=Kind.STATE)
    required = models.BooleanField(_("must be answered"), default=True)
    measure = models.CharField(
        _("unit of measure"), max_length=8, choices=[(unit, unit) for unit in (*KNOWN, NONE)], default=NONE
    )
    least = _bound(_("lowest possible"))
    most = _bound(_("highest possible"))
    normal_low = _bound(_("normal from"))
    normal_high = _bound(_("normal to"))
    alarm_low = _bound(_("alarm below"))
    alarm_high = _bound(_("alarm above"))
    choices = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("choices"))
    bad_choices = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("abnormal choices")
    )
    picture = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    note_if_abnormal = models.BooleanField(_("asks for a note if abnormal"), default=True)
    photo_if_abnormal = models.BooleanField(_("asks for a photo if abnormal"), default=False)
    photo_always = models.BooleanField(_("always asks for a photo"), default=False)
    after = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="follow_ups")
    when = models.CharField(_("asked"), max_length=8, choices=When, default=When.ALWAYS, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        ordering = ["order", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="stands_once_published", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete, func=FROZEN,
            )
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="an_item_is_answered_in_a_known_way"),
            models.CheckConstraint(
                condition=Q(equipment__isnull=True) | Q(place__isnull=True),
                name="an_item_is_on_a_piece_or_at_a_place",
                violation_error_message=_("Choose a piece of equipment or a place, not both."),
            ),
            models.CheckConstraint(
                condition=Q(gauge__isnull=True) | Q(kind=Kind.NUMBER, equipment__isnull=False),
                name="a_gauge_is_read_as_a_number_on_its_piece",
                violation_error_message=_("A gauge is read as a number, on its piece."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.CHOICE) | Q(choices__len__gte=2),
                name="a_choice_has_two_answers_at_least",
                violation_error_message=_("Write two choices at least."),
            ),
            models.CheckConstraint(
                condition=Q(bad_choices__contained_by=models.F("choices")),
                name="abnormal_choices_are_among_the_choices",
                violation_error_message=_("What counts as abnormal is one of the choices."),
            ),
            models.CheckConstraint(
                condition=Q(after__isnull=False) | Q(when=When.ALWAYS),
                name="only_a_follow_up_depends_on_an_answer",
            ),
            models.UniqueConstraint(fields=["version", "thread"], name="a_thread_runs_once_through_a_version"),
            *(_in_order(low, high, name, said, strictly=strictly) for low, high, _beside, name, strictly, said in IN_ORDER),
        ]  # fmt: skip
        indexes = [models.Index(fields=["version", "order"], name="items_of_a_version")]

    def __str__(self):
        return self.question

    def clean(self):
        """What the kind has no use for is left out; limits lie where a value can be read at all."""
        super().clean()
        self.question = " ".join(self.question.split())
        if self.kind != Kind.NUMBER:
            self.measure, self.gauge = NONE, None
            for name in LIMITS:
                setattr(self, name, None)
        if self.kind != Kind.CHOICE:
            self.choices, self.bad_choices = [], []
        if self.kind in (Kind.PHOTO, Kind.SIGNATURE):
            self.photo_always = self.photo_if_abnormal = False
        if wrong := self._wrong_limits() | self._wrong_choices():
            raise ValidationError(wrong)

    def _wrong_limits(self) -> dict:
        """The table's own rules, told beside the field that has to change; and that no limit lies where nothing is read."""
        wrong: dict = {}
        for low, high, beside, _name, strictly, said in IN_ORDER:
            one, other = getattr(self, low), getattr(self, high)
            if one is not None and other is not None and (other < one or (strictly and other == one)):
                wrong.setdefault(beside, said)
        if "most" in wrong:
            return wrong
        for name in BOUNDS:
            value = getattr(self, name)
            if value is not None and not possible(value, self):
                wrong.setdefault(name, _("Such a value cannot be read: it lies beyond what is possible."))
        return wrong

    def _wrong_choices(self) -> dict:
        if self.kind == Kind.CHOICE and len(self.choices) < 2:
            return {"choices": _("Write two choices at least.")}
        if not set(self.bad_choices) <= set(self.choices):
            return {"choices": _("What counts as abnormal is one of the choices.")}
        return {}

    def take_from(self, gauge: Gauge) -> None:
        """Read that gauge, within its limits as they are today; later changes of the gauge change no checklist."""
        self.gauge, self.kind, self.measure = gauge, Kind.NUMBER, gauge.measure
        for name in BOUNDS:
            setattr(self, name, getattr(gauge, name))

    @property
    def is_judged(self) -> bool:
        """Whether an answer to it can be abnormal, so that something may follow upon that."""
        return self.kind in (Kind.STATE, Kind.NUMBER, Kind.CHOICE)

    @property
    def normal(self) -> str:
        return span(self.normal_low, self.normal_high, self.measure)

    @property
    def icon(self) -> str:
        return Kind(self.kind).icon

    @property
    def alarm(self) -> str:
        return beyond(self.alarm_low, self.alarm_high, self.measure)

    @property
    def unit_id(self) -> int:
        return self.version.checklist.unit_id

    @property
    def marked_choices(self) -> list[tuple[str, bool]]:
        """(choice, whether it is abnormal)"""
        return [(choice, choice in self.bad_choices) for choice in self.choices]

    @property
    def stop(self) -> tuple[int | None, int | None]:
        """(piece, place): what is answered standing in front of the same thing."""
        return self.equipment_id, self.place_id
