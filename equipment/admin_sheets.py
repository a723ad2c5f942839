"""The register as Excel sheets: the pieces, and what is read on them (A24)."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.widgets import CharWidget, Widget

from duty.admin_sheets import Day, Known, Sheet
from duty.models import Unit, Via
from duty.sheets import in_every_language
from equipment import numerals
from equipment.measures import KNOWN, NONE, measure
from equipment.models import Category, Criticality, Equipment, Gauge, Place
from equipment.models.gauges import shown
from equipment.models.places import PlaceTree

SLASH = re.compile(r"\s*[/／＞>›]\s*")


class Choice(Widget):
    """One of a few words, in either language."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    def clean(self, value, row=None, **kwargs):
        said = str(value or "").strip()
        known = {value: value for value in self.choices.values} | in_every_language(self.choices.choices)
        if said.lower() not in known:
            names = "、".join(str(choice.label) for choice in self.choices)
            raise ValueError(_("“%(said)s” is none of: %(names)s.") % {"said": said, "names": names})
        return known[said.lower()]

    def render(self, value, obj=None, **kwargs):
        return str(self.choices(value).label) if value else ""


class PlaceByPath(Widget):
    """A place by its path, 东区 / 3 楼 / 配电间, with or without spaces; by its name alone where there is one of it only."""

    def __init__(self):
        super().__init__()
        self.tree: PlaceTree | None = None

    def read(self) -> None:
        """Anew for each sheet that is taken in or given out."""
        self.tree = PlaceTree(list(Place.objects.order_by("order", "id").values_list("id", "parent_id", "name")))
        self.by_path: dict[str, list[int]] = {}
        for pk, (_parent, name) in self.tree.rows.items():
            for key in {_key(self.tree.path(pk)), _key(name)}:
                self.by_path.setdefault(key, []).append(pk)

    def clean(self, value, row=None, **kwargs):
        said = str(value or "").strip()
        if not said:
            raise ValueError(_("Say where it stands, such as 东区 / 3 楼 / 配电间."))
        found = self.by_path.get(_key(said), [])
        whole = [pk for pk in found if _key(self.tree.path(pk)) == _key(said)]
        found = whole or found
        if len(found) == 1:
            return Place.objects.get(pk=found[0])
        if found:
            paths = "; ".join(self.tree.path(pk) for pk in found[:5])
            raise ValueError(
                _("There are several places “%(said)s”. Write the whole path: %(paths)s.")
                % {"said": said, "paths": paths}
            )
        words = _("There is no place “%(said)s”. Enter it under “Places” first, or write the path as it stands there.")
        raise ValueError(words % {"said": said})

    def render(self, value, obj=None, **kwargs):
        return self.tree.path(value.pk) if value else ""


def _key(path: str) -> str:
    return "/".join(SLASH.split(unicodedata.normalize("NFKC", path).strip().lower()))


class Number(Widget):
    """A bound of a range: a number, or nothing for an open side."""

    def clean(self, value, row=None, **kwargs):
        said = str(value if value is not None else "").strip()
        if not said:
            return None
        try:
            return numerals.number(said)
        except ValueError:
            words = _(
                "“%(said)s” is no number. Write it without a comma for thousands; the unit of measure has a column of its own."
            )
            raise ValueError(words % {"said": said[:40]}) from None

    def render(self, value, obj=None, **kwargs):
        return shown(value)


class Measure(Widget):
    def clean(self, value, row=None, **kwargs):
        found = measure(str(value if value is not None else ""))
        if found is None:
            words = _("“%(said)s” is no known unit of measure. Write one of: %(known)s; or — for a plain number.")
            raise ValueError(words % {"said": value, "known": " ".join(KNOWN)})
        return found

    def render(self, value, obj=None, **kwargs):
        return value or NONE


class Coded(Known):
    """A piece by its code, in capitals or small letters."""

    def __init__(self):
        super().__init__(Equipment, "code")

    def get_lookup_kwargs(self, value, row, **kwargs):
        return {"code__iexact": str(value).strip()}

    def get_queryset(self, value, row, *args, **kwargs):
        return Equipment.objects.filter(until_on__isnull=True).select_related("place")


