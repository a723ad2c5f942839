"""Publishing: all of a draft or nothing, only without hard conflicts or for a reason, told to those it concerns."""

import datetime as dt

import pytest
from django.db.models import F

from conftest import local, make_person
from duty.models import Deadline, Line, Matter, Notice, Person, Role
from duty.steps import Conflict
from scheduling.models import Absence, Member, Roster, RosterStatus, RosterVersion, Seat, Shift, Slot, Terms, Wish
from scheduling.models.shifts import keepers
from scheduling.publishing import Refused, publish
from scheduling.tests.racing import at_the_same_time

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def complete(make_pattern, make_roster, pool, filled):
    """Ten nights by six people in turn: nothing is wrong with it."""
    make_pattern(primary=1, hours=12)
    return filled(make_roster(), pool)


def test_a_published_roster_is_watches_and_seats_and_no_draft_any_more(complete, manager, now, pool):
    version = publish(complete, 1, by=manager, at=now)
    assert Shift.objects.live().count() == 10 and Seat.objects.count() == 10 and not Slot.objects.exists()
    roster = Roster.objects.get()
    assert (roster.status, roster.number, roster.published_by) == (RosterStatus.PUBLISHED, 1, manager)
    assert version.certificate["score"] == 100 and len(version.duties) == 10
    assert [k.person_id for k in keepers(local("2026-12-02 03:00"))] == [pool[0].pk]
    assert Line.objects.filter(verb="scheduling.shift.plan", who=manager).count() == 10
    assert not Deadline.objects.open().filter(kind="scheduling.publish").exists()


def test_everyone_is_told_all_their_duties_once_and_asked_to_confirm(complete, manager, now, pool):
    publish(complete, by=manager, at=now)
    told = Notice.objects.filter(matter_id=complete.pk)
    assert set(told.values_list("recipient_id", flat=True)) == {person.pk for person in pool}
    first = told.get(recipient=pool[0])
    assert (
        first.needs_acknowledgement and first.text.count("\n") == 1 and "12-01" in first.text and "12-07" in first.text
    )


def test_who_is_signed_in_confirms_it_without_the_mail(complete, manager, now, as_):
    publish(complete, complete.edits, "", by=manager, at=now)
    notice = Notice.objects.filter(matter_id=complete.pk).first()
    client = as_(notice.recipient)
    assert f"/notices/{notice.pk}/acknowledge/" in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{notice.pk}/acknowledge/")["Location"] == "/notices/"
    notice.refresh_from_db()
    assert (
        notice.acknowledged_at and f"/notices/{notice.pk}/acknowledge/" not in client.get("/notices/").content.decode()
    )


def test_an_open_seat_keeps_it_from_being_published_without_a_reason(complete, manager, now):
    slot = complete.slots.first()
    complete.seat({slot.pk: None}, by=manager, at=now)
    with pytest.raises(Refused) as refused:
        publish(complete, by=manager, at=now)
    assert len(refused.value.reasons) == 1 and not Shift.objects.exists() and complete.slots.count() == 10
    version = publish(Roster.objects.get(), override="临时缺员,已请示", by=manager, at=now)
    assert version.override and len(version.overridden) == 1
    assert Shift.objects.count() == 10 and Seat.objects.count() == 9


def test_no_reason_excuses_two_duties_at_once_or_someone_who_has_left(complete, manager, now, pool):
    Person.objects.filter(pk=pool[5].pk).update(is_active=False)
    with pytest.raises(Refused) as refused:
        publish(complete, override="就这样", by=manager, at=now)
    assert refused.value.absolute and not Shift.objects.exists()


def test_a_stale_check_page_publishes_nothing(complete, manager, now):
    with pytest.raises(Conflict, match="meanwhile"):
        publish(complete, 0, by=manager, at=now)


