"""People for duty and what they are qualified for, as Excel sheets (A4, A32, A33)."""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.widgets import Widget

from duty.admin_sheets import Day, Known, Sheet
from duty.clock import day_of
from duty.models import Person, Unit
from duty.sheets import in_every_language
from scheduling.models import Member, Qualification, Qualified, SeatRole

BETWEEN = re.compile(r"\s*[、,，;；/\n]\s*")
PERSON, NAME = (Person._meta.get_field(name).verbose_name for name in ("staff_number", "name"))


class Seats(Widget):
    """Seats by their names in either language, with a comma of any kind between them."""

    def clean(self, value, row=None, **kwargs):
        known = {role: role for role in SeatRole.values} | in_every_language(SeatRole.choices)
        asked = [word for word in BETWEEN.split(str(value or "").strip().lower()) if word]
        if unknown := [word for word in asked if word not in known]:
            names = "、".join(str(role.label) for role in SeatRole)
            raise ValueError(
                _("There is no seat “%(name)s”. These there are: %(names)s.") % {"name": unknown[0], "names": names}
            )
        return in_order(known[word] for word in asked)

    def render(self, value, obj=None, **kwargs):
        return "、".join(str(SeatRole(role).label) for role in in_order(value or ()))


def in_order(roles) -> list[str]:
    chosen = set(roles)
    return [role.value for role in SeatRole if role in chosen]


class OfPeople(Sheet):
    """A sheet with a row for each of something that people have: by staff number, with the name beside it to be read."""

    person = Field(column_name="person", attribute="person", widget=Known(Person, "staff_number"))
    name = Field(column_name="name", attribute="person__name", readonly=True)

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        said = str(row.get(self.fields["name"].column_name) or "").strip()
        if instance.person_id and said and said != instance.person.name:
            values = {"number": instance.person.staff_number, "name": instance.person.name, "said": said}
            words = _("%(number)s is %(name)s, not %(said)s. Check the staff number.") % values
            raise ValidationError({"person": words})


class MemberResource(OfPeople):
    """The pools: one row for each membership, found by unit, person and first day."""

    headings = {"person": PERSON, "name": NAME}

    unit = Field(column_name="unit", attribute="unit", widget=Known(Unit, "name"))
    roles = Field(column_name="roles", attribute="roles", widget=Seats())
    from_on = Field(column_name="from_on", attribute="from_on", widget=Day())
    until_on = Field(column_name="until_on", attribute="until_on", widget=Day())

    class Meta:
        model = Member
        import_id_fields = ["unit", "person", "from_on"]
        fields = ("unit", "person", "name", "roles", "percent", "from_on", "until_on")
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        return super().get_queryset().select_related("unit", "person")

    def after_init_instance(self, instance, new, row, **kwargs):
        instance.roles = in_order(instance.roles or ())
        self.was = None if new else (list(instance.roles), instance.percent)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        first, last = instance.from_on, instance.until_on
        if first and last and last < first:  # told here: the database cannot even look at days the wrong way round
            errors["until_on"] = ValidationError(_("The last day lies before the first."))
        super().validate_instance(instance, errors, validate_unique)

    def objections(self, instance):
        """What someone keeps duty on since a day is not written anew: fairness has counted with it."""
        now = (list(instance.roles), instance.percent)
        if self.was in (None, now) or instance.from_on > day_of(self.at):
            return {}
        words = _(
            "These terms have held since %(day)s. Give this row a last day, and the new terms a row from the day after."
        )
        return {"roles" if self.was[0] != now[0] else "percent": words % {"day": instance.from_on}}

    def do_instance_save(self, instance, is_create):
        try:
            with transaction.atomic():
                super().do_instance_save(instance, is_create)
        except IntegrityError:  # someone was faster
            raise ValueError(_("This person is in the unit's pool at that time already.")) from None


class QualifiedResource(OfPeople):
    """What people hold: one row for each standing record, found by person, qualification and first day."""

    headings = {"person": PERSON, "name": NAME, "assessor": gettext_lazy("assessed by (staff number)")}
    not_asked = ("matter", "unit")

    qualification = Field(column_name="qualification", attribute="qualification", widget=Known(Qualification, "name"))
    from_on = Field(column_name="from_on", attribute="from_on", widget=Day())
    until_on = Field(column_name="until_on", attribute="until_on", widget=Day())
    assessor = Field(column_name="assessor", attribute="assessor", widget=Known(Person, "staff_number"))

    class Meta:
        model = Qualified
        import_id_fields = ["person", "qualification", "from_on"]
        fields = ("person", "name", "qualification", "from_on", "until_on", "assessor", "note")
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        rows = Qualified.objects.standing()
        return rows.select_related("person", "qualification", "assessor").order_by("person__name_sort", "from_on")

    def after_init_instance(self, instance, new, row, **kwargs):
        self.is_new = new

    def objections(self, instance):
        if not self.is_new:
            words = _(
                "A record stays as it was written. Give the renewal a row with its own first day; revoke a wrong one."
            )
            return {"from_on": words}
        if self.by is not None and self.by.pk == instance.person_id:
            return {"person": _("Nobody records what they hold themselves. Ask someone else to take this row in.")}
        later = self._standing(instance)
        if later is not None and later.from_on >= instance.from_on:
            words = _("There is a record from %(day)s already. Only a later one takes its place.")
            return {"from_on": words % {"day": later.from_on}}
        return {}

    def do_instance_save(self, instance, is_create):
        """The first of its kind is recorded, any other renews what stands."""
        old = self._standing(instance)
        if old is not None:
            old.renew(instance, by=self.by, at=self.at)
        else:
            instance.record(by=self.by, at=self.at)

    def trace(self, instance, how):
        """Its verbs have left their lines."""

    @staticmethod
    def _standing(instance) -> Qualified | None:
        rows = Qualified.objects.standing().filter(person=instance.person, qualification=instance.qualification)
        return rows.order_by("-from_on").first()
