"""What Celery does for scheduling. Idempotent: late, doubled or lost, nothing is harmed."""

from celery import shared_task, signals


@shared_task(name="scheduling.lapse", time_limit=55)
def lapse():
    from duty.clock import duty_now
    from scheduling import promises

    promises.lapse(duty_now())


@shared_task(name="scheduling.begin_ahead", time_limit=300)
def begin_ahead():
    from duty.clock import duty_now
    from scheduling import drafting

    drafting.begin_ahead(duty_now())


@shared_task(name="scheduling.archive", time_limit=300)
def archive():
    from duty.clock import duty_now
    from scheduling import archiving

    archiving.archive_old(duty_now())


@shared_task(name="scheduling.generate", time_limit=1200)
def generate(pk: int):
    from scheduling import generating

    generating.run(pk)


@shared_task(name="scheduling.pick_up", time_limit=55)
def pick_up():
    from duty.clock import duty_now
    from scheduling import generating

    generating.pick_up(duty_now())


@signals.worker_ready.connect
def compile_ahead(**kwargs):
    """A new worker's first search finds the solver compiled; deadlines and other tasks do not wait for that."""
    from scheduling.engine.warming import in_background

    in_background()
