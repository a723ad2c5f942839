from collections import defaultdict

from django.db import models
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.looks import once_a_look


@evidence()
class Unit(models.Model):
    """A part of the organisation; what holds for it holds for everything below."""

    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    head = models.ForeignKey(
        "duty.Person", models.SET_NULL, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="one_unit_of_a_name_under_a_parent",
                nulls_distinct=False,
                violation_error_message=_("There is already a unit of this name here."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="a_unit_is_not_its_own_parent",
                violation_error_message=_("A unit cannot belong to itself."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        from django.core.exceptions import ValidationError

        if self.pk and self.parent_id and self.parent_id in unit_tree().below(self.pk):
            raise ValidationError({"parent": _("A unit cannot belong to a unit below itself.")})


class Tree:
    """The whole unit tree in memory: a few hundred small integers, one query."""

    def __init__(self, parents: dict[int, int | None]):
        self.parents = parents
        self.children = defaultdict(list)
        for unit, parent in parents.items():
            self.children[parent].append(unit)

    def below(self, unit: int) -> set[int]:
        """The unit and everything below it."""
        found, waiting = set(), [unit]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting.extend(self.children[here])
        return found

    def above(self, unit: int | None) -> list[int]:
        """The unit, then its parent, up to the top."""
        path = []
        while unit is not None and unit not in path:
            path.append(unit)
            unit = self.parents.get(unit)
        return path


@once_a_look
def unit_tree() -> Tree:
    return Tree(dict(Unit.objects.order_by("id").values_list("id", "parent_id")))
