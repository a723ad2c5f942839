from django.db import models

from duty.clock import DutyNow


class Once(models.Model):
    """A form that was sent: the same form sent again gets the same answer and writes nothing; with other content, it is told."""

    token = models.UUIDField(primary_key=True)
    person = models.ForeignKey("duty.Person", models.CASCADE, null=True)
    path = models.CharField(max_length=300)
    content = models.CharField(max_length=64, blank=True)  # SHA-256 of what was sent with it
    answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=DutyNow())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="once_by_age")]


class Draft(models.Model):
    """What someone typed and has not saved yet; it survives a closed tab and another machine."""

    person = models.ForeignKey("duty.Person", models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField(db_default=DutyNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="one_draft_per_form")]
