"""The sample organisation is whole whenever it is loaded: a past, and a present with clocks running."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from duty.models import Deadline, Firing, Line, Person, Unit
from incidents.models import Incident, Status
from scheduling.models import Seat, Shift

pytestmark = pytest.mark.django_db


# Between two watches, and just after midnight on a leap day: the hours at which a careless sample would have a hole.
@pytest.mark.parametrize("moment", ["2026-11-23 18:00", "2028-02-29 00:20"])
def test_whenever_it_is_loaded_the_present_is_there(clock, settings, tmp_path, moment):
    settings.PLACE.var = tmp_path
    now = clock(moment)
    call_command("sample")
    assert 55 <= Person.objects.count() <= 65
    assert Unit.objects.filter(parent=None).count() == 1
    on_watch = Seat.objects.on_duty(now).filter(shift__unit__parent=None)
    assert {seat.role for seat in on_watch} == {"leader", "primary", "secondary", "reserve"}

    waiting, in_hand = (Incident.objects.get(status=status) for status in (Status.REPORTED, Status.ACKNOWLEDGED))
    for incident in (waiting, in_hand):
        running = Deadline.objects.open().get(matter=incident.pk)
        assert now < running.due_at < now + dt.timedelta(hours=1)
    assert not Deadline.objects.open().exclude(matter__in=[waiting.pk, in_hand.pk]).exists()

    escalated = Firing.objects.filter(action="escalate", fired_at__gt=now - dt.timedelta(hours=36), fired_at__lt=now)
    assert escalated.exists()
    assert not Line.objects.filter(at__gt=now).exists()
    assert not Firing.objects.filter(fired_at__gt=now).exists()

    past = Incident.objects.filter(status=Status.CLOSED)
    assert past.count() > 1200
    assert not past.filter(result="").exists()
    by_hour = [past.filter(received_at__hour=hour).count() for hour in range(24)]
    assert min(by_hour) > 0
    assert Shift.objects.filter(starts_at__lt=now - dt.timedelta(days=700)).exists()
    assert (tmp_path / "sample-logins.txt").read_text().count("ZB") == 8

    with pytest.raises(CommandError, match="empty one only"):
        call_command("sample")


def test_resetting_is_for_development_alone(settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development"):
        call_command("sample", "--reset")
