"""Registers as Excel sheets, in the reader's words; people are the first of them."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.exceptions import FieldError
from import_export.fields import Field
from import_export.resources import Diff
from import_export.widgets import DateWidget, ForeignKeyWidget

from duty.models import Line, Person, Unit


class Known(ForeignKeyWidget):
    """A unit or a person by what people write; one that is not there is told by name."""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except ObjectDoesNotExist:
            raise ValueError(_("There is no “%(name)s”.") % {"name": value}) from None


class Day(DateWidget):
    """A date as Excel keeps it, or written 2026-01-31 or 2026/1/31; nothing is an empty cell."""

    def __init__(self):
        super().__init__()
        self.formats = ("%Y-%m-%d", "%Y/%m/%d")

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value.date() if isinstance(value, dt.datetime) else value, row, **kwargs)
        except ValueError:
            raise ValueError(_("Write the date like 2026-01-31.")) from None

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class Changes(Diff):
    """Old and new of each cell, coloured by our style sheet: the policy refuses colours in the text."""

    def as_html(self):
        plain = [html.replace(' style="background:#e6ffe6;"', "") for html in super().as_html()]
        return [SafeString(html.replace(' style="background:#ffe6e6;"', "")) for html in plain]


class Sheet(resources.ModelResource):
    """A register as a sheet, one row each. Headings are read in either language; what is wrong is told by row and column.

    `by` and `at` are who takes it in and when.
    """

    headings: dict = {}  # for columns that are not called as the model calls them
    not_asked: tuple[str, ...] = ()  # what a row leaves to the model

    def __init__(self, by=None, at=None, **kwargs):
        super().__init__(**kwargs)
        self.by, self.at = by, at
        for name, field in self.fields.items():
            field.column_name = self._heading(name)

    @classmethod
    def get_diff_class(cls):
        return Changes

    def _heading(self, name: str) -> str:
        return str(self.headings.get(name) or self._meta.model._meta.get_field(name).verbose_name)

    def before_import(self, dataset, **kwargs):
        known = {}
        for name, field in self.fields.items():
            known[name] = field.column_name
            for tongue, _name in settings.LANGUAGES:
                with translation.override(tongue):
                    known[self._heading(name)] = field.column_name
        dataset.headers = [known.get(str(heading or "").strip(), heading) for heading in dataset.headers or ()]

    def _check_import_id_fields(self, headers):
        for name in self._meta.import_id_fields:
            heading = self.fields[name].column_name
            if heading not in (headers or ()):
                raise FieldError(_("The sheet has no column “%(heading)s”.") % {"heading": heading})

    def get_instance(self, instance_loader, row):
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None  # what cannot be read is told with its column when the row is

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude={*errors, *self.not_asked}, validate_unique=validate_unique)
        except ValidationError as why:
            errors = why.update_error_dict(errors)
        if not errors:
            errors = self.objections(instance)
        if errors:
            raise ValidationError({self._column(key): those for key, those in errors.items()})

    def _column(self, key: str) -> str:
        return key if key == NON_FIELD_ERRORS or key not in self.fields else self.fields[key].column_name

    def objections(self, instance) -> dict[str, str]:
        """What speaks against a row that is well written, by column."""
        return {}

    def save_instance(self, instance, is_create, row, **kwargs):
        super().save_instance(instance, is_create, row, **kwargs)
        if self.by is not None:
            self.trace(instance, "added" if is_create else "changed")

    def trace(self, instance, how: str) -> None:
        Line.objects.trace_register(instance, how, by=self.by, at=self.at)


class PersonResource(Sheet):
    """One row each, units and superiors by name and staff number."""

    headings = {
        "superior": gettext_lazy("direct superior (staff number)"), "deputy": gettext_lazy("deputy (staff number)")
    }  # fmt: skip

    unit = Field(column_name="unit", attribute="unit", widget=Known(Unit, "name"))
    superior = Field(column_name="superior", attribute="superior", widget=Known(Person, "staff_number"))
    deputy = Field(column_name="deputy", attribute="deputy", widget=Known(Person, "staff_number"))

    employed_from = Field(column_name="employed_from", attribute="employed_from", widget=Day())
    employed_until = Field(column_name="employed_until", attribute="employed_until", widget=Day())

    class Meta:
        model = Person
        import_id_fields = ["staff_number"]
        fields = (
            "staff_number", "name", "title", "unit", "mobile", "backup_number", "mail", "superior", "deputy",
            "employed_from", "employed_until",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def init_instance(self, row=None):
        person = super().init_instance(row)
        person.set_unusable_password()  # they choose one by the reset link
        return person
