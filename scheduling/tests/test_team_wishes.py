"""A34: those who plan see the wishes of their people, day by day, and who cannot; nobody else does."""

import datetime as dt

import pytest

from conftest import make_person
from duty.models import Role
from scheduling.models import Day, DayKind, Exempt, Exemption, Member, Wish
from scheduling.team_wishes import team_of
from scheduling.tests.cover import make_absence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
D = dt.date.fromisoformat
FIRST, LAST = D("2026-12-01"), D("2026-12-10")  # Tuesday to Thursday


def marks(unit, person) -> str:
    """A sign for each day: + duty, - free, x cannot."""
    row = next(row for row in team_of(unit.pk, FIRST, LAST).rows if row.person == person)
    return "".join({"": ".", "duty": "+", "free": "-", "cannot": "x"}[cell.state] for cell in row.cells)


def test_wishes_and_days_on_which_someone_cannot_stand_by_day(house, pool, head, now):
    first, second, third = pool[:3]
    Wish.objects.create(person=first, date=D("2026-12-01"), wants="duty", note="孩子放假")
    Wish.objects.create(person=first, date=D("2026-12-02"), wants="free")
    make_absence(first, "2026-12-02", "2026-12-03", at=now)
    assert marks(house["ops"], first) == "+xx......."  # who is away needs no wish
    Day.objects.create(date=D("2026-12-04"), kind=DayKind.HOLIDAY, name="节")
    for kind in (Exempt.NIGHTS, Exempt.WEEKENDS, Exempt.HOLIDAYS):
        Exemption.objects.create(person=second, kind=kind, from_on=FIRST, reason="医嘱", granted_by=head)
    assert marks(house["ops"], second) == "...xxx...."  # Friday is the holiday
    Member.objects.filter(person=third).update(until_on=D("2026-12-08"))
    assert marks(house["ops"], third) == "........xx"
    team = team_of(house["ops"].pk, FIRST, LAST)
    assert [count["cannot"] for _day, count in team.counts] == [0, 1, 1, 1, 1, 1, 0, 0, 1, 1]
    assert team.counts[0][1]["duty"] == 1
    assert next(row.note for row in team.rows if row.person == second) == "no nights"


def test_it_costs_the_same_however_many_they_are(house, pool, make_member, django_assert_num_queries):
    with django_assert_num_queries(5):
        team_of(house["ops"].pk, FIRST, LAST)
    for n in range(9):
        Wish.objects.create(person=make_member(f"第{n}人"), date=FIRST, wants="free")
    with django_assert_num_queries(5):
        team_of(house["ops"].pk, FIRST, LAST)


def test_the_page_is_for_those_who_plan_and_of_their_units_only(
    as_, manager, officer, leader, auditor, outsider, house, pool
):
    Wish.objects.create(person=pool[0], date=D("2026-12-01"), wants="free", note="家里有事")
    path = "/wishes/team/"
    text = as_(manager).get(path).content.decode()
    assert "赵一" in text and "家里有事" in text and "would like to be free" in text
    for person in (officer, leader, auditor):
        assert as_(person).get(path).status_code == 403
        assert path not in as_(person).get("/wishes/").content.decode()
    elsewhere = make_person("别处", house["sales"], Role.MANAGER)
    for person in (elsewhere, outsider):
        assert "赵一" not in as_(person).get(path).content.decode()
        assert as_(person).get(f"{path}?unit={house['ops'].pk}").status_code == 404


def test_it_is_reached_from_the_wishes_and_from_the_roster(as_, manager, house, pool, make_pattern, make_roster):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-10")
    client = as_(manager)
    assert "/wishes/team/?from=2026-12-01" in client.get("/wishes/").content.decode()
    link = f"/wishes/team/?unit={house['ops'].pk}&from=2026-12-01&until=2026-12-10"
    assert link in client.get(f"/rosters/{roster.pk}/").content.decode()
    context = client.get(link).context
    assert (context["first"], context["last"], len(context["team"].rows)) == (FIRST, LAST, 6)


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-12-10&until=2026-12-01", "from=2026-12-01&until=2030-01-01", "from=2026-13-45"]
)
def test_days_that_make_no_period_are_told(as_, manager, pool, query):
    answer = as_(manager).get(f"/wishes/team/?{query}")
    assert answer.status_code == 200 and answer.context["wrong"] and len(answer.context["team"].days) <= 92


def test_a_unit_without_people_says_what_to_do(as_, manager):
    assert "Take people into the pool" in as_(manager).get("/wishes/team/").content.decode()
    assert as_(manager).get("/wishes/team/?unit=²").status_code == 404
