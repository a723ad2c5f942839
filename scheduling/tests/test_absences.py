"""A37, 外出报备: an absence is asked for, covered, decided, and told when it is over."""

import datetime as dt
from functools import partial

import pytest

from conftest import local, make_person
from duty.models import Line, Person, Role, Unit
from duty.steps import Conflict
from duty.sweeping import sweep
from duty.watchdog import restore_missing
from scheduling.models import Absence, Swap, Terms
from scheduling.tests.cover import make_absence, make_colleague, make_swap, on_duty, owed, seat_of, told
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
ANSWER, BACK = "scheduling.absence", "scheduling.back"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def leave(officer, now):
    return make_absence(officer, "2026-11-30", "2026-12-02", at=now)


def state(absence) -> str:
    return Absence.objects.get(pk=absence.pk).status


# Asking and deciding


def test_it_is_asked_of_the_superior_and_answered_in_two_days_at_the_latest(leave, officer, chief, now):
    assert (leave.starts_at, leave.ends_at) == (local("2026-11-30 00:00"), local("2026-12-03 00:00"))
    promise = owed(leave, ANSWER)
    assert promise.due_at == now + 2 * DAY and told(chief, leave) and not told(officer, leave)
    near = make_absence(officer, "2026-11-23", "2026-11-23", at=now, halves=("pm", "pm"))
    assert owed(near, ANSWER).due_at == local("2026-11-23 12:00")


def test_unanswered_it_climbs_from_the_superior_to_the_planners(leave, chief, manager, clock):
    clock("2026-11-23 23:02")
    sweep()
    assert len(told(chief, leave)) == 2 and not told(manager, leave)
    clock("2026-11-24 23:02")
    sweep()
    assert len(told(chief, leave)) == 3 and told(manager, leave)


def test_approved_it_is_told_and_the_return_is_owed(leave, officer, chief, now):
    leave.approve(by=chief, at=now)
    assert state(leave) == "approved" and owed(leave, ANSWER) is None
    assert owed(leave, BACK).due_at == local("2026-12-03 10:00") and owed(leave, BACK).owed_by == officer
    assert "周敏" in told(officer, leave)[-1]
    with pytest.raises(Conflict):
        leave.approve(by=chief, at=now)


def test_nobody_approves_their_own(chief, head, now, as_):
    own = make_absence(chief, "2026-11-30", "2026-11-30", at=now)
    assert as_(chief).post(f"/absences/{own.pk}/approve/").status_code == 403
    with pytest.raises(Conflict):
        own.approve(by=chief, at=now)
    assert as_(head).post(f"/absences/{own.pk}/approve/").status_code == 302


def test_it_is_declined_with_a_reason(leave, as_, officer, chief):
    page = Page(as_(chief).post(f"/absences/{leave.pk}/decline/", {"decline-reason": ""}))
    assert page.status == 422 and state(leave) == "asked"
    assert as_(chief).post(f"/absences/{leave.pk}/decline/", {"decline-reason": "年底盘点"}).status_code == 302
    assert state(leave) == "declined" and told(officer, leave) and owed(leave, ANSWER) is None
    again = make_absence(officer, "2026-11-30", "2026-12-02", at=leave.asked_at)
    assert state(again) == "asked"


def test_it_is_withdrawn_before_it_begins(leave, chief, officer, now, clock):
    leave.approve(by=chief, at=now)
    with pytest.raises(Conflict):
        leave.withdraw(by=officer, at=clock("2026-11-30 00:00"))
    leave.withdraw(by=officer, at=now)
    assert state(leave) == "withdrawn" and owed(leave, BACK) is None and told(chief, leave)[-1]


def test_who_is_back_early_is_free_again(leave, chief, officer, clock, make_shift, house):
    leave.approve(by=chief, at=leave.asked_at)
    back = clock("2026-12-01 09:00")
    leave.come_back(by=officer, at=back)
    fresh = Absence.objects.get(pk=leave.pk)
    assert (fresh.status, fresh.back_at, fresh.ends_at) == ("back", back, back) and owed(leave, BACK) is None
    assert not Absence.objects.counted().between(back, back + HOUR).exists()
    make_absence(officer, "2026-12-02", "2026-12-02", at=back)


def test_the_return_is_reminded_of_and_then_told_above(leave, chief, officer, clock):
    leave.approve(by=chief, at=leave.asked_at)
    before = len(told(chief, leave))
    clock("2026-12-03 10:00")
    sweep()
    assert len(told(officer, leave)) == 2
    clock("2026-12-04 10:00")
    sweep()
    assert len(told(chief, leave)) == before + 1


# Cover


