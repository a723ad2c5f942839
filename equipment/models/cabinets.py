import datetime as dt

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.clock import DAY, day_of
from duty.evidence import append_only, evidence, kept
from duty.models import Deadline, Line
from duty.steps import Conflict, Subject, verb
from duty.telling import tell
from scheduling.recipients import heads_above

from .places import Place, place_tree
from .readers import units_read
from .stock import end_of

COUNT = "equipment.key_count"


class CabinetQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)


@evidence()
class Cabinet(Subject):
    """Where spare keys, cards and envelopes are kept; what is in it is counted by the watch every so many days."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="cabinets", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=40)
    minder = models.ForeignKey(
        "duty.Person", models.PROTECT, related_name="minds_cabinets", verbose_name=_("looked after by")
    )
    count_every_days = models.PositiveSmallIntegerField(
        _("counted every … days"), default=1, validators=[MinValueValidator(1)]
    )
    counted_at = models.DateTimeField(_("last counted"), null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = CabinetQuerySet.as_manager()
    page = "cabinet"

    class Meta:
        verbose_name = _("key cabinet")
        verbose_name_plural = _("key cabinets")
        ordering = ["name", "matter_id"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_cabinet_of_a_name_in_a_unit",
                violation_error_message=_("This unit has a cabinet of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(count_every_days__gte=1, count_every_days__lte=366),
                name="a_cabinet_is_counted_once_a_year_or_more",
                violation_error_message=_("A cabinet is counted every 1 to 366 days."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def path(self) -> str:
        return place_tree().path(self.place_id)

    @property
    def stands(self) -> bool:
        return self.ended_at is None

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    @verb(_("entered the cabinet"))
    def register(self, *, by, at):
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.promise_count(at, by=by)

    @verb(_("changed the entry"))
    def change(self, fields, *, by, at):
        """Its unit stays: the keys in it belong to the same."""
        self._still_kept()
        self.matter_follows()
        self.save(update_fields=list(fields))
        self.entry.data = {"fields": list(fields)}
        self.promise_count(at, by=by)

    @verb(_("counted the keys"))
    def count(self, found: dict, *, shift=None, note: str = "", by, at) -> "KeyCount":
        """What really hangs there, {key: Found}; the record stays, and what differs is told at once."""
        self._still_kept()
        count = KeyCount.objects.create(cabinet=self, by=by, at=at, shift=shift, note=note)
        rows = [CountedKey(count=count, key=key, found=how, was_out=key.is_out) for key, how in found.items()]
        CountedKey.objects.bulk_create(rows)
        self.counted_at = at
        self.save(update_fields=["counted_at"])
        wrong = [row for row in rows if row.differs]
        self.entry.text = " · ".join(f"{row.key.code} {row.get_found_display()}" for row in wrong)
        if wrong:
            self.entry.data["colour"] = "late"
            write = lambda: (  # noqa: E731
                _now("Keys that are not as they should be: %(cabinet)s") % {"cabinet": self.name},
                "\n".join(f"{row.key.code} {row.key.opens}: {row.get_found_display()}" for row in wrong) + f"\n{note}",
            )
            people = {self.minder_id, *heads_above(self.unit_id)[:1]} - {by.pk if by else None}
            tell(people, f"keys:{count.pk}", write, matter_id=self.pk, at=at)
        self.promise_count(at, by=by)
        return count

    @verb(_("gave the cabinet up"))
    def retire(self, *, by, at):
        self._still_kept()
        if self.keys.filter(ended_at__isnull=True).exists():
            raise Conflict(self, _now("Keys are kept in it still. Move them to another cabinet first."))
        self.ended_at = at
        self.save(update_fields=["ended_at"])
        self.close_matter(at, by=by)

    def promise_count(self, at: dt.datetime, *, by=None) -> None:
        due = end_of(day_of(self.counted_at or self.matter.opened_at) + self.count_every_days * DAY)
        old = Deadline.objects.open().filter(matter_id=self.pk, kind=COUNT).first()
        if old and old.due_at == due:
            return
        if old and due > old.due_at:
            self.settle(COUNT, at, by=by)
        self.owe(COUNT, due, at=at, by=by, owed_as="scheduling.officers")

    def _still_kept(self) -> None:
        if Cabinet.objects.filter(pk=self.pk, ended_at__isnull=False).exists():
            raise Conflict(self, _now("This cabinet was given up meanwhile."))


class Found(models.TextChoices):
    PRESENT = "present", pgettext_lazy("key", "there")
    OUT = "out", pgettext_lazy("key", "out, as written")
    MISSING = "missing", pgettext_lazy("key", "missing")
    BROKEN = "broken", pgettext_lazy("key", "seal broken or another")


@evidence()
class KeyCount(models.Model):
    """One count of a cabinet: by whom, when, on which watch. Written once."""

    cabinet = models.ForeignKey(Cabinet, models.PROTECT, related_name="counts", verbose_name=_("key cabinet"))
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    shift = models.ForeignKey("scheduling.Shift", models.PROTECT, null=True, related_name="+", verbose_name=_("watch"))
    note = models.CharField(_("remarks"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("count of keys")
        verbose_name_plural = _("counts of keys")
        ordering = ["-id"]
        triggers = append_only()
        indexes = [models.Index(fields=["cabinet", "-id"], name="counts_of_a_cabinet")]

    def __str__(self):
        return f"{self.cabinet} {self.at:%Y-%m-%d %H:%M}"


class CountedQuerySet(models.QuerySet):
    def different(self):
        as_written = Q(found=Found.PRESENT, was_out=False) | Q(found=Found.OUT, was_out=True)
        return self.exclude(as_written)


@evidence()
class CountedKey(models.Model):
    """What one count found of one key, and whether by the books it was out."""

    count = models.ForeignKey(KeyCount, models.PROTECT, related_name="keys")
    key = models.ForeignKey("equipment.Key", models.PROTECT, related_name="counted")
    found = models.CharField(_("found"), max_length=7, choices=Found)
    was_out = models.BooleanField(default=False)

    objects = CountedQuerySet.as_manager()

    class Meta:
        verbose_name = _("counted key")
        verbose_name_plural = _("counted keys")
        ordering = ["id"]
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["count", "key"], name="a_key_is_counted_once"),
            models.CheckConstraint(condition=Q(found__in=Found.values), name="a_counted_key_is_found_somehow"),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="counts_of_a_key")]

    @property
    def differs(self) -> bool:
        return self.found != (Found.OUT if self.was_out else Found.PRESENT)


def last_found():
    """What the last count found of a key, for an annotation."""
    return Subquery(CountedKey.objects.filter(key=OuterRef("pk")).order_by("-id").values("found")[:1])
