"""Sessions end by the database's clock, and at once when the person, the password or the sign-in changes."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from conftest import PASSWORD, local
from duty.models import Person

pytestmark = pytest.mark.django_db
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def sign_in(person, client=None, password=PASSWORD) -> Client:
    client = client or Client()
    answer = client.post("/login/", {"username": person.staff_number, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def lives(client) -> bool:
    return client.get("/me/").status_code == 200


@pytest.fixture
def short(settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 30, 8


def test_a_session_ends_when_nobody_was_there_for_too_long(short, officer, now, clock):
    client = sign_in(officer)
    assert lives(client)
    clock(now + 30 * MINUTE)
    assert lives(client)
    clock(now + 60 * MINUTE + dt.timedelta(seconds=1))
    ended = client.get("/trail/?who=li&kind=duty.person.")
    assert ended.status_code == 302
    assert ended["Location"] == "/login/?ended=1&next=%2Ftrail%2F%3Fwho%3Dli%26kind%3Dduty.person."
    assert not lives(client)


def test_a_session_ends_after_its_hours_however_busy_it_is(short, officer, now, clock):
    client = sign_in(officer)
    for quarter in range(8 * 4 + 1):
        clock(now + quarter * 15 * MINUTE)
        assert lives(client)
    clock(now + 8 * HOUR + 2 * MINUTE)
    assert not lives(client)


@pytest.mark.parametrize(
    ("path", "headers"), [("/live/", {}), ("/", {"X-Live": "1"}), ("/", {"Sec-Fetch-Dest": "empty"})]
)
def test_what_a_page_asks_by_itself_is_no_activity(short, officer, now, clock, path, headers):
    client = sign_in(officer)
    assert lives(client)
    for minute in range(1, 31):
        clock(now + minute * MINUTE)
        assert client.get(path, headers=headers).status_code == 200
    clock(now + 31 * MINUTE)
    assert client.get(path, headers=headers).status_code == 302


def test_the_servers_own_clock_decides_nothing(short, officer, clock):
    """The database stands in the year 2031, the web server wherever it likes."""
    at = clock("2031-05-01 08:00")
    client = sign_in(officer)
    clock(at + 20 * MINUTE)
    assert lives(client)


def test_a_form_sent_after_the_end_is_not_taken_and_not_lost(short, officer, now, clock):
    client = sign_in(officer)
    clock(now + HOUR)
    sent = {"mobile": "13900139000", "backup_number": "", "mail": "neu@example.cn", "old_password": "geheim-geheim"}
    answer = client.post("/me/", sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "neu@example.cn" in page and "13900139000" in page
    assert "geheim" not in page
    officer.refresh_from_db()
    assert officer.mail != "neu@example.cn"
    assert not lives(client)


def test_signing_in_makes_a_new_session_key(officer):
    client = Client()
    client.get("/login/")
    session = client.session
    session["mark"] = "from before"
    session.save()
    before = client.cookies["zhiban"].value if "zhiban" in client.cookies else session.session_key
    client.cookies["zhiban"] = before
    sign_in(officer, client)
    assert client.cookies["zhiban"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_session_is_dead_after_signing_out(officer):
    client = sign_in(officer)
    stolen = Client()
    stolen.cookies["zhiban"] = client.cookies["zhiban"].value
    assert lives(stolen)
    client.post("/logout/")
    assert not lives(stolen) and not lives(client)


def test_signing_out_twice_is_no_error(officer):
    client = sign_in(officer)
    assert [client.post("/logout/")["Location"] for _ in range(2)] == ["/login/", "/login/"]


def test_deactivation_ends_every_session_at_once(officer):
    client = sign_in(officer)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert not lives(client)


def test_the_last_day_of_employment_still_counts_and_the_next_does_not(officer, clock):
    clock("2026-11-30 20:00")
    Person.objects.filter(pk=officer.pk).update(employed_until=local("2026-11-30 00:00").date())
    client = sign_in(officer)
    clock("2026-11-30 23:59")
    assert lives(client)
    clock("2026-12-01 00:00")
    assert not lives(client)


def test_nobody_signs_in_before_their_first_day(officer, clock):
    Person.objects.filter(pk=officer.pk).update(employed_from=local("2026-12-01 00:00").date())
    clock("2026-11-30 23:59")
    wrong = Client().post("/login/", {"username": officer.staff_number, "password": PASSWORD})
    assert wrong.status_code == 200
    clock("2026-12-01 00:00")
    assert lives(sign_in(officer))


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(officer):
    here, elsewhere = sign_in(officer), sign_in(officer)
    sent = {"old_password": PASSWORD, "new_password1": "battery-staple-9", "new_password2": "battery-staple-9"}
    assert here.post("/me/password/", sent).status_code == 302
    assert lives(here) and not lives(elsewhere)
    assert lives(sign_in(officer, password="battery-staple-9"))
