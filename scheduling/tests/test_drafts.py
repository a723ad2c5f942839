"""A draft: laid out from the patterns, changed seat by seat, undone, never changed behind someone's back."""

import datetime as dt

import pytest

from conftest import local, make_person
from duty.models import Deadline, Line, Notice, Role
from duty.steps import Conflict
from duty.sweeping import sweep
from scheduling.drafting import begin_ahead
from scheduling.models import Day, DayKind, Pattern, PatternSeat, Roster, RosterStatus, Slot
from scheduling.publishing import publish
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_the_seats_are_those_the_patterns_ask_for_day_by_day(make_pattern, make_roster):
    make_pattern("夜班", leader=1, primary=1, secondary=2)
    make_pattern("日班", "08:00", 10, [DayKind.REST, DayKind.HOLIDAY], primary=1)
    roster = make_roster("2026-12-04", "2026-12-07")  # Friday to Monday
    by_day = {date: roster.slots.filter(date=date).count() for date in roster.slots.values_list("date", flat=True)}
    assert by_day == {dt.date(2026, 12, d): n for d, n in ((4, 4), (5, 5), (6, 5), (7, 4))}
    night = roster.slots.get(date="2026-12-07", role="leader")
    assert (night.starts_at, night.ends_at) == (local("2026-12-07 18:00"), local("2026-12-08 08:00"))


def test_a_statutory_holiday_is_strengthened(make_pattern, make_roster):
    pattern = make_pattern("夜班", primary=1)
    PatternSeat.objects.create(pattern=pattern, role="secondary", people=0, people_on_holidays=2)
    Day.objects.create(date="2026-12-02", kind=DayKind.HOLIDAY, name="节")
    roster = make_roster("2026-12-01", "2026-12-02")
    assert roster.slots.filter(date="2026-12-01").count() == 1 and roster.slots.filter(date="2026-12-02").count() == 3


def test_a_pattern_holds_from_its_date_and_the_past_stays(make_pattern, make_roster):
    old = make_pattern("夜班", primary=1)
    Pattern.objects.filter(pk=old.pk).update(until_on="2026-12-02")
    new = make_pattern("夜班", "20:00", 12, primary=1)
    Pattern.objects.filter(pk=new.pk).update(from_on="2026-12-03")
    roster = make_roster("2026-12-02", "2026-12-03")
    assert [f"{slot.starts_at:%d %H}" for slot in roster.slots.all()] == ["02 10", "03 12"]  # UTC


def test_a_watch_entered_by_hand_is_taken_into_the_draft(make_pattern, make_roster, make_shift, pool):
    make_pattern("夜班", primary=1, secondary=1)
    shift = make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=pool[0])
    roster = make_roster("2026-12-01", "2026-12-01")
    assert {(s.role, s.person, s.shift) for s in roster.slots.all()} == {
        ("primary", pool[0], shift), ("secondary", None, shift)
    }  # fmt: skip


def test_people_are_seated_once_and_the_trail_says_so(make_pattern, make_roster, pool, manager, now):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    slot = roster.slots.first()
    assert roster.seat({slot.pk: pool[0].pk}, 0, by=manager, at=now) == {slot.pk: (None, pool[0].pk)}
    assert roster.seat({slot.pk: pool[0].pk}, 1, by=manager, at=now) == {}  # there already
    assert roster.edits == 1 and "赵一" in Line.objects.filter(verb="scheduling.roster.seat").first().detail


def test_a_stale_page_is_told_and_changes_nothing(make_pattern, make_roster, pool, manager, now):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    one, other = roster.slots.all()
    roster.seat({one.pk: pool[0].pk}, 0, by=manager, at=now)
    with pytest.raises(Conflict, match="changed this draft meanwhile"):
        Roster.objects.get(pk=roster.pk).seat({other.pk: pool[1].pk}, 0, by=manager, at=now)
    assert Slot.objects.get(pk=other.pk).person is None


def test_undo_takes_back_change_by_change_but_not_what_was_done_since(make_pattern, make_roster, pool, manager, now):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    one, other = (slot.pk for slot in roster.slots.all())
    roster.seat({one: pool[0].pk, other: pool[1].pk}, by=manager, at=now)
    roster.seat({one: pool[2].pk}, by=manager, at=now)
    who = lambda: dict(roster.slots.values_list("pk", "person_id"))  # noqa: E731
    roster.undo(by=manager, at=now)
    assert who() == {one: pool[0].pk, other: pool[1].pk}
    roster.undo(by=manager, at=now)
    assert who() == {one: None, other: None}
    with pytest.raises(Conflict, match="nothing to undo"):
        roster.undo(by=manager, at=now)


