import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.evidence import evidence, kept
from duty.models import File

from .defects import Defect


class Stage(models.TextChoices):
    FOUND = "found", pgettext_lazy("photo", "as found")
    MENDED = "mended", pgettext_lazy("photo", "as mended")


class DefectPhotoQuerySet(models.QuerySet):
    def visible_to(self, person):
        return self.filter(Q(defect__in=Defect.objects.visible_to(person)))


@evidence()
class DefectPhoto(models.Model):
    defect = models.ForeignKey(Defect, models.PROTECT, related_name="photos")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=6, choices=Stage)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)

    objects = DefectPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a defect")
        verbose_name_plural = _("photos of defects")
        ordering = ["id"]
        triggers = kept()

    @property
    def unit_id(self) -> int:
        return self.defect.unit_id
