"""What Celery does for equipment. Idempotent: late, doubled or lost, nothing is harmed."""

from celery import shared_task


@shared_task(name="equipment.lay", time_limit=55)
def lay():
    from duty.clock import duty_now
    from equipment import laying

    laying.lay(duty_now())


@shared_task(name="equipment.reckon", time_limit=600)
def reckon():
    from duty.clock import duty_now
    from equipment import reckoning

    reckoning.reckon(duty_now())
