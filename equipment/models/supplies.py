import datetime as dt
import unicodedata

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Upper
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.clock import day_of, duty_today
from duty.evidence import evidence, kept
from duty.models import Deadline, Line
from duty.steps import Conflict, Subject, verb

from .lots import SOON, Lot
from .places import Place, place_tree
from .readers import units_read
from .stock import BACK, CHECK, Stock

CHECK_SOON = dt.timedelta(days=3)


class SupplyCategory(models.TextChoices):
    FIRE = "fire", _("fire fighting")
    RESCUE = "rescue", _("rescue and tools")
    FLOOD = "flood", _("flood and drainage")
    LIGHT = "light", _("light and power")
    PROTECTION = "protection", _("personal protection")
    MEDICAL = "medical", _("first aid")
    CORDON = "cordon", _("cordon and signs")
    RADIO = "radio", _("radios and lamps")
    SPARES = "spares", _("spare parts")
    LIVING = "living", _("food and shelter")
    OTHER = "other", _("other supplies")


class SupplyQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)

    def in_place(self, place: int):
        """What lies there or in a place within."""
        return self.filter(place_id__in=sorted(place_tree().below(place)))

    def with_stock(self):
        """`stock`, and what is `usable` of it, not expired; `expires_on`, of the first lot to expire; `check_at` and `back_at`, when these are due."""
        lots = Lot.objects.filter(supply=OuterRef("pk"))
        good = lots.exclude(expires_on__lt=duty_today())
        total, usable = (
            rows.order_by().values("supply").annotate(n=Sum("quantity")).values("n") for rows in (lots, good)
        )
        first = lots.in_stock().filter(expires_on__isnull=False).values("expires_on")[:1]
        promised = Deadline.objects.open().filter(matter_id=OuterRef("pk"))
        return self.annotate(
            stock=Coalesce(Subquery(total), 0),
            usable=Coalesce(Subquery(usable), 0),
            expires_on=Subquery(first),
            check_at=Subquery(promised.filter(kind=CHECK).values("due_at")[:1]),
            back_at=Subquery(promised.filter(kind=BACK).values("due_at")[:1]),
        )

    def short(self):
        return self.filter(usable__lt=F("minimum"))

    def found_by(self, words: str):
        """By part of its name or code, by a lot's number, or by where it lies."""
        found = self
        for word in unicodedata.normalize("NFKC", words).split()[:5]:
            hit = Q(name__icontains=word) | Q(code__icontains=word)
            hit |= Q(pk__in=Lot.objects.filter(number__icontains=word).values("supply"))
            if places := place_tree().named(word):
                hit |= Q(place_id__in=sorted(places))
            found = found.filter(hit)
        return found


@evidence()
class Supply(Stock, Subject):
    """One kind of emergency supply in one place: how much must lie there, and who looks after it."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="supplies", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=60)
    code = models.CharField(
        _("code"), max_length=30,
        validators=[RegexValidator(r"^[\w.#()（）/-]+$", _("Use letters, digits and - . / # ( ) only, without spaces."))],
    )  # fmt: skip
    category = models.CharField(_("category"), max_length=10, choices=SupplyCategory)
    measure = models.CharField(_("counted in"), max_length=6)
    minimum = models.PositiveIntegerField(_("at least"), default=0)
    minder = models.ForeignKey(
        "duty.Person", models.PROTECT, related_name="minds_supplies", verbose_name=_("looked after by")
    )
    check_every_days = models.PositiveSmallIntegerField(
        _("counted every … days"), default=30, validators=[MinValueValidator(1)]
    )
    comes_back = models.BooleanField(_("comes back after use"), default=False)
    note = models.TextField(_("remarks"), max_length=500, blank=True)
    counted_at = models.DateTimeField(_("last counted"), null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = SupplyQuerySet.as_manager()
    page = "supply"

    class Meta:
        verbose_name = _("emergency supply")
        verbose_name_plural = _("emergency supplies")
        ordering = ["code"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="one_supply_of_a_code",
                violation_error_message=_("Another supply has this code, perhaps a former one."),
            ),
            models.CheckConstraint(
                condition=Q(category__in=SupplyCategory.values),
                name="a_supply_is_of_a_known_category",
                violation_error_message=_("Choose one of the categories."),
            ),
            models.CheckConstraint(
                condition=Q(check_every_days__gte=1, check_every_days__lte=366),
                name="a_supply_is_counted_once_a_year_or_more",
                violation_error_message=_("Supplies are counted every 1 to 366 days."),
            ),
        ]
        indexes = [models.Index(fields=["unit", "code"], name="supplies_of_a_unit")]

    def __str__(self):
        return f"{self.name} {self.code}"

    @property
    def path(self) -> str:
        return place_tree().path(self.place_id)

    @property
    def stands(self) -> bool:
        return self.ended_at is None

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    def signs(self, at: dt.datetime) -> list[tuple[str, str]]:
        """(colour, word) of what stands out; asked of a row read `with_stock`."""
        if not self.stands:
            return [("next", _("no longer kept"))]
        today, found = day_of(at), []
        if self.usable < self.minimum:
            found.append(("late", _("below the minimum")))
        if self.expires_on and self.expires_on < today:
            found.append(("late", _("expired")))
        elif self.expires_on and self.expires_on - today <= SOON:
            found.append(("soon", _("expires soon")))
        if self.back_at and self.back_at < at:
            found.append(("late", _("not back yet")))
        if self.check_at and self.check_at - at <= CHECK_SOON:
            found.append(("late" if self.check_at < at else "soon", _("to be counted")))
        return found

    @verb(_("entered the supply"))
    def register(self, *, by, at):
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.mind(at, by=by)

    @verb(_("changed the entry"))
    def change(self, fields, *, by, at):
        """Write these fields; what is promised follows the minimum, the interval and whoever looks after it."""
        self._still_kept()
        self.matter_follows()
        self.save(update_fields=list(fields))
        self.entry.data = {"fields": list(fields)}
        self.mind(at, by=by)

    @verb(_("gave the supply up"))
    def retire(self, *, by, at):
        """Nothing of it lies there or is out; its movements stay."""
        self._still_kept()
        if self.in_stock() or self.movements.to_come_back().exists():
            words = _now("Some of it is there or out still. Write it off or take it back first.")
            raise Conflict(self, words)
        self.ended_at = at
        self.save(update_fields=["ended_at"])
        self.close_matter(at, by=by)

    def _still_kept(self) -> None:
        """Asked of the database: this row is held by now."""
        if Supply.objects.filter(pk=self.pk, ended_at__isnull=False).exists():
            raise Conflict(self, _now("This supply was given up meanwhile."))
