from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.clock import DutyNow


class MatterQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def visible_to(self, person):
        return self.filter(person.sight.covers())


class Matter(models.Model):
    """What can be promised about, told about and traced: an incident, a shift, a round, a finding.

    Every subject has one, as its primary key; deadlines, notices and trail lines point here and so
    need not know what kind of thing it is. Its page is found by kind.
    """

    kind = models.CharField(_("kind"), max_length=40)  # "incidents.incident": the subject's model
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    number = models.CharField(_("number"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    badge = models.CharField(max_length=20, blank=True)  # its grade in a word, such as 较大
    gravity = models.PositiveSmallIntegerField(default=0)  # 1 is the gravest of 4; 0 has no grade
    opened_at = models.DateTimeField(_("opened at"), db_default=DutyNow())
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            # What subjects point at with (matter, unit), so that their copy of the unit cannot drift.
            models.UniqueConstraint(fields=["id", "unit"], name="a_matter_has_one_unit"),
        ]
        indexes = [
            models.Index(fields=["kind", "unit"], condition=Q(closed_at__isnull=True), name="matters_open_of_a_kind"),
            models.Index(fields=["unit", "kind"], name="matters_of_a_unit"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}".strip()

    @property
    def model(self):
        return apps.get_model(self.kind)

    @property
    def kind_name(self):
        return self.model._meta.verbose_name

    def get_absolute_url(self) -> str:
        return self.model.page_of(self.pk)

    @property
    def subject(self):
        return self.model._default_manager.get(pk=self.pk)
