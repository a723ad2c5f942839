import datetime as dt

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from duty.clock import day_of, duty_today
from duty.evidence import evidence
from duty.names import sort_key

phone_number = RegexValidator(
    r"^[0-9+][0-9 \-]{2,19}$", _("Write a phone number with digits, spaces and dashes only, such as 138 0013 8000.")
)


class PersonQuerySet(models.QuerySet):
    def employed(self, at: dt.datetime):
        """Those who work here at that instant and may act."""
        day = day_of(at)
        return self.filter(Q(employed_from__isnull=True) | Q(employed_from__lte=day), is_active=True).exclude(
            employed_until__lt=day
        )

    def may_sign_in(self):
        """The same, at this instant by the database's clock."""
        begun = Q(employed_from__isnull=True) | Q(employed_from__lte=duty_today())
        return self.filter(begun, is_active=True).exclude(employed_until__lt=duty_today())

    def in_units(self, units):
        return self.filter(unit_id__in=list(units))

    def found_by(self, words: str):
        """By part of the name, its pinyin with or without spaces, or the staff number."""
        words = words.strip()
        sound = Q(sound__startswith=words.lower().replace(" ", ""))
        return self.alias(sound=Replace("name_sort", Value(" "))).filter(
            Q(name__icontains=words) | Q(staff_number__istartswith=words) | sound
        )


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def get_by_natural_key(self, username):
        """Capitals or small letters, as it was typed; where two differ in that alone, the one written just so."""
        found = list(self.filter(staff_number__iexact=username).order_by("id")[:2])
        if len(found) == 1:
            return found[0]
        return self.get(staff_number=username)

    def create_user(self, staff_number, password=None, **fields):
        person = self.model(staff_number=staff_number, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, staff_number, password=None, **fields):
        """The first administrator; makes the top unit if there is none yet."""
        from .grants import Grant, Role
        from .units import Unit, unit_tree

        if "unit" not in fields and "unit_id" not in fields:
            fields["unit"] = Unit.objects.filter(parent=None).first() or Unit.objects.create(name="Organisation")
        person = self.create_user(staff_number, password, **fields)
        top = unit_tree().above(person.unit_id)[-1]
        Grant.objects.create(person=person, role=Role.ADMINISTRATOR, unit_id=top)
        return person


class Language(models.TextChoices):
    CHINESE = "zh-hans", "中文"
    ENGLISH = "en", "English"


@evidence(exclude=["password", "last_login"])
class Person(AbstractBaseUser):
    """Someone who keeps watch, leads, repairs, audits or administers; also the login."""

    staff_number = models.CharField(
        _("staff number"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9\-]+$", _("Use letters, digits and dashes only."))],
    )
    name = models.CharField(_("full name"), max_length=40)
    name_sort = models.CharField(max_length=120, editable=False, db_index=True)
    title = models.CharField(_("job title"), max_length=40, blank=True)
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="people", verbose_name=_("unit"))
    mobile = models.CharField(_("mobile"), max_length=20, blank=True, validators=[phone_number])
    backup_number = models.CharField(_("backup number"), max_length=20, blank=True, validators=[phone_number])
    mail = models.EmailField(_("mail address"), blank=True)
    superior = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subordinates", verbose_name=_("direct superior")
    )
    deputy = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="stands_in_for", verbose_name=_("deputy")
    )
    language = models.CharField(_("language"), max_length=10, choices=Language, blank=True)
    employed_from = models.DateField(_("employed from"), null=True, blank=True)
    employed_until = models.DateField(_("employed until"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)

    objects = PersonManager()

    USERNAME_FIELD = "staff_number"
    EMAIL_FIELD = "mail"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name_sort", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(employed_from__isnull=True)
                | Q(employed_until__isnull=True)
                | Q(employed_until__gte=F("employed_from")),
                name="employment_ends_after_it_begins",
                violation_error_message=_("The last day of employment lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(superior__isnull=True) | ~Q(superior=F("id")),
                name="nobody_is_their_own_superior",
                violation_error_message=_("A person cannot be their own superior."),
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("id")),
                name="nobody_is_their_own_deputy",
                violation_error_message=_("A person cannot be their own deputy."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.name_sort = sort_key(self.name)
        if (fields := kwargs.get("update_fields")) is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_sort"}
        super().save(**kwargs)

    def clean(self):
        super().clean()
        if Person.objects.filter(staff_number__iexact=self.staff_number).exclude(pk=self.pk).exists():
            raise ValidationError({"staff_number": _("Another person has this staff number already.")})
        above, seen = self.superior, {self.pk}
        while self.pk and above is not None:
            if above.pk in seen:
                raise ValidationError({"superior": _("This would make a circle of superiors.")})
            seen.add(above.pk)
            above = above.superior

    def is_employed(self, at: dt.datetime) -> bool:
        day = day_of(at)
        started = self.employed_from is None or self.employed_from <= day
        return self.is_active and started and (self.employed_until is None or self.employed_until >= day)

    # What the person may see and do; one query, once per request.

    @cached_property
    def sight(self):
        from duty.access import Sight

        return Sight.of(self)

    # Django's admin asks these; it is for administrators only, and for them it is whole.

    @property
    def is_staff(self) -> bool:
        return self.sight.administers

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_active and self.sight.administers

    def has_module_perms(self, app_label) -> bool:
        return self.is_active and self.sight.administers
