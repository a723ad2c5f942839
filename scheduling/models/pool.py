import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, day_of, start_of
from duty.evidence import evidence
from duty.models import Line

from .shifts import OnePerson, Seat, SeatRole


class Days(Func):
    """Days from first to last, both included; no last day means for good."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    arity = 2


def within(first: str, last: str, name: str):
    return models.CheckConstraint(
        condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        name=name,
        violation_error_message=_("The last day lies before the first."),
    )


class MemberQuerySet(models.QuerySet):
    def standing(self, today: dt.date):
        """Those who are in a pool today, or will be."""
        return self.exclude(until_on__lt=today)

    def between(self, first: dt.date, last: dt.date):
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=first), from_on__lte=last)

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(unit_id__in=person.sight.units())


@evidence()
class Member(models.Model):
    """Someone in the pool that keeps a unit's watches: in which seats, with which share of a full load, since when."""

    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="pool", verbose_name=_("unit"))
    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="pools", verbose_name=_("person"))
    roles = ArrayField(models.CharField(max_length=10, choices=SeatRole), verbose_name=_("seats"))
    percent = models.PositiveSmallIntegerField(_("share of a full load, %"), default=100)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("person for duty")
        verbose_name_plural = _("people for duty")
        ordering = ["person__name_sort", "id"]
        constraints = [
            within("from_on", "until_on", "membership_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(percent__gte=5, percent__lte=100),
                name="a_share_is_five_to_a_hundred_per_cent",
                violation_error_message=_("Give a share from 5 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=SeatRole.values) & Q(roles__len__gt=0),
                name="a_member_has_known_seats",
                violation_error_message=_("Choose at least one seat."),
            ),
            ExclusionConstraint(
                name="one_membership_of_a_person_in_a_unit_at_a_time",
                expressions=[
                    (OnePerson("unit", "unit"), RangeOperators.OVERLAPS),
                    (OnePerson("person", "person"), RangeOperators.OVERLAPS),
                    (Days("from_on", "until_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is in the unit's pool at that time already."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.unit}"

    def join(self, *, by, at) -> None:
        self.save(force_insert=True)
        Line.objects.trace_register(self, "added", by=by, at=at)

    def change_to(self, new: "Member", *, by, at, fields=()) -> "Member":
        """From `new.from_on` it is as `new` says; before that, as it was. What has not begun is edited."""
        with transaction.atomic():
            if new.from_on <= self.from_on or self.from_on > day_of(at):
                new.pk = self.pk
                new.save(force_update=True)
            else:
                self._last_day(new.from_on - DAY)
                new.save(force_insert=True)
            Line.objects.trace_register(new, "changed", by=by, at=at, fields=fields)
        return new

    def leave(self, last: dt.date, *, by, at) -> None:
        """In the pool until that day; whoever had not come yet does not come. Duties stay until someone takes them."""
        if last >= self.from_on:
            self._last_day(last)
            Line.objects.trace_register(self, "changed", by=by, at=at, fields=["until_on"])
        else:
            Line.objects.trace_register(self, "removed", by=by, at=at)
            self.delete()

    def _last_day(self, last: dt.date) -> None:
        self.until_on = last
        self.save(update_fields=["until_on"])

    def duties_after(self, last: dt.date):
        """Duties at the unit's posts that begin after that day."""
        seats = Seat.objects.filter(
            person=self.person_id, shift__unit=self.unit_id, starts_at__gte=start_of(last + DAY)
        )
        return seats.select_related("shift__post").order_by("starts_at")

    @property
    def seat_names(self) -> list:
        return [role.label for role in SeatRole if role in self.roles]


class Exempt(models.TextChoices):
    NIGHTS = "nights", _("no nights")
    WEEKENDS = "weekends", _("no rest days")
    HOLIDAYS = "holidays", _("no statutory holidays")
    ALL = "all", _("no duty at all")


@evidence()
class Exemption(models.Model):
    """What someone need not do for a time, and why: no nights until a date."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="exemptions", verbose_name=_("person"))
    kind = models.CharField(_("exempt from"), max_length=10, choices=Exempt)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    granted_by = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        ordering = ["person__name_sort", "-from_on"]
        constraints = [
            within("from_on", "until_on", "an_exemption_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(kind__in=Exempt.values), name="an_exemption_is_of_a_known_kind"),
        ]

    def __str__(self):
        return f"{self.person.name}: {self.get_kind_display()}"

    @property
    def unit_id(self) -> int:
        return self.person.unit_id

    def end(self, last: dt.date, *, by, at) -> None:
        if last >= self.from_on:
            self.until_on = last
            self.save(update_fields=["until_on"])
            Line.objects.trace_register(self, "changed", by=by, at=at, fields=["until_on"])
        else:
            Line.objects.trace_register(self, "removed", by=by, at=at)
            self.delete()


class Wanted(models.TextChoices):
    DUTY = "duty", _("would like duty")
    FREE = "free", _("would like to be free")


@evidence()
class Wish(models.Model):
    """What someone would like on a day; heard where the others do not pay for it."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="wishes", verbose_name=_("person"))
    date = models.DateField(_("day"))
    wants = models.CharField(_("wish"), max_length=4, choices=Wanted)
    note = models.CharField(_("remarks"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["date", "person_id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "date"], name="one_wish_per_day"),
            models.CheckConstraint(condition=Q(wants__in=Wanted.values), name="a_wish_is_of_a_known_kind"),
        ]

    @property
    def unit_id(self) -> int:
        return self.person.unit_id

    def __str__(self):
        return f"{self.person.name} {self.date:%m-%d}: {self.get_wants_display()}"
