"""Emergency supplies as Excel sheets: what is kept, and how much of it lies there by lot (A18)."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.widgets import BooleanWidget, CharWidget, IntegerWidget

from duty.admin_sheets import Day, Known
from duty.models import Person, Unit, Via
from equipment.admin_sheets import Choice, OnceASheet, PlaceByPath
from equipment.models import Lot, Supply, SupplyCategory


class Whole(IntegerWidget):
    """A whole number, told in our words where it is none."""

    def clean(self, value, row=None, **kwargs):
        said = str(value if value is not None else "").strip()
        try:
            number = float(said)
        except ValueError:
            number = float("nan")
        if not number.is_integer() or not 0 <= number <= 1_000_000:
            raise ValueError(_("“%(said)s” is no whole number.") % {"said": said})
        return int(number)

    def render(self, value, obj=None, **kwargs):
        return value


class YesNo(BooleanWidget):
    """Yes or no, in either language; nothing is no."""

    YES, NO = ("yes", "是", "1", "true", "y"), ("no", "否", "0", "false", "n", "")

    def clean(self, value, row=None, **kwargs):
        said = str(value if value is not None else "").strip().lower()
        if said not in self.YES + self.NO:
            raise ValueError(_("“%(said)s”: write yes or no.") % {"said": value})
        return said in self.YES

    def render(self, value, obj=None, **kwargs):
        return _("yes") if value else _("no")


class SupplyResource(OnceASheet):
    """Every supply that is kept, one row each, found by its code."""

    not_asked = ("matter",)
    headings = {
        "minder": gettext_lazy("looked after by (staff number)"), "check_every_days": gettext_lazy("counted every (days)")
    }  # fmt: skip

    unit = Field(column_name="unit", attribute="unit", widget=Known(Unit, "name"))
    place = Field(column_name="place", attribute="place", widget=PlaceByPath())
    category = Field(column_name="category", attribute="category", widget=Choice(SupplyCategory))
    minimum = Field(column_name="minimum", attribute="minimum", widget=Whole())
    minder = Field(column_name="minder", attribute="minder", widget=Known(Person, "staff_number"))
    check_every_days = Field(column_name="check_every_days", attribute="check_every_days", widget=Whole())
    comes_back = Field(column_name="comes_back", attribute="comes_back", widget=YesNo())
    note = Field(column_name="note", attribute="note", widget=CharWidget())

    class Meta:
        model = Supply
        import_id_fields = ["code"]
        fields = (
            "code", "name", "category", "unit", "place", "measure", "minimum", "minder", "check_every_days", "comes_back",
            "note",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].widget.read()

    def get_queryset(self):
        return Supply.objects.standing().select_related("unit", "place", "minder", "matter").order_by("code")

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


class SupplyByCode(Known):
    def __init__(self):
        super().__init__(Supply, "code")

    def get_lookup_kwargs(self, value, row, **kwargs):
        return {"code__iexact": str(value).strip()}

    def get_queryset(self, value, row, *args, **kwargs):
        return Supply.objects.standing().select_related("matter", "minder")


class LotResource(OnceASheet):
    """The stock by lot: a new lot is taken in, another number than the books' is a count, and says so."""

    headings = {"supply": gettext_lazy("code of the supply"), "name": gettext_lazy("name of the supply")}

    supply = Field(column_name="supply", attribute="supply", widget=SupplyByCode())
    name = Field(column_name="name", attribute="supply__name", readonly=True)
    number = Field(column_name="number", attribute="number", widget=CharWidget())
    expires_on = Field(column_name="expires_on", attribute="expires_on", widget=Day())
    quantity = Field(column_name="quantity", attribute="quantity", widget=Whole())

    class Meta:
        model = Lot
        import_id_fields = ["supply", "number", "expires_on"]
        fields = ("supply", "name", "number", "expires_on", "quantity")
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        rows = Lot.objects.filter(supply__ended_at__isnull=True).select_related("supply__matter", "supply__minder")
        return rows.order_by("supply__code", F("expires_on").asc(nulls_last=True), "id")

    def own(self, instance):
        return "number", f"{instance.supply_id} {instance.number} {instance.expires_on}"

    def write(self, instance, is_create):
        words = _("from a sheet")
        if is_create and instance.quantity:
            instance.supply.receive(
                instance.quantity, number=instance.number, expires_on=instance.expires_on, reason=words, by=self.by,
                at=self.at, via=Via.IMPORT,
            )  # fmt: skip
        elif not is_create:
            instance.supply.count(
                {instance.pk: instance.quantity}, reason=words, by=self.by, at=self.at, via=Via.IMPORT
            )
