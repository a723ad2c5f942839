"""The door: each form once, all or nothing, no address without a rule, and a friendly word on a conflict."""

import uuid

import pytest
from django.http import HttpResponse
from django.urls import path

from duty import urls
from duty.access import signed_in
from duty.models import Line, Once, Person
from duty.steps import Conflict
from duty.tests.threads import together

SAME = {"mobile": "13900139000", "mail": "li@example.cn", "language": "zh-hans", "backup_number": ""}


def form(**changes) -> dict:
    return SAME | {"once": str(uuid.uuid4())} | changes


@pytest.mark.django_db
def test_the_same_form_sent_twice_counts_once_and_answers_the_same(as_, officer):
    client, sent = as_(officer), form()
    first, second = client.post("/me/", sent), client.post("/me/", sent)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (302, "/me/")
    assert Line.objects.filter(verb="duty.person.profile").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_at_once_counts_once(as_, officer):
    sent, clients = form(), [as_(officer) for _ in range(20)]
    answers = together(*(lambda client=client: client.post("/me/", sent) for client in clients))
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/me/")}
    assert Line.objects.filter(verb="duty.person.profile").count() == 1
    assert Once.objects.get().answer == "/me/"


@pytest.mark.django_db
def test_a_form_out_of_the_browsers_history_is_told_that_it_was_sent_already(as_, officer):
    client, sent = as_(officer), form(mobile="13900139001")
    client.post("/me/", sent)
    answer = client.post("/me/", sent | {"mobile": "13900139002"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "13900139002" in page and 'href="/me/"' in page
    assert client.post("/me/", sent).status_code == 302  # the very same is still the same
    officer.refresh_from_db()
    assert officer.mobile == "13900139001"


@pytest.mark.django_db
def test_two_different_forms_count_twice(as_, officer):
    client = as_(officer)
    client.post("/me/", form(mobile="13900139001"))
    client.post("/me/", form(mobile="13900139002"))
    assert Line.objects.filter(verb="duty.person.profile").count() == 2


@pytest.mark.django_db
def test_a_refused_form_can_be_sent_again_corrected(as_, officer):
    client, sent = as_(officer), form()
    refused = client.post("/me/", sent | {"mail": "not an address"})
    assert refused.status_code == 200 and "not an address" in refused.content.decode()
    assert not Once.objects.exists()
    assert client.post("/me/", sent).status_code == 302
    officer.refresh_from_db()
    assert officer.mail == "li@example.cn"


@pytest.mark.django_db
def test_a_form_that_someone_else_sent_is_refused(as_, officer, leader):
    sent = form()
    as_(officer).post("/me/", sent)
    answer = as_(leader).post("/me/", sent | {"mobile": "13900139009"})
    assert answer.status_code == 403
    leader.refresh_from_db()
    assert leader.mobile != "13900139009"


@pytest.mark.django_db
def test_a_form_sent_to_another_address_is_refused(as_, officer):
    client, sent = as_(officer), form()
    client.post("/me/", sent)
    assert client.post("/password/", sent | {"email": "x"}).status_code == 403


@pytest.mark.django_db
def test_an_answer_too_long_to_keep_does_no_harm(client):
    sent = {"once": str(uuid.uuid4()), "theme": "dark", "next": "/login/?" + "x" * 900}
    assert [client.post("/appearance/", sent).status_code for _ in range(2)] == [302, 302]


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "0" * 5000, "\0"])
def test_a_token_that_is_none_is_no_token(as_, officer, token):
    assert as_(officer).post("/me/", SAME | {"once": token}).status_code == 302


# Addresses of our own, for what no real view does


def fails(request):
    Person.objects.filter(pk=request.user.pk).update(name="half written")
    raise RuntimeError("after the first write")


def conflicts(request):
    Person.objects.filter(pk=request.user.pk).update(name="half written")
    raise Conflict(Person())


def without_rule(request):
    return HttpResponse("in")


@pytest.fixture
def addresses(monkeypatch):
    here = [
        path("fails/", signed_in(fails), name="fails"),
        path("conflicts/", signed_in(conflicts), name="conflicts"),
        path("without/", without_rule, name="without"),
    ]
    monkeypatch.setattr(urls, "urlpatterns", [*here, *urls.urlpatterns])
    from django.urls import clear_url_caches

    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fails/", "/conflicts/"])
def test_what_raises_leaves_nothing_and_may_be_sent_again(addresses, as_, officer, address):
    client = as_(officer)
    client.raise_request_exception = False
    sent = form()
    for _ in range(2):
        assert client.post(address, sent).status_code in (409, 500)
    officer.refresh_from_db()
    assert officer.name == "陈立"
    assert not Once.objects.exists()


@pytest.mark.django_db
def test_an_address_without_a_rule_is_refused(addresses, as_, administrator):
    assert as_(administrator).get("/without/").status_code == 403
    assert as_(administrator).post("/without/").status_code == 403
