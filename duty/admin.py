from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _

from duty.admin_sheets import PersonResource
from duty.admin_site import Register, SheetRegister
from duty.gate import open_lock
from duty.models import Grant, Person, Unit
from duty.resets import send_reset


class GrantInline(admin.TabularInline):
    model = Grant
    extra = 0
    autocomplete_fields = ["unit"]


@admin.register(Person)
class PersonAdmin(SheetRegister):
    resource_classes = [PersonResource]
    list_display = ["staff_number", "name", "title", "unit", "mobile", "is_active", "employed_until"]
    list_filter = ["is_active", "unit"]
    list_select_related = ["unit"]
    list_per_page = 50
    search_fields = ["staff_number", "name", "name_sort", "mobile"]
    autocomplete_fields = ["unit", "superior", "deputy"]
    inlines = [GrantInline]
    actions = ["send_link", "open_the_lock"]
    fieldsets = [
        (None, {"fields": ["staff_number", "name", "title", "unit", "is_active", "language"]}),
        (_("Reached by"), {"fields": ["mobile", "backup_number", "mail"]}),
        (_("Above and beside"), {"fields": ["superior", "deputy"]}),
        (_("Employment"), {"fields": ["employed_from", "employed_until"]}),
    ]

    def has_delete_permission(self, request, obj=None):
        return False  # a leaver gets a last day; what they did stays theirs

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Send a link to choose a password"))
    def send_link(self, request, queryset):
        people = list(queryset.may_sign_in().exclude(mail=""))
        for person in people:
            send_reset(person, request.at)
        self.message_user(request, _("%(n)s links are on their way.") % {"n": len(people)}, messages.SUCCESS)

    @admin.action(description=_("Open the login lock"))
    def open_the_lock(self, request, queryset):
        for person in queryset:
            open_lock(person)
            self._trace(request, person, "unlocked")
        self.message_user(request, _("The lock is open."), messages.SUCCESS)


@admin.register(Unit)
class UnitAdmin(Register):
    list_display = ["name", "parent", "head", "order"]
    list_select_related = ["parent", "head"]
    search_fields = ["name"]
    autocomplete_fields = ["parent", "head"]


@admin.register(Grant)
class GrantAdmin(Register):
    list_display = ["person", "role", "unit"]
    list_filter = ["role"]
    list_select_related = ["person", "unit"]
    search_fields = ["person__name", "person__staff_number"]
    autocomplete_fields = ["person", "unit"]
