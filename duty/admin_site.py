"""Django's admin, in our colours, for administrators only; what is changed there is on the trail like all else."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Site(admin.AdminSite):
    site_header = _("Zhiban administration")
    site_title = _("Zhiban administration")
    index_title = _("Registers and people")
    enable_nav_sidebar = False

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.sight.administers

    def login(self, request, extra_context=None):
        """One login for everything."""
        if request.user.is_authenticated and not self.has_permission(request):
            from duty.views.errors import forbidden

            return forbidden(request)
        return redirect(f"{reverse('login')}?next={request.GET.get('next', '')}")

    def logout(self, request, extra_context=None):
        return redirect("desk")


class Register(admin.ModelAdmin):
    """A register whose changes leave a line on the trail."""

    def log_addition(self, request, obj, message):
        self._trace(request, obj, "added")

    def log_change(self, request, obj, message):
        self._trace(request, obj, "changed", self._changed_fields)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._trace(request, obj, "removed")

    def construct_change_message(self, request, form, formsets, add=False):
        self._changed_fields = [*form.changed_data, *(f.prefix for f in formsets or () if f.has_changed())]
        return super().construct_change_message(request, form, formsets, add)

    def _trace(self, request, obj, how: str, fields=()):
        from duty.models import Line

        Line.objects.trace_register(obj, how, by=request.user, at=request.at, fields=fields)