def test_laid_out_anew_keeps_people_on_what_is_still_asked_for(make_pattern, make_roster, pool, manager, now):
    first = make_pattern("夜班", primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    roster.seat({slot.pk: pool[n].pk for n, slot in enumerate(roster.slots.all())}, by=manager, at=now)
    PatternSeat.objects.create(pattern=first, role="secondary", people=1)
    Pattern.objects.filter(pk=first.pk).update(until_on="2026-12-01")
    assert roster.lay_out(by=manager, at=now) == (1, 1)
    assert {(str(s.date), s.role, s.person_id) for s in roster.slots.all()} == {
        ("2026-12-01", "primary", pool[0].pk), ("2026-12-01", "secondary", None)
    }  # fmt: skip


def test_publication_is_promised_so_many_days_ahead_and_let_go_with_the_draft(make_pattern, make_roster, manager, now):
    make_pattern(primary=1)
    roster = make_roster("2026-12-20", "2026-12-31")
    assert Deadline.objects.open().get(kind="scheduling.publish").due_at == local("2026-12-10 00:00")
    roster.discard(by=manager, at=now)
    assert (
        not Deadline.objects.open().exists() and roster.status == RosterStatus.DISCARDED and not Slot.objects.exists()
    )


# The page


def test_before_anyone_has_a_seat_no_fairness_is_claimed_and_a_late_promise_is_called_late(
    as_, manager, make_pattern, make_roster, filled, pool
):
    make_pattern(primary=1)
    roster = make_roster("2026-11-25", "2026-11-30")
    page = Page(as_(manager).get(f"/rosters/{roster.pk}/"))
    assert "Fairness —" in page.text and "100.0" not in page.text and "overdue" in page.text
    page = Page(as_(manager).get(f"/rosters/{roster.pk}/check/"))
    assert "Fairness certificate —" in page.text
    filled(roster, pool)
    page = Page(as_(manager).get(f"/rosters/{roster.pk}/"))
    assert "Fairness 100.0" in page.text and "twelve months before" in page.text
    later = make_roster("2027-01-01", "2027-01-31")
    page = Page(as_(manager).get(f"/rosters/{later.pk}/"))
    assert "to be published by" in page.text and "overdue" not in page.text


def test_a_roster_is_begun_on_the_page_for_the_next_month(as_, manager, house, make_pattern):
    make_pattern(primary=1)
    client = as_(manager)
    assert "2026-12-01" in client.get("/rosters/new/").content.decode()
    answer = client.post("/rosters/new/", {"unit": house["ops"].pk, "first_on": "2026-12-05", "last_on": "2026-12-31"})
    roster = Roster.objects.get()
    assert answer.url == f"/rosters/{roster.pk}/" and roster.slots.count() == 27


def test_a_period_whose_promise_is_past_is_said_before_anybody_is_told(as_, manager, house, chief, make_pattern):
    make_pattern(primary=1)
    client, late = as_(manager), "it is late already"
    page = Page(client.get("/rosters/new/"))  # next month: to be published by 21 November, and it is the 22nd
    assert late in page.text and "Begin it all the same" in page.text
    other = {
        "unit": house["ops"].pk,
        "first_on": "2026-11-30",
        "last_on": "2026-12-31",
        "late_known": page.values["late_known"],
    }
    answer = client.post("/rosters/new/", other)  # said of another day
    assert answer.status_code == 422 and late in Page(answer).text and not Roster.objects.exists()
    known = Page(answer).values["late_known"]
    assert client.post("/rosters/new/", other | {"late_known": known}).status_code == 302
    sweep()
    assert Notice.objects.filter(recipient=chief, matter_id=Roster.objects.get().pk).exists()


def test_a_period_in_time_is_begun_without_a_word(as_, manager, house, make_pattern):
    make_pattern(primary=1)
    sent = {"unit": house["ops"].pk, "first_on": "2026-12-10", "last_on": "2026-12-31"}
    assert as_(manager).post("/rosters/new/", sent).status_code == 302


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-12-31", "2026-12-01", "before the first"),
        ("2026-10-01", "2026-10-31", "are over"),
        ("2036-10-01", "2036-10-31", "two years ahead"),
        ("2026-12-01", "2028-01-31", "one day to a year"),
        ("", "2026-12-31", "required"),
    ],
)
def test_days_that_make_no_roster_are_told(as_, manager, house, make_pattern, first, last, said):
    make_pattern(primary=1)
    answer = as_(manager).post("/rosters/new/", {"unit": house["ops"].pk, "first_on": first, "last_on": last})
    assert answer.status_code == 422 and said in answer.content.decode() and not Roster.objects.exists()


