"""A4, A38–A40: posts and the watches they keep; a change holds from a day on, and the past stays."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from conftest import local, make_person
from duty.models import Line, Role
from scheduling.models import DayKind, Pattern, PatternSeat, Post, Qualification, Terms
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
D = dt.date.fromisoformat
ALL = list(DayKind.values)


@pytest.fixture
def new(post) -> str:
    return f"/posts/{post.pk}/watches/new/"


def typed(**changes) -> dict:
    """The night watch as a manager types it."""
    seats = {f"{role}_{name}": "0" for role in ("secondary", "reserve") for name in ("people", "holidays")}
    seats |= {f"{role}_{name}": "1" for role in ("leader", "primary") for name in ("people", "holidays")}
    return seats | {
        "name": "夜班", "mark": "夜", "starts": "18:00", "minutes": "14:00", "day_kinds": ALL, "from_on": "2026-11-23",
    } | changes  # fmt: skip


@pytest.fixture
def night(post, manager, now) -> Pattern:
    """18:00–08:00 on every day since the first of the month."""
    pattern = Pattern(
        post=post, name="夜班", mark="夜", starts=dt.time(18), minutes=840, day_kinds=ALL, from_on=D("2026-11-01")
    )
    pattern.begin([PatternSeat(role="leader"), PatternSeat(role="primary")], by=manager, at=now)
    return pattern


def said(page: Page) -> list[str]:
    """What the page says above its form; the engine, which does not run here, says something too."""
    return page.alerts[1:]


def resent(page: Page, **changes) -> dict:
    """What stands on the page, with changes; the check boxes are ticked as they were."""
    return page.values | {"day_kinds": ALL} | changes


def test_a_watch_is_entered_with_its_seats(new, as_, manager, post):
    exam = Qualification.objects.create(name="值班上岗考核")
    answer = as_(manager).post(new, typed(secondary_people="2", secondary_holidays="3", primary_holds=exam.pk))
    assert answer.status_code == 302 and answer["Location"] == f"/posts/#post-{post.pk}"
    pattern = Pattern.objects.get()
    assert (pattern.hours, pattern.minutes, pattern.from_on, pattern.until_on) == (
        "18:00–08:00",
        840,
        D("2026-11-23"),
        None,
    )
    assert [(s.role, s.people, s.people_on_holidays, s.qualification) for s in pattern.seats.all()] == [
        ("leader", 1, 1, None), ("primary", 1, 1, exam), ("secondary", 2, 3, None),
    ]  # fmt: skip
    line = Line.objects.get(verb="duty.register.added")
    assert (line.who, line.unit) == (manager, post.unit)


def test_the_same_form_sent_twice_is_one_watch(new, as_, manager):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(new, typed(once=token)).status_code == 302
    assert Pattern.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"name": "夜" * 21}, "name"), ({"mark": "夜夜夜"}, "mark"), ({"starts": ""}, "starts"),
        ({"starts": "25:00"}, "starts"), ({"starts": "abc"}, "starts"), ({"minutes": "0:10"}, ""), ({"minutes": "x"}, "minutes"),
        ({"minutes": "49"}, ""), ({"minutes": "24:30"}, ""), ({"day_kinds": []}, "day_kinds"), ({"from_on": "2026-11-21"}, "from_on"),
        ({"from_on": "2026-13-01"}, "from_on"), ({"from_on": ""}, "from_on"), ({"until_on": "2026-11-22"}, ""),
        ({"leader_people": "2"}, "leader_people"), ({"primary_people": "-1"}, "primary_people"), ({"secondary_people": "21"}, "secondary_people"),
        ({"leader_people": "0", "primary_people": "0"}, "primary_people"), ({"leader_holidays": "0", "primary_holidays": "0"}, "primary_holidays"),
        ({"primary_holds": "999"}, "primary_holds"), ({"day_kinds": ["sunday"]}, "day_kinds"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_kept(new, as_, manager, changes, field):
    page = Page(as_(manager).post(new, typed(**changes)))
    assert page.status == 422 and not Pattern.objects.exists()
    assert page.errors.get(field) if field else page.alerts, (page.errors, page.alerts)
    for name, value in typed(**changes).items():
        if name != "day_kinds" and not name.endswith("_holds"):
            assert page.values[name] == value, name


@pytest.mark.parametrize(
    ("said", "minutes"), [("8", 480), ("7:30", 450), ("7.5", 450), ("8 小时", 480), ("24：00", 1440)]
)
def test_a_length_is_read_as_people_write_it(new, as_, manager, said, minutes):
    as_(manager).post(new, typed(minutes=said))
    assert Pattern.objects.get().minutes == minutes


def test_a_second_watch_at_the_same_hours_is_refused_by_name_also_across_midnight(new, as_, manager, night):
    client = as_(manager)
    for changes in (
        {"starts": "20:00", "minutes": "2"},
        {"starts": "07:00", "minutes": "8"},  # the night still runs
        {"starts": "16:00", "minutes": "3"},
        {"starts": "07:00", "minutes": "8", "day_kinds": ["rest"]},  # Friday's night, Saturday's morning
    ):
        page = Page(client.post(new, typed(name="另一班", **changes)))
        assert page.status == 422 and "“夜班” 18:00–08:00" in " ".join(page.alerts), changes
    assert client.post(new, typed(name="日班", starts="08:00", minutes="10")).status_code == 302
    assert Pattern.objects.count() == 2


def test_a_whole_day_and_split_watches_are_allowed(new, as_, manager):
    client = as_(manager)
    assert client.post(new, typed(name="全天", starts="08:00", minutes="24:00", day_kinds=["rest"])).status_code == 302
    for name, starts, minutes in (("上半夜", "18:00", "7:00"), ("下半夜", "01:00", "7:00")):
        answer = client.post(new, typed(name=name, starts=starts, minutes=minutes, day_kinds=["workday"]))
        assert answer.status_code == (
            302 if name == "上半夜" else 422
        )  # on a rest day the whole-day watch still runs at one
    assert Pattern.objects.count() == 2


# From a day on


def test_a_change_ends_the_old_row_and_begins_a_new_one(as_, manager, night):
    client, address = as_(manager), f"/posts/watches/{night.pk}/"
    page = Page(client.get(address))
    assert page.values["from_on"] == "2026-11-23" and page.values["minutes"] == "14:00"
    answer = client.post(
        address, resent(page, from_on="2026-12-01", starts="20:00", minutes="12:00", secondary_people="1")
    )
    assert answer.status_code == 302
    old, fresh = Pattern.objects.order_by("from_on")
    assert (old.pk, old.starts, old.until_on) == (night.pk, dt.time(18), D("2026-11-30"))
    assert (fresh.starts, fresh.from_on, fresh.until_on) == (dt.time(20), D("2026-12-01"), None)
    assert [seat.role for seat in old.seats.all()] == ["leader", "primary"]
    assert [seat.role for seat in fresh.seats.all()] == ["leader", "primary", "secondary"]


def test_what_has_not_begun_is_edited_in_place(as_, manager, new, post):
    client = as_(manager)
    client.post(new, typed(from_on="2026-12-01"))
    address = f"/posts/watches/{Pattern.objects.get().pk}/"
    page = Page(client.get(address))
    assert page.values["from_on"] == "2026-12-01"
    assert client.post(address, resent(page, from_on="2026-12-05", minutes="8")).status_code == 302
    pattern = Pattern.objects.get()
    assert (pattern.from_on, pattern.minutes, pattern.seats.count()) == (D("2026-12-05"), 480, 2)


def test_saving_without_a_change_changes_nothing(as_, manager, night):
    client, address = as_(manager), f"/posts/watches/{night.pk}/"
    assert client.post(address, resent(Page(client.get(address)), from_on="2026-12-24")).status_code == 302
    assert Pattern.objects.get().until_on is None


def test_a_page_from_before_someone_elses_change_is_told(as_, manager, night, now):
    client, address = as_(manager), f"/posts/watches/{night.pk}/"
    page = Page(client.get(address))
    Pattern.objects.filter(pk=night.pk).update(minutes=600)
    again = Page(client.post(address, resent(page, name="大夜班")))
    assert again.status == 422 and said(again) and again.values["name"] == "大夜班"
    assert client.post(address, resent(again)).status_code == 302


def test_the_new_hours_may_not_begin_while_the_last_old_night_runs(as_, manager, night, new):
    client = as_(manager)
    client.post(new, typed(name="日班", starts="08:00", minutes="10"))
    day = Pattern.objects.get(name="日班")
    address = f"/posts/watches/{day.pk}/"
    page = Page(
        client.post(address, resent(Page(client.get(address)), from_on="2026-12-01", starts="07:00", minutes="11"))
    )
    assert page.status == 422 and "“夜班”" in " ".join(page.alerts)
    day.refresh_from_db()
    assert day.until_on is None  # nothing of it was kept


def test_a_watch_ends_on_a_day_and_one_that_has_not_begun_is_taken_back(as_, manager, night, new):
    client = as_(manager)
    assert Page(client.post(f"/posts/watches/{night.pk}/end/", {"last_on": "2026-11-20"})).errors["last_on"]
    client.post(f"/posts/watches/{night.pk}/end/", {"last_on": "2026-11-30"})
    night.refresh_from_db()
    assert night.until_on == D("2026-11-30")
    client.post(new, typed(name="新夜班", from_on="2026-12-01"))
    client.post(f"/posts/watches/{Pattern.objects.get(name='新夜班').pk}/end/", {"last_on": "2026-11-25"})
    assert not Pattern.objects.filter(name="新夜班").exists()
    assert Line.objects.filter(verb="duty.register.removed").exists()


def test_what_has_ended_is_no_longer_changed(as_, manager, night, clock):
    night.until_on = D("2026-11-22")
    night.save()
    clock("2026-11-23 09:00")
    assert as_(manager).get(f"/posts/watches/{night.pk}/").status_code == 404


def test_published_watches_stay_and_are_told(as_, manager, night, make_shift, officer):
    make_shift("2026-12-05 18:00", "2026-12-06 08:00", primary=officer)
    client, address = as_(manager), f"/posts/watches/{night.pk}/"
    client.post(address, resent(Page(client.get(address)), from_on="2026-12-01", starts="20:00", minutes="12"))
    assert any("1" in alert for alert in said(Page(client.get("/posts/")))[1:])


# What is shown and told


def test_a_long_watch_and_a_holiday_without_a_leader_are_told_and_stand(new, as_, manager, house):
    Terms.objects.create(unit=house["top"], recommended_hours=12)
    client = as_(manager)
    answer = client.post(new, typed(leader_holidays="0"), follow=True)
    page = Page(answer)
    assert Pattern.objects.exists() and len(said(page)) == 3  # entered; 14 hours; no leader
    assert "12" in said(page)[1]


def test_hours_that_nobody_watches_are_shown_except_office_hours_and_what_the_unit_above_keeps(
    as_, manager, night, house
):
    page = Page(as_(manager).get("/posts/"))
    assert page.text.count("08:00–18:00") >= 4  # office hours on two types of day, not watched on two
    above = Post.objects.create(unit=house["top"], name="集团值班室")
    Pattern.objects.create(
        post=above,
        name="日班",
        mark="日",
        starts=dt.time(8),
        minutes=600,
        day_kinds=["rest", "holiday"],
        from_on=D("2026-01-01"),
    )
    shown = Page(as_(manager).get("/posts/"))
    assert "集团值班室" in shown.html
    whole = Page(as_(make_person("总排班", house["top"], Role.MANAGER)).get("/posts/"))
    assert whole.html.count('<g class="above"') == 2
    assert "badge-state soon" in page.html and shown.html.count('<g class="open"') < page.html.count('<g class="open"')


def test_an_outsider_neither_sees_nor_changes_the_post(as_, outsider, officer, night, post, new):
    client = as_(outsider)
    assert "总值班室" not in client.get("/posts/").content.decode().split("<main")[1]
    for path in (new, f"/posts/{post.pk}/", f"/posts/watches/{night.pk}/", f"/posts/watches/{night.pk}/end/"):
        assert client.get(path).status_code == 404 and client.post(path, typed()).status_code == 404
    assert as_(officer).get("/posts/").status_code == 403


def test_a_post_is_added_and_named_once(as_, manager, house, post):
    client = as_(manager)
    form = {"unit": house["ops"].pk, "name": "门岗", "phone": "010 1", "order": "1", "is_active": "on"}
    answer = client.post("/posts/new/", form | {"phone": "010 6110 1"})
    assert answer.status_code == 302 and answer["Location"].endswith("/watches/new/")
    assert Page(client.post("/posts/new/", form | {"name": "总值班室"})).errors["name"]
    assert Page(client.post("/posts/new/", form | {"unit": house["sales"].pk})).errors["unit"]
    assert Page(client.post(f"/posts/{post.pk}/", form | {"phone": "no"})).errors["phone"]


# What the database holds


@pytest.mark.parametrize(
    "wrong",
    [{"minutes": 10}, {"minutes": 3000}, {"day_kinds": []}, {"day_kinds": ["sunday"]}, {"until_on": D("2025-01-01")}],
)
def test_the_database_refuses_a_pattern_that_cannot_be(post, wrong):
    values = {
        "name": "x",
        "mark": "x",
        "starts": dt.time(8),
        "minutes": 480,
        "day_kinds": ALL,
        "from_on": D("2026-01-01"),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Pattern.objects.create(post=post, **values | wrong)


@pytest.mark.parametrize("wrong", [{"role": "leader", "people": 2}, {"role": "secondary", "people": 21}])
def test_the_database_refuses_seats_that_cannot_be(night, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        night.seats.all().delete()
        PatternSeat.objects.create(pattern=night, **wrong)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_hours_at_once_one_is_told(new, manager, administrator, now):
    clients = [signed_in(person) for person in (manager, administrator)]
    forms = [typed(), typed(name="大夜班")]
    answers = at_the_same_time(*(partial(c.post, new, form) for c, form in zip(clients, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Pattern.objects.count() == 1


def test_a_span_keeps_the_clock_of_the_wall(post):
    pattern = Pattern(post=post, starts=dt.time(18), minutes=840)
    assert pattern.span_on(D("2026-12-31")) == (local("2026-12-31 18:00"), local("2027-01-01 08:00"))
