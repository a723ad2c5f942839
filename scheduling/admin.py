from django.contrib import admin

from duty.admin_site import Register, SheetOnly
from scheduling.admin_sheets import MemberResource, QualifiedResource
from scheduling.models import Member, Post, Qualified


@admin.register(Post)
class PostAdmin(Register):
    list_display = ["name", "unit", "phone", "is_active", "order"]
    list_select_related = ["unit"]
    search_fields = ["name"]
    autocomplete_fields = ["unit"]


@admin.register(Member)
class MemberAdmin(SheetOnly):
    resource_classes = [MemberResource]
    list_display = ["person", "unit", "seats", "percent", "from_on", "until_on"]
    list_filter = ["unit"]
    list_select_related = ["person", "unit"]
    search_fields = ["person__name", "person__staff_number"]

    @admin.display(description=Member._meta.get_field("roles").verbose_name)
    def seats(self, member):
        return "、".join(map(str, member.seat_names))


@admin.register(Qualified)
class QualifiedAdmin(SheetOnly):
    resource_classes = [QualifiedResource]
    list_display = ["person", "qualification", "from_on", "until_on", "assessor"]
    list_filter = ["qualification"]
    list_select_related = ["person", "qualification", "assessor"]
    search_fields = ["person__name", "person__staff_number"]

    def get_queryset(self, request):
        return super().get_queryset(request).standing()
