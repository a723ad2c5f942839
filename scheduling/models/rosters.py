import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.clock import DAY, start_of
from duty.evidence import evidence
from duty.models import Person
from duty.steps import Conflict, NotPossible, Subject, verb

from .laying import as_published, laid_out, save_as_slots
from .pool import Days
from .shifts import OnePerson, Shift
from .slots import DraftEdit, Slot
from .terms import Terms


class RosterStatus(models.TextChoices):
    """A roster is drafted, published, perhaps revised (a draft of changes beside what is published), archived."""

    DRAFT = "draft", pgettext_lazy("roster", "draft")
    PUBLISHED = "published", pgettext_lazy("roster", "published")
    REVISING = "revising", _("published, being changed")
    ARCHIVED = "archived", _("archived")
    DISCARDED = "discarded", _("discarded")


DRAFTING = (RosterStatus.DRAFT, RosterStatus.REVISING)
CURRENT = (RosterStatus.PUBLISHED, RosterStatus.REVISING)
STANDING = (*CURRENT, RosterStatus.ARCHIVED)


class RosterQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Drafts are the planners' own; what is published is seen by whoever sees the unit."""
        from scheduling.access import PLANNERS

        mine = Q(unit_id__in=sorted(person.sight.units(PLANNERS)))
        return self.filter(mine | Q(status__in=STANDING) & person.sight.covers("matter_id"))

    def standing(self):
        return self.filter(status__in=STANDING)

    def current(self):
        """Published and not archived yet."""
        return self.filter(status__in=CURRENT)


