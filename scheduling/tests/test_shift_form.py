"""A35, A36: a watch and its people on one form; what does not fit is told beside the field, nothing typed is lost."""

import datetime as dt
import threading
import time
import uuid
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext as _

from conftest import local, make_person
from duty.models import Line, Matter
from scheduling.models import Post, Seat, Shift
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
NEW = "/shifts/new/"


@pytest.fixture
def typed(post, leader, officer, now):
    """Tomorrow night's watch as a manager types it."""

    def values(**changes) -> dict:
        return {
            "post": post.pk, "name": "夜班", "starts_at": "2026-11-23 18:00", "ends_at": "2026-11-24 08:00", "leader": "何佳",
            "primary": "陈立", "secondary": "", "reserve": "", "version": "1",
        } | changes  # fmt: skip

    return values


def crew(shift) -> list:
    return [(seat.role, seat.person.name) for seat in shift.crew()]


# Entering


def test_a_watch_is_entered_with_its_people(typed, as_, manager, post, now):
    answer = as_(manager).post(NEW, typed(secondary=make_person("刘洋", post.unit).staff_number))
    shift = Shift.objects.get()
    assert answer.status_code == 302 and answer["Location"] == shift.get_absolute_url()
    assert (shift.starts_at, shift.ends_at, shift.post, shift.unit) == (
        local("2026-11-23 18:00"), local("2026-11-24 08:00"), post, post.unit,
    )  # fmt: skip
    assert crew(shift) == [("leader", "何佳"), ("primary", "陈立"), ("secondary", "刘洋")]
    assert all((seat.starts_at, seat.ends_at) == (shift.starts_at, shift.ends_at) for seat in shift.seats.all())
    matter = Matter.objects.get(pk=shift.pk)
    assert matter.title == "总值班室 夜班 11-23" and matter.unit == post.unit
    line = Line.objects.get(verb="scheduling.shift.plan")
    assert (line.who, line.at) == (manager, now)
    assert all(name in line.detail for name in ("何佳", "陈立", "刘洋"))


def test_the_page_proposes_tonight_and_the_people(post, as_, manager, officer, now):
    page = Page(as_(manager).get(NEW))
    assert (page.values["starts_at"], page.values["ends_at"]) == ("2026-11-22 18:00", "2026-11-23 08:00")
    assert '<option value="陈立">' in page.html


def test_the_same_form_sent_twice_is_one_watch(typed, as_, manager):
    client, token = as_(manager), str(uuid.uuid4())
    first, second = (client.post(NEW, typed(once=token)) for _turn in range(2))
    assert first["Location"] == second["Location"] and Shift.objects.count() == 1


