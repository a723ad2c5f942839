"""A forgotten password: the same answer for everyone, one link, once, for an hour."""

import datetime as dt

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from conftest import PASSWORD, make_person
from duty.forms.people import ChoosePassword
from duty.links import answer_link
from duty.models import Line, Notice, Person
from duty.resets import reset_path
from duty.tests.test_sessions import lives, sign_in

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "battery-staple-9", "new_password2": "battery-staple-9"}


class MadeEarlier(PasswordResetTokenGenerator):
    def __init__(self, minutes: int):
        super().__init__()
        self.minutes = minutes

    def _now(self):
        return super()._now() - dt.timedelta(minutes=self.minutes)


def link_made(minutes_ago: int, person) -> str:
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return f"/password/{uid}/{MadeEarlier(minutes_ago).make_token(person)}/"


def page_of(answer) -> str:
    """What is shown, without the tokens that differ on every page."""
    return answer.content.decode().split("<main")[1]


def test_nobody_learns_who_works_here(officer, house):
    without_mail = make_person("无邮箱", house["ops"], mail="")
    gone = make_person("已离职", house["ops"], is_active=False)
    asked = [officer.staff_number, officer.mail, "NOBODY", without_mail.staff_number, gone.staff_number, "x@y.cn"]
    answers = [Client().post("/password/", {"email": words}, follow=True) for words in asked]
    assert {(answer.redirect_chain[0], page_of(answer)) for answer in answers} == {
        (("/password/sent/", 302), page_of(answers[0]))
    }
    assert set(Notice.objects.values_list("recipient", flat=True)) == {officer.pk}


@pytest.mark.parametrize("by", ["staff_number", "mail"])
def test_a_link_goes_out_by_staff_number_or_mail_however_written(officer, by):
    Client().post("/password/", {"email": f" {getattr(officer, by).upper()} "})
    notice = Notice.objects.get(recipient=officer)
    assert notice.deliveries.get().channel == "mail"
    assert "/password/" not in notice.title + notice.text, "a link that is stored could be read from the database"


def test_nobodys_mailbox_is_filled_from_here(officer, now, clock):
    for _ in range(5):
        Client().post("/password/", {"email": officer.staff_number})
    assert Notice.objects.count() == 1
    clock(now + dt.timedelta(minutes=1))
    Client().post("/password/", {"email": officer.staff_number})
    assert Notice.objects.count() == 2


def test_the_mail_leads_to_the_reset_page_of_its_reader(officer):
    Client().post("/password/", {"email": officer.staff_number})
    notice = Notice.objects.get()
    link = answer_link(notice.pk, officer.pk, notice.key, None)
    page = Client().get("/password/" + link.split("/password/")[1])
    assert page.status_code == 200 and page.context["person"] == officer


def test_the_link_works_once_and_ends_every_session(officer):
    client = sign_in(officer)
    officer.refresh_from_db()  # signing in makes earlier links invalid
    link = reset_path(officer)
    answer = Client().post(link, NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert not lives(client)
    assert lives(sign_in(officer, password=NEW["new_password1"]))
    assert Client().post(link, {"new_password1": "another-one-7", "new_password2": "another-one-7"}).status_code == 410
    assert lives(sign_in(officer, password=NEW["new_password1"]))
    assert Line.objects.filter(verb="duty.person.password", who=officer).count() == 1


def test_the_link_works_for_one_hour(officer):
    assert Client().get(link_made(59, officer)).status_code == 200
    assert Client().get(link_made(61, officer)).status_code == 410


def test_opening_the_link_changes_nothing(officer):
    for _ in range(3):
        assert Client().get(reset_path(officer)).status_code == 200
    assert lives(sign_in(officer))


def test_a_leavers_link_is_dead(officer):
    link = reset_path(officer)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert Client().post(link, NEW).status_code == 410


def test_a_link_does_not_fit_another_person(officer, leader):
    token = reset_path(officer).split("/")[3]
    uid = reset_path(leader).split("/")[2]
    assert Client().get(f"/password/{uid}/{token}/").status_code == 410


@pytest.mark.parametrize("uid", ["MQ", "x", "____", "9" * 400, "%00", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw", "长"])
def test_a_forged_link_is_an_old_link(db, uid):
    assert Client().get(f"/password/{uid}/cafe-0123456789abcdef/").status_code in (404, 410)


@pytest.mark.parametrize("weak", ["short", "12345678901234", "password123", "陈立"])
def test_a_weak_password_is_refused_with_a_reason(officer, weak):
    answer = Client().post(reset_path(officer), {"new_password1": weak, "new_password2": weak})
    assert answer.status_code == 200 and answer.context["form"].errors
    assert lives(sign_in(officer))


@pytest.mark.parametrize("text", ["\0", "a\0b", "<b>x</b>" * 40, "长" * 5000, "%", "'; --"])
def test_hostile_text_is_refused_or_unknown(officer, text):
    assert Client().post("/password/", {"email": text}).status_code in (200, 302)
    assert Client().post(reset_path(officer), {"new_password1": text, "new_password2": text}).status_code in (200, 302)
    assert not Notice.objects.exists()


def test_changing_it_asks_for_the_old_one(as_, officer):
    answer = as_(officer).post("/me/password/", NEW | {"old_password": "wrong"})
    assert answer.status_code == 200 and "old_password" in answer.context["form"].errors
    assert lives(sign_in(officer, password=PASSWORD))


def test_a_new_password_writes_over_nothing_else(as_, officer):
    """What an administrator changes in the same moment stays changed."""
    form = ChoosePassword(officer, NEW)
    assert form.is_valid()
    Person.objects.filter(pk=officer.pk).update(title="值班长")
    form.save()
    officer.refresh_from_db()
    assert officer.title == "值班长" and officer.check_password(NEW["new_password1"])
