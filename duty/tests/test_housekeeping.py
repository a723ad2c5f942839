"""What is kept for convenience is forgotten in time; evidence never is."""

import datetime as dt
import uuid

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from duty.models import Draft, Lane, Line, Notice, Once
from duty.tasks import housekeeping

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def test_old_tokens_drafts_lanes_sessions_and_tries_go_and_young_ones_stay(officer, leader, now):
    def age(span):
        return now - span

    for span in (3 * DAY, DAY):
        Once.objects.create(token=uuid.uuid4(), person=officer, path="/", created_at=age(span))
    for person, span in ((officer, 15 * DAY), (leader, 13 * DAY)):
        Draft.objects.create(person=person, form="incident", saved_at=age(span))
    for place, span in (("gone", 7 * HOUR), ("here", HOUR)):
        Lane.objects.create(name="fire", place=place, seen_at=age(span))
    for key, span in (("old", HOUR), ("young", -HOUR)):
        Session.objects.create(session_key=key, session_data="", expire_date=age(span))
    for name, span in (("old", 25 * HOUR), ("young", HOUR)):
        tried = AccessAttempt.objects.create(username=name, failures_since_start=5, user_agent="", path_info="")
        AccessAttempt.objects.filter(pk=tried.pk).update(attempt_time=age(span))
    housekeeping()
    assert Once.objects.get().created_at == age(DAY)
    assert Draft.objects.get().person == leader
    assert Lane.objects.get().place == "here"
    assert Session.objects.get().session_key == "young"
    assert AccessAttempt.objects.get().username == "young"


def test_evidence_is_never_tidied_away(officer, now):
    Line.objects.trace("duty.person.signed_in", by=officer, at=now - 4000 * DAY)
    Notice.objects.create(recipient=officer, key="k", title="看", created_at=now - 4000 * DAY)
    housekeeping()
    assert Line.objects.count() == Notice.objects.count() == 1
