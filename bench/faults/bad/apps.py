import os

from django.apps import AppConfig


class Bad(AppConfig):
    """Puts the variant that the environment names in the place of what it spoils."""

    name = "bench.faults.bad"
    label = "bad"

    def ready(self):
        from . import doors, publications, sweeps

        match os.environ["BAD"]:
            case "marks_then_writes":
                sweeps.put_in_place(sweeps.mark_then_write)
            case "reads_without_lock":
                sweeps.put_in_place(sweeps.read_then_write)
            case "looks_before_it_writes":
                doors.put_in_place()
            case "publishes_without_turns":
                publications.put_in_place()
            case other:
                raise RuntimeError(f"there is no known-bad variant called {other}")