def wrong(post, house) -> list:
    """What is typed instead, the field it is told beside, what is said ("" is Django's own)."""
    past = dt.date(2026, 11, 1)
    leaver = make_person("离职人", house["ops"], employed_until=past)
    make_person("停用人", house["ops"], is_active=False)
    make_person("将离职", house["ops"], employed_until=dt.date(2026, 11, 23))
    make_person("将入职", house["ops"], employed_from=dt.date(2026, 12, 1))
    twins = [make_person("王伟", house["ops"]), make_person("王伟", house["sales"])]
    closed = Post.objects.create(unit=house["ops"], name="旧岗", is_active=False)
    elsewhere = Post.objects.create(unit=house["sales"], name="销售值班室")
    before = _("The shift ends before it starts.")
    long = _("A shift lasts 48 hours at most. Check the dates.")
    nobody = "“{}”"
    gone = _("%(name)s does not work here on that day.")
    return [
        ({"ends_at": "2026-11-23 08:00"}, "ends_at", before),
        ({"ends_at": "2026-11-23 18:00"}, "ends_at", before),
        ({"starts_at": "2026-11-24 18:00"}, "ends_at", before),
        ({"ends_at": "2026-11-25 19:00"}, "ends_at", long),
        ({"ends_at": "2026-11-25 18:01"}, "ends_at", long),
        ({"starts_at": ""}, "starts_at", ""),
        ({"ends_at": "morgen"}, "ends_at", ""),
        ({"starts_at": "2026-02-30 10:00"}, "starts_at", ""),
        ({"starts_at": "0001-01-01 00:00"}, "starts_at", ""),
        ({"starts_at": "1949-10-01 10:00", "ends_at": "1949-10-01 15:00"}, "starts_at", ""),
        ({"starts_at": "2106-11-23 18:00", "ends_at": "2106-11-24 08:00"}, "starts_at", ""),
        ({"starts_at": "2025-11-01 18:00", "ends_at": "2025-11-02 08:00"}, "starts_at", ""),
        ({"name": ""}, "name", ""),
        ({"name": "夜" * 21}, "name", ""),
        ({"name": "a\x00"}, "name", ""),
        ({"post": ""}, "post", ""),
        ({"post": "999999"}, "post", ""),
        ({"post": closed.pk}, "post", ""),
        ({"post": elsewhere.pk}, "post", ""),
        ({"primary": ""}, "primary", ""),
        ({"primary": "没有这人"}, "primary", nobody.format("没有这人")),
        ({"primary": "陈"}, "primary", nobody.format("陈")),
        ({"primary": "x" * 3000}, "primary", ""),
        ({"primary": "陈\x00立"}, "primary", ""),
        ({"secondary": "离职人"}, "secondary", nobody.format("离职人")),
        ({"secondary": leaver.staff_number}, "secondary", ""),
        ({"secondary": "停用人"}, "secondary", nobody.format("停用人")),
        ({"secondary": "将离职"}, "secondary", gone % {"name": "将离职"}),
        ({"reserve": "将入职"}, "reserve", gone % {"name": "将入职"}),
        ({"secondary": "王伟"}, "secondary", twins[0].staff_number),
        ({"secondary": f"李雷 ({twins[0].staff_number})"}, "secondary", ""),
        ({"secondary": "陈立"}, "secondary", _("%(name)s has a seat on this watch already.") % {"name": "陈立"}),
    ]  # fmt: skip


def test_what_does_not_fit_is_told_beside_the_field_and_kept(typed, as_, manager, post, house):
    client = as_(manager)
    for changes, field, said in wrong(post, house):
        page = Page(client.post(NEW, typed(**changes)))
        assert page.status == 422, changes
        assert page.errors.get(field) and said in page.errors[field], (changes, page.errors, page.alerts)
        assert set(page.errors) == {field}, changes
        for name, value in typed(**changes).items():
            if "\x00" not in str(value) and name != "post":
                assert page.values[name] == str(value), name
    assert not Shift.objects.exists() and not Line.objects.filter(verb__startswith="scheduling.").exists()


def test_a_leader_is_not_required_and_forty_eight_hours_are_allowed(typed, as_, manager):
    assert as_(manager).post(NEW, typed(leader="", ends_at="2026-11-25 18:00")).status_code == 302


def test_namesakes_are_told_apart_by_their_number(typed, as_, manager, house):
    first, second = make_person("王伟", house["ops"]), make_person("王伟", house["sales"])
    assert f"王伟 ({first.staff_number})" in as_(manager).get(NEW).content.decode()
    for said in (
        second.staff_number,
        second.staff_number.lower(),
        f"王伟 ({second.staff_number})",
        f"王伟 （{second.staff_number}）",
    ):
        Seat.objects.all().delete()
        Shift.objects.update(removed_at=local("2026-11-22 23:02"))
        assert as_(manager).post(NEW, typed(primary=said)).status_code == 302
        assert Seat.objects.get(role="primary").person == second


def test_on_ones_last_day_one_works_until_midnight(typed, as_, manager, house):
    make_person("将离职", house["ops"], employed_until=dt.date(2026, 11, 23))
    hours = {"starts_at": "2026-11-23 16:00", "ends_at": "2026-11-24 00:00"}
    assert as_(manager).post(NEW, typed(secondary="将离职", **hours)).status_code == 302


def test_who_left_yesterday_is_gone_from_midnight_of_the_organisation(typed, as_, manager, house, clock):
    make_person("离职人", house["ops"], employed_until=dt.date(2026, 11, 22))
    clock("2026-11-23 00:30")  # still the 22nd in UTC
    assert "离职人" not in as_(manager).get(NEW).content.decode()