def test_a_seat_is_given_on_the_page_and_a_stale_page_gets_told(as_, manager, make_pattern, make_roster, pool):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    one, other = roster.slots.all()
    client = as_(manager)
    sent = {"slot": one.pk, "person": pool[0].pk, "edits": 0}
    assert client.post(f"/rosters/{roster.pk}/seat/?slot={one.pk}", sent).status_code == 302
    assert client.post(f"/rosters/{roster.pk}/seat/", sent | {"slot": other.pk}).status_code == 409
    fragment = client.post(
        f"/rosters/{roster.pk}/seat/", sent | {"slot": other.pk, "edits": 1}, headers={"X-Fragment": "1"}, follow=True
    )
    assert 'data-edits="2"' in fragment.content.decode() and "<html" not in fragment.content.decode()
    assert client.post(f"/rosters/{roster.pk}/undo/", {"edits": 2}).status_code == 302
    assert Slot.objects.get(pk=other.pk).person is None


@pytest.mark.parametrize("junk", ["²", "9" * 5000, "-1", "1.5", "x"])
def test_numbers_that_are_none_are_refused_and_never_break_the_page(
    as_, manager, make_pattern, make_roster, pool, junk
):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    slot, client = roster.slots.first().pk, as_(manager)
    address = f"/rosters/{roster.pk}/seat/"
    assert client.post(address, {"slot": junk, "person": pool[0].pk}).status_code == 400
    assert client.post(address, {"slot": slot, "person": junk}).status_code == 400
    assert client.post(address, {"slot": slot, "person": pool[0].pk, "edits": junk}).status_code == 302


def test_the_panel_says_who_could_and_why_not_the_others(as_, manager, make_pattern, make_roster, pool, now):
    make_pattern(primary=1)
    roster = make_roster("2026-12-01", "2026-12-02")
    one, other = roster.slots.all()
    roster.seat({one.pk: pool[0].pk}, by=manager, at=now)
    text = as_(manager).get(f"/rosters/{roster.pk}/?slot={other.pk}").content.decode()
    assert "rests only 10" in text and "钱二" in text
    text = as_(manager).get(f"/rosters/{roster.pk}/?day=2026-12-01&person={pool[1].pk}").content.decode()
    assert "Seats of this day" in text
    for junk in ("slot=x", "slot=999999", "day=2026-13-45", "day=2020-01-01", "day=2026-12-01&person=99999999"):
        assert as_(manager).get(f"/rosters/{roster.pk}/?{junk}").status_code == 200


def test_drafts_are_for_planners_and_of_their_units_only(
    as_, manager, officer, outsider, make_pattern, make_roster, pool
):
    make_pattern(primary=1)
    roster = make_roster()
    slot = roster.slots.first()
    for person, code in ((officer, 403), (outsider, 404)):
        assert as_(person).get(f"/rosters/{roster.pk}/").status_code == 404
        sent = {"slot": slot.pk, "person": pool[0].pk, "edits": 0}
        assert as_(person).post(f"/rosters/{roster.pk}/seat/", sent).status_code == code
        assert roster.title not in as_(person).get("/rosters/").content.decode()
    elsewhere = make_person("别处", outsider.unit, Role.MANAGER)
    assert as_(elsewhere).get(f"/rosters/{roster.pk}/check/").status_code == 404
    assert Slot.objects.get(pk=slot.pk).person is None


# Drafts that begin by themselves


def test_the_next_month_begins_by_itself_two_weeks_before_it_is_due(
    make_pattern, make_roster, filled, pool, manager, now, clock
):
    make_pattern(primary=1, hours=12)
    publish(filled(make_roster("2026-12-01", "2026-12-31"), pool), by=manager, at=now)
    assert begin_ahead(local("2026-12-07 12:00")) == []
    (roster,) = begin_ahead(clock("2026-12-08 12:00"))
    assert (roster.first_on, roster.last_on, roster.drafted_by) == (dt.date(2027, 1, 1), dt.date(2027, 1, 31), None)
    assert roster.slots.count() == 31
    assert Deadline.objects.open().get(kind="scheduling.publish").due_at == local("2026-12-22 00:00")
    assert begin_ahead(local("2026-12-09 12:00")) == []  # it is there


def test_a_unit_that_never_published_a_roster_is_left_alone(make_pattern, make_roster, now):
    make_pattern(primary=1)
    make_roster("2026-12-01", "2026-12-10")
    assert begin_ahead(local("2026-12-05 12:00")) == []
