from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Merges the texts of the sources into the Chinese catalogue and compiles it; lists what lacks a translation."
    requires_system_checks = []

    def handle(self, **options):
        from duty.catalogues import update

        catalogue, missing = update()
        for text in missing:
            self.stdout.write(f"not translated: {text}")
        self.stdout.write(f"{len(catalogue)} texts, {len(missing)} without a translation")
