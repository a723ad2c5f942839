"""One's own contact data, and how pages look and speak."""

import pytest
from django.test import Client

from conftest import make_person
from duty.forms.people import Profile
from duty.models import Line, Person, Role

pytestmark = pytest.mark.django_db
SENT = {"mobile": "139 0013-9000", "backup_number": "", "mail": "li@example.cn", "language": "en"}


def test_contact_data_is_saved_and_leaves_a_line_only_if_it_changed(as_, officer):
    client = as_(officer)
    assert client.post("/me/", SENT)["Location"] == "/me/"
    officer.refresh_from_db()
    assert (officer.mobile, officer.mail, officer.language) == ("139 0013-9000", "li@example.cn", "en")
    client.post("/me/", SENT)
    assert Line.objects.filter(verb="duty.person.profile", who=officer).count() == 1


def test_nobody_promotes_themselves(as_, officer, house):
    before = Person.objects.values("staff_number", "name", "unit", "superior", "is_active").get(pk=officer.pk)
    more = {"staff_number": "X", "name": "X", "unit": house["sales"].pk, "superior": "", "is_active": "", "grants": "1"}
    as_(officer).post("/me/", SENT | more)
    assert Person.objects.values("staff_number", "name", "unit", "superior", "is_active").get(pk=officer.pk) == before
    assert officer.grants.count() == 1


def test_saving_contact_data_writes_over_nothing_else(officer):
    """An administrator deactivates someone who is saving their number at that moment."""
    form = Profile(SENT, instance=officer)
    assert form.is_valid()
    Person.objects.filter(pk=officer.pk).update(is_active=False, title="停职")
    form.save()
    officer.refresh_from_db()
    assert (officer.is_active, officer.title, officer.mail) == (False, "停职", "li@example.cn")


def test_the_page_says_who_grants_roles_and_names_no_leaver(as_, officer, administrator, house):
    make_person("走了的", house["top"], Role.ADMINISTRATOR, is_active=False)
    assert list(as_(officer).get("/me/").context["who_helps"]) == [administrator]


@pytest.mark.parametrize("name", ["mobile", "backup_number", "mail", "language"])
@pytest.mark.parametrize("text", ["\0", "1\x002", "<script>alert(1)</script>", "长" * 5000, "=1+1", "a b@c"])
def test_hostile_text_is_refused_by_name_and_shown_as_text(as_, officer, name, text):
    answer = as_(officer).post("/me/", SENT | {name: text})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [name]
    assert "<script>alert" not in answer.content.decode()
    officer.refresh_from_db()
    assert officer.language == ""


# Light or dark, Chinese or English


def speaks(answer) -> str:
    return answer.headers["Content-Language"]


def test_a_stranger_chooses_a_language_for_this_browser(db):
    client = Client(headers={"accept-language": "en-GB,en;q=0.8"})
    assert speaks(client.get("/login/")) == "en"
    chosen = client.post("/appearance/", {"language": "zh-hans", "next": "/login/?next=/trail/"})
    assert chosen["Location"] == "/login/?next=/trail/"
    page = client.get("/login/")
    assert speaks(page) == "zh-hans" and "工号" in page.content.decode()


def test_a_person_chooses_for_every_browser(as_, officer):
    as_(officer).post("/appearance/", {"language": "en"})
    officer.refresh_from_db()
    assert officer.language == "en"
    other = as_(officer)
    other.cookies["language"] = "zh-hans"
    page = other.get("/me/")
    assert speaks(page) == "en" and "My profile" in page.content.decode()


def test_without_a_choice_the_browser_decides_and_else_it_is_chinese(as_, officer):
    assert speaks(as_(officer).get("/me/", headers={"accept-language": "en"})) == "en"
    assert speaks(as_(officer).get("/me/", headers={"accept-language": "fr"})) == "zh-hans"


def test_the_theme_is_this_browsers_and_can_follow_the_system_again(as_, officer):
    client = as_(officer)
    client.post("/appearance/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/me/").content.decode()
    client.post("/appearance/", {"theme": "auto"})
    assert "data-theme=" not in client.get("/me/").content.decode().split("<body")[0]


@pytest.mark.parametrize(
    "sent",
    [{"theme": "<b>"}, {"language": "fr"}, {"theme": "\0", "language": "\0"}, {"next": "\0"}, {"next": "//e.cn"}],
)
def test_an_appearance_that_does_not_exist_changes_nothing(as_, officer, sent):
    for client in (Client(), as_(officer)):
        answer = client.post("/appearance/", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/login/")
        assert "theme" not in answer.cookies and "language" not in answer.cookies
    client = Client()
    client.cookies["theme"], client.cookies["language"] = '"><script>', "xx"
    assert client.get("/login/").status_code == 200


def test_an_appearance_is_never_asked_for_by_a_link(as_, officer):
    answer = as_(officer).get("/appearance/?language=en")
    assert answer.status_code == 405 and "<main" in answer.content.decode()
    officer.refresh_from_db()
    assert officer.language == ""
