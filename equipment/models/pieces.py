import datetime as dt
import secrets
import unicodedata

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import evidence, kept
from duty.models import Line, Matter
from duty.steps import Conflict, Subject, verb
from scheduling.models.pool import within

from .places import Place, place_tree
from .readers import units_read

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read for another: no 0 and O, no 1, I and L
TAG_LENGTH = 8


class Category(models.TextChoices):
    POWER = "power", _("power supply")
    SERVER = "server", _("servers")
    NETWORK = "network", _("network")
    COMMUNICATIONS = "communications", _("communications")
    HVAC = "hvac", _("heating and cooling")
    FIRE = "fire", _("fire protection")
    ACCESS = "access", _("access control")
    CAMERAS = "cameras", _("cameras")
    LIFT = "lift", _("lifts")
    LIGHTING = "lighting", _("lighting")
    WATER = "water", _("water")
    OTHER = "other", _("other equipment")


class Criticality(models.TextChoices):
    KEY = "key", pgettext_lazy("criticality", "key")
    IMPORTANT = "important", pgettext_lazy("criticality", "important")
    ORDINARY = "ordinary", pgettext_lazy("criticality", "ordinary")

    @property
    def colour(self) -> str:
        return "info" if self == Criticality.KEY else "next"  # no status, so none of the colours that warn

    @property
    def picture(self) -> str:
        return {"key": "star-fill", "important": "star-half", "ordinary": "star"}[self.value]


class EquipmentQuerySet(models.QuerySet):
    def in_use(self, day: dt.date):
        """What is looked after that day."""
        return self.exclude(until_on__lt=day).exclude(from_on__gt=day)

    def retired(self, day: dt.date):
        return self.filter(until_on__lt=day)

    def visible_to(self, person):
        """Of the units the person reads, and whatever they were told about."""
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)

    def in_place(self, place: int):
        """What stands there or in a place within."""
        return self.filter(place_id__in=sorted(place_tree().below(place)))

    def found_by(self, words: str):
        """By part of its name, code, model or serial number, by the tag on its label, or by where it stands."""
        found = self
        for word in unicodedata.normalize("NFKC", words).split()[:5]:
            hit = Q(name__icontains=word) | Q(code__icontains=word) | Q(model__icontains=word)
            hit |= Q(serial_number__icontains=word) | Q(tag=word.upper())
            if places := place_tree().named(word):
                hit |= Q(place_id__in=sorted(places))
            found = found.filter(hit)
        return found


def new_tag() -> str:
    while True:
        tag = "".join(secrets.choice(LETTERS) for _place in range(TAG_LENGTH))
        if not Equipment.objects.filter(tag=tag).exists():
            return tag


