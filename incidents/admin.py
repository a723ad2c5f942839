from django.contrib import admin

from duty.admin_site import Register
from incidents.models import DutyLine, Nature


@admin.register(Nature)
class NatureAdmin(Register):
    list_display = ["name", "call_first", "is_active", "order"]
    search_fields = ["name"]


@admin.register(DutyLine)
class DutyLineAdmin(Register):
    list_display = ["name", "number", "unit", "answer_within_seconds", "is_active", "order"]
    list_select_related = ["unit"]
    search_fields = ["name", "number"]
    autocomplete_fields = ["unit"]
