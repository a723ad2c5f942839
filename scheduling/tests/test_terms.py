"""The terms of duty: a unit's own, or those of the nearest unit above, said which."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from conftest import make_unit
from duty.models import Line
from scheduling.models import Terms
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(house, now) -> Terms:
    return Terms.objects.create(unit=house["ops"], rest_hours=12, ladder_hours=[72, 24])


def page_of(client, unit) -> Page:
    return Page(client.get(f"/terms/{unit.pk}/"))


def test_without_own_terms_those_of_the_nearest_unit_above_hold(house):
    team = make_unit("一班", house["ops"])
    assert Terms.of(team.pk).pk is None and Terms.of(team.pk).rest_hours == 11
    top = Terms.objects.create(unit=house["top"], rest_hours=10)
    assert Terms.of(team.pk) == top
    ops = Terms.objects.create(unit=house["ops"], rest_hours=12)
    assert Terms.of(team.pk) == ops and Terms.of(house["sales"].pk) == top
    assert Terms.of_each([team.pk, house["sales"].pk]) == {team.pk: ops, house["sales"].pk: top}


def test_the_page_says_from_which_unit_they_come_and_own_ones_begin_as_they_were(as_, manager, house):
    Terms.objects.create(unit=house["top"], rest_hours=10)
    client, address = as_(manager), f"/terms/{house['ops'].pk}/"
    page = page_of(client, house["ops"])
    assert "总部" in page.text and page.values["rest_hours"] == "10" and page.has_form("/own/")
    assert client.post(address, page.values | {"rest_hours": "3"}).status_code == 200  # not its own: nothing is kept
    token = str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(f"{address}own/", {"once": token})["Location"] == address
    assert Terms.objects.get(unit=house["ops"]).rest_hours == 10
    page = page_of(client, house["ops"])
    assert client.post(address, page.values | {"rest_hours": "12", "ladder_hours": "4, 72、24"}).status_code == 302
    own = Terms.objects.get(unit=house["ops"])
    assert (own.rest_hours, own.ladder_hours, own.office_starts) == (12, [72, 24, 4], dt.time(8))
    assert Terms.objects.get(unit=house["top"]).rest_hours == 10
    line = Line.objects.get(verb="duty.register.changed")
    assert (line.who, line.unit, set(line.data["fields"])) == (manager, house["ops"], {"rest_hours", "ladder_hours"})


def test_own_terms_are_given_up(as_, manager, house, ops):
    assert as_(manager).post(f"/terms/{house['ops'].pk}/drop/").status_code == 302
    assert not Terms.objects.exists() and Line.objects.filter(verb="duty.register.removed").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rest_hours": "73"}, "rest_hours"), ({"rest_hours": ""}, "rest_hours"), ({"days_in_row": "0"}, "days_in_row"),
        ({"nights_in_row": "x"}, "nights_in_row"), ({"recommended_hours": "0"}, "recommended_hours"), ({"rotation": "x"}, "rotation"),
        ({"ladder_hours": "soon"}, "ladder_hours"), ({"ladder_hours": "0"}, "ladder_hours"), ({"ladder_hours": "1 2 3 4 5 6 7"}, "ladder_hours"),
        ({"office_starts": "25"}, "office_starts"), ({"office_starts": "19:00"}, ""), ({"publish_days_ahead": "91"}, "publish_days_ahead"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_kept(as_, manager, house, ops, changes, field):
    client = as_(manager)
    values = page_of(client, house["ops"]).values | changes
    page = Page(client.post(f"/terms/{house['ops'].pk}/", values))
    assert page.status == 422 and (page.errors[field] if field else len(page.alerts) > 1)
    for name, value in changes.items():
        if name != "rotation":
            assert page.values[name] == value
    ops.refresh_from_db()
    assert ops.rest_hours == 12 and ops.office_starts == dt.time(8)


def test_an_outsider_has_no_part_in_it(as_, outsider, officer, house, ops):
    for path in ("", "own/", "drop/"):
        assert as_(outsider).post(f"/terms/{house['ops'].pk}/{path}").status_code == 404
        assert as_(officer).post(f"/terms/{house['ops'].pk}/{path}").status_code == 403
    assert "运行部" not in as_(outsider).get("/terms/").content.decode()
    assert Terms.objects.exists()


@pytest.mark.parametrize("wrong", [{"days_in_row": 0}, {"rotation": "x"}, {"office_ends": dt.time(7)}])
def test_the_database_refuses_terms_that_cannot_be(house, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Terms.objects.create(unit=house["ops"], **wrong)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_own_terms_at_once_both_see_them(manager, administrator, house, now):
    clients = [signed_in(person) for person in (manager, administrator)]
    answers = at_the_same_time(*(partial(client.post, f"/terms/{house['ops'].pk}/own/") for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302] and Terms.objects.count() == 1
