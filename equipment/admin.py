from django.contrib import admin

from duty.admin_site import SheetOnly
from equipment.admin_sheets import EquipmentResource, GaugeResource
from equipment.key_sheets import KeyResource
from equipment.models import Equipment, Gauge, Key, Lot, Supply
from equipment.supply_sheets import LotResource, SupplyResource


@admin.register(Equipment)
class EquipmentAdmin(SheetOnly):
    resource_classes = [EquipmentResource]
    list_display = ["code", "name", "category", "criticality", "unit", "place", "until_on"]
    list_filter = ["category", "criticality", "unit"]
    list_select_related = ["unit", "place"]
    search_fields = ["code", "name", "model"]


@admin.register(Gauge)
class GaugeAdmin(SheetOnly):
    resource_classes = [GaugeResource]
    list_display = ["equipment", "name", "normal", "alarm"]
    list_select_related = ["equipment"]
    search_fields = ["equipment__code", "equipment__name", "name"]


@admin.register(Supply)
class SupplyAdmin(SheetOnly):
    resource_classes = [SupplyResource]
    list_display = ["code", "name", "category", "unit", "place", "minimum", "minder"]
    list_filter = ["category", "unit"]
    list_select_related = ["unit", "place", "minder"]
    search_fields = ["code", "name"]


@admin.register(Lot)
class LotAdmin(SheetOnly):
    resource_classes = [LotResource]
    list_display = ["supply", "number", "expires_on", "quantity"]
    list_select_related = ["supply"]
    search_fields = ["supply__code", "supply__name", "number"]


@admin.register(Key)
class KeyAdmin(SheetOnly):
    resource_classes = [KeyResource]
    list_display = ["code", "kind", "opens", "cabinet", "hook", "seal"]
    list_filter = ["kind", "cabinet"]
    list_select_related = ["cabinet"]
    search_fields = ["code", "opens"]
