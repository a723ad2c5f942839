"""My duty: the next one with its neighbours, the month, what it adds up to; for oneself, planners and personnel."""

import datetime as dt
from decimal import Decimal

import pytest

from conftest import local, make_person
from duty.models import Role
from scheduling.ledgers import average_of, days_of, kept_by, pool_of
from scheduling.models import Adjustment, Day, Member, Rate
from scheduling.rights import tally
from scheduling.tests.reading import Page
from scheduling.views.my import year_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def fellow(house, chief):
    return make_person("刘洋", house["ops"], Role.OFFICER)


@pytest.fixture
def watches(make_shift, officer, fellow, leader):
    """A past night of 陈立, the night before the next of 刘洋, the next of 陈立, and the one after."""
    return [
        make_shift("2026-11-20 18:00", "2026-11-21 08:00", primary=officer, leader=leader),
        make_shift("2026-11-23 18:00", "2026-11-24 08:00", primary=fellow),
        make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer, leader=leader),
        make_shift("2026-11-25 18:00", "2026-11-26 08:00", primary=fellow),
    ]


def test_the_next_duty_says_when_where_with_whom_and_who_is_before_and_after(as_, officer, watches):
    page = as_(officer).get("/my/")
    found = page.context["next"]
    assert found["shift"] == watches[2] and not found["is_now"]
    assert [seat.person.name for seat in found["with"]] == ["何佳"]
    assert [seat.person.name for seat in found["before"]] == ["刘洋"] == [seat.person.name for seat in found["after"]]
    text = Page(page).text
    assert "总值班室" in text and "18:00" in text and "010 6110 0000" in text


def test_who_went_home_in_the_middle_of_the_watch_is_no_longer_with_them(
    as_, officer, leader, fellow, manager, make_shift, clock
):
    shift = make_shift("2026-11-22 18:00", "2026-11-23 08:00", primary=officer, leader=leader)
    clock("2026-11-23 01:00")
    gap = shift.vacate("leader", leader, by=manager, at=local("2026-11-23 00:00"), reason="急病")
    assert as_(officer).get("/my/").context["next"]["with"] == []
    shift.fill(gap, fellow, by=manager, at=local("2026-11-23 00:30"))
    found = as_(officer).get("/my/").context["next"]
    assert [seat.person for seat in found["with"]] == [fellow] and "00:30–08:00" in Page(as_(officer).get("/my/")).text


def test_a_watch_a_day_away_is_no_neighbour(as_, officer, make_shift, fellow):
    make_shift("2026-11-22 18:00", "2026-11-23 08:00", primary=fellow)
    make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer)
    assert as_(officer).get("/my/").context["next"]["before"] == []


def test_the_duty_one_is_on_is_the_next_one_until_it_ends(as_, officer, make_shift, clock):
    make_shift("2026-11-22 18:00", "2026-11-23 08:00", primary=officer)
    assert as_(officer).get("/my/").context["next"]["is_now"]
    clock("2026-11-23 08:00")
    assert as_(officer).get("/my/").context["next"] is None


def test_without_any_duty_the_page_says_so_and_any_month_can_be_asked(as_, officer):
    for address in ("/my/", "/my/?month=2027-02-01", "/my/?month=nonsense", "/my/?month=9999-12-31"):
        assert as_(officer).get(address).status_code == 200
    assert as_(officer).get("/my/?month=2027-02-14").context["month"] == dt.date(2027, 2, 1)


def test_the_month_shows_each_duty_on_the_day_it_starts_and_is_a_plain_list_too(as_, officer, watches):
    page = as_(officer).get("/my/")
    cells = [
        (day.date.day, len(seats)) for week in page.context["weeks"] for day, seats, inside in week if seats and inside
    ]
    assert cells == [(20, 1), (24, 1)]
    assert [day.date.day for day, _seats in page.context["duties"]] == [20, 24]


def test_only_watches_that_have_ended_count(as_, officer, watches, clock):
    assert as_(officer).get("/my/").context["year"].duties == 1
    clock("2026-11-25 07:59")
    assert as_(officer).get("/my/").context["year"].duties == 1
    clock("2026-11-25 08:00")
    year = as_(officer).get("/my/").context["year"]
    assert (year.duties, year.hours, year.nights) == (2, 28, 2)


def test_the_record_shows_every_sum_with_its_entries(as_, officer, manager, house, watches, now):
    Day.objects.create(date="2026-11-21", kind="holiday", name="校庆")
    Rate.objects.create(unit=house["top"], kind="allowance", day_kind="workday", per_duty=100, from_on="2020-01-01")
    Rate.objects.create(unit=house["top"], kind="lieu", day_kind="holiday", per_hour=1, from_on="2020-01-01")
    for kind, amount, reason, date in (
        ("lieu", "-3", "补休半天", "2026-11-22"),
        ("lieu", "5", "去年结余", "2024-11-22"),
    ):
        row = Adjustment(person=officer, kind=kind, date=date, amount=Decimal(amount), reason=reason)
        row.book(unit_id=officer.unit_id, by=manager, at=now)
    page = as_(officer).get("/my/record/")
    allowance, lieu = page.context["ledgers"]
    assert (allowance["this_month"], allowance["year"], allowance["carried"]) == (100, 100, None)
    assert len(allowance["recent"]) == 1
    assert (lieu["ledger"].earned, lieu["ledger"].balance, lieu["carried"]) == (8, 10, 5)
    text = Page(page).text
    assert "补休半天" in text and "孙伟" in text and "去年结余" not in text


