"""Django's admin, in our colours, for administrators only; what is changed there is on the trail like all else."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm


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


class SheetRegister(ImportExportMixin, Register):
    """A register that goes out as an Excel sheet and comes in again, compared before anything is written."""

    formats = [XLSX, CSV]
    export_form_class = ExportForm
    skip_admin_log = True  # the sheet itself leaves the lines on the trail

    def get_import_form_initial(self, request):
        return {"format": "0"}

    def get_import_resource_kwargs(self, request, **kwargs):
        return {"by": request.user, "at": request.at}

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:  # the second press of one button
            words = _(
                "This sheet was taken in already, or it waited too long. To take it in once more, choose it again."
            )
            self.message_user(request, words, messages.WARNING)
            return redirect("..")

    def add_data_read_fail_error_to_form(self, form, e):
        form.add_error("import_file", _("The file cannot be read. Choose the format it has: xlsx or csv."))


class SheetOnly(SheetRegister):
    """Looked at and taken in as a whole here; row by row it is kept on its own pages, where each change has its verb."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
