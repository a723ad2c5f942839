"""The watchdog reads the database alone: what is missing is opened again, what stands still runs again."""

import datetime as dt

import pytest
from django.db import connection

from duty.models import Deadline, Firing, Line, Matter, Notice
from duty.sweeping import sweep
from duty.tasks import watchdog
from duty.tests.promises import LADDER
from duty.watchdog import look, restore_missing, thaw_frozen

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def by_sql(statement: str, *values) -> None:
    """As the database's owner may, past every guard."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def kept(promises, house, now):
    """A kind that expects one open promise on each of these matters."""
    matters = [Matter.objects.create(kind="test.thing", unit=house["ops"], title=f"第{n}件") for n in range(4)]

    def restore(matter_id, at):
        if matter_id == restore.broken:
            raise AttributeError("no report to restore it from")
        promises.make(house["ops"], at + HOUR, kind="test.kept", matter=Matter.objects.get(pk=matter_id))

    restore.broken = None
    promises.register("test.kept", expected=lambda at: [matter.pk for matter in matters], restore=restore)
    for matter in matters:
        restore(matter.pk, now)
    return matters, restore


def owed() -> set[str]:
    return set(Deadline.objects.open().filter(kind="test.kept").values_list("matter__title", flat=True))


@pytest.mark.django_db
def test_with_everything_in_place_nothing_is_found(kept, administrator):
    assert look() == 0
    assert not Line.objects.exists() and not Notice.objects.exists()


@pytest.mark.django_db
def test_a_deleted_promise_is_opened_again_and_said_so(kept, administrator, now):
    by_sql("DELETE FROM duty_deadline WHERE matter_id = %s", kept[0][1].pk)
    assert "第1件" not in owed()
    watchdog()
    assert len(owed()) == 4
    line = Line.objects.get()
    assert (line.verb, line.matter.title, line.who, line.via, line.at) == (
        "duty.engine.restored", "第1件", None, "engine", now,
    )  # fmt: skip
    alarm = Notice.objects.get(recipient=administrator)
    assert "第1件" in alarm.title and alarm.urgency == "urgent"
    event = Deadline.pgh_event_model.objects.latest("pgh_id")
    assert event.pgh_context == {"who": None, "verb": "duty.engine.restored"}
    assert look() == 0


@pytest.mark.django_db
def test_one_that_cannot_be_restored_blocks_no_other(kept, administrator):
    matters, restore = kept
    restore.broken = matters[0].pk
    by_sql("DELETE FROM duty_deadline WHERE kind = 'test.kept'")
    assert restore_missing() == 3
    assert owed() == {"第1件", "第2件", "第3件"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "frozen", ["NULL", "'infinity'", "fires_at + interval '3 years'", "fires_at + interval '2 minutes'"]
)
def test_a_promise_that_was_frozen_fires_when_it_was_planned(
    promises, house, administrator, officer, now, clock, frozen
):
    deadline = promises.make(house["ops"], now + 30 * MINUTE)
    by_sql(f"UPDATE duty_deadline SET fires_at = {frozen} WHERE id = %s", deadline.pk)
    watchdog()
    deadline.refresh_from_db()
    assert deadline.fires_at == now + 30 * MINUTE
    assert Line.objects.get().verb == "duty.engine.thawed"
    assert "试事" in Notice.objects.get(recipient=administrator).title
    assert look() == 0
    clock(now + 30 * MINUTE)
    assert sweep() == 1 and Notice.objects.filter(recipient=officer).exists()


@pytest.mark.django_db
def test_one_that_was_frozen_in_the_middle_goes_on_from_there(promises, house, administrator, now, clock):
    deadline = promises.make(house["ops"], now)
    sweep()
    by_sql("UPDATE duty_deadline SET fires_at = NULL WHERE id = %s", deadline.pk)
    clock(now + 3 * HOUR)
    assert thaw_frozen() == 1
    assert sweep() == 1
    assert list(Firing.objects.order_by("rung").values_list("rung", flat=True)) == [0, 1]


@pytest.mark.django_db
def test_what_the_engine_itself_leaves_behind_is_never_frozen(promises, house, administrator, now, clock):
    """Through a whole ladder, an outage, a level without anyone, a parked row and a settled one: no false alarm."""
    promises.make(house["ops"], now)
    promises.make(house["ops"], now - 5 * HOUR)
    promises.make(house["ops"], now, ladder=LADDER[:2])
    promises.make(house["ops"], now, ladder=[])
    promises.make(house["ops"], now + HOUR).settle(now, None)
    promises.make(house["ops"], now, kind="gone.kind")
    promises.make(house["ops"], now + 90 * MINUTE)
    promises.told["test.second"] = []
    for minutes in range(150):
        clock(now + minutes * MINUTE)
        while sweep():
            assert thaw_frozen() == 0
        assert thaw_frozen() == 0, minutes
    assert not Line.objects.filter(verb="duty.engine.thawed").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("ladder", ['"x"', "{}", '[{"offset": "soon"}]', "[1]", "null"])
def test_a_ladder_that_was_spoilt_is_parked_and_alarmed_within_two_minutes(
    promises, house, administrator, now, clock, ladder
):
    deadline = promises.make(house["ops"], now + HOUR)
    by_sql("UPDATE duty_deadline SET fires_at = NULL, ladder = %s::jsonb WHERE id = %s", ladder, deadline.pk)
    look()
    sweep()
    deadline.refresh_from_db()
    assert deadline.parked_at == now and deadline.fires_at == now + MINUTE
    assert Notice.objects.filter(recipient=administrator, key__startswith="parked:").exists()