def test_it_is_not_approved_while_a_published_duty_is_uncovered(leave, make_shift, as_, officer, chief, manager, house):
    at = leave.asked_at
    watch = make_shift("2026-11-30 18:00", "2026-12-01 08:00", primary=officer)
    page = Page(as_(chief).get(leave.get_absolute_url()))
    assert watch.title in page.text and not page.has_form("/approve/")
    answer = as_(chief).post(f"/absences/{leave.pk}/approve/")
    assert answer.status_code == 409 and watch.title in answer.content.decode() and state(leave) == "asked"

    seat = seat_of(watch, officer)
    find = f"/swaps/new/?seat={seat.pk}&absence={leave.pk}"
    assert find in Page(as_(officer).get(leave.get_absolute_url())).links
    substitute = make_colleague(house, "刘洋")
    assert as_(officer).post(find, {"to": substitute.pk, "reason": ""}).status_code == 302
    swap = Swap.objects.get()
    assert (swap.absence, swap.asked) == (leave, substitute)
    assert "刘洋" in Page(as_(chief).get(leave.get_absolute_url())).text
    swap.take(by=substitute, at=at)
    swap.approve(by=manager, at=at)
    assert as_(chief).post(f"/absences/{leave.pk}/approve/").status_code == 302 and state(leave) == "approved"


def test_only_the_part_that_falls_into_it_needs_cover_over_the_months_end(
    officer, chief, manager, make_shift, house, as_, now
):
    """Away from Tuesday 1 December: of Monday's night only what comes after midnight changes hands."""
    watch = make_shift("2026-11-30 18:00", "2026-12-01 08:00", primary=officer)
    leave = make_absence(officer, "2026-12-01", "2026-12-02", at=now)
    substitute = make_colleague(house, "刘洋")
    seat = seat_of(watch, officer)
    values = Page(as_(officer).get(f"/swaps/new/?seat={seat.pk}&absence={leave.pk}")).values
    assert (
        as_(officer).post(f"/swaps/new/?seat={seat.pk}&absence={leave.pk}", values | {"to": substitute.pk}).status_code
        == 302
    )
    swap = Swap.objects.get()
    assert swap.span == (local("2026-12-01 00:00"), local("2026-12-01 08:00"))
    swap.take(by=substitute, at=now)
    swap.approve(by=manager, at=now)
    assert on_duty("2026-11-30 18:00") == on_duty("2026-11-30 23:59") == {("primary", "陈立")}
    assert on_duty("2026-12-01 00:00") == on_duty("2026-12-01 07:59") == {("primary", "刘洋")}
    leave.approve(by=chief, at=now)
    assert state(leave) == "approved"


def test_open_offers_go_with_it(leave, make_shift, officer, house, chief, now):
    watch = make_shift("2026-11-30 18:00", "2026-12-01 08:00", primary=officer)
    asked = make_colleague(house, "刘洋")
    swap = make_swap(seat_of(watch, officer), now, to=asked, absence=leave)
    leave.decline(by=chief, at=now, reason="不行")
    swap.refresh_from_db()
    assert (
        swap.status == "withdrawn"
        and len(told(asked, swap)) == 2
        and on_duty("2026-11-30 20:00") == {("primary", "陈立")}
    )


def test_who_is_away_is_entered_for_no_watch(leave, as_, officer, chief, manager, post, now):
    leave.approve(by=chief, at=now)
    values = {"post": post.pk, "name": "夜班", "primary": "陈立"}
    for starts, ends, status in (
        ("2026-12-02 18:00", "2026-12-03 08:00", 422),
        ("2026-12-03 00:00", "2026-12-03 08:00", 302),
    ):
        page = as_(manager).post("/shifts/new/", values | {"starts_at": starts, "ends_at": ends})
        assert page.status_code == status


# Head and deputy, acting person


@pytest.fixture
def deputy(house, chief):
    person = make_person("邓超", house["ops"], Role.LEADER, superior=chief)
    Person.objects.filter(pk=chief.pk).update(deputy=person)
    chief.refresh_from_db()
    return person


def test_head_and_deputy_are_not_both_away_unless_from_above_with_a_reason(
    chief, deputy, head, manager, as_, now, house
):
    first = make_absence(chief, "2026-11-30", "2026-12-02", at=now)
    first.approve(by=head, at=now)
    second = make_absence(deputy, "2026-12-02", "2026-12-03", at=now)
    assert "周敏" in Page(as_(manager).get(second.get_absolute_url())).text
    for person, reason in ((manager, "没关系"), (head, "")):
        answer = as_(person).post(f"/absences/{second.pk}/approve/", {"reason": reason})
        assert answer.status_code == 409 and "周敏" in answer.content.decode()
    assert as_(head).post(f"/absences/{second.pk}/approve/", {"reason": "总部会议"}).status_code == 302
    assert Line.objects.filter(verb="scheduling.absence.approve", reason="总部会议").exists()


