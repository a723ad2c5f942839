from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.models import phone_number


class PostQuerySet(models.QuerySet):
    def visible_to(self, person):
        return self if person.sight.everything else self.filter(unit_id__in=person.sight.units())


@evidence()
class Post(models.Model):
    """A place that is watched: a duty room, a switchboard. It keeps watch for its unit and all below."""

    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="posts", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("duty room's number"), max_length=20, blank=True, validators=[phone_number])
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_post_of_a_name_in_a_unit",
                violation_error_message=_("This unit has a post of this name already."),
            )
        ]

    def __str__(self):
        return self.name