class OnceASheet(Sheet):
    """A sheet in which each row is about something else: the same one twice is told, not written twice."""

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.seen: dict[str, int] = {}

    def before_import_row(self, row, row_number=None, **kwargs):
        super().before_import_row(row, row_number=row_number, **kwargs)
        self.row_number = row_number

    def objections(self, instance):
        column, key = self.own(instance)
        first = self.seen.setdefault(key, self.row_number)
        if first != self.row_number:
            return {column: _("Row %(n)d is about the same one already. Leave one of them out.") % {"n": first}}
        return {}

    def own(self, instance) -> tuple[str, str]:
        """Which column says what a row is about, and what it says."""
        raise NotImplementedError

    def do_instance_save(self, instance, is_create):
        try:
            with transaction.atomic():
                self.write(instance, is_create)
        except IntegrityError:  # someone was faster
            raise ValueError(_("Somebody entered this meanwhile. Take the sheet in once more.")) from None

    def write(self, instance, is_create) -> None:
        raise NotImplementedError

    def trace(self, instance, how):
        """The verbs have left their lines."""


class EquipmentResource(OnceASheet):
    """Every piece in use, one row each, found by its code."""

    not_asked = ("matter", "tag")

    unit = Field(column_name="unit", attribute="unit", widget=Known(Unit, "name"))
    place = Field(column_name="place", attribute="place", widget=PlaceByPath())
    category = Field(column_name="category", attribute="category", widget=Choice(Category))
    criticality = Field(column_name="criticality", attribute="criticality", widget=Choice(Criticality))
    installed_on = Field(column_name="installed_on", attribute="installed_on", widget=Day())
    from_on = Field(column_name="from_on", attribute="from_on", widget=Day())
    note = Field(column_name="note", attribute="note", widget=CharWidget())

    class Meta:
        model = Equipment
        import_id_fields = ["code"]
        fields = (
            "code", "name", "category", "criticality", "unit", "place", "model", "maker", "serial_number", "installed_on",
            "from_on", "note",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].widget.read()

    def get_queryset(self):
        return Equipment.objects.filter(until_on__isnull=True).select_related("unit", "place").order_by("code")

    def after_init_instance(self, instance, new, row, **kwargs):
        names = [name for name in self._meta.fields if name != "code"]
        self.was = {} if new else {name: instance.serializable_value(name) for name in names}

    def own(self, instance):
        return "code", instance.code.upper()

    def write(self, instance, is_create):
        if is_create:
            instance.register(by=self.by, at=self.at, via=Via.IMPORT)
        else:
            changed = [name for name, was in self.was.items() if instance.serializable_value(name) != was]
            instance.change(changed, by=self.by, at=self.at, via=Via.IMPORT)


class GaugeResource(OnceASheet):
    """What is read on the pieces: one row for each gauge, found by the piece's code and the gauge's name."""

    headings = {"equipment": gettext_lazy("code of the piece"), "piece": gettext_lazy("name of the piece")}

    equipment = Field(column_name="equipment", attribute="equipment", widget=Coded())
    piece = Field(column_name="piece", attribute="equipment__name", readonly=True)
    measure = Field(column_name="measure", attribute="measure", widget=Measure())
    normal_low = Field(column_name="normal_low", attribute="normal_low", widget=Number())
    normal_high = Field(column_name="normal_high", attribute="normal_high", widget=Number())
    alarm_low = Field(column_name="alarm_low", attribute="alarm_low", widget=Number())
    alarm_high = Field(column_name="alarm_high", attribute="alarm_high", widget=Number())

    class Meta:
        model = Gauge
        import_id_fields = ["equipment", "name"]
        fields = ("equipment", "piece", "name", "measure", "normal_low", "normal_high", "alarm_low", "alarm_high")
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        rows = Gauge.objects.filter(equipment__until_on__isnull=True, is_active=True).select_related("equipment")
        return rows.order_by("equipment__code", "order", "id")

    def own(self, instance):
        return "name", f"{instance.equipment_id} {instance.name}"

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        said = str(row.get(self.fields["piece"].column_name) or "").strip()
        if instance.equipment_id and said and said != instance.equipment.name:
            values = {"code": instance.equipment.code, "name": instance.equipment.name, "said": said}
            words = _("%(code)s is “%(name)s”, not “%(said)s”. Check the code.") % values
            raise ValidationError({"equipment": words})

    def write(self, instance, is_create):
        instance.equipment.set_gauge(instance, by=self.by, at=self.at, via=Via.IMPORT)
