import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.clock import DutyNow
from duty.evidence import kept


class Urgency(models.TextChoices):
    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")


class NoticeQuerySet(models.QuerySet):
    def to(self, person):
        return self.filter(recipient=person)

    def waiting(self):
        """Those that ask for an acknowledgement, have none, and were not answered by someone else."""
        return self.filter(needs_acknowledgement=True, acknowledged_at__isnull=True, released_at__isnull=True)

    def acknowledge(self, at: dt.datetime, via: str = "page") -> int:
        return self.filter(acknowledged_at__isnull=True).update(acknowledged_at=at, acknowledged_via=via)


class Notice(models.Model):
    """What one person was told. Written in the transaction that causes it, in that person's language.

    Fired, handed over, delivered and acknowledged are four different times; this row holds the first
    and the last, its deliveries the others.
    """

    recipient = models.ForeignKey("duty.Person", models.PROTECT, related_name="notices")
    key = models.CharField(max_length=120)  # whoever says the same thing twice is heard once
    title = models.CharField(max_length=240)
    text = models.TextField(blank=True)
    matter = models.ForeignKey("duty.Matter", models.PROTECT, null=True, related_name="notices")
    firing = models.ForeignKey("duty.Firing", models.PROTECT, null=True, related_name="notices")
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    needs_acknowledgement = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=DutyNow())
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_via = models.CharField(max_length=8, blank=True)
    released_at = models.DateTimeField(null=True)  # no longer asked: someone else answered, or nothing is owed

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        triggers = kept()
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="a_person_is_told_a_thing_once"),
        ]
        indexes = [
            models.Index("recipient", F("id").desc(), name="notices_of_a_person"),
            models.Index(fields=["recipient", "matter"], name="notices_told_about"),
            models.Index(
                fields=["recipient"],
                condition=Q(needs_acknowledgement=True, acknowledged_at__isnull=True, released_at__isnull=True),
                name="notices_waiting",
            ),
            models.Index(fields=["matter"], condition=Q(matter__isnull=False), name="notices_of_a_matter"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_waiting(self) -> bool:
        return self.needs_acknowledgement and self.acknowledged_at is None and self.released_at is None

    @property
    def wants_a_tick(self) -> bool:
        """Whether to say that one has read it is all that it asks; what asks for more is answered on its own page."""
        return self.is_waiting and not self.asks_for_more

    @property
    def asks_for_more(self) -> bool:
        """A notice about a promise is answered where the promise is kept, not by a tick in a list."""
        only_told = self.firing_id is None and (not self.matter_id or self.matter.model.is_told_only)
        return bool(self.matter_id) and self.needs_acknowledgement and not only_told

    @property
    def address(self) -> str:
        """The page this is about, for someone signed in."""
        return self.matter.get_absolute_url() if self.matter_id else reverse("notices")


class Delivery(models.Model):
    """A notice on its way through one channel."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("not known whether sent")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, db_default=DutyNow())
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        triggers = kept()
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_per_channel"),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_try_at__isnull=False), name="a_waiting_delivery_is_tried_sometime"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="a_sent_delivery_was_sent_at_some_time"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="deliveries_to_send"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="deliveries_under_way"),
            models.Index(F("sent_at").desc(), condition=Q(state="sent"), name="deliveries_sent"),
        ]
