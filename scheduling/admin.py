from django.contrib import admin

from duty.admin_site import Register
from scheduling.models import Post


@admin.register(Post)
class PostAdmin(Register):
    list_display = ["name", "unit", "phone", "is_active", "order"]
    list_select_related = ["unit"]
    search_fields = ["name"]
    autocomplete_fields = ["unit"]
