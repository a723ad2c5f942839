"""What Celery does for scheduling. Idempotent: late, doubled or lost, nothing is harmed."""

from celery import shared_task


@shared_task(name="scheduling.lapse", time_limit=55)
def lapse():
    from duty.clock import duty_now
    from scheduling import promises

    promises.lapse(duty_now())
