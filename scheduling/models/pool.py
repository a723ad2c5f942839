import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.steps import Subject, verb

from .patterns import Qualification
from .shifts import OnePerson, SeatRole


class Days(Func):
    """Days from first to last, both included; no last day means for good."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    arity = 2


def _within(first: str, last: str, name: str):
    return models.CheckConstraint(
        condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        name=name,
        violation_error_message=_("The last day lies before the first."),
    )


class MemberQuerySet(models.QuerySet):
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
            _within("from_on", "until_on", "membership_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(percent__gte=5, percent__lte=100),
                name="a_share_is_five_to_a_hundred_per_cent",
                violation_error_message=_("From 5 to 100 %."),
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


@evidence()
class Qualified(Subject):
    """Someone holds a qualification: assessed by whom, from when until when. It is told before it expires."""

    person = models.ForeignKey("duty.Person", models.PROTECT, related_name="qualified", verbose_name=_("person"))
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, related_name="held", verbose_name=_("qualification")
    )
    from_on = models.DateField(_("valid from"))
    until_on = models.DateField(_("valid until"), null=True, blank=True)
    assessor = models.ForeignKey("duty.Person", models.PROTECT, related_name="+", verbose_name=_("assessed by"))
    note = models.CharField(_("remarks"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    page = "qualified"

    class Meta:
        verbose_name = _("qualification record")
        verbose_name_plural = _("qualification records")
        ordering = ["person__name_sort", "qualification__name", "-from_on"]
        constraints = [
            _within("from_on", "until_on", "a_qualification_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(assessor=F("person")),
                name="nobody_assesses_themselves",
                violation_error_message=_("Nobody assesses themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.person.name} · {self.qualification.name}"

    @verb(_("recorded the qualification"))
    def record(self, *, by, at):
        self.unit_id = self.person.unit_id
        self.become_matter(str(self), at)
        self.save(force_insert=True)

    @verb(_("revoked the qualification"))
    def revoke(self, *, by, at):
        """It holds until now and no longer; the record stays."""
        type(self).objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=at)
        self.close_matter(at, by=by)


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
            _within("from_on", "until_on", "an_exemption_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(kind__in=Exempt.values), name="an_exemption_is_of_a_known_kind"),
        ]

    def __str__(self):
        return f"{self.person.name}: {self.get_kind_display()}"


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

    def __str__(self):
        return f"{self.person.name} {self.date:%m-%d}: {self.get_wants_display()}"
