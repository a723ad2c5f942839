"""Nobody edits history: every change leaves an event, however it was made, and no event is ever changed."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from conftest import make_unit
from duty.evidence import set_context
from duty.models import Deadline, Delivery, Firing, Grant, Line, Matter, Notice, Outcome, Person, Unit


def sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def events(model, row) -> list[tuple]:
    rows = model.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id")
    return [(event.pgh_label, event.pgh_context) for event in rows]


@pytest.fixture
def one_of_each(house, officer, now):
    """A row in every table of the kernel that is never rewritten or never emptied."""
    set_context(officer.pk, "test.fixture")
    matter = Matter.objects.create(kind="test.thing", unit=house["ops"], title="事")
    deadline = Deadline.objects.create(
        kind="test.promise", matter=matter, unit=house["ops"], opened_at=now, runs_from=now, due_at=now
    )
    firing = Firing.objects.create(
        deadline=deadline, matter=matter, rung=0, action="tell", to="duty.owner", planned_at=now, fired_at=now,
        outcome=Outcome.TOLD,
    )  # fmt: skip
    notice = Notice.objects.create(recipient=officer, key="k", title="看", matter=matter)
    delivery = Delivery.objects.create(notice=notice, channel="mail")
    line = Line.objects.trace("duty.person.signed_in", by=officer, at=now)
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for the pending checks alone
    return {type(row): row for row in (deadline, firing, notice, delivery, line)}


@pytest.mark.django_db
def test_every_change_leaves_an_event_with_who_what_and_why(house, officer):
    unit = house["ops"]
    with transaction.atomic():
        set_context(officer.pk, "test.reorder", "新的楼层")
        Unit.objects.filter(pk=unit.pk).update(order=7)  # in bulk
        sql("UPDATE duty_unit SET name = '运行一部' WHERE id = %s", unit.pk)  # past all of our code
        unit.refresh_from_db()
        unit.order = 8
        unit.save()
    context = {"who": officer.pk, "verb": "test.reorder", "reason": "新的楼层"}
    assert events(Unit, unit)[-3:] == [("update", context)] * 3
    kept = Unit.pgh_event_model.objects.filter(pgh_obj_id=unit.pk).order_by("-pgh_id")[:4]
    assert [(event.order, event.name) for event in kept] == [
        (8, "运行一部"), (7, "运行一部"), (7, "运行部"), (0, "运行部"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_is_deleted_is_kept_as_it_was(house, officer, leader):
    grant = officer.grants.get()
    set_context(leader.pk, "test.withdraw")
    sql("DELETE FROM duty_grant WHERE id = %s", grant.pk)
    last = Grant.pgh_event_model.objects.filter(pgh_obj_id=grant.pk).latest("pgh_id")
    assert (last.pgh_label, last.role, last.person_id) == ("delete", "officer", officer.pk)
    assert last.pgh_context == {"who": leader.pk, "verb": "test.withdraw"}
    assert not Grant.objects.filter(pk=grant.pk).exists()


@pytest.mark.django_db
def test_many_rows_at_once_leave_one_event_each(house):
    before = Unit.pgh_event_model.objects.count()
    Unit.objects.bulk_create(Unit(name=f"{n}班", parent=house["ops"]) for n in range(5))
    assert Unit.objects.filter(parent=house["ops"]).update(order=1) == 5
    assert Unit.pgh_event_model.objects.count() == before + 10


@pytest.mark.django_db
def test_a_change_without_any_context_is_kept_as_such(house):
    sql("SELECT set_config('pghistory.context_metadata', '', true)")
    sql("UPDATE duty_unit SET name = '?' WHERE id = %s", house["ops"].pk)
    assert events(Unit, house["ops"])[-1] == ("update", None)


@pytest.mark.django_db(transaction=True)
def test_a_context_ends_with_its_transaction():
    unit = make_unit("值班室")
    with transaction.atomic():
        set_context(1, "test.first", "理由")
        Unit.objects.filter(pk=unit.pk).update(order=1)
    Unit.objects.filter(pk=unit.pk).update(order=2)
    with transaction.atomic():
        Unit.objects.filter(pk=unit.pk).update(order=3)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        set_context(2, "test.undone")
        1 / 0
    Unit.objects.filter(pk=unit.pk).update(order=4)
    assert [context for _label, context in events(Unit, unit)[1:]] == [
        {"who": 1, "verb": "test.first", "reason": "理由"}, None, None, None,
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_context_undone_in_part_is_the_one_before(officer, house):
    set_context(officer.pk, "test.outer")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        set_context(officer.pk, "test.inner")
        1 / 0
    Unit.objects.filter(pk=house["ops"].pk).update(order=4)
    assert events(Unit, house["ops"])[-1][1]["verb"] == "test.outer"


REFUSED = [(Line, "UPDATE"), (Firing, "UPDATE")] + [
    (model, how) for model in (Line, Firing, Deadline, Notice, Delivery) for how in ("DELETE", "TRUNCATE")
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "how"), REFUSED, ids=lambda it: getattr(it, "__name__", it))
def test_the_database_refuses_to_rewrite_history(one_of_each, model, how):
    row, table = one_of_each[model], model._meta.db_table
    statement = {
        "UPDATE": f"UPDATE {table} SET matter_id = NULL WHERE id = {row.pk}",
        "DELETE": f"DELETE FROM {table} WHERE id = {row.pk}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[how]
    with pytest.raises(DatabaseError, match=r"evidence|Cannot"), transaction.atomic():
        sql(statement)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Unit, Person, Grant, Deadline], ids=lambda it: it.__name__)
@pytest.mark.parametrize("how", ["UPDATE {} SET pgh_context = NULL", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_rewrite_events(one_of_each, model, how):
    table = model.pgh_event_model
    assert (before := table.objects.count())
    with pytest.raises(DatabaseError, match=r"evidence|Cannot"), transaction.atomic():
        sql(how.format(table._meta.db_table))
    assert table.objects.count() == before


@pytest.mark.django_db
def test_a_table_is_not_emptied_by_the_way_either(one_of_each):
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        sql("TRUNCATE duty_unit CASCADE")
    assert Line.objects.exists()


@pytest.mark.django_db
def test_every_event_table_of_every_app_is_guarded_against_all_three():
    """The tables above were tried; that none is left out is read from the database's own catalogue."""
    tables = [model.pgh_event_model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_event_model")]
    assert len(tables) > 8
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype & 16 > 0, tgtype & 8 > 0, tgtype & 32 > 0 FROM pg_trigger "
            "WHERE tgrelid::regclass::text = ANY(%s) AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 2 > 0",
            [tables],
        )
        guards = {table: set() for table in tables}
        for table, update, delete, truncate in cursor.fetchall():
            guards[table] |= {n for n, on in (("update", update), ("delete", delete), ("truncate", truncate)) if on}
    assert {table: held for table, held in guards.items() if held != {"update", "delete", "truncate"}} == {}


@pytest.mark.django_db
def test_neither_passwords_nor_signing_in_are_kept(officer):
    columns = {field.name for field in Person.pgh_event_model._meta.get_fields()}
    assert not columns & {"password", "last_login"}
    before = len(events(Person, officer))
    Person.objects.filter(pk=officer.pk).update(password="x", last_login="2026-11-22T00:00:00Z")
    assert len(events(Person, officer)) == before
