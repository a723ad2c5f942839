"""A small cast and the hands to make things with, for every app's tests."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.test import client as django_client

from duty.clock import CLOCK, duty_now, zone
from duty.models import Grant, Person, Role, Unit

PASSWORD = "correct horse"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def quick(settings):
    """Cheap passwords, plain static files, and mail that stays here unless a test says otherwise."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def _flush_past_the_guards(self):
    """Evidence tables refuse to be emptied; only the database's owner can lift that, as here between tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        _plain_teardown(self)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


_plain_teardown = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = _flush_past_the_guards


# Time


def local(text: str) -> dt.datetime:
    """`2026-11-22 23:02` in the organisation's zone."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone())


def replace_clock(expression: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOCK.format(f"SELECT {expression}"))


# A clock that runs, but from the same Sunday night on whatever day the tests are run: the days they name stay ahead.
RUNNING = "statement_timestamp() + interval '{} seconds'".format(
    round((dt.datetime.fromisoformat("2026-11-22T23:02+08:00") - dt.datetime.now(dt.UTC)).total_seconds())
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        replace_clock(RUNNING)


@pytest.fixture
def clock(db):
    """Set the database's clock: `clock("2026-11-22 23:02")`; it stands still until set again."""

    def set_to(at: dt.datetime | str) -> dt.datetime:
        at = local(at) if isinstance(at, str) else at
        replace_clock(f"'{at.isoformat()}'::timestamptz")
        return at

    yield set_to
    replace_clock(RUNNING)  # matters where a test really commits


@pytest.fixture
def now(clock):
    """A Sunday night at 23:02, as everyone knows it."""
    return clock("2026-11-22 23:02")


# The cast


def make_unit(name="总部", parent=None, **more) -> Unit:
    return Unit.objects.create(name=name, parent=parent, **more)


def make_person(name="甲", unit=None, role=None, on=None, **more) -> Person:
    """A person, with a role on their unit (or on another) if one is given."""
    number = next(_numbers)
    more.setdefault("staff_number", f"ZT{number:04d}")
    more.setdefault("mail", f"t{number}@example.cn")
    more.setdefault("mobile", f"138{number:08d}")
    person = Person(name=name, unit=unit or Unit.objects.first() or make_unit(), **more)
    person.set_password(PASSWORD)
    person.save()
    if role:
        Grant.objects.create(person=person, role=role, unit=on or person.unit)
    return person


@pytest.fixture
def house(db):
    """总部 over two departments that do not see each other."""
    top = make_unit("总部")
    return {"top": top, "ops": make_unit("运行部", top), "sales": make_unit("销售部", top)}


@pytest.fixture
def head(house):
    """The head of everything."""
    person = make_person("高远", house["top"], Role.LEADER)
    Unit.objects.filter(pk=house["top"].pk).update(head=person)
    return person


@pytest.fixture
def chief(house, head):
    """The head of operations, below the head of everything."""
    person = make_person("周敏", house["ops"], Role.LEADER, superior=head)
    Unit.objects.filter(pk=house["ops"].pk).update(head=person)
    return person


@pytest.fixture
def officer(house, chief):
    return make_person("陈立", house["ops"], Role.OFFICER, superior=chief)


@pytest.fixture
def leader(house, chief):
    return make_person("何佳", house["ops"], Role.LEADER, superior=chief)


@pytest.fixture
def manager(house):
    return make_person("孙伟", house["ops"], Role.MANAGER)


@pytest.fixture
def auditor(house):
    return make_person("钱进", house["top"], Role.AUDITOR)


@pytest.fixture
def administrator(house):
    return make_person("管理员", house["top"], Role.ADMINISTRATOR)


@pytest.fixture
def outsider(house):
    """Has every role that counts, in another unit."""
    person = make_person("外人", house["sales"], Role.OFFICER)
    for role in (Role.LEADER, Role.MANAGER, Role.AUDITOR):
        Grant.objects.create(person=person, role=role, unit=house["sales"])
    return person


@pytest.fixture
def as_(client):
    """Sign in: `as_(officer).get(…)`."""

    def sign_in(person) -> django_client.Client:
        fresh = django_client.Client()
        fresh.force_login(person, backend="duty.access.Backend")
        return fresh

    return sign_in


@pytest.fixture
def at(db):
    """The database's clock, wherever it stands."""
    return duty_now()