def test_a_unit_may_let_both_go(chief, deputy, head, manager, now, house):
    Terms.objects.create(unit=house["ops"], both_away=True)
    make_absence(chief, "2026-11-30", "2026-12-02", at=now).approve(by=head, at=now)
    make_absence(deputy, "2026-12-02", "2026-12-03", at=now).approve(by=manager, at=now)


FILED = {
    "kind": "away", "from_on": "2026-11-30", "from_half": "am", "until_on": "2026-12-01", "until_half": "pm", "place": "西安",
    "acting": "何佳", "acting_phone": "", "reason": "出差", "seen": "",
}  # fmt: skip


def test_being_away_names_a_place_and_who_acts(as_, chief, leader):
    refused = Page(as_(chief).post("/absences/new/", FILED | {"place": "", "acting": ""}))
    assert refused.status == 422 and set(refused.errors) == {"place", "acting"} and refused.values["reason"] == "出差"
    assert Page(as_(chief).post("/absences/new/", FILED | {"acting": "周敏"})).status == 422
    assert as_(chief).post("/absences/new/", FILED).status_code == 302
    absence = Absence.objects.get()
    assert (absence.acting, absence.acting_phone, absence.place) == (leader, leader.mobile, "西安")


def test_what_is_in_the_way_is_shown_once_before_it_is_filed(as_, chief, leader, make_shift):
    mine = make_shift("2026-11-30 18:00", "2026-12-01 08:00", leader=chief)
    make_shift("2026-12-01 18:00", "2026-12-02 08:00", leader=leader)
    page = Page(as_(chief).post("/absences/new/", FILED))
    assert page.status == 200 and not Absence.objects.exists()
    assert mine.title in page.alerts[-1] and "何佳" in page.alerts[-1] and page.values["place"] == "西安"
    assert as_(chief).post("/absences/new/", page.values).status_code == 302
    assert Absence.objects.get().person == chief


def test_approved_and_filed_anew_it_is_asked_for_again(as_, chief, head, leader, now):
    assert as_(chief).post("/absences/new/", FILED).status_code == 302
    absence = Absence.objects.get()
    absence.approve(by=head, at=now)
    path = f"/absences/{absence.pk}/change/"
    values = Page(as_(chief).get(path)).values | {"until_on": "2026-12-03"}
    assert as_(chief).post(path, values).status_code == 302
    fresh = Absence.objects.get()
    assert (fresh.status, fresh.ends_at, fresh.decided_by) == ("asked", local("2026-12-04 00:00"), None)
    assert owed(fresh, ANSWER) and owed(fresh, BACK) is None and len(told(head, fresh)) == 2
    fresh.approve(by=head, at=now)
    values = Page(as_(head).get(path)).values | {"place": "成都"}
    assert as_(head).post(path, values).status_code == 302
    assert state(fresh) == "approved" and Absence.objects.get().place == "成都"


# Forms


def test_bad_days_are_told_beside_the_field_and_nothing_is_lost(as_, officer, now):
    for changes, field in (
        ({"until_on": "2026-11-29"}, "until_on"),
        ({"until_on": "2026-11-30", "from_half": "pm", "until_half": "am"}, "until_half"),
        ({"from_on": "2026-11-01"}, "from_on"),
        ({"until_on": "2028-11-29"}, "until_on"),
        ({"from_on": "x"}, "from_on"),
        ({"acting": "没有这人"}, "acting"),
    ):
        page = Page(as_(officer).post("/absences/new/", FILED | {"kind": "leave", "acting": ""} | changes))
        assert page.status == 422 and field in page.errors and page.values["reason"] == "出差", changes
    assert not Absence.objects.exists()


def test_nobody_is_away_twice(as_, officer, leave):
    page = Page(as_(officer).post("/absences/new/", FILED | {"kind": "leave", "acting": ""}))
    assert page.status == 422 and page.alerts and Absence.objects.count() == 1


def test_a_planner_files_it_for_someone_who_hears_of_it(as_, manager, officer, outsider):
    values = FILED | {"kind": "training", "acting": "", "person": "陈立"}
    assert as_(manager).post("/absences/new/", values).status_code == 302
    absence = Absence.objects.get()
    assert (absence.person, absence.asked_by) == (officer, manager) and told(officer, absence)
    assert Page(as_(manager).post("/absences/new/", values | {"person": "外人"})).status == 422


