from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.looks import once_a_look
from duty.models import Line
from duty.models.units import unit_tree

from .readers import units_read

BETWEEN = " / "
DEEPEST = 8


class PlaceQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(is_active=True)

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(unit_id__in=sorted(units_read(person)))


@evidence()
class Place(models.Model):
    """Where something stands: a building, a floor, a room; each in the one above it."""

    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="places", verbose_name=_("unit"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "parent", "name"],
                name="one_place_of_a_name_in_a_place",
                nulls_distinct=False,
                violation_error_message=_("There is a place of this name here already."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="a_place_does_not_lie_in_itself",
                violation_error_message=_("A place cannot lie in itself."),
            ),
            models.CheckConstraint(
                condition=~Q(name__contains="/"),
                name="a_places_name_has_no_slash",
                violation_error_message=_("Leave the slash out: it stands between the places of a path."),
            ),
        ]

    def __str__(self):
        return place_tree().path(self.pk) if self.pk else self.name

    def clean(self):
        super().clean()
        self.name = self.name.strip()
        if self.parent_id is None:
            return
        tree = place_tree()
        if self.pk and self.parent_id in tree.below(self.pk):
            raise ValidationError({"parent": _("A place cannot lie in a place below itself.")})
        if self.unit_id and self.unit_id not in unit_tree().below(self.parent.unit_id):
            words = _("That place belongs to another unit. Choose one of this unit, or of a unit above it.")
            raise ValidationError({"parent": words})
        if len(tree.above(self.parent_id)) + (tree.height(self.pk) if self.pk else 1) > DEEPEST:
            raise ValidationError({"parent": _("Eight levels at most: a place lies in a place lies in a place …")})

    def put(self, *, by, at, fields=(), validate: bool = True) -> "Place":
        """Enter it or change it; places are moved one after the other, so that no two of them end up in each other."""
        how = "added" if self._state.adding else "changed"
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('equipment places'))")
            if validate:
                self.clean()
            self.save()
            Line.objects.trace_register(self, how, by=by, at=at, fields=fields)
        return self


class PlaceTree:
    """All places in memory: a few hundred short names, one query."""

    def __init__(self, rows: list[tuple]):
        self.rows = {pk: (parent, name) for pk, parent, name, *_more in rows}
        self.children: dict[int | None, list[int]] = {}
        for pk, parent, *_more in rows:
            self.children.setdefault(parent, []).append(pk)

    def above(self, place: int | None) -> list[int]:
        """The place, then the one it lies in, up to the outermost."""
        path = []
        while place in self.rows and place not in path:
            path.append(place)
            place = self.rows[place][0]
        return path

    def below(self, place: int) -> set[int]:
        """The place and everything in it."""
        found, waiting = set(), [place]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting.extend(self.children.get(here, ()))
        return found

    def height(self, place: int) -> int:
        """How many levels there are from the place down, itself counted."""
        return max(len(self.above(here)) for here in self.below(place)) - len(self.above(place)) + 1

    def path(self, place: int | None) -> str:
        """东区 / 3 楼 / 配电间"""
        return BETWEEN.join(self.rows[here][1] for here in reversed(self.above(place)))

    def in_order(self, parent: int | None = None, depth: int = 0):
        """(place, how deep it lies), as the tree is read from top to bottom."""
        for place in self.children.get(parent, ()):
            yield place, depth
            yield from self.in_order(place, depth + 1)

    def named(self, words: str) -> set[int]:
        """Every place whose path holds these words, and everything in it."""
        words = words.strip().lower()
        found = {place for place in self.rows if words in self.rows[place][1].lower()}
        found |= {place for place in self.rows if "/" in words and words in self.path(place).lower()}
        return set().union(*(self.below(place) for place in found))


@once_a_look
def place_tree() -> PlaceTree:
    return PlaceTree(list(Place.objects.order_by("order", "id").values_list("id", "parent_id", "name")))
