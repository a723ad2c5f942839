"""The generator: fills a draft fairly, keeps what is pinned, says how good it is, and leaves alone what others changed."""

import datetime as dt

import pytest
from django.template.loader import render_to_string

from duty.clock import MINUTE
from duty.models import Notice
from duty.steps import Conflict
from scheduling import generating
from scheduling.models import Absence, GeneratorRun, Roster, RunState, Terms
from scheduling.publishing import draft_plan, proven, publish
from scheduling.rules import RULES, breaks_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def searched(roster, manager, now, seconds=2, kind="generate", keep=False) -> GeneratorRun:
    run = generating.ask(roster, kind, seconds, keep, by=manager, at=now)
    generating.run(run.pk)
    run.refresh_from_db()
    return run


def loads(roster) -> list[int]:
    who = list(roster.slots.values_list("person_id", flat=True))
    return sorted(who.count(person) for person in set(who))


def test_a_draft_is_filled_without_a_conflict_and_evenly(make_pattern, make_roster, pool, manager, now):
    make_pattern("夜班", primary=1, secondary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-30")
    run = searched(roster, manager, now)
    assert run.state == RunState.DONE, run.fault
    assert not [b for b in breaks_of(draft_plan(roster)) if RULES[b.rule].hard]
    assert loads(roster) == [10] * 6
    assert run.certificate["score"] == 100 and run.certificate["search"]["gap"] >= 0
    assert roster.changes.get().what == "generate" and Roster.objects.get().edits == 1
    version = publish(Roster.objects.get(), by=manager, at=now)
    assert version.certificate["search"] == run.certificate["search"]


def test_pinned_seats_stay_and_leave_is_kept(make_pattern, make_roster, pool, manager, now):
    make_pattern("夜班", primary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-12")
    away = Absence(person=pool[1], kind="leave", from_on=dt.date(2026, 12, 1), until_on=dt.date(2026, 12, 12))
    away.set_span()
    away.ask(by=pool[1], at=now)
    away.approve(by=manager, at=now)
    first = roster.slots.first()
    roster.seat({first.pk: pool[0].pk}, by=manager, at=now)
    roster.pin([first.pk], by=manager, at=now)
    searched(roster, manager, now)
    assert roster.slots.first().person == pool[0] and roster.slots.first().is_pinned
    assert not roster.slots.filter(person=pool[1]).exists() and not roster.slots.filter(person=None).exists()


def test_too_few_people_leave_a_seat_open_and_never_a_rule_broken(make_pattern, make_roster, make_member, manager, now):
    make_pattern("夜班", primary=1, hours=12)
    one, other = make_member("甲"), make_member("乙")
    Terms.objects.create(unit=one.unit, days_in_row=1, nights_in_row=1)
    roster = make_roster("2026-12-01", "2026-12-05")
    other.exemptions.create(kind="nights", from_on="2026-01-01", reason="医嘱", granted_by=manager)
    run = searched(roster, manager, now)
    assert run.state == RunState.DONE and roster.slots.filter(person=None).count() == 2
    told = run.certificate["search"]
    assert told["least_open"] == 2
    assert 2 <= len(told["relax"]) <= 4 and {rule for rule, _name, _day in told["relax"]} <= {
        "exempt", "days_in_row", "nights_in_row", "rest"
    }  # fmt: skip
    assert {b.rule for b in breaks_of(draft_plan(roster)) if RULES[b.rule].hard} == {"filled"}


def test_what_someone_changed_meanwhile_is_theirs(make_pattern, make_roster, pool, manager, now, monkeypatch):
    make_pattern("夜班", primary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-06")
    first = roster.slots.first()
    real = generating._solved

    def meanwhile(*args):
        answer = real(*args)
        Roster.objects.get().seat({first.pk: pool[5].pk}, by=manager, at=now)
        return answer

    monkeypatch.setattr(generating, "_solved", meanwhile)
    run = searched(roster, manager, now)
    assert roster.slots.first().person == pool[5] and run.certificate["kept"] == 1
    assert not roster.slots.filter(person=None).exists()


def test_only_the_open_seats_are_filled_where_that_is_asked(make_pattern, make_roster, pool, manager, now):
    make_pattern("夜班", primary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-06")
    slots = list(roster.slots.all())
    roster.seat({slots[0].pk: pool[0].pk, slots[3].pk: pool[0].pk}, by=manager, at=now)
    searched(roster, manager, now, keep=True)
    kept = dict(roster.slots.values_list("pk", "person_id"))
    assert kept[slots[0].pk] == kept[slots[3].pk] == pool[0].pk and None not in kept.values()


def test_what_was_proven_of_a_few_seats_is_not_said_of_the_roster(make_pattern, make_roster, pool, manager, now):
    make_pattern("夜班", primary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-06")
    slots = list(roster.slots.all())
    roster.seat({slot.pk: pool[n % 2].pk for n, slot in enumerate(slots[:-1])}, by=manager, at=now)  # far from fair
    run = searched(roster, manager, now, keep=True)
    assert run.certificate["search"]["held"] == len(slots) - 1
    roster = Roster.objects.get()
    card = render_to_string(
        "scheduling/_certificate.html", {"certificate": {"score": 1, "misplaced": 0, **proven(roster)}}
    )
    assert "cannot be fairer" not in card and "5 seats kept as they were" in card
    roster.seat({slots[0].pk: pool[3].pk}, by=manager, at=now)
    assert proven(Roster.objects.get()) == {}


def test_fixed_order_takes_each_in_turn_and_goes_on_from_the_last(
    make_pattern, make_roster, make_shift, pool, manager, now
):
    Terms.objects.create(unit=manager.unit, rotation="order")
    make_pattern("夜班", primary=1, hours=12)
    order = sorted(pool, key=lambda person: person.name_sort)
    make_shift("2026-11-30 18:00", "2026-12-01 06:00", primary=order[2])
    roster = make_roster("2026-12-01", "2026-12-06")
    run = searched(roster, manager, now)
    assert run.certificate["search"]["way"] == "order"
    assert [slot.person for slot in roster.slots.all()] == order[3:] + order[:3]


def test_one_person_from_friday_to_sunday(make_pattern, make_roster, pool, manager, now):
    Terms.objects.create(unit=manager.unit, rotation="weekend", days_in_row=3, nights_in_row=3)
    make_pattern("夜班", primary=1, hours=14)
    roster = make_roster("2026-12-01", "2026-12-14")
    searched(roster, manager, now)
    for friday in (4, 11):
        assert (
            roster.slots.filter(date__range=(f"2026-12-{friday:02}", f"2026-12-{friday + 2:02}"))
            .values("person")
            .distinct()
            .count()
            == 1
        )
    assert not roster.slots.filter(person=None).exists()


def test_one_search_at_a_time_and_a_stopped_one_gives_what_it_has(make_pattern, make_roster, pool, manager, now):
    make_pattern("夜班", primary=1, hours=12)
    roster = make_roster("2026-12-01", "2026-12-06")
    run = generating.ask(roster, "generate", 600, False, by=manager, at=now)
    with pytest.raises(Conflict, match="running already"):
        generating.ask(roster, "generate", 600, False, by=manager, at=now)
    GeneratorRun.objects.update(stop_asked=True)
    generating.run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.STOPPED and not roster.slots.filter(person=None).exists()
    generating.run(run.pk)  # a second worker comes for it: nothing happens
    assert roster.changes.count() == 1


def test_a_search_whose_worker_has_gone_is_called_dead_and_another_may_begin(
    make_pattern, make_roster, pool, manager, now
):
    make_pattern("夜班", primary=1)
    roster = make_roster()
    run = generating.ask(roster, "generate", 60, False, by=manager, at=now)
    GeneratorRun.objects.update(state=RunState.RUNNING, beat_at=now)
    generating.pick_up(now + 4 * MINUTE)  # a first search is silent while it compiles
    assert GeneratorRun.objects.get().state == RunState.RUNNING
    generating.pick_up(now + 6 * MINUTE)
    run.refresh_from_db()
    assert run.state == RunState.FAILED and generating.ask(roster, "generate", 60, False, by=manager, at=now)


def test_the_web_process_asks_our_own_worker(monkeypatch):
    from duty.celery import app
    from scheduling.tasks import generate

    asked = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_more: asked.append((name, args)))
    generating._wake(7)
    assert asked == [(generate.name, [7])]


def test_a_search_that_ends_while_its_page_is_made_is_shown_as_running(
    as_, make_pattern, make_roster, pool, manager, now, monkeypatch
):
    from scheduling.views import rosters

    make_pattern("夜班", primary=1)
    roster, sheet_of = make_roster(), rosters.sheet_of
    generating.ask(roster, "generate", 10, False, by=manager, at=now)

    def ends_meanwhile(*args):
        sheet = sheet_of(*args)
        GeneratorRun.objects.update(state=RunState.DONE)
        return sheet

    monkeypatch.setattr(rosters, "sheet_of", ends_meanwhile)
    assert "data-run=" in as_(manager).get(f"/rosters/{roster.pk}/").content.decode()


def test_the_web_process_never_loads_a_solver():
    import subprocess
    import sys

    code = (
        "import sys, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'duty.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print(sorted({'highspy', 'numba', 'scheduling.engine', 'scheduling.assigning'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("[]")


def test_a_sick_call_is_repaired_with_the_fewest_changes_and_what_was_read_stays(
    make_pattern, make_roster, pool, filled, manager, now
):
    make_pattern("夜班", primary=1, hours=12)
    roster = filled(make_roster("2026-12-01", "2026-12-12"), pool)
    publish(roster, by=manager, at=now)
    Notice.objects.filter(recipient__in=pool[:3]).acknowledge(now, "page")
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    ill = Absence(person=pool[3], kind="sick", from_on=dt.date(2026, 12, 3), until_on=dt.date(2026, 12, 6))
    ill.record(by=manager, at=now)
    roster.refresh_from_db()
    slot = roster.slots.get(date="2026-12-04")
    roster.seat({slot.pk: None}, by=manager, at=now)
    before = dict(roster.slots.values_list("pk", "person_id"))
    run = searched(roster, manager, now, kind="repair")
    after = dict(roster.slots.values_list("pk", "person_id"))
    assert run.state == RunState.DONE, run.fault
    changed = {pk for pk in after if after[pk] != before[pk]}
    assert changed == {slot.pk} and after[slot.pk] not in (None, pool[3].pk)
    assert run.certificate["search"]["least_open"] == 0
    assert proven(Roster.objects.get()) == {}  # of how few changes are enough, not of how fair it is


def test_a_seat_that_nobody_may_ever_keep_is_told_as_such(as_, make_pattern, make_roster, make_member, manager, now):
    make_pattern("夜班", primary=1, leader=1, hours=12)
    make_member("甲", roles=["primary"])
    make_member("乙", roles=["primary"])
    roster = make_roster("2026-12-01", "2026-12-03")
    told = searched(roster, manager, now).certificate["search"]
    assert [[role, first, many] for role, _post, first, many in told["nobody"]] == [["leader", "2026-12-01", 3]]
    assert not told["relax"]
    page = as_(manager).get(f"/rosters/{roster.pk}/").content.decode()
    assert "Nobody at all may keep these seats" in page and "3 seats, the first on 2026-12-01" in page
