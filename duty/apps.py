from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class DutyConfig(AppConfig):
    name = "duty"
    verbose_name = _("People and units")

    def ready(self):
        from duty import checks, migrating, recipients  # noqa: F401

        migrating.draw_little()
        recipients.plug_in()


class AdminSiteConfig(AdminConfig):
    default_site = "duty.admin_site.Site"

    def ready(self):
        super().ready()  # finds every app's registers
        from django.contrib.admin import site
        from django.contrib.auth.models import Group

        site.unregister(Group)  # roles are grants on units