def test_after_a_change_only_those_concerned_are_told_with_who_is_before_and_after(complete, manager, now, pool):
    publish(complete, by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    slot = roster.slots.get(date="2026-12-02")
    assert slot.person == pool[1] and keepers(local("2026-12-03 03:00"))[0].person_id == pool[1].pk
    roster.seat({slot.pk: pool[4].pk}, by=manager, at=now)
    assert keepers(local("2026-12-03 03:00"))[0].person_id == pool[1].pk  # what is published holds
    before = Shift.objects.get(starts_at=local("2026-12-02 18:00")).version
    publish(roster, by=manager, at=now)
    assert keepers(local("2026-12-03 03:00"))[0].person_id == pool[4].pk
    told = {n.recipient: n.text for n in Notice.objects.filter(key__startswith=f"roster:{roster.pk}:2:")}
    assert set(told) == {pool[1], pool[4]}
    assert "before you: 赵一" in told[pool[4]] and "after you: 孙三" in told[pool[4]] and "now: 周五" in told[pool[1]]
    assert Shift.objects.get(starts_at=local("2026-12-02 18:00")).version == before + 1
    assert Shift.objects.exclude(version=1).count() == 1 and RosterVersion.objects.count() == 2


def test_a_draft_that_did_not_follow_a_change_of_its_watch_is_told_which(complete, manager, now, pool):
    publish(complete, by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    shift = Shift.objects.get(starts_at=local("2026-12-02 18:00"))
    shift.change([("primary", pool[5])], by=manager, at=now)
    roster.seat({roster.slots.get(date="2026-12-02").pk: pool[4].pk}, by=manager, at=now)
    Shift.objects.filter(pk=shift.pk).update(version=F("version") + 1)
    with pytest.raises(Conflict, match="12-02 was changed after this draft was begun"):
        publish(roster, by=manager, at=now)
    assert shift.seats.get().person == pool[5]


def test_a_watch_entered_by_hand_meanwhile_is_named(complete, manager, now, make_shift, pool):
    make_shift("2026-12-05 20:00", "2026-12-05 23:00", "加班", primary=pool[0])
    with pytest.raises(Conflict, match="12-05 20:00 – 12-05 23:00"):
        publish(complete, override="x", by=manager, at=now)
    assert Shift.objects.count() == 1


def test_begun_watches_stay_as_they_are(complete, manager, now, pool, clock):
    publish(complete, by=manager, at=now)
    later = clock("2026-12-03 19:00")
    roster = Roster.objects.get()
    roster.revise(by=manager, at=later)
    assert list(roster.slots.filter(is_pinned=True).values_list("date", flat=True)) == [
        dt.date(2026, 12, d) for d in (1, 2, 3)
    ]
    slot = roster.slots.get(date="2026-12-02")
    Slot.objects.filter(pk=slot.pk).update(person=pool[5])
    Member.objects.filter(person=pool[1]).delete()
    publish(roster, override="x", by=manager, at=later)
    assert Seat.objects.get(watch_starts_at=local("2026-12-02 18:00")).person == pool[1]


def test_two_overlapping_rosters_are_not_both_published(complete, make_roster, filled, pool, manager, now):
    other = filled(make_roster("2026-12-08", "2026-12-15"), pool)
    publish(complete, by=manager, at=now)
    with pytest.raises(Conflict, match=r"is published already.*12-08 18:00") as told:
        publish(other, by=manager, at=now)
    assert complete.title in str(told.value) and Roster.objects.get(pk=other.pk).status == "draft"


def test_publishing_twice_publishes_once(complete, manager, now):
    publish(complete, by=manager, at=now)
    with pytest.raises(Conflict):
        publish(Roster.objects.get(), by=manager, at=now)
    assert Shift.objects.count() == 10 and Matter.objects.filter(kind="scheduling.shift").count() == 10


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_publish_at_once_one_wins_and_the_other_is_told(
    make_pattern, make_roster, filled, pool, manager, now
):
    make_pattern(primary=1, hours=12)
    drafts = [
        filled(make_roster("2026-12-01", "2026-12-10"), pool),
        filled(make_roster("2026-12-05", "2026-12-12"), pool),
    ]

    def attempt(roster):
        def go():
            try:
                return publish(roster, override="x", by=manager, at=now)
            except Conflict as conflict:
                return str(conflict)

        return go

    answers = at_the_same_time(*map(attempt, drafts))
    assert sorted(type(answer).__name__ for answer in answers) == ["RosterVersion", "str"]
    assert "12-05 18:00" in next(answer for answer in answers if isinstance(answer, str))
    assert Roster.objects.standing().count() == 1


def test_discarding_changes_keeps_what_is_published(complete, manager, now):
    publish(complete, by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    roster.discard(by=manager, at=now)
    assert roster.status == RosterStatus.PUBLISHED and not Slot.objects.exists() and Seat.objects.count() == 10


# The pages


def test_the_check_page_shows_what_is_wrong_and_publishes(as_, manager, complete, now):
    slot = complete.slots.first()
    complete.seat({slot.pk: None}, by=manager, at=now)
    page = f"/rosters/{complete.pk}/check/"
    client = as_(manager)
    assert "nobody has this seat" in client.get(page).content.decode()
    answer = client.post(page, {"edits": 2, "override": " "})
    assert answer.status_code == 422 and "say why" in answer.content.decode() and not Shift.objects.exists()
    answer = client.post(page, {"edits": 2, "override": "已请示"}, follow=True)
    assert "people are told" in answer.content.decode() and Shift.objects.count() == 10
    text = client.get(f"/rosters/{complete.pk}/versions/").content.decode()
    assert "已请示" in text and "not read yet" in text


def test_the_check_page_says_how_good_it_is_as_the_version_will(as_, manager, complete, make_roster, now):
    told = {"search": {"gap": 0.03, "bound": 2.0, "seconds": 10}, "edits": complete.edits}
    complete.runs.create(
        kind="generate", by=manager, edits=0, seconds=10, asked_at=now, ended_at=now, state="done", certificate=told
    )  # fmt: skip
    page = as_(manager).get(f"/rosters/{complete.pk}/check/").content.decode()
    assert "At most 3 % above" in page or "At most 3.0 % above" in page
    empty = make_roster("2027-01-01", "2027-05-30")
    page = as_(manager).get(f"/rosters/{empty.pk}/check/").content.decode()
    assert "The figures count when every seat is filled." in page and "it cannot be fairer" not in page
    assert "<small>150</small>" in page and "50 more" in page


def test_a_published_roster_is_seen_by_those_who_see_the_unit_and_changed_by_planners(
    as_, manager, officer, outsider, complete, now
):
    publish(complete, by=manager, at=now)
    page = f"/rosters/{complete.pk}/"
    assert as_(officer).get(page).status_code == 200 and "Change it" not in as_(officer).get(page).content.decode()
    assert as_(officer).post(page + "revise/").status_code == 403
    assert as_(outsider).get(page).status_code == 404 and as_(outsider).get(page + "versions/").status_code == 404
    assert as_(manager).post(page + "revise/").status_code == 302
    assert Roster.objects.get().status == RosterStatus.REVISING


def test_terms_of_the_unit_decide_what_is_a_conflict(make_pattern, make_roster, pool, filled, manager, now, house):
    Terms.objects.create(unit=house["top"], rest_hours=48)
    make_pattern(primary=1, hours=12)
    draft = filled(make_roster("2026-12-01", "2026-12-06"), pool[:2])
    with pytest.raises(Refused, match="rests only 36"):
        publish(draft, by=manager, at=now)


def test_a_person_of_two_pools_is_not_published_twice_at_once(
    make_pattern, make_roster, make_member, pool, filled, complete, house, manager, now
):
    from scheduling.models import Post

    boss = make_person("总管", house["top"], Role.MANAGER)
    other_post = Post.objects.create(unit=house["top"], name="总部值班室")
    make_pattern("夜班", at_post=other_post, primary=1, hours=12)
    make_member("", house["top"], person=pool[0])
    other = filled(make_roster("2026-12-01", "2026-12-01", unit=house["top"], by=boss), pool[:1])
    publish(complete, by=manager, at=now)
    with pytest.raises(Refused) as refused:
        publish(other, override="x", by=boss, at=now)
    assert "another duty at that time" in refused.value.absolute[0]


def test_before_changes_are_published_they_are_shown_one_by_one(as_, manager, complete, now, pool):
    publish(complete, by=manager, at=now)
    roster = Roster.objects.get()
    roster.revise(by=manager, at=now)
    slot = roster.slots.get(date="2026-12-02")
    page = f"/rosters/{roster.pk}/check/"
    assert "Nothing yet" in as_(manager).get(page).content.decode()
    roster.seat({slot.pk: pool[4].pk}, by=manager, at=now)
    text = as_(manager).get(page).content.decode()
    assert "− 钱二 (primary)" in text and "+ 周五 (primary)" in text and text.count("→") == 1


def test_wishes_and_reasons_for_being_away_are_for_those_who_plan(as_, manager, officer, complete, now, pool):
    away = Absence(person=pool[5], kind="sick", from_on=dt.date(2026, 12, 8), until_on=dt.date(2026, 12, 9))
    Wish.objects.create(person=pool[4], date="2026-12-09", wants="free")
    publish(complete, by=manager, at=now)
    away.record(by=manager, at=now)
    page = f"/rosters/{complete.pk}/"
    for person, sees in ((manager, True), (officer, False)):
        text = as_(person).get(page).content.decode()
        assert (">Si<" in text) == sees and ("would like to be free" in text) == sees
        text = as_(person).get(page + "?slot=-1").content.decode()
        assert ("Who could keep it" in text) == sees and "赵一" in text
