"""Load the sample organisation: people, two years of watches and incidents, and a present with clocks running."""

import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, transaction

import duty.sample
import equipment.sample
import incidents.sample
import scheduling.sample
from duty.clock import duty_now
from duty.models import Person
from scheduling.models import Seat, SeatRole

# Every event trigger asks for this setting. Where it was never made, asking raises, and each time something raises in a
# trigger the database walks the whole list of foreign keys that wait for the commit: 67 s to load all, and 13 s with it.
NONE_IGNORED = "SELECT set_config('pgtrigger.ignore', '{}', true)"


class Command(BaseCommand):
    help = "Loads the sample organisation into an empty database; --reset empties a development database first."

    def add_arguments(self, parser):
        parser.add_argument("--reset", action="store_true", help="forget everything in this development database first")

    def handle(self, reset=False, **options):
        if reset:
            self._forget()
        elif Person.objects.exists():
            raise CommandError("There are people in this database already. The sample goes into an empty one only.")
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NONE_IGNORED)
            house = duty.sample.load(duty_now())
            for load in (scheduling.sample.load, equipment.sample.load, incidents.sample.load):
                load(house)
                # What the planner knows of these tables is from when they were empty: without this a question about
                # the two years just written may take minutes.
                cursor.execute("ANALYZE")
        logins = self._logins(house)
        settings.PLACE.var.mkdir(parents=True, exist_ok=True)
        (settings.PLACE.var / "sample-logins.txt").write_text(logins)
        self.stdout.write(f"\n    sample organisation loaded in {time.monotonic() - began:.1f} s")

    def _forget(self):
        """Evidence tables refuse to be emptied, so the schema goes as a whole. Never on production."""
        if not settings.DEVELOPMENT:
            raise CommandError("--reset works with ENVIRONMENT=development only.")
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0, skip_checks=True)

    @staticmethod
    def _logins(house) -> str:
        seats = Seat.objects.on_duty(house.at).filter(shift__unit=house.top).select_related("person")
        on_watch = {seat.role: seat.person for seat in seats}
        rows = [
            ("duty officer 值班员, on watch now", on_watch[SeatRole.PRIMARY]),
            ("duty leader 带班领导, on watch now", on_watch[SeatRole.LEADER]),
            ("superior 直属上级", house.people["周敏"]),
            ("head 总经理", house.people["高远"]),
            ("roster manager 排班管理员", house.people["谢婷"]),
            ("auditor 检查考核员", house.people["董洁"]),
            ("maintainer 维修人员", house.people["程亮"]),
            ("administrator 系统管理员", house.people["姜涛"]),
        ]
        lines = [f"  {person.staff_number}  {person.name}  {what}" for what, person in rows]
        return "\n".join(["Sample logins, password " + duty.sample.PASSWORD + ":", *lines, ""])