def test_rest_that_was_too_short_and_rows_that_were_too_long_are_shown(as_, officer, make_shift, clock):
    for day in (10, 11, 12):
        make_shift(f"2026-11-{day} 18:00", f"2026-11-{day + 1} 08:00", primary=officer)
    context = as_(officer).get("/my/record/").context
    assert context["rest"].span == dt.timedelta(hours=10) and context["rest_is_short"]
    assert [row.days for row in context["long_nights"]] == [3] and context["long_days"] == []


def test_the_average_by_sql_is_the_average_by_hand(house, post, make_shift, officer, fellow, leader, now, clock):
    """One statement over the whole pool says what the pure reckoning says of each."""
    Day.objects.create(date="2026-10-01", kind="holiday", name="国庆节")
    spans = [
        ("2026-09-30 18:00", "2026-10-01 08:00"), ("2026-10-01 08:00", "2026-10-01 18:00"), ("2026-10-01 18:00", "2026-10-02 01:00"),
        ("2026-10-03 03:00", "2026-10-03 12:00"), ("2026-10-04 03:01", "2026-10-04 12:00"), ("2026-10-05 08:00", "2026-10-07 08:00"),
        ("2026-10-10 22:00", "2026-10-11 00:59"), ("2026-10-12 03:30", "2026-10-12 23:30"),
    ]  # fmt: skip
    for number, (starts, ends) in enumerate(spans):
        make_shift(
            starts,
            ends,
            **{"primary": (officer, fellow)[number % 2], "leader": leader} if number % 3 else {"primary": fellow},
        )
    people, since, at = [officer.pk, fellow.pk, leader.pk], dt.date(2026, 1, 1), local("2026-11-22 23:02")
    average, kept = average_of(people, since, at), kept_by(people, at)
    by_hand = [tally(kept[pk], days_of(kept[pk]), since, dt.date(2026, 11, 22)) for pk in people]
    assert average.people == 3
    assert average.duties * 3 == sum(one.duties for one in by_hand)
    assert average.hours * 3 == pytest.approx(sum(one.hours for one in by_hand))
    assert average.nights * 3 == sum(one.nights for one in by_hand)
    assert average.rest_days * 3 == sum(one.duties_by_kind["rest"] for one in by_hand)
    assert average.holidays * 3 == sum(one.duties_by_kind["holiday"] for one in by_hand)


def test_the_pool_is_who_is_in_it_and_without_one_who_kept_watch_there(house, officer, fellow, leader, watches):
    since, today = dt.date(2026, 1, 1), dt.date(2026, 12, 1)
    assert pool_of(officer.pk, {house["ops"].pk}, since, today) == sorted([officer.pk, fellow.pk, leader.pk])
    for person in (officer, fellow):
        Member.objects.create(unit=house["ops"], person=person, roles=["primary"], from_on="2026-01-01")
    assert pool_of(officer.pk, {house["ops"].pk}, since, today) == sorted([officer.pk, fellow.pk])


@pytest.mark.parametrize(("today", "first"), [
    ("2026-11-22", "2025-11-23"), ("2028-02-29", "2027-03-01"), ("2027-02-28", "2026-03-01"), ("2026-12-31", "2026-01-01"),
])  # fmt: skip
def test_twelve_months_end_today(today, first):
    assert year_before(dt.date.fromisoformat(today)) == dt.date.fromisoformat(first)


def test_planners_and_personnel_read_the_records_of_their_units_and_nobody_else_does(
    as_, house, officer, manager, chief, outsider, administrator, fellow, watches
):
    personnel = make_person("人事", house["top"], Role.PERSONNEL)
    for address in (f"/my/{officer.pk}/", f"/my/{officer.pk}/record/"):
        for reader in (officer, manager, personnel, administrator):
            assert as_(reader).get(address).status_code == 200, reader
        for other in (outsider, fellow, chief, make_person("外人事", house["sales"], Role.PERSONNEL)):
            assert as_(other).get(address).status_code == 404, other
    assert as_(manager).get("/my/99999999/").status_code == 404


def test_of_someone_else_there_is_no_calendar_address_and_no_objection_to_raise(as_, officer, manager, watches):
    as_(officer).post("/my/feed/")
    text = as_(manager).get(f"/my/{officer.pk}/").content.decode()
    assert "/ics/" not in text and "objections/new" not in text
