"""Celery: workers deliver, beat plans; the lanes run beside both and need no broker."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duty.settings")

app = Celery("duty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _start(place: str) -> None:
    from duty.checks import refuse_to_start

    refuse_to_start()
    from duty.lanes import start_lanes

    start_lanes(place)


@signals.beat_init.connect
def beside_beat(**kwargs):
    _start("beat")


@signals.worker_ready.connect
def beside_worker(**kwargs):
    _start("worker")


@signals.worker_process_init.connect
def end_with_the_worker(**kwargs):
    """A pool process ends with its worker, even one killed with -9."""
    import ctypes
    import signal
    import sys

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
