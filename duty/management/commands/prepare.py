"""Everything between a running database and a running product, in one process and only where needed."""

import hashlib

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from duty.env import ROOT
from duty.models import Person


class Command(BaseCommand):
    help = "Checks the settings, migrates, loads the sample organisation into an empty development database, collects static files."
    requires_system_checks = []

    def handle(self, **options):
        try:
            self.check()
        except SystemCheckError as problems:
            raise SystemExit(str(problems))
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, skip_checks=True)
        if not Person.objects.exists():
            if settings.DEVELOPMENT:
                call_command("sample", skip_checks=True)
            else:
                self.stdout.write(
                    "\n    No one can sign in yet. Make the first administrator: manage.py createsuperuser"
                )
        self._collect_static()

    def _collect_static(self):
        """Collect when a served file is newer or another than at the last time."""
        served = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
        served += [ROOT / "package-lock.json", ROOT / "requirements.txt", ROOT / "duty/packages.py"]
        told = "\n".join(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}" for path in served)
        mark, stamp = hashlib.sha256(told.encode()).hexdigest(), settings.PLACE.var / "static.stamp"
        if not stamp.exists() or stamp.read_text() != mark:
            call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
            stamp.write_text(mark)
