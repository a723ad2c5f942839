"""Signing in: by staff number, with a lock after wrong tries that says who can open it."""

import datetime as dt
import time

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher, check_password
from django.test import Client

from conftest import PASSWORD, make_person
from duty.models import Grant, Line, Person, Role
from duty.tests.threads import together

pytestmark = pytest.mark.django_db


def attempt(person, password="wrong", client=None, number=None, **more):
    sent = {"username": number or person.staff_number, "password": password}
    return (client or Client()).post("/login/", sent, **more)


def lock(person, **more):
    for _ in range(5):
        answer = attempt(person, **more)
    return answer


def test_the_right_password_leads_to_the_desk_and_leaves_a_line(officer):
    answer = attempt(officer, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    line = Line.objects.get()
    assert (line.verb, line.who) == ("duty.person.signed_in", officer)


def test_capitals_and_wide_letters_are_no_hindrance(house):
    person = make_person("丁", house["ops"], staff_number="Ab-12")
    assert attempt(person, PASSWORD, number="aB-12").status_code == 302
    assert attempt(person, PASSWORD, number=" Ab-12 ").status_code == 302  # as a Chinese keyboard types it


def test_two_numbers_that_differ_in_capitals_only_are_two_people(house):
    people = [make_person(name, house["ops"], staff_number=name) for name in ("ab", "AB")]
    for person in people:
        client = Client()
        assert attempt(person, PASSWORD, client).status_code == 302
        assert client.get("/me/").wsgi_request.user == person


def test_one_goes_where_one_wanted_to_but_not_out_of_the_house(officer):
    sent = {"username": officer.staff_number, "password": PASSWORD}
    assert Client().post("/login/", sent | {"next": "/trail/"})["Location"] == "/trail/"
    for outside in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert Client().post("/login/", sent | {"next": outside})["Location"] == "/"


def test_whoever_is_signed_in_already_goes_on_even_from_a_link_in_a_circle(as_, officer):
    assert as_(officer).get("/login/?next=/notices/")["Location"] == "/notices/"
    assert as_(officer).get("/login/?next=/login/")["Location"] == "/"


def test_a_wrong_password_says_the_same_as_an_unknown_number(officer):
    wrong, unknown = attempt(officer), attempt(officer, number="NOBODY")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "不一致" in str(wrong.context["form"].errors) or wrong.context["form"].errors


def test_a_leaver_hears_the_same_as_with_a_wrong_password(officer):
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    gone, wrong = attempt(officer, PASSWORD), attempt(officer)
    assert gone.status_code == 200
    assert gone.context["form"].errors == wrong.context["form"].errors


def test_the_fifth_wrong_try_locks_and_the_page_names_an_administrator(officer, administrator, house):
    gone = make_person("走了的管理员", house["top"], Role.ADMINISTRATOR, is_active=False)
    Grant.objects.create(person=administrator, role=Role.ADMINISTRATOR, unit=house["ops"])
    for _ in range(4):
        assert attempt(officer).status_code == 200
    locked = attempt(officer)
    page = locked.content.decode()
    assert locked.status_code == 429
    assert page.count("管理员") == page.count(administrator.name) and page.count(administrator.name) >= 1
    assert list(locked.context["administrators"]) == [administrator]
    assert gone.name not in page and "15" in page
    assert attempt(officer, PASSWORD).status_code == 429


def test_the_lock_holds_for_that_person_from_that_address_alone(officer, leader):
    assert lock(officer).status_code == 429
    assert attempt(officer, PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302
    assert attempt(leader, PASSWORD).status_code == 302


def test_neither_capitals_nor_another_browser_give_more_tries(house):
    person = make_person("丁", house["ops"], staff_number="abcd")
    for number, agent in (("abcd", "a"), ("Abcd", "b"), ("aBcd", "c"), ("abCd", "d"), ("abcD", "e")):
        answer = attempt(person, number=number, headers={"user-agent": agent})
    assert answer.status_code == 429


def test_a_forged_proxy_header_gives_no_more_tries(officer):
    for n in range(5):
        answer = attempt(officer, headers={"x-forwarded-for": f"10.0.0.{n}"})
    assert answer.status_code == 429


def test_behind_a_proxy_its_word_counts_and_what_came_before_it_does_not(officer, settings):
    settings.TRUSTED_PROXIES = 1
    for n in range(5):
        answer = attempt(officer, headers={"x-forwarded-for": f"10.0.0.{n}, 192.0.2.7"})
    assert answer.status_code == 429
    assert attempt(officer, PASSWORD, headers={"x-forwarded-for": "10.0.0.1, 192.0.2.8"}).status_code == 302


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_an_address_nobody_can_read_is_none_and_counts_all_the_same(officer, address):
    assert lock(officer, REMOTE_ADDR=address).status_code == 429


def test_success_forgets_earlier_wrong_tries(officer):
    for _ in range(4):
        attempt(officer)
    assert attempt(officer, PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert attempt(officer).status_code == 200


def test_the_lock_opens_by_itself_after_a_while(officer):
    lock(officer)
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - dt.timedelta(minutes=16))
    assert attempt(officer, PASSWORD).status_code == 302


def test_an_administrator_opens_the_lock_and_that_is_on_the_trail(house, administrator, as_):
    person = make_person("丁", house["ops"], staff_number="Ab12")
    lock(person)
    sent = {"action": "open_the_lock", "_selected_action": [person.pk]}
    assert as_(administrator).post("/admin/duty/person/", sent).status_code == 302
    assert attempt(person, PASSWORD).status_code == 302
    line = Line.objects.get(verb="duty.register.unlocked")
    assert (line.who, line.text) == (administrator, "丁")


class Slow(MD5PasswordHasher):
    """Takes its time, as a real one does, and counts how many passwords were looked at."""

    looked_at: list[str] = []

    def verify(self, password, encoded):
        self.looked_at.append(password)
        time.sleep(0.02)
        return super().verify(password, encoded)


@pytest.mark.django_db(transaction=True)
def test_fifty_wrong_tries_at_once_do_not_get_past_the_limit(officer, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Slow"]
    Slow.looked_at.clear()
    answers = together(*(lambda n=n: attempt(officer, f"guess {n}") for n in range(50)))
    codes = [answer.status_code for answer in answers]
    assert len(Slow.looked_at) == 5, "more guesses than the limit were compared with the password"
    assert (codes.count(200), codes.count(429)) == (4, 46)
    assert attempt(officer, PASSWORD).status_code == 429


HOSTILE = ["", "\0", "x\0y", "<script>alert(1)</script>", "长" * 10_000, "'; DROP TABLE duty_person; --", "\ud7ff", "‮"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_and_shown_as_text(officer, text):
    answer = Client().post("/login/", {"username": text, "password": text, "next": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


# Taking over the duty room's computer


def test_switching_signs_one_out_and_the_other_in_with_a_new_session(as_, officer, leader):
    client = as_(officer)
    before = client.cookies["zhiban"].value
    sent = {"username": leader.staff_number, "password": PASSWORD, "next": "/notices/"}
    answer = client.post("/switch/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/notices/")
    assert client.cookies["zhiban"].value != before
    assert client.get("/me/").wsgi_request.user == leader
    line = Line.objects.get(verb="duty.person.switched")
    assert (line.who, line.text) == (leader, officer.name)


def test_a_wrong_password_changes_nobody(as_, officer, leader):
    client = as_(officer)
    assert client.post("/switch/", {"username": leader.staff_number, "password": "wrong"}).status_code == 200
    assert client.get("/me/").wsgi_request.user == officer


def test_wrong_tries_at_switching_lock_as_well(as_, officer, leader):
    client = as_(officer)
    for _ in range(5):
        answer = client.post("/switch/", {"username": leader.staff_number, "password": "wrong"})
    assert answer.status_code == 429
    assert client.get("/me/").wsgi_request.user == officer


def test_switching_leads_nowhere_outside(as_, officer, leader):
    sent = {"username": leader.staff_number, "password": PASSWORD, "next": "https://evil.example/"}
    assert as_(officer).post("/switch/", sent)["Location"] == "/"


def test_a_password_is_kept_as_a_hash_alone(officer):
    assert PASSWORD not in officer.password and check_password(PASSWORD, officer.password)
    assert not any(field.name == "password" for field in Person.pgh_event_model._meta.get_fields())
