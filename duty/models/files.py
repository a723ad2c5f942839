from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence, kept

MOST_BYTES = 20 * 2**20


class FileKind(models.TextChoices):
    JPEG = "jpeg", "JPEG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"


PHOTOS = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})


@evidence()
class File(models.Model):
    """A photo or a document that someone brought: what it is called, its digest, who brought it and when.

    The app that owns what it belongs to links here from a table of its own, and decides who may see it. The content lies
    on the disk (`duty/filing.py`); the digest says whether it is still what was brought.
    """

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=5, choices=FileKind)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    kept_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("brought by"))
    kept_at = models.DateTimeField(_("brought at"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["id"]
        triggers = kept()
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MOST_BYTES),
                name="a_file_has_up_to_twenty_megabytes",
                violation_error_message=_("A file has 20 MB at most, and something in it."),
            ),
            models.CheckConstraint(condition=Q(kind__in=FileKind.values), name="a_file_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="a_file_has_a_digest"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.kind in PHOTOS
