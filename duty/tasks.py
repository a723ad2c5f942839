"""What Celery does for the kernel. Each task is idempotent: late, doubled or lost, nothing is harmed."""

from celery import shared_task


@shared_task(name="duty.deliver", soft_time_limit=120, time_limit=150)
def deliver():
    from duty.sending import send_waiting

    send_waiting()


@shared_task(name="duty.watchdog", time_limit=55)
def watchdog():
    from duty.watchdog import look

    look()


@shared_task(name="duty.housekeeping", time_limit=600)
def housekeeping():
    from duty.housekeeping import tidy

    tidy()