# Several people, and parts of a watch


def test_secondary_and_reserve_take_several_names(typed, as_, manager, house):
    names = [make_person(name, house["ops"]).name for name in ("刘洋", "赵静", "吴昊")]
    answer = as_(manager).post(NEW, typed(secondary="刘洋、赵静", reserve="吴昊"))
    assert answer.status_code == 302
    assert {(role, name) for role, name in crew(Shift.objects.get())[2:]} == {
        ("secondary", names[0]), ("secondary", names[1]), ("reserve", names[2]),
    }  # fmt: skip
    page = Page(as_(manager).get(f"{answer['Location']}change/"))
    assert page.values["secondary"] in ("刘洋、赵静", "赵静、刘洋")
    for said, wrong in (("刘洋，刘洋", "刘洋"), ("刘洋, 没有这人", "没有这人"), ("陈立、刘洋", "陈立")):
        page = Page(as_(manager).post(f"{answer['Location']}change/", page.values | {"secondary": said}))
        assert page.status == 422 and wrong in page.errors["secondary"], said
        assert page.values["secondary"] == said


@pytest.fixture
def shared(make_shift, officer, leader, house) -> Shift:
    """陈立 keeps the first half as primary, 刘洋 the second; 赵静 is secondary from midnight."""
    shift = make_shift("2026-11-23 18:00", "2026-11-24 08:00", leader=leader)
    midnight = local("2026-11-24 00:00")
    second, third = make_person("刘洋", house["ops"]), make_person("赵静", house["ops"])
    Seat.on(shift, "primary", officer, (shift.starts_at, midnight)).save()
    Seat.on(shift, "primary", second, (midnight, shift.ends_at)).save()
    Seat.on(shift, "secondary", third, (midnight, shift.ends_at)).save()
    return shift


def parts(shift) -> dict:
    return {(s.role, s.person.name): (f"{s.starts_at:%H}", f"{s.ends_at:%H}") for s in shift.seats.all() if s.is_part}


def test_parts_that_were_taken_over_stay_while_the_watch_does_not_move(as_, manager, shared, house):
    make_person("吴昊", house["ops"])
    client, address = as_(manager), f"/shifts/{shared.pk}/change/"
    before, page = parts(shared), Page(client.get(address))
    assert page.values["primary"] == "陈立、刘洋" and len(before) == 3
    assert client.post(address, page.values | {"name": "大夜班", "secondary": "赵静、吴昊"}).status_code == 302
    assert parts(shared) == before and ("secondary", "吴昊") in crew(shared)


def test_whoever_is_entered_alone_keeps_the_whole_watch(as_, manager, shared):
    client, address = as_(manager), f"/shifts/{shared.pk}/change/"
    assert client.post(address, Page(client.get(address)).values | {"primary": "刘洋"}).status_code == 302
    assert set(parts(shared)) == {("secondary", "赵静")} and ("primary", "刘洋") in crew(shared)


def test_a_shared_watch_that_moves_asks_for_one_name(as_, manager, shared):
    client, address = as_(manager), f"/shifts/{shared.pk}/change/"
    page = Page(client.post(address, Page(client.get(address)).values | {"ends_at": "2026-11-24 09:00"}))
    assert page.status == 422 and page.errors["primary"] and len(parts(shared)) == 3


def test_someone_may_keep_parts_in_two_seats(as_, manager, shared, officer):
    Seat.on(shared, "secondary", officer, (local("2026-11-24 00:00"), shared.ends_at)).save()
    client, address = as_(manager), f"/shifts/{shared.pk}/change/"
    assert client.post(address, Page(client.get(address)).values | {"name": "夜"}).status_code == 302
    assert len(parts(shared)) == 4


def test_parts_are_shown_with_their_times(as_, manager, shared):
    for path in (shared.get_absolute_url(), "/shifts/?from=2026-11-23"):
        page = Page(as_(manager).get(path))
        assert "18:00–00:00" in page.text and "00:00–08:00" in page.text


# Double duty