def test_sent_twice_it_is_filed_once(as_, officer):
    client = as_(officer)
    values = FILED | {"kind": "leave", "acting": "", "once": Page(client.get("/absences/new/")).values["once"]}
    answers = [client.post("/absences/new/", values) for _twice in range(2)]
    assert answers[0].url == answers[1].url and Absence.objects.count() == 1


def test_the_reason_is_for_those_who_decide(as_, officer, chief, leader, house, now):
    make_absence(officer, "2026-11-30", "2026-11-30", at=now, reason="家事")
    absence = Absence.objects.get()
    assert "家事" in Page(as_(chief).get(absence.get_absolute_url())).text
    assert "家事" not in Page(as_(leader).get(absence.get_absolute_url())).text


def test_outsiders_and_colleagues(as_, leave, outsider, leader):
    for path in ("", "change/", "approve/", "decline/", "withdraw/", "back/"):
        ask = as_(outsider).post if path else as_(outsider).get
        assert ask(f"/absences/{leave.pk}/{path}").status_code == 404
    for path in ("approve", "decline", "withdraw", "back", "change"):
        assert as_(leader).post(f"/absences/{leave.pk}/{path}/", {"decline-reason": "x"}).status_code == 403
    assert leave.title not in Page(as_(outsider).get("/absences/")).text
    assert "陈立" in Page(as_(leader).get("/absences/")).text


def test_what_waits_for_my_decision_is_on_the_list_and_on_the_desk(as_, leave, chief, leader):
    assert "to-decide" in Page(as_(chief).get("/absences/")).html
    assert "to-decide" not in Page(as_(leader).get("/absences/")).html
    assert leave.get_absolute_url() in Page(as_(chief).get("/")).links


def test_a_missing_promise_is_found(leave, chief, now):
    leave.settle(ANSWER, now)
    assert restore_missing() == 1 and owed(leave, ANSWER)
    leave.approve(by=chief, at=now)
    leave.settle(BACK, now)
    assert restore_missing() == 1 and owed(leave, BACK)


# At the same time


@pytest.mark.django_db(transaction=True)
def test_approved_and_withdrawn_at_once_one_wins(leave, officer, chief):
    deeds = [
        partial(signed_in(p).post, f"/absences/{leave.pk}/{v}/") for p, v in ((chief, "approve"), (officer, "withdraw"))
    ]
    answers = [answer.status_code for answer in at_the_same_time(*deeds)]
    # An approved one may still be withdrawn; a withdrawn one is not approved.
    assert (answers, state(leave)) in (([302, 302], "withdrawn"), ([409, 302], "withdrawn"))
    assert owed(leave, ANSWER) is None and owed(leave, BACK) is None


@pytest.mark.django_db(transaction=True)
def test_filed_twice_at_once_it_is_filed_once(officer, manager, now):
    values = FILED | {"kind": "leave", "acting": ""}
    deeds = [partial(signed_in(officer).post, "/absences/new/", values) for _twice in range(2)]
    assert sorted(answer.status_code for answer in at_the_same_time(*deeds)) in ([302, 409], [302, 422])
    assert Absence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_head_and_deputy_approved_at_once_one_is_refused(chief, deputy, head, manager, house, now):
    absences = [make_absence(person, "2026-11-30", "2026-12-01", at=now) for person in (chief, deputy)]
    deeds = [partial(signed_in(who).post, f"/absences/{absence.pk}/approve/")
             for who, absence in zip((head, manager), absences, strict=True)]  # fmt: skip
    assert sorted(answer.status_code for answer in at_the_same_time(*deeds)) == [302, 409]


@pytest.mark.django_db(transaction=True)
def test_approved_while_they_take_a_duty_inside_it_only_one_holds(
    leave, make_shift, house, officer, chief, manager, now
):
    Terms.objects.create(unit=house["ops"], swap_needs_approval=False)
    other = make_colleague(house, "刘洋")
    watch = make_shift("2026-12-01 18:00", "2026-12-02 08:00", primary=other)
    swap = make_swap(seat_of(watch, other), now, to=officer)

    def take():
        Swap.objects.get(pk=swap.pk).take(by=officer, at=now)

    def approve():
        Absence.objects.get(pk=leave.pk).approve(by=chief, at=now)

    answers = at_the_same_time(take, approve)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1, answers
    away = state(leave) == "approved"
    assert on_duty("2026-12-01 20:00") == {("primary", "刘洋" if away else "陈立")}


def test_units_without_a_superior_ask_the_planners(house, manager, now):
    Unit.objects.update(head=None)
    person = make_person("无上级", house["ops"], Role.OFFICER)
    absence = make_absence(person, "2026-11-30", "2026-11-30", at=now)
    assert told(manager, absence)
