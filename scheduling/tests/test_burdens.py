"""Fairness over a period: counted in the database as the rules count one duty, shared by the days people were there."""

import datetime as dt
import io
from collections import Counter

import openpyxl
import pytest

from conftest import local, make_person
from duty.models import Role
from scheduling.burdens import burdens_of
from scheduling.exposure import demand_by_pool
from scheduling.fairness import loads
from scheduling.gathering import published_plan
from scheduling.models import Day, DayKind, Member, Qualification, Qualified, Roster
from scheduling.publishing import publish
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)


@pytest.fixture
def published(make_pattern, make_roster, filled, pool, manager, now):
    pattern = make_pattern("夜班", "20:00", 8, leader=1, primary=1, reserve=1)
    make_pattern("日班", "08:00", 8, [DayKind.REST, DayKind.HOLIDAY], primary=1)
    kind = Qualification.objects.create(name="上岗考核")
    pattern.seats.filter(role="leader").update(qualification=kind)
    for person in pool[:3]:
        Qualified(person=person, qualification=kind, from_on=FIRST, assessor=manager).record(by=manager, at=now)
    Day.objects.create(date="2026-12-12", kind=DayKind.HOLIDAY, name="庆祝日")
    roster = filled(make_roster("2026-12-01", "2026-12-20"), pool)
    publish(roster, override="演示", by=manager, at=now)
    return Roster.objects.get(pk=roster.pk)


def test_the_database_counts_what_the_rules_count(published, house, now):
    burdens = burdens_of(house["ops"].pk, FIRST, LAST, now)
    plan = published_plan(house["ops"].pk, FIRST, LAST)
    assert +burdens.fair.load == +loads(plan)
    assert sum(one.hours for one in burdens.rows) == sum(d.hours for d in plan.duties.values() if d.role != "reserve")
    held = Counter(plan.who[key] for key, duty in plan.duties.items() if duty.holiday and duty.role != "reserve")
    assert {p: one.holidays["庆祝日"] for p, one in burdens.borne.items() if one.holidays} == dict(held)


def test_the_shares_add_up_to_what_was_kept_pool_by_pool(published, house, pool, now):
    burdens = burdens_of(house["ops"].pk, FIRST, LAST, now)
    for category in burdens.fair.categories:
        kept = sum(burdens.fair.load[p, category] for p in burdens.fair.people)
        assert sum(burdens.fair.target[p, category] for p in burdens.fair.people) == pytest.approx(kept, abs=1e-6)
    assert (
        len(demand_by_pool(published_plan(house["ops"].pk, FIRST, LAST))) == 2
    )  # the qualified are a pool of their own


def test_a_share_goes_by_the_days_one_was_there(published, house, make_member, pool, now):
    half = make_member("半年", from_on=dt.date(2026, 12, 17))
    Member.objects.filter(person=pool[5]).update(percent=50)
    burdens = burdens_of(house["ops"].pk, FIRST, LAST, now)
    share = lambda person: burdens.fair.target[person.pk, "reserve"]  # noqa: E731
    assert share(half) == pytest.approx(share(pool[0]) * 15 / 31)
    assert share(pool[5]) == pytest.approx(share(pool[0]) / 2)


def test_what_is_done_and_what_is_ahead_are_told_apart(published, house, clock, now):
    assert burdens_of(house["ops"].pk, FIRST, LAST, now).ahead == published.versions.get().duties.__len__()
    later = burdens_of(house["ops"].pk, FIRST, LAST, local("2026-12-11 12:00"))
    assert 0 < later.ahead < later.fair.duties
    assert burdens_of(house["ops"].pk, FIRST, LAST, local("2027-01-01 12:00")).ahead == 0


def test_outside_of_the_period_and_of_the_unit_nothing_counts(published, house, now):
    assert burdens_of(house["ops"].pk, dt.date(2026, 11, 1), dt.date(2026, 11, 30), now).fair.duties == 0
    assert burdens_of(house["sales"].pk, FIRST, LAST, now).rows == []


# The pages


def test_the_page_says_shares_and_goes_out_as_it_stands(as_, manager, published, pool):
    address = "/fairness/?from=2026-12-01&until=2026-12-31"
    text = Page(as_(manager).get(f"{address}&by=night")).text
    assert "赵一" in text and "庆祝日" in text and "Nights, within ±1" in text
    sent = as_(manager).get(address.replace("/?", "/sheet/?")).content
    rows = list(openpyxl.load_workbook(io.BytesIO(sent)).worksheets[0].values)
    assert rows[0][:4] == ("Full name", "Duties", "fair share", "difference") and len(rows) == 7
    assert sum(row[1] for row in rows[1:]) == 20 * 2 + 6


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-12-31&until=2026-12-01", "before the first"),
        ("from=x", "Write both days like"),
        ("from=2026-01-01&until=2029-01-01", "A year at most"),
        ("unit=99999&by=nonsense", "Fairness"),
    ],
)
def test_periods_that_make_no_sense_are_told(as_, manager, published, query, said):
    for page in ("", "coverage/"):
        answer = as_(manager).get(f"/fairness/{page}?{query}")
        assert answer.status_code == 200 and said in answer.content.decode()


def test_it_is_for_planners_auditors_and_leaders_and_of_their_units(
    as_, manager, leader, auditor, officer, outsider, published, house
):
    for page in ("", "sheet/", "coverage/", "coverage/sheet/"):
        address = f"/fairness/{page}?unit={house['ops'].pk}&from=2026-12-01"
        for person in (manager, leader, auditor):
            assert as_(person).get(address).status_code == 200, page
        assert as_(officer).get(address).status_code == 403
        assert "赵一" not in as_(outsider).get(address).content.decode()
    assert (
        house["ops"].name
        not in as_(make_person("别处", house["sales"], Role.AUDITOR)).get("/fairness/").content.decode()
    )


def test_a_year_of_it_costs_no_more_questions(as_, manager, published, django_assert_max_num_queries):
    client = as_(manager)
    client.get("/")
    for page in ("", "sheet/", "coverage/", "coverage/sheet/"):
        with django_assert_max_num_queries(15):
            assert client.get(f"/fairness/{page}?from=2026-06-01&until=2027-05-31").status_code == 200
