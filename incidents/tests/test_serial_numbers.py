"""A8: serial numbers of the local year, without a gap and without a double, however many write at once."""

import contextlib
import datetime as dt

import pytest
from django.db import transaction

from incidents.models import Incident
from incidents.models.incidents import Counter
from scheduling.tests.racing import at_the_same_time

pytestmark = pytest.mark.django_db


def test_they_follow_each_other(make_incident, now):
    assert [make_incident(urgency=1, scope=1).number for _ in range(3)] == ["2026-0001", "2026-0002", "2026-0003"]


def test_the_year_is_the_organisations_on_the_night_of_31_december(make_incident, clock):
    numbers = []
    for moment in ("2026-12-31 23:59:59", "2027-01-01 00:00:00", "2027-01-01 07:59:00", "2027-01-01 08:00:00"):
        at = clock(moment).astimezone(dt.UTC)  # as the database tells it
        incident = make_incident(urgency=1, scope=1, at=at)
        incident.refresh_from_db()
        numbers.append((incident.number, incident.year, incident.serial))
    assert numbers == [
        ("2026-0001", 2026, 1), ("2027-0001", 2027, 1), ("2027-0002", 2027, 2), ("2027-0003", 2027, 3),
    ]  # fmt: skip


def test_a_call_of_last_year_written_down_in_the_new_one_is_numbered_in_the_new(make_incident, clock):
    at = clock("2027-01-01 00:04")
    incident = make_incident(urgency=1, scope=1, at=at, received_at=at - dt.timedelta(minutes=6))
    assert incident.number == "2027-0001"


def test_past_9999_the_number_grows(make_incident, now):
    Counter.objects.create(year=2026, last=9999)
    assert make_incident(urgency=1, scope=1).number == "2026-10000"


def test_the_number_is_on_its_matter_and_in_what_is_searched(make_incident):
    incident = make_incident(urgency=1, scope=1)
    incident.refresh_from_db()
    assert incident.matter.number == "2026-0001" and incident.hay.startswith("2026-0001 ")


def test_who_fails_gives_the_number_back(make_incident, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_incident(urgency=1, scope=1)
        1 / 0
    assert make_incident(urgency=1, scope=1).number == "2026-0001"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_without_a_gap(make_incident, watch, now):
    def write():
        numbers = []
        for turn in range(3):
            # the second of the three fails after its number was taken
            with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                incident = make_incident(urgency=1, scope=1)
                numbers.append(incident.number if turn != 1 else 1 / 0)
        return numbers

    answers = at_the_same_time(*[write] * 20)
    found = sorted(number for numbers in answers for number in numbers)
    assert found == [f"2026-{n:04d}" for n in range(1, 41)]
    assert set(Incident.objects.values_list("serial", flat=True)) == set(range(1, 41))
    assert Counter.objects.get(year=2026).last == 40
