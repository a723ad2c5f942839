from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only


class Via(models.TextChoices):
    PAGE = "", _("on a page")
    LINK = "link", _("by the link in a message")
    PHONE = "phone", _("by phone")
    ENGINE = "engine", _("by the engine")
    IMPORT = "import", _("by import")


class LineQuerySet(models.QuerySet):
    def of(self, matter_id):
        return self.filter(matter_id=matter_id).order_by("at", "id")

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id"))


class Line(models.Model):
    """One readable line of the trail: who did what to which matter, why, when. Written once, by a verb."""

    matter = models.ForeignKey("duty.Matter", models.PROTECT, null=True, related_name="lines")
    unit = models.ForeignKey("duty.Unit", models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)  # "incidents.incident.acknowledge"
    who = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=8, choices=Via, blank=True)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)  # when it was, if it is told later

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail line")
        verbose_name_plural = _("trail")
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True) | Q(happened_at__lte=F("at")),
                name="nothing_is_told_before_it_happens",
                violation_error_message=_("This lies in the future."),
            )
        ]
        indexes = [
            models.Index(fields=["matter", "at", "id"], name="lines_of_a_matter"),
            models.Index(F("at").desc(), F("id").desc(), name="lines_by_time"),
            models.Index("unit", F("at").desc(), F("id").desc(), name="lines_of_a_unit"),
            models.Index("who", F("at").desc(), F("id").desc(), name="lines_of_a_person"),
        ]

    @property
    def said(self):
        """The verb in the reader's language."""
        from duty.steps import label_of

        return label_of(self.verb)
