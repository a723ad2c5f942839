from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence

from .patterns import Pattern, Qualification
from .posts import Post
from .shifts import SeatRole, Shift


class SlotQuerySet(models.QuerySet):
    def open(self):
        return self.filter(person__isnull=True)

    def with_posts(self):
        """Each with its post at hand, which the many seats of one post share."""
        return self.prefetch_related("post")


@evidence()
class Slot(models.Model):
    """One seat of one watch on a draft: who is meant to sit there, if anyone yet."""

    roster = models.ForeignKey("scheduling.Roster", models.CASCADE, related_name="slots")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("duty post"))
    pattern = models.ForeignKey(Pattern, models.PROTECT, null=True, related_name="+")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="+")  # where it is published already
    shift_version = models.PositiveIntegerField(null=True)  # as the published watch was when the draft was made
    date = models.DateField(_("day"))
    name = models.CharField(_("name of the watch"), max_length=20)
    mark = models.CharField(max_length=2)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    place = models.PositiveSmallIntegerField(default=0)  # the how-many-th of its role
    qualification = models.ForeignKey(Qualification, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    # Who sits there as it is published: where that is `person`, the planner has left the seat as it was.
    published_person = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+", editable=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat on a draft")
        verbose_name_plural = _("seats on a draft")
        ordering = ["date", "starts_at", "post__order", "post_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["roster", "post", "starts_at", "role", "place"], name="one_slot_per_place_of_a_watch"
            ),
        ]
        indexes = [models.Index(fields=["roster", "date"], name="slots_of_a_roster")]

    @property
    def is_untouched(self) -> bool:
        return self.person_id == self.published_person_id

    @property
    def watch(self) -> tuple:
        """What all seats of one watch share."""
        return self.shift_id or (self.post_id, self.starts_at)

    def __str__(self):
        return f"{self.date:%m-%d} {self.post.name} {self.name} {self.get_role_display()}"


class DraftEdit(models.Model):
    """One change of a draft, so that it can be undone: who sat where before, and after."""

    roster = models.ForeignKey("scheduling.Roster", models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()  # the draft's `edits` after it
    by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)  # seat, pin, generate, import, undo
    before = models.JSONField(default=dict)  # {slot: person or null}
    after = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change of a draft")
        verbose_name_plural = _("changes of a draft")
        ordering = ["roster_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="one_change_of_a_number")]

    def __str__(self):
        return f"{self.roster} {self.number}"
