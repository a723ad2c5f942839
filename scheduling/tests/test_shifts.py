"""Watches: the week, one watch's page, changing it, taking it back before it begins."""

import datetime as dt
from functools import partial

import pytest
from django.utils.translation import gettext as _

from conftest import local, make_person
from duty.models import Line, Matter
from duty.steps import Conflict
from scheduling.models import Post, Shift
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def tonight(make_shift, leader, officer):
    return make_shift(leader=leader, primary=officer)


@pytest.fixture
def tomorrow(make_shift, leader, officer):
    return make_shift("2026-11-23 18:00", "2026-11-24 08:00", leader=leader, primary=officer)


def crew(shift) -> list:
    return [(seat.role, seat.person.name) for seat in Shift.objects.get(pk=shift.pk).crew()]


def shown(client, shift) -> dict:
    return Page(client.get(f"/shifts/{shift.pk}/change/")).values


# Changing


def test_it_is_changed_and_the_trail_names_the_new_crew_and_keeps_the_old(tomorrow, as_, manager, house, now):
    make_person("刘洋", house["ops"])
    client = as_(manager)
    values = shown(client, tomorrow)
    assert (values["leader"], values["primary"], values["starts_at"], values["version"]) == (
        "何佳", "陈立", "2026-11-23 18:00", "1",
    )  # fmt: skip
    answer = client.post(
        f"/shifts/{tomorrow.pk}/change/",
        values
        | {"leader": "", "primary": "刘洋", "secondary": "陈立", "ends_at": "2026-11-24 09:00", "name": "长夜班"},
    )
    assert answer.status_code == 302
    fresh = Shift.objects.get(pk=tomorrow.pk)
    assert (fresh.name, fresh.ends_at, fresh.version) == ("长夜班", local("2026-11-24 09:00"), 2)
    assert crew(tomorrow) == [("primary", "刘洋"), ("secondary", "陈立")]
    assert all(seat.ends_at == fresh.ends_at for seat in fresh.seats.all())
    assert Matter.objects.get(pk=tomorrow.pk).title == "总值班室 长夜班 11-23"
    line = Line.objects.get(verb="scheduling.shift.change")
    assert (line.who, line.at) == (manager, now)
    assert "刘洋" in line.detail and "陈立" in line.detail and "何佳" not in line.detail
    assert line.data["before"] == [["leader", "何佳"], ["primary", "陈立"]]
    text = Page(as_(manager).get(f"/trail/{tomorrow.pk}/")).text
    assert "刘洋" in text


