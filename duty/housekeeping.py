"""What is kept for convenience only is forgotten in time. Evidence is never touched here."""

import datetime as dt

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from duty.clock import DAY, duty_now
from duty.models import Draft, Lane, Once

ONCE_KEPT = 2 * DAY
DRAFTS_KEPT = 14 * DAY
LANES_KEPT = dt.timedelta(hours=6)


def tidy() -> None:
    at = duty_now()
    Once.objects.filter(created_at__lt=at - ONCE_KEPT).delete()
    Draft.objects.filter(saved_at__lt=at - DRAFTS_KEPT).delete()
    Lane.objects.filter(seen_at__lt=at - LANES_KEPT).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    AccessAttempt.objects.filter(attempt_time__lt=at - DAY).delete()
