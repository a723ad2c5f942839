"""The sample organisation is whole whenever it is loaded: a past, and a present with clocks running."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Q

from duty import watchdog
from duty.clock import day_of, local
from duty.models import Deadline, Firing, Line, Notice, Person, Unit
from equipment.models import Answer, Defect, Equipment, Round
from incidents.models import Incident, Status
from scheduling.models import Exemption, Member, Objection, Pattern, Qualified, Roster, Seat, Shift, Wish

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
    objection = Objection.objects.open().get()
    assert Deadline.objects.open().get(matter=objection.pk).due_at > now
    others = Deadline.objects.open().exclude(matter__in=[waiting.pk, in_hand.pk, objection.pk])
    of_rounds = others.filter(kind__startswith="equipment.round") | others.filter(kind__startswith="equipment.defect")
    others = others.exclude(pk__in=of_rounds.values("pk"))
    assert set(others.values_list("kind", flat=True)) == {
        "scheduling.qualified", "scheduling.absence", "scheduling.back", "scheduling.swap", "scheduling.publish",
        "equipment.contract",
        "equipment.supply_short", "equipment.supply_expires", "equipment.supply_check", "equipment.supply_back",
        "equipment.key_back", "equipment.key_count",
    }  # fmt: skip
    late = others.overdue(now)
    assert late.exclude(kind__startswith="equipment.").count() == 1
    assert set(late.filter(kind__regex="^equipment.(supply|key)").values_list("kind", flat=True)) == {
        "equipment.supply_expires", "equipment.supply_back", "equipment.key_back",
    }  # fmt: skip
    assert not others.filter(fires_at__lte=now).exists()
    assert watchdog.look() == 0

    _rounds_are_there(now, set(of_rounds.values_list("kind", flat=True)))
    _the_ground_of_rosters_agrees(now)
    _rosters_are_there(now)

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


def _rounds_are_there(now, promised):
    """Two years of rounds and repairs that are over, and now: one to walk, one to approve, one nobody walked."""
    assert promised == {
        "equipment.round_begun", "equipment.round_approved", "equipment.defect_taken", "equipment.defect_fixed",
        "equipment.defect_verified",
    }  # fmt: skip
    overdue = Deadline.objects.overdue(now).filter(kind="equipment.defect_fixed").get()
    assert overdue.firings.filter(action="escalate").exists()
    rounds = Round.objects.all()
    assert rounds.count() > 2200 and Answer.objects.count() > 24_000
    assert rounds.filter(opens_at__lte=now, planned_at__gt=now, planned_at__lt=now + dt.timedelta(hours=1)).exists()
    assert rounds.filter(status="done", needs_approval=True).count() == 1
    assert rounds.unexplained(now).count() == 1 and rounds.missed(now).count() > 20
    assert rounds.late().count() > 50 and rounds.filter(status="cancelled").exists()
    assert not Answer.objects.filter(received_at__gt=now).exists()
    assert not Answer.objects.exclude(item__version=F("round__version")).exists()
    bad = Answer.objects.filter(judged=2)
    assert not bad.filter(defect=None).exists()
    over = Defect.objects.filter(status="verified")
    assert (
        over.count() > 50
        and over.filter(recurs__isnull=False).exists()
        and over.filter(callouts__isnull=False).exists()
    )
    wrong = Q(taken_at__lt=F("found_at")) | Q(fixed_at__lt=F("taken_at")) | Q(verified_at__lt=F("fixed_at"))
    assert not over.filter(wrong).exists()
    kept = Deadline.objects.filter(kind__startswith="equipment.", settled_as="kept")
    assert kept.filter(settled_at__gt=F("due_at")).count() > 50
    bare = Equipment.objects.filter(criticality="key", until_on=None, items=None)
    assert 1 <= bare.count() <= 2


def _rosters_are_there(now):
    """This month's is published and read by most; the next to come is a draft with a seat or two still open."""
    today = day_of(now)
    published = Roster.objects.standing().get(first_on__lte=today, last_on__gte=today)
    assert published.versions.get().certificate["duties"] and Notice.objects.filter(matter_id=published.pk).exists()
    draft = Roster.objects.get(status="draft")
    assert draft.first_on > today and 0 < draft.slots.filter(person=None).count() < draft.slots.count() / 4


def _the_ground_of_rosters_agrees(now):
    """The watches lie where the patterns say, and whoever keeps one to come is in the pool."""
    patterns = {(pattern.post_id, pattern.name): pattern for pattern in Pattern.objects.select_related("post")}
    assert len(patterns) == 4
    for shift in Shift.objects.order_by("-starts_at")[:60]:
        pattern = patterns[shift.post_id, shift.name]
        assert pattern.span_on(local(shift.starts_at).date()) == (shift.starts_at, shift.ends_at)
    pooled = set(Member.objects.values_list("unit_id", "person_id"))
    to_come = Seat.objects.filter(starts_at__gt=now).values_list("shift__unit_id", "person_id", "role")
    assert {(unit, person) for unit, person, _role in to_come} <= pooled
    roles = {(m.unit_id, m.person_id): m.roles for m in Member.objects.all()}
    assert all(role in roles[unit, person] for unit, person, role in to_come)
    today = local(now).date()
    states = [row.state(today)[0] for row in Qualified.objects.standing()]
    assert states.count("late") == 1 and states.count("soon") == 1 and len(states) > 30
    assert Exemption.objects.count() == 2 and Wish.objects.filter(date__gt=today).count() == 10
    assert Member.objects.filter(percent=60).exists() and Member.objects.filter(until_on__isnull=False).exists()


def test_resetting_is_for_development_alone(settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development"):
        call_command("sample", "--reset")
