from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence, kept
from duty.models import File

from .pieces import Equipment
from .readers import units_read


class PaperQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(taken_down_at__isnull=True)

    def visible_to(self, person):
        """What was taken away is no longer shown; it stays in the evidence."""
        rows = self.shown()
        if person.sight.everything:
            return rows
        seen = Q(equipment__unit_id__in=sorted(units_read(person)))
        return rows.filter(seen | Q(equipment_id__in=person.sight.told_about))


@evidence()
class Paper(models.Model):
    """A photo or a document of a piece: a name plate, a manual, a test report."""

    equipment = models.ForeignKey(
        Equipment, models.PROTECT, related_name="papers", verbose_name=_("piece of equipment")
    )
    file = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=60, blank=True)
    taken_down_at = models.DateTimeField(null=True, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo or document")
        verbose_name_plural = _("photos and documents")
        ordering = ["id"]
        triggers = kept()

    def __str__(self):
        return self.title or self.file.name

    @property
    def unit_id(self) -> int:
        return self.equipment.unit_id