def test_a_double_duty_is_told_with_the_other_watch(typed, as_, manager, make_shift, officer, leader, house):
    other = Post.objects.create(unit=house["ops"], name="分值班室")
    make_shift("2026-11-24 07:59", "2026-11-24 16:00", "日班", at_post=other, primary=officer)
    page = Page(as_(manager).post(NEW, typed()))
    assert page.status == 422 and set(page.errors) == {"primary"}
    assert "陈立" in page.errors["primary"] and "分值班室 日班 11-24" in page.errors["primary"]


def test_one_watch_may_begin_at_the_instant_the_other_ends(typed, as_, manager, make_shift, officer):
    make_shift("2026-11-24 08:00", "2026-11-24 16:00", "日班", primary=officer)
    assert as_(manager).post(NEW, typed()).status_code == 302


def test_a_post_is_watched_once(typed, as_, manager, make_shift, house):
    make_shift("2026-11-24 00:00", "2026-11-24 10:00", primary=make_person("刘洋", house["ops"]))
    page = Page(as_(manager).post(NEW, typed()))
    assert page.status == 422 and page.errors["starts_at"] == _("This post has a shift at that time already.")


def test_the_hours_of_a_removed_watch_are_free(typed, as_, manager, make_shift, officer, now):
    make_shift("2026-11-23 18:00", "2026-11-24 08:00", primary=officer).remove(by=manager, at=now)
    assert as_(manager).post(NEW, typed()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_person_two_watches_at_once_the_second_is_told_by_the_field(
    typed, manager, administrator, house
):
    other = Post.objects.create(unit=house["ops"], name="分值班室")
    forms = [typed(leader=""), typed(leader="", post=other.pk, name="支援")]
    for _turn in range(3):
        clients = [signed_in(person) for person in (manager, administrator)]
        answers = at_the_same_time(*(partial(c.post, NEW, form) for c, form in zip(clients, forms, strict=True)))
        assert sorted(answer.status_code for answer in answers) == [302, 422]
        page = Page(max(answers, key=lambda answer: answer.status_code))
        assert "陈立" in page.errors["primary"] and "11-23" in page.errors["primary"]
        shift = Shift.objects.live().get()
        assert crew(shift) == [("primary", "陈立")]
        shift.remove(by=manager, at=local("2026-11-22 23:02"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_wait_for_each_other_the_one_let_go_is_told_by_the_field(
    typed, manager, administrator, house, post, now
):
    first, second = make_person("甲一", house["ops"]), make_person("乙二", house["ops"])
    elsewhere, client = Post.objects.create(unit=house["ops"], name="分值班室"), signed_in(administrator)
    taken, other = threading.Event(), None

    def by_hand():
        nonlocal other
        other = Shift(post=elsewhere, name="支援")
        other.starts_at, other.ends_at = local("2026-11-23 18:00"), local("2026-11-24 08:00")
        with transaction.atomic():
            other.plan([("primary", second)], by=manager, at=now)
            taken.set()
            while not waiting_writers():
                time.sleep(0.02)
            Seat.on(other, "leader", first).save()

    def on_the_page():
        taken.wait(10)
        return client.post(NEW, typed(leader="甲一", primary="乙二"))

    for _turn in range(5):  # whom the database lets go is its own choice; the one by hand has no page to be told on
        let_go, answer = at_the_same_time(by_hand, on_the_page)
        if let_go is None:
            break
        Shift.objects.get().remove(by=manager, at=now)
        taken.clear()
    page = Page(answer)
    assert page.status == 422 and set(page.errors) == {"leader", "primary"}
    assert Shift.objects.live().get() == other


def waiting_writers() -> int:
    """How many of this database's sessions wait for a row of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it would show what it showed first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_hours_at_once_the_second_is_told_by_the_field(typed, manager, administrator, house):
    make_person("刘洋", house["ops"])
    forms = [typed(leader=""), typed(leader="", primary="刘洋")]
    clients = [signed_in(person) for person in (manager, administrator)]
    answers = at_the_same_time(*(partial(c.post, NEW, form) for c, form in zip(clients, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    page = Page(max(answers, key=lambda answer: answer.status_code))
    assert page.errors.get("starts_at"), (page.errors, page.alerts)
    assert Shift.objects.count() == 1
