"""A34: one's own wishes, day by day, as long as the roster is not published."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from scheduling.models import Member, Roster, Wish
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
D = dt.date.fromisoformat


@pytest.fixture
def member(officer, house, now) -> Member:
    return Member.objects.create(unit=house["ops"], person=officer, roles=["primary"], from_on=D("2026-01-01"))


def buttons(page: Page) -> dict[str, str]:
    """{day: what a tap makes of it}"""
    return dict(value.split(".") for form in page.forms for name, value in form.buttons if name == "wish")


def publish(unit, first: str, last: str, by, at) -> Roster:
    roster = Roster(unit=unit, first_on=D(first), last_on=D(last), status="published", number=1)
    roster.drafted_by = roster.published_by = by
    roster.drafted_at = roster.published_at = at
    roster.become_matter("x", at)
    roster.save(force_insert=True)
    return roster


def test_a_tap_goes_from_free_to_duty_to_nothing(as_, officer, member):
    client = as_(officer)
    page = Page(client.get("/wishes/"))
    assert buttons(page)["2026-12-24"] == "free" and len(buttons(page)) == 31  # next month's roster is drafted first
    for expected in ("free", "duty", ""):
        tap = buttons(Page(client.get("/wishes/?month=2026-12")))["2026-12-24"]
        assert tap == expected
        answer = client.post("/wishes/", {"wish": f"2026-12-24.{tap}"})
        assert answer["Location"] == "/wishes/?month=2026-12#d24"
        assert list(Wish.objects.values_list("wants", flat=True)) == ([expected] if expected else [])


def test_a_tap_sent_twice_is_one_wish(as_, officer, member):
    client, token = as_(officer), str(uuid.uuid4())
    for form in ({"once": token}, {"once": token}, {}):
        assert client.post("/wishes/", {"wish": "2026-12-24.free"} | form).status_code == 302
    assert Wish.objects.get().wants == "free"


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_wish(officer, member):
    clients = [signed_in(officer) for _turn in range(2)]
    wanted = ("free", "duty")
    answers = at_the_same_time(
        *(partial(c.post, "/wishes/", {"wish": f"2026-12-24.{w}"}) for c, w in zip(clients, wanted, strict=True))
    )
    assert [answer.status_code for answer in answers] == [302, 302] and Wish.objects.count() == 1


def test_a_day_that_has_come_or_is_published_is_closed(as_, officer, manager, member, house, now):
    client = as_(officer)
    publish(house["ops"], "2026-12-01", "2026-12-15", manager, now)
    assert set(buttons(Page(client.get("/wishes/?month=2026-12")))) == {f"2026-12-{day}" for day in range(16, 32)}
    assert set(buttons(Page(client.get("/wishes/?month=2026-11")))) == {f"2026-11-{day}" for day in range(23, 31)}
    for closed in ("2026-11-22", "2026-12-15"):
        page = Page(client.post("/wishes/", {"wish": f"{closed}.free"}, follow=True))
        assert len(page.alerts) >= 2
    assert not Wish.objects.exists()


def test_a_roster_of_another_unit_or_a_draft_closes_nothing(as_, officer, manager, member, house, now):
    publish(house["sales"], "2026-12-01", "2026-12-31", manager, now)
    draft = publish(house["ops"], "2026-12-01", "2026-12-31", manager, now)
    Roster.objects.filter(pk=draft.pk).update(status="draft")
    assert len(buttons(Page(as_(officer).get("/wishes/?month=2026-12")))) == 31


@pytest.mark.parametrize("said", ["", "x", "2026-12-24", "2026-12-24.x", "2026-13-01.free", "2029-01-01.free"])
def test_what_no_button_says_is_refused(as_, officer, member, said):
    answer = as_(officer).post("/wishes/", {"wish": said})
    assert not Wish.objects.exists() and answer.status_code in (302, 404)


@pytest.mark.parametrize("month", ["x", "2026-13", "1999-01", "2030-01"])
def test_a_month_that_is_not_there_is_not_found(as_, officer, month):
    assert as_(officer).get(f"/wishes/?month={month}").status_code == 404


def test_those_who_plan_read_them_and_an_outsider_does_not(as_, officer, manager, outsider, member):
    as_(officer).post("/wishes/", {"wish": "2026-12-24.free"})
    page = as_(manager).get(f"/pool/{officer.pk}/").content.decode()
    assert "12-24" in page
    assert as_(outsider).get(f"/pool/{officer.pk}/").status_code == 404
    as_(outsider).post("/wishes/", {"wish": "2026-12-24.", "person": officer.pk})
    assert Wish.objects.get().person == officer


def test_the_database_keeps_one_wish_a_day_of_a_known_kind(officer):
    Wish.objects.create(person=officer, date=D("2026-12-24"), wants="free")
    for wrong in ({"date": D("2026-12-24")}, {"date": D("2026-12-25"), "wants": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wish.objects.create(person=officer, **{"wants": "duty"} | wrong)
