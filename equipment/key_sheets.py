"""Spare keys and permissions as an Excel sheet (A57)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.widgets import CharWidget, Widget

from duty.admin_sheets import Known
from duty.models import Person, Via
from equipment.admin_sheets import Choice, OnceASheet
from equipment.forms.keys import BETWEEN, pieces_by_code
from equipment.models import Cabinet, Key, KeyKind, OpenTo
from equipment.supply_sheets import Whole, YesNo
from scheduling.models import Qualification


class CabinetByName(Known):
    """A cabinet by its name; where two units have one of that name, none of them."""

    def get_queryset(self, value, row, *args, **kwargs):
        return Cabinet.objects.standing()

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(str(value or "").strip() or None, row, **kwargs)
        except Cabinet.MultipleObjectsReturned:
            words = _("There are several cabinets called “%(name)s”. Give them different names first.")
            raise ValueError(words % {"name": value}) from None


class Hours(Whole):
    """Empty: until the end of the next working day."""

    def clean(self, value, row=None, **kwargs):
        return super().clean(value, row, **kwargs) if str(value if value is not None else "").strip() else None


class Several(Widget):
    """People by staff number, or pieces by code, with commas between them."""

    def __init__(self, find, name: str):
        super().__init__()
        self.find, self.name = find, name

    def clean(self, value, row=None, **kwargs):
        try:
            return self.find(str(value if value is not None else ""))
        except ValidationError as why:
            raise ValueError(" ".join(why.messages)) from None

    def render(self, value, obj=None, **kwargs):
        return "、".join(sorted(getattr(row, self.name) for row in value or ()))


def people_by_number(typed: str) -> list[Person]:
    numbers = [number for number in BETWEEN.split(typed.strip()) if number]
    known = {person.staff_number: person for person in Person.objects.filter(staff_number__in=numbers)}
    for number in numbers:
        if number not in known:
            raise ValidationError(_("Nobody has the staff number %(number)s.") % {"number": number})
    return [known[number] for number in numbers]


class Many(Field):
    """What belongs to a key in a table of its own: kept aside until the key itself is written."""

    def get_value(self, instance):
        aside = instance.__dict__.get("aside", {})
        if self.attribute in aside:
            return aside[self.attribute]
        return list(getattr(instance, self.attribute).all()) if instance.pk else []

    def save(self, instance, row, is_m2m=False, **kwargs):
        instance.__dict__.setdefault("aside", {})[self.attribute] = self.clean(row, **kwargs)


class KeyResource(OnceASheet):
    """Every key that is kept, one row each, found by its code."""

    not_asked = ("matter", "unit", "takers", "pieces")
    headings = {
        "takers": gettext_lazy("people named (staff numbers)"), "pieces": gettext_lazy("equipment (codes)")
    }  # fmt: skip

    kind = Field(column_name="kind", attribute="kind", widget=Choice(KeyKind))
    cabinet = Field(column_name="cabinet", attribute="cabinet", widget=CabinetByName(Cabinet, "name"))
    open_to = Field(column_name="open_to", attribute="open_to", widget=Choice(OpenTo))
    takers = Many(column_name="takers", attribute="takers", widget=Several(people_by_number, "staff_number"))
    pieces = Many(column_name="pieces", attribute="pieces", widget=Several(pieces_by_code, "code"))
    qualification = Field(column_name="qualification", attribute="qualification", widget=Known(Qualification, "name"))
    needs_approver = Field(column_name="needs_approver", attribute="needs_approver", widget=YesNo())
    loan_hours = Field(column_name="loan_hours", attribute="loan_hours", widget=Hours())
    note = Field(column_name="note", attribute="note", widget=CharWidget())

    class Meta:
        model = Key
        import_id_fields = ["code"]
        fields = (
            "code", "kind", "opens", "account", "cabinet", "hook", "seal", "open_to", "takers", "pieces", "qualification",
            "needs_approver", "loan_hours", "note",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        rows = Key.objects.standing().select_related("cabinet", "qualification", "matter")
        return rows.prefetch_related("takers", "pieces").order_by("code")

    def after_init_instance(self, instance, new, row, **kwargs):
        instance.__dict__.pop("aside", None)
        names = [name for name in self._meta.fields if name not in ("code", "takers", "pieces")]
        self.was = {} if new else {name: instance.serializable_value(name) for name in names}

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if instance.pk and not import_validation_errors:
            for name in ("takers", "pieces"):
                there = {one.pk for one in getattr(instance, name).all()}
                if there != {one.pk for one in self.fields[name].get_value(instance)}:
                    return False
        return super().skip_row(instance, original, row, import_validation_errors)

    def own(self, instance):
        return "code", instance.code.upper()

    def write(self, instance, is_create):
        more = {name: self.fields[name].get_value(instance) for name in ("takers", "pieces")}
        if is_create:
            instance.register(**more, by=self.by, at=self.at, via=Via.IMPORT)
            return
        changed = [name for name, was in self.was.items() if instance.serializable_value(name) != was]
        for name, wanted in more.items():
            if {one.pk for one in getattr(instance, name).all()} != {one.pk for one in wanted}:
                changed.append(name)
        instance.change(changed, **more, by=self.by, at=self.at, via=Via.IMPORT)
