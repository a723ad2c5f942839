"""What cannot fire parks alone, is tried again, says so, and keeps nobody waiting."""

import datetime as dt
import threading

import pytest
from django.db import connection

from duty import sweeping
from duty.ladders import TELL, Rung
from duty.models import Deadline, Firing, Notice
from duty.sweeping import sweep
from duty.tests.promises import fired
from duty.tests.threads import together

MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)


POISON = {
    "a resolver nobody plugged in": {"ladder": [Rung(0, "gone.resolver", TELL)]},
    "a kind nobody registered": {"kind": "gone.kind"},
    "a ladder that makes no sense": {"ladder": [Rung(0, "test.first", TELL)], "broken": [{"offset": "soon"}]},
    "a ladder that is none": {"ladder": [Rung(0, "test.first", TELL)], "broken": {"x": 1}},
}


def poisoned(promises, unit, at, broken=None, **more) -> Deadline:
    deadline = promises.make(unit, at, title="坏的", **more)
    if broken is not None:
        Deadline.objects.filter(pk=deadline.pk).update(ladder=broken)
    return deadline


@pytest.mark.django_db
@pytest.mark.parametrize("what", POISON)
def test_a_row_that_cannot_fire_parks_alone_and_alarms_the_administrators(promises, house, administrator, now, what):
    before = promises.make(house["ops"], now - 2 * MINUTE)
    bad = poisoned(promises, house["ops"], now - MINUTE, **POISON[what])
    after = promises.make(house["ops"], now)
    sweep()
    assert fired(before) and fired(after) and not fired(bad)
    bad.refresh_from_db()
    assert (bad.parked_at, bad.faults, bad.fires_at) == (now, 1, now + MINUTE)
    assert bad.fault
    alarm = Notice.objects.get(recipient=administrator)
    assert str(bad.pk) in alarm.title and alarm.urgency == "urgent" and alarm.matter == bad.matter
    assert alarm.deliveries.exists()


@pytest.mark.django_db
def test_the_row_at_fault_is_found_by_halving_and_not_row_by_row(promises, house, administrator, now, monkeypatch):
    claim, claimed = sweeping._claim, []
    monkeypatch.setattr(sweeping, "_claim", lambda *args: claimed.append(claim(*args)) or claimed[-1])
    for n in range(63):
        promises.make(house["ops"], now - (100 - n) * SECOND)
    poisoned(promises, house["ops"], now - 60 * SECOND, kind="gone.kind")
    assert sweep() == 64
    assert Firing.objects.count() == 63 and Deadline.objects.get(faults=1).kind == "gone.kind"
    assert len(claimed) == 1 + 2 * 6, "both halves of what raised, six times"


@pytest.mark.django_db
def test_a_row_that_another_sweeper_fired_meanwhile_is_not_parked(promises, house, now):
    deadline = promises.make(house["ops"], now)
    sweep()
    sweeping._park(deadline.pk, ValueError("what failed a moment before"))
    deadline.refresh_from_db()
    assert (deadline.parked_at, deadline.faults, deadline.fires_at) == (None, 0, now + 10 * MINUTE)


@pytest.mark.django_db
def test_a_parked_row_is_tried_again_and_again_ever_more_seldom(promises, house, administrator, now, clock):
    bad = poisoned(promises, house["ops"], now, ladder=[Rung(0, "gone.resolver", TELL)])
    tries = []
    for minutes in range(40):
        clock(now + minutes * MINUTE)
        if sweep():
            tries.append(minutes)
    assert tries == [0, 1, 3, 8, 18, 28, 38]
    bad.refresh_from_db()
    assert bad.faults == 7
    assert Notice.objects.filter(recipient=administrator).count() == 1, "once within the hour"


@pytest.mark.django_db
def test_a_parked_row_fires_once_its_fault_is_mended(promises, house, now, clock):
    bad = poisoned(promises, house["ops"], now, broken=[{"offset": "soon"}])
    sweep()
    Deadline.objects.filter(pk=bad.pk).update(ladder=promises.make(house["ops"], now + 60 * MINUTE).ladder)
    clock(now + MINUTE)
    assert sweep() == 1
    bad.refresh_from_db()
    assert (bad.parked_at, fired(bad)[0][:2]) == (None, (0, "told"))


@pytest.mark.django_db
def test_a_row_parks_even_if_nobody_can_be_alarmed(promises, house, administrator, now):
    """The alarm itself fails: the row parks all the same, and the next ones fire."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_alarm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.key LIKE 'parked:%' THEN RAISE EXCEPTION 'no alarm'; END IF; RETURN NEW; END $$; "
            "CREATE TRIGGER no_alarm BEFORE INSERT ON duty_notice FOR EACH ROW EXECUTE FUNCTION no_alarm();"
        )
    bad = poisoned(promises, house["ops"], now - MINUTE, kind="gone.kind")
    good = promises.make(house["ops"], now)
    sweep()
    bad.refresh_from_db()
    assert bad.parked_at == now and fired(good)


@pytest.mark.django_db
def test_a_fault_with_any_text_can_be_written_down(promises, house, now):
    def find(dues, at):
        raise ValueError("null \0 and " + "长" * 5000)

    promises.level("test.bad")
    promises.added[-1][0].plugs["test.bad"] = type(promises.added[-1][1])("test.bad", "坏", find)
    bad = promises.make(house["ops"], now, ladder=[Rung(0, "test.bad", TELL)])
    sweep()
    bad.refresh_from_db()
    assert bad.parked_at == now and bad.fault.startswith("ValueError: null")


@pytest.mark.django_db(transaction=True)
def test_a_replay_never_fires_what_another_sweeper_has_fired_meanwhile(promises, house, now):
    """One sweeper replays row by row; while it is at the bad row, another fires the good one.

    The good row's second level is ten minutes away: it must not fire now.
    """
    at_the_bad_row, other_is_done = threading.Event(), threading.Event()

    def brief(ids):
        if connection.in_atomic_block and threading.current_thread().name == "replays":
            at_the_bad_row.visits += 1
            if at_the_bad_row.visits == 2:  # first in the batch, then alone
                at_the_bad_row.set()
                assert other_is_done.wait(10)
        raise RuntimeError("bad")

    at_the_bad_row.visits = 0
    promises.register("test.bad", brief=brief)
    bad = promises.make(house["ops"], now - MINUTE, kind="test.bad")
    good = promises.make(house["ops"], now)

    def replays():
        threading.current_thread().name = "replays"
        return sweep()

    def other():
        assert at_the_bad_row.wait(10)
        try:
            return sweep()
        finally:
            other_is_done.set()

    assert together(replays, other)[1] == 1
    assert [rung for rung, _o, _t in fired(good)] == [0]
    bad.refresh_from_db()
    assert bad.parked_at == now