def read_tag(typed: str) -> str:
    """As people type what they read on a label: small letters, spaces, a dash in the middle."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())[:20]


@evidence()
class Equipment(Subject):
    """One piece that the watch looks after. It is retired, never deleted; what was written about it stays."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="equipment", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=60)
    code = models.CharField(
        _("code"), max_length=30,
        validators=[RegexValidator(r"^[\w.#()（）/-]+$", _("Use letters, digits and - . / # ( ) only, without spaces."))],
    )  # fmt: skip
    tag = models.CharField(_("tag"), max_length=TAG_LENGTH, unique=True, editable=False)
    model = models.CharField(_("model"), max_length=60, blank=True)
    maker = models.CharField(_("maker"), max_length=60, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    category = models.CharField(_("category"), max_length=14, choices=Category)
    criticality = models.CharField(_("criticality"), max_length=9, choices=Criticality, default=Criticality.ORDINARY)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    from_on = models.DateField(_("in use from"), null=True, blank=True)
    until_on = models.DateField(_("in use until"), null=True, blank=True)
    contract = models.ForeignKey(
        "equipment.Contract", models.PROTECT, null=True, blank=True, related_name="equipment",
        verbose_name=_("maintenance contract"),
    )  # fmt: skip
    note = models.TextField(_("remarks"), max_length=1000, blank=True)

    objects = EquipmentQuerySet.as_manager()
    page = "piece"

    class Meta:
        verbose_name = _("piece of equipment")
        verbose_name_plural = _("equipment")
        ordering = ["code"]
        triggers = [*kept(), pgtrigger.ReadOnly(name="a_tag_never_changes", fields=["tag"])]
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="one_piece_of_a_code",
                violation_error_message=_("Another piece has this code, perhaps one that is retired."),
            ),
            models.CheckConstraint(
                condition=Q(tag__regex=f"^[{LETTERS}]{{{TAG_LENGTH}}}$"), name="a_tag_is_eight_plain_letters"
            ),
            models.CheckConstraint(
                condition=Q(category__in=Category.values),
                name="a_piece_is_of_a_known_category",
                violation_error_message=_("Choose one of the categories."),
            ),
            models.CheckConstraint(
                condition=Q(criticality__in=Criticality.values),
                name="a_piece_is_of_a_known_criticality",
                violation_error_message=_("Choose how critical it is."),
            ),
            within("from_on", "until_on", "a_piece_is_retired_after_it_came"),
        ]
        indexes = [models.Index(fields=["unit", "code"], name="equipment_of_a_unit")]

    def __str__(self):
        return f"{self.name} {self.code}"

    @property
    def label(self):
        return Criticality(self.criticality)

    @property
    def path(self) -> str:
        return place_tree().path(self.place_id)

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    # Verbs on the entry

    @verb(_("entered it in the register"))
    def register(self, *, by, at):
        self.become_matter(str(self), at)
        self.tag = new_tag()
        self.save(force_insert=True)

    @verb(_("changed the entry"))
    def change(self, fields, *, by, at):
        """Write these fields. A piece that goes over to another unit takes its matter and its open defects with it."""
        fields = [name for name in fields if name != "tag"]
        self._still_in_use()
        self.matter_follows()
        self.save(update_fields=fields)
        for defect in self.defects.open().exclude(unit_id=self.unit_id):
            defect.go_over(by=by, at=at)
        self.entry.data = {"fields": fields}

    @verb(_("took it out of use"))
    def retire(self, last: dt.date, *, by, at):
        self._still_in_use()
        self.until_on = last
        self.save(update_fields=["until_on"])
        self.keepers.filter(from_on__gt=last).delete()
        self.keepers.standing(last).update(until_on=last)
        for defect in self.defects.open():
            defect.withdraw(by=by, at=at, reason=_now("the piece was taken out of use"))
        self.close_matter(at, by=by)
        self.entry.text = str(last)

    @verb(_("put it back into use"))
    def put_back(self, *, by, at):
        rows = Equipment.objects.filter(pk=self.pk, matter__closed_at__isnull=False)
        if not rows.update(until_on=None):
            raise Conflict(self, _now("It is in use already."))
        self.until_on = None
        self.reopen_matter()

    def _still_in_use(self) -> None:
        if Matter.objects.filter(pk=self.pk, closed_at__isnull=False).exists():
            raise Conflict(self, _now("This piece was taken out of use meanwhile. Put it back into use first."))

    # Verbs on what hangs on it

    @verb(_("set a gauge"))
    def set_gauge(self, gauge, *, by, at):
        self._still_in_use()
        gauge.equipment = self
        gauge.save()
        self.entry.text = f"{gauge.name} {gauge.ranges}".strip()

    @verb(_("made someone responsible"))
    def entrust(self, keeper, *, by, at):
        self._still_in_use()
        keeper.equipment = self
        keeper.save(force_insert=True)
        self.entry.text = f"{keeper.person.name} · {keeper.get_role_display()} · {keeper.from_on}"

    @verb(_("ended someone's responsibility"))
    def relieve(self, keeper, last: dt.date, *, by, at):
        """Until that day and no longer; a responsibility that never began is taken back."""
        if last < keeper.from_on:
            keeper.delete()
        elif not type(keeper).objects.filter(pk=keeper.pk).update(until_on=last):
            raise Conflict(self)
        self.entry.text = f"{keeper.person.name} · {keeper.get_role_display()} · {last}"

    @verb(_("added a photo or a document"))
    def attach(self, paper, *, by, at):
        if self.papers.shown().filter(file__sha256=paper.file.sha256).exists():
            raise ValidationError({"file": _now("This file is here already.")})
        paper.equipment = self
        paper.save(force_insert=True)
        self.entry.text = str(paper)

    @verb(_("took a photo or a document away"))
    def take_down(self, paper, *, by, at):
        if not self.papers.shown().filter(pk=paper.pk).update(taken_down_at=at):
            raise Conflict(self, _now("It was taken away already."))
        self.entry.text = str(paper)
