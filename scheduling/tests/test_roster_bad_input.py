"""What goes wrong with rosters in an office: each told clearly, with nothing of what was typed or planned lost."""

import pytest

from scheduling.models import Absence, CalendarYear, Roster, Seat, Shift
from scheduling.publishing import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def draft(make_pattern, make_roster, pool, filled):
    make_pattern(primary=1, hours=12)
    return filled(make_roster(), pool)


def test_a_stale_check_page_is_told_and_gives_back_the_reason_that_was_typed(as_, manager, draft, pool, now):
    slot = draft.slots.first()
    draft.seat({slot.pk: None}, by=manager, at=now)
    typed = {"edits": 1, "override": "临时缺员,已请示周敏"}
    answer = as_(manager).post(f"/rosters/{draft.pk}/check/", typed)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Someone else has changed this draft meanwhile" in text
    assert "临时缺员,已请示周敏" in text and not Shift.objects.exists() and draft.slots.count() == 10


def test_of_two_rosters_of_the_same_days_the_second_is_told_which_and_stays_a_draft(
    as_, manager, draft, make_roster, filled, pool, now
):
    other = filled(make_roster("2026-12-08", "2026-12-15"), pool)
    publish(draft, by=manager, at=now)
    answer = as_(manager).post(f"/rosters/{other.pk}/check/", {"edits": 1, "override": "年底值班"})
    text = answer.content.decode()
    assert answer.status_code == 409 and draft.title in text and "12-08 18:00" in text and "年底值班" in text
    assert Roster.objects.get(pk=other.pk).is_draft and other.slots.filter(person__isnull=False).count() == 8


def test_a_leave_over_published_duties_names_them_and_waits_for_cover(as_, chief, manager, draft, pool, now):
    publish(draft, by=manager, at=now)
    leave = Absence(person=pool[0], kind="leave", from_on="2026-12-01", until_on="2026-12-08")
    leave.from_on, leave.until_on = draft.first_on, draft.first_on.replace(day=8)
    leave.ask(by=pool[0], at=now)
    answer = as_(chief).post(f"/absences/{leave.pk}/approve/", {}, follow=True)
    text = answer.content.decode()
    assert "12-01" in text and "12-07" in text and "no substitute" in text
    leave.refresh_from_db()
    assert leave.status == "asked" and Seat.objects.filter(person=pool[0]).count() == 2


def test_a_roster_over_a_provisional_year_says_so_on_its_page(as_, manager, make_pattern, make_roster, pool):
    make_pattern(primary=1, hours=12)
    CalendarYear.objects.update_or_create(year=2026, defaults={"is_provisional": False})
    CalendarYear.objects.update_or_create(year=2027, defaults={"is_provisional": True})
    over = make_roster("2026-12-28", "2027-01-03")
    known = make_roster("2026-12-01", "2026-12-05")
    client = as_(manager)
    for page in (f"/rosters/{over.pk}/", f"/rosters/{over.pk}/check/"):
        assert "provisional" in client.get(page).content.decode(), page
    assert "provisional" not in client.get(f"/rosters/{known.pk}/").content.decode()