def test_a_page_that_someone_else_overtook_is_told_and_keeps_what_was_typed(
    tomorrow, as_, manager, administrator, house
):
    make_person("刘洋", house["ops"])
    make_person("赵静静", house["ops"])
    mine, theirs = shown(as_(manager), tomorrow), shown(as_(administrator), tomorrow)
    assert as_(manager).post(f"/shifts/{tomorrow.pk}/change/", mine | {"secondary": "刘洋"}).status_code == 302
    answer = as_(administrator).post(f"/shifts/{tomorrow.pk}/change/", theirs | {"secondary": "赵静静"})
    assert answer.status_code == 409
    page = Page(answer)
    assert "赵静静" in page.html and "孙伟" in page.text and tomorrow.get_absolute_url() in page.links
    assert crew(tomorrow)[-1] == ("secondary", "刘洋")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_wins(tomorrow, manager, administrator, house):
    for name in ("刘洋", "赵静"):
        make_person(name, house["ops"])
    clients = [signed_in(person) for person in (manager, administrator)]
    forms = [
        shown(client, tomorrow) | {"secondary": name} for client, name in zip(clients, ("刘洋", "赵静"), strict=True)
    ]
    path = f"/shifts/{tomorrow.pk}/change/"
    answers = at_the_same_time(*(partial(c.post, path, form) for c, form in zip(clients, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert len(crew(tomorrow)) == 3 and Shift.objects.get(pk=tomorrow.pk).version == 2
    assert Line.objects.filter(verb="scheduling.shift.change").count() == 1


def test_a_refused_change_keeps_what_was_typed_and_the_watch_as_it_was(tomorrow, as_, manager):
    page = Page(
        as_(manager).post(
            f"/shifts/{tomorrow.pk}/change/", shown(as_(manager), tomorrow) | {"name": "", "primary": "没有这人"}
        )
    )
    assert page.status == 422 and set(page.errors) == {"name", "primary"} and page.values["primary"] == "没有这人"
    assert crew(tomorrow) == [("leader", "何佳"), ("primary", "陈立")]


def test_it_does_not_clash_with_itself_and_its_post_stays(tomorrow, as_, manager, house):
    other = Post.objects.create(unit=house["ops"], name="分值班室")
    values = shown(as_(manager), tomorrow) | {"starts_at": "2026-11-23 17:00", "post": other.pk}
    assert as_(manager).post(f"/shifts/{tomorrow.pk}/change/", values).status_code == 302
    fresh = Shift.objects.get(pk=tomorrow.pk)
    assert fresh.starts_at == local("2026-11-23 17:00") and fresh.post == tomorrow.post


def test_a_watch_at_a_post_no_longer_in_use_can_still_be_changed(tomorrow, as_, manager):
    Post.objects.update(is_active=False)
    values = shown(as_(manager), tomorrow) | {"name": "改名"}
    assert as_(manager).post(f"/shifts/{tomorrow.pk}/change/", values).status_code == 302


def test_namesakes_already_on_the_watch_stay_who_they_are(make_shift, as_, manager, house):
    first, _second = make_person("王伟", house["ops"]), make_person("王伟", house["sales"])
    shift = make_shift(primary=first)
    values = shown(as_(manager), shift)
    assert values["primary"] == f"王伟 ({first.staff_number})"
    assert as_(manager).post(f"/shifts/{shift.pk}/change/", values).status_code == 302
    assert shift.seats.get().person == first


# Taking back


def test_before_it_begins_it_can_be_taken_back_and_the_trail_names_its_crew(tomorrow, as_, manager, now):
    client = as_(manager)
    assert client.post(f"/shifts/{tomorrow.pk}/remove/").status_code == 302
    fresh = Shift.objects.get(pk=tomorrow.pk)
    assert fresh.removed_at == now and not fresh.seats.exists() and Matter.objects.get(pk=tomorrow.pk).closed_at == now
    line = Line.objects.get(verb="scheduling.shift.remove")
    assert "何佳" in line.detail and "陈立" in line.detail
    assert tomorrow.get_absolute_url() not in Page(client.get("/shifts/")).links
    assert client.get(f"/shifts/{tomorrow.pk}/change/").status_code == 404
    assert client.post(f"/shifts/{tomorrow.pk}/remove/").status_code == 404


def test_once_it_has_begun_it_is_not_taken_back(tonight, as_, manager, clock):
    for moment in ("2026-11-22 18:00", "2026-11-22 23:02", "2026-12-01 12:00"):
        clock(moment)
        answer = as_(manager).post(f"/shifts/{tonight.pk}/remove/")
        assert answer.status_code == 409 and _("A watch that has begun cannot be removed.") in answer.content.decode()
    clock("2026-11-22 17:59:59")
    assert as_(manager).post(f"/shifts/{tonight.pk}/remove/").status_code == 302


def test_it_is_taken_back_once(tomorrow, manager, now):
    stale = Shift.objects.get(pk=tomorrow.pk)
    tomorrow.remove(by=manager, at=now)
    for late in (partial(stale.remove, by=manager, at=now), partial(stale.change, [], by=manager, at=now)):
        with pytest.raises(Conflict):
            late()


def test_a_watch_taken_back_is_not_shown_as_kept_now(tomorrow, as_, manager, clock, now):
    tomorrow.remove(by=manager, at=now)
    clock("2026-11-24 01:00")
    answer = as_(manager).get(tomorrow.get_absolute_url())
    assert answer.status_code == 200 and answer.context["is_now"] is False


# Looking


def test_one_watchs_page_says_who_keeps_it_and_how_to_reach_them(tonight, as_, officer, leader):
    page = Page(as_(officer).get(tonight.get_absolute_url()))
    assert "何佳" in page.text and f"tel:{leader.mobile.replace(' ', '')}" in page.links
    assert not any("change" in link for link in page.links)


def test_the_week_shows_each_watch_on_the_day_it_starts(tonight, tomorrow, make_shift, as_, officer, house):
    make_shift("2026-11-21 18:00", "2026-11-22 08:00", "昨夜")
    make_shift("2026-11-29 00:00", "2026-11-29 08:00", "下周")
    answer = as_(officer).get("/shifts/")
    days = {day.date.isoformat(): [shift.name for shift in rows] for day, rows in answer.context["days"]}
    assert list(days) == [f"2026-11-{n}" for n in range(22, 29)]
    assert days["2026-11-22"] == ["昨夜", "夜班"] and days["2026-11-23"] == ["夜班"]
    page = Page(as_(officer).get("/shifts/?from=2026-11-29"))
    assert "下周" in page.text and "?from=2026-12-06" in page.links and "?from=2026-11-22" in page.links


def test_no_address_brings_the_week_down(tonight, as_, officer):
    client = as_(officer)
    for query in (
        "x",
        "0001-01-01",
        "9999-12-31",
        "2026-02-30",
        "%C2%B2026",
        "-1",
        "2" * 500,
        "2000-01-11",
        "2199-12-31",
    ):
        assert client.get(f"/shifts/?from={query}").status_code == 200, query


def test_who_manages_another_unit_neither_sees_nor_touches_it(tomorrow, as_, outsider, officer, auditor, post):
    values = {
        "post": post.pk,
        "name": "夜班",
        "starts_at": "2026-11-25 18:00",
        "ends_at": "2026-11-26 08:00",
        "primary": "陈立",
    }
    for path in ("", "change/", "remove/"):
        assert as_(outsider).get(f"/shifts/{tomorrow.pk}/{path}").status_code in (404, 405)
        assert as_(outsider).post(f"/shifts/{tomorrow.pk}/{path}", values).status_code == 404 or not path
    refused = Page(as_(outsider).post("/shifts/new/", values))
    assert refused.status == 422 and refused.errors.get("post")
    for person in (officer, auditor):
        for path in ("new/", f"{tomorrow.pk}/change/", f"{tomorrow.pk}/remove/"):
            assert as_(person).post(f"/shifts/{path}", values).status_code == 403
    assert crew(tomorrow) == [("leader", "何佳"), ("primary", "陈立")] and Shift.objects.count() == 1
