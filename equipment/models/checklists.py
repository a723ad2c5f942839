import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence, kept
from duty.models import Line
from duty.steps import Conflict, NotPossible, Subject, verb

from .drafting import Drafting
from .readers import units_read


class Use(models.TextChoices):
    ROUND = "round", _("patrol round")
    BEFORE = "before", _("check before duty")
    CLOSING = "closing", _("closing check")


class ChecklistQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(matter__closed_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)


@evidence()
class Checklist(Drafting, Subject):
    """What is looked at on a round, before duty or when an area is closed: a name whose content comes in versions."""

    name = models.CharField(_("name"), max_length=60)
    use = models.CharField(_("used for"), max_length=8, choices=Use, default=Use.ROUND)
    note = models.CharField(_("remarks"), max_length=300, blank=True)

    objects = ChecklistQuerySet.as_manager()
    page = "checklist"

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["unit_id", "name", "matter_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_checklist_of_a_name_in_a_unit",
                violation_error_message=_("This unit has a checklist of this name already."),
            ),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="a_checklist_has_a_known_use"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    @verb(_("began the checklist"))
    def begin(self, *, by, at):
        """A new one with an empty draft of its first version."""
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.versions.create(number=1, begun_by=by, begun_at=at)

    @verb(_("changed the checklist"))
    def change(self, fields, *, by, at):
        self.matter_follows()
        self.save(update_fields=list(fields))
        self.entry.data = {"fields": list(fields)}

    @verb(_("began a new version"))
    def revise(self, *, by, at):
        """A draft that says what the version in force says; the one that is there, if somebody began it already."""
        self.lock()
        if draft := self.draft:
            self.entry.text = draft.label
            return draft
        last = self.versions.order_by("-number").first()
        draft = self.versions.create(number=last.number + 1, begun_by=by, begun_at=at)
        last.copied_to(draft)
        self.entry.text = draft.label
        return draft

    @verb(_("published a version"))
    def publish(self, draft: "Version", note: str = "", edits: int | None = None, *, by, at):
        """From now on rounds begin with it; those under way keep the one they began with.

        `edits` says which state of the draft was looked at: one that somebody changed since is looked at again.
        """
        self.seen_as(draft, edits)
        if not draft.items.exists():
            raise NotPossible(self, _now("A checklist without items cannot be published. Add the first item."))
        if not self.versions.filter(pk=draft.pk, published_at__isnull=True).update(
            published_at=at, published_by=by, note=note
        ):
            raise Conflict(self, _now("This version was published meanwhile."))
        self.entry.text = " ".join(filter(None, [draft.label, note]))

    @verb(_("dropped the draft"))
    def drop(self, draft: "Version", *, by, at):
        if not self.versions.filter(published_at__isnull=False).exists():
            raise NotPossible(self, _now("The first version is published or the checklist is taken out of use."))
        if not self.versions.filter(pk=draft.pk, published_at__isnull=True).update(dropped_at=at):
            raise Conflict(self, _now("This version was published or dropped meanwhile."))
        self.entry.text = draft.label

    @verb(_("took the checklist out of use"))
    def retire(self, *, by, at):
        if self.plans.filter(matter__closed_at__isnull=True).exists():
            raise NotPossible(self, _now("A plan still uses this checklist. End the plan first."))
        self.close_matter(at, by=by)

    @verb(_("put the checklist back into use"))
    def put_back(self, *, by, at):
        self.reopen_matter()

    @property
    def draft(self) -> "Version | None":
        return self.versions.drafts().first()

    @property
    def in_force(self) -> "Version | None":
        return self.versions.published().order_by("-number").first()


class VersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at__isnull=True, dropped_at__isnull=True)

    def in_force(self):
        """The newest published one of each checklist."""
        newer = Version.objects.published().filter(checklist=OuterRef("checklist"), number__gt=OuterRef("number"))
        return self.published().filter(~Exists(newer))


@evidence()
class Version(models.Model):
    """What a checklist asks, from the day it is published; never changed after that."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    begun_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", null=True)
    begun_at = models.DateTimeField()
    published_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    edits = models.PositiveIntegerField(default=0)  # counted up by each save of the draft, so that two editors notice

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a checklist")
        verbose_name_plural = _("versions of checklists")
        ordering = ["checklist", "-number"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="one_checklist_version_of_a_number"),
            models.UniqueConstraint(
                fields=["checklist"],
                condition=Q(published_at__isnull=True, dropped_at__isnull=True),
                name="one_draft_of_a_checklist",
                violation_error_message=_("There is a draft already. Go on with that."),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(dropped_at__isnull=True),
                name="a_published_version_is_not_dropped",
            ),
        ]

    def __str__(self):
        return f"{self.checklist.name} {self.label}"

    @property
    def label(self) -> str:
        return f"v{self.number}"

    @property
    def unit_id(self) -> int:
        return self.checklist.unit_id

    def copied_to(self, draft: "Version") -> None:
        """The same items, in the same threads; what follows upon another follows upon its copy."""
        copies = {}
        for item in self.items.order_by("order", "id"):
            old, above = item.pk, item.after_id
            item.pk, item._state.adding, item.version = None, True, draft
            item.after_id = copies.get(above)
            item.save(force_insert=True)
            copies[old] = item.pk

    def edited(self) -> None:
        Version.objects.filter(pk=self.pk).update(edits=F("edits") + 1)

    def published_before(self, at: dt.datetime) -> bool:
        return self.published_at is not None and self.published_at <= at