@evidence()
class Roster(Subject):
    """Who of a unit keeps duty from the first day to the last.

    While it is drafted its slots say who; once published the shifts and seats do, and only they.
    """

    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    status = models.CharField(_("status"), max_length=10, choices=RosterStatus, default=RosterStatus.DRAFT)
    number = models.PositiveIntegerField(_("version"), default=0)  # how often it was published
    edits = models.PositiveIntegerField(default=0)  # moves with every change of the draft: a stale page is told
    drafted_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    drafted_at = models.DateTimeField(editable=False)
    published_by = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = RosterQuerySet.as_manager()
    page = "roster"
    is_told_only = True

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-first_on", "unit__order", "-matter_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & Q(last_on__lte=F("first_on") + 370),
                name="a_roster_spans_a_day_to_a_year",
                violation_error_message=_("A roster spans from one day to a year. Check the dates."),
            ),
            ExclusionConstraint(
                name="one_published_roster_of_a_unit_at_a_time",
                expressions=[
                    (OnePerson("unit", "unit"), RangeOperators.OVERLAPS),
                    (Days("first_on", "last_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=STANDING),
                violation_error_message=_("This unit has a published roster for some of these days already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "discarded"]) | Q(published_at__isnull=False, number__gt=0),
                name="a_published_roster_was_published_at_some_time",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        return f"{self.unit.name} {self.period}"

    @classmethod
    def detail_of(cls, line) -> str:
        return " · ".join(line.data.get("lines", ()))

    @verb(_("drafted the roster"))
    def draft(self, *, by, at):
        """Begin a draft: every seat that the patterns ask for in its days, open where nobody sits yet."""
        self.drafted_by, self.drafted_at = by, at
        self.become_matter(self.title, at)
        self.save(force_insert=True)
        save_as_slots(as_published(self, at))
        self.promise(at, by)

    def promise(self, at: dt.datetime, by=None) -> None:
        """It is to be published so many days ahead of its first day (A36)."""
        self.owe("scheduling.publish", publication_due(self.unit_id, self.first_on), at=at, by=by)

    @verb(_("changed the draft"))
    def seat(self, people: dict[int, int | None], edits: int | None = None, what: str = "seat", *, by, at):
        """Seat people on slots, {slot: person or None}; raises Conflict if the draft has moved on from `edits`.

        Returns what was changed as {slot: (before, after)}; what is there already changes nothing.
        """
        self._take_edit(edits)
        slots = {slot.pk: slot for slot in self.slots.filter(pk__in=people).select_for_update()}
        if len(slots) != len(people):
            raise Conflict(self, _("Some of these seats are no longer on the draft."))
        changed = {pk: (slots[pk].person_id, person) for pk, person in people.items() if slots[pk].person_id != person}
        for pk, (_before, after) in changed.items():
            slots[pk].person_id = after
            if after is None:
                slots[pk].is_pinned = False
        Slot.objects.bulk_update([slots[pk] for pk in changed], ["person", "is_pinned"], batch_size=500)
        if changed:
            self._note_edit(what, changed, by, at)
            self.entry.data = {"lines": _told(slots, changed)}
        return changed

    @verb(_("pinned on the draft"))
    def pin(self, slots: list[int], pinned: bool = True, edits: int | None = None, *, by, at):
        """The generator leaves pinned seats as they are."""
        self._take_edit(edits)
        self.slots.filter(pk__in=slots, person__isnull=False).update(is_pinned=pinned)
        self._bump()

    @verb(_("undid a change of the draft"))
    def undo(self, edits: int | None = None, *, by, at):
        """Take the last change back that is not undone yet; what was changed since by others stays."""
        self._take_edit(edits)
        last = self.changes.filter(undone=False).exclude(what="undo").first()
        if last is None:
            raise Conflict(self, _("There is nothing to undo."))
        now = dict(self.slots.filter(pk__in=last.after).values_list("pk", "person_id"))
        earlier = [change.after for change in self.changes.filter(undone=False, number__lt=last.number)]
        published = dict(self.slots.filter(shift__isnull=False).values_list("pk", "published_person_id"))
        back = {
            # What it was before the first change is what is published, which may have moved on meanwhile.
            int(pk): who if any(pk in change for change in earlier) else published.get(int(pk), who)
            for pk, who in last.before.items()
            if now.get(int(pk), ...) == last.after[pk]
        }
        DraftEdit.objects.filter(pk=last.pk).update(undone=True)
        return self.seat(back, what="undo", by=by, at=at)

    @verb(_("laid the seats out anew"))
    def lay_out(self, edits: int | None = None, *, by, at):
        """After a change of patterns: seats that are no longer asked for go, new ones come, the rest stays as it is."""
        self._take_edit(edits)
        wanted = {_place(slot): slot for slot in laid_out(self)}
        there = {_place(slot): slot for slot in self.slots.filter(shift__isnull=True)}
        gone = [slot.pk for place, slot in there.items() if place not in wanted]
        self.slots.filter(pk__in=gone).delete()
        published = {_place(slot) for slot in self.slots.filter(shift__isnull=False)}
        new = [slot for place, slot in wanted.items() if place not in there and place not in published]
        save_as_slots(new)
        if gone or new:
            DraftEdit.objects.filter(roster=self).update(undone=True)  # what they changed is not there any more
            self._bump()
        return len(new), len(gone)

    @verb(_("discarded the draft"))
    def discard(self, *, by, at):
        """Throw the draft away; what is published stays published."""
        if self.status == RosterStatus.REVISING:
            self.step(RosterStatus.PUBLISHED, frm=[RosterStatus.REVISING])
        else:
            self.step(RosterStatus.DISCARDED, frm=[RosterStatus.DRAFT])
            self.close_matter(at, by=by)
        self.slots.all().delete()
        self.changes.all().delete()

    @verb(_("began to change the published roster"))
    def revise(self, *, by, at):
        """A draft of changes beside what is published, begun from what is published now."""
        self.step(RosterStatus.REVISING, frm=[RosterStatus.PUBLISHED])
        save_as_slots(as_published(self, at))
        self._bump()

    @verb(_("published the roster"))
    def publish(self, work, edits: int | None = None, *, by, at):
        """The draft becomes what holds: `work` writes its watches, in this transaction and after this step."""
        was = self._take_edit(edits)
        if not self.slots.exists():
            raise Conflict(self, _("This draft has no seats. Check the patterns of the posts."))
        number = self.number + 1
        answer = work(was, number)
        self.step(
            RosterStatus.PUBLISHED, frm=DRAFTING, number=number, published_by=by, published_at=self.published_at or at
        )
        self.changes.all().delete()
        self.settle("scheduling.publish", at, by=by)
        self.entry.data = {"number": number}
        return answer

    @verb(_("archived the roster"))
    def archive(self, *, by, at):
        """Once its last watch has ended: from now on it is only looked at. A draft of changes can change nothing more."""
        if not self.is_over(at):
            raise NotPossible(self, _("The roster is not over yet."))
        self.step(RosterStatus.ARCHIVED, frm=[RosterStatus.PUBLISHED, RosterStatus.REVISING])
        self.slots.all().delete()
        self.changes.all().delete()
        self.close_matter(at, by=by)

    def _take_edit(self, edits: int | None) -> str:
        """Hold the draft; raises Conflict when it is none any more, or not the one that was looked at."""
        known = self.lock().edits
        if self.status not in DRAFTING:
            raise Conflict(self, _("This roster is not a draft any more."))
        if edits is not None and edits != known:
            raise Conflict(self, _("Someone else has changed this draft meanwhile. Look at it again."))
        return self.status

    def _bump(self) -> None:
        self.edits += 1
        type(self).objects.filter(pk=self.pk).update(edits=self.edits)

    def _note_edit(self, what: str, changed: dict, by, at) -> None:
        self._bump()
        before = {pk: was for pk, (was, _now) in changed.items()}
        after = {pk: now for pk, (_was, now) in changed.items()}
        DraftEdit.objects.create(
            roster=self, number=self.edits, by=by, at=at, what=what, before=before, after=after, undone=what == "undo"
        )

    @property
    def period(self) -> str:
        """2026-10 for a whole month, else its first and last day."""
        first, last = self.first_on, self.last_on
        if first.day == 1 and (last + dt.timedelta(days=1)).day == 1 and first.month == last.month:
            return f"{first:%Y-%m}"
        return f"{first:%Y-%m-%d} – {last:%m-%d}"

    def is_over(self, at: dt.datetime) -> bool:
        """Its days are past, and so is the last of its watches, which may end on the morning after."""
        over = start_of(self.last_on + DAY)
        running = Shift.objects.live().filter(unit=self.unit_id, starts_at__lt=over, ends_at__gt=at)
        return over <= at and not running.exists()

    @property
    def is_current(self) -> bool:
        return self.status in CURRENT

    @property
    def is_draft(self) -> bool:
        return self.status in DRAFTING


def _place(slot: Slot) -> tuple:
    return slot.post_id, slot.starts_at, slot.role, slot.place


def publication_due(unit_id: int, first_on: dt.date) -> dt.datetime:
    """By when a roster that begins on that day is to be published."""
    return start_of(first_on - Terms.of(unit_id).publish_days_ahead * DAY)


def _told(slots: dict[int, Slot], changed: dict, most: int = 20) -> list[str]:
    """What the trail says of a change: seat by seat, the first of many."""
    wanted = {person for pair in changed.values() for person in pair if person}
    names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
    told = [
        f"{slots[pk].date:%m-%d} {slots[pk].name} {names.get(was, '—')} → {names.get(now, '—')}"
        for pk, (was, now) in list(changed.items())[:most]
    ]
    return told + ([f"… {len(changed)}"] if len(changed) > most else [])
