from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence


@evidence()
class Nature(models.Model):
    """What sort of thing was reported, and what a calm operator asks about it."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    prompts = models.TextField(_("questions to ask"), blank=True, help_text=_("One question per line."))
    call_first = models.CharField(
        _("call first"),
        max_length=60,
        blank=True,
        help_text=_("Outside help to call at the first moment, such as 119."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("nature of incident")
        verbose_name_plural = _("natures of incidents")
        ordering = ["order", "id"]

    def __str__(self):
        return self.name

    @property
    def questions(self) -> list[str]:
        return [line.strip() for line in self.prompts.splitlines() if line.strip()]
