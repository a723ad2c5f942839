"""Celery: workers deliver, beat plans; the lanes run beside both and need no broker."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duty.settings")

app = Celery("duty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _start(place: str) -> None:
    from duty.lanes import start_lanes

    start_lanes(place)


@signals.beat_init.connect
def beside_beat(**kwargs):
    _start("beat")


@signals.worker_ready.connect
def beside_worker(**kwargs):
    _start("worker")
