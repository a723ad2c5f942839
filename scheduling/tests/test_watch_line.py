"""The watch line: this watch from start to end, every promise a mark, the gravest on top of a stack."""

import datetime as dt

import pytest

from conftest import local, make_person
from duty import sockets
from duty.ladders import Rung
from duty.models import Deadline, Matter
from scheduling.models import Post, Shift
from scheduling.tests.reading import Page
from scheduling.watch import Mark, hours_of, layout, marks_of, place, strip

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
START = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)  # 18:00


def watch(hours=14, start=START) -> Shift:
    return Shift(starts_at=start, ends_at=start + hours * HOUR)


def mark(x, state="next", title="") -> Mark:
    return Mark(x, "报", state, title or f"{state} {x}", START, "/")


# Where things lie


def test_places_are_per_cent_of_the_watch():
    shift = watch(10)
    assert [place(START + n * HOUR, shift) for n in (0, 1, 5, 10)] == [0, 10, 50, 100]
    assert place(START + 20 * MINUTE, shift) == 3.33


def test_full_hours_are_written_every_second_and_on_long_watches_every_fourth():
    assert [text for _x, text in hours_of(watch(14))] == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00"]
    assert [text for _x, text in hours_of(watch(24))] == ["20:00", "00:00", "04:00", "08:00", "12:00", "16:00"]
    assert all(4 < x < 96 for x, _text in hours_of(watch(14)))


def test_a_watch_that_starts_at_a_half_hour_still_shows_full_hours():
    assert [text for _x, text in hours_of(watch(8, START + 30 * MINUTE))] == ["20:00", "22:00", "00:00", "02:00"]


def test_in_the_night_that_has_an_hour_twice_it_is_shown_twice(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    shift = watch(9, dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC))  # 22:00 to 06:00, nine hours
    assert [text for _x, text in hours_of(shift)] == ["00:00", "02:00", "02:00", "04:00"]
    xs = [x for x, _text in hours_of(shift)]
    assert xs == sorted(xs) and len(set(xs)) == 4


def test_marks_apart_lie_on_one_row_and_close_ones_stack():
    shown = layout("wide", [mark(10), mark(12.5), mark(13), mark(40)], closest=2.6)
    assert [(m.x, m.row) for m in shown["marks"]] == [(10, 0), (10, 1), (13, 0), (40, 0)]


def test_the_gravest_of_a_stack_is_on_top():
    shown = layout("wide", [mark(10, "well"), mark(10.1, "late"), mark(10.2, "next"), mark(10.3, "soon")], closest=2.6)
    rows = {m.row: m.state for m in shown["marks"]}
    assert rows == {3: "late", 2: "soon", 1: "next", 0: "well"}
    assert {m.x for m in shown["marks"]} == {10}


def test_of_more_than_four_at_one_place_the_gravest_four_are_shown():
    many = [
        mark(10 + n / 100, state) for n, state in enumerate(["well", "next", "next", "soon", "late", "late", "soon"])
    ]
    shown = layout("wide", many, closest=2.6)
    assert sorted(m.state for m in shown["marks"]) == ["late", "late", "soon", "soon"]


def test_the_line_is_as_high_as_its_highest_stack():
    low, high = layout("wide", [mark(1)], closest=2), layout("wide", [mark(1), mark(1), mark(1)], closest=2)
    assert high["base"] - low["base"] == 54 and high["height"] - low["height"] == 54
    assert all(high["base"] + m.y >= 48 for m in high["marks"]), "no mark leaves the picture"
    assert layout("wide", [], closest=2)["marks"] == []


def test_a_narrow_screen_stacks_more():
    marks = [mark(10), mark(15), mark(20)]
    assert {m.row for m in layout("wide", marks, closest=2.6)["marks"]} == {0}
    assert [m.row for m in layout("narrow", marks, closest=7.6)["marks"]] == [0, 1, 0]


# What is marked


@pytest.fixture
def promise(house, now):
    """A promise on a matter of its own; `sockets` knows its kind."""
    sockets.deadline_kinds.plugs["scheduling.trial"] = sockets.DeadlineKind(
        "scheduling.trial",
        "试",
        "试",
        lambda deadline, person, asked: ("", ""),
        lambda at: [],
        ladder=(Rung(0, "duty.owner"),),
    )

    def make(due_at, unit=None, settled_at=None, how="kept") -> Deadline:
        matter = Matter.objects.create(kind="scheduling.shift", unit=unit or house["ops"], title="试事项")
        return Deadline.objects.create(
            kind="scheduling.trial", matter=matter, unit=matter.unit, opened_at=due_at - HOUR, runs_from=due_at - HOUR, due_at=due_at,
            settled_at=settled_at, settled_as=how if settled_at else "",
        )  # fmt: skip

    yield make
    del sockets.deadline_kinds.plugs["scheduling.trial"]


@pytest.fixture
def tonight(make_shift, officer, leader):
    return make_shift(leader=leader, primary=officer)


@pytest.mark.django_db
def test_each_promise_is_marked_by_how_it_stands(tonight, promise, officer, now):
    promise(now - 2 * HOUR, settled_at=now - 3 * HOUR)
    promise(now - 2 * HOUR + MINUTE, settled_at=now)
    promise(now - MINUTE)
    promise(now + 29 * MINUTE)
    promise(now + 30 * MINUTE)
    found = [(m.state, m.sign, m.x) for m in marks_of(tonight, officer, now)]
    assert [entry[:2] for entry in found] == [
        ("well", "✓"),
        ("late", "!"),
        ("late", "!"),
        ("soon", "试"),
        ("next", "试"),
    ]
    assert [entry[2] for entry in found] == sorted(entry[2] for entry in found)
    assert found[2][2] == round(100 * 301 / 840, 2)


@pytest.mark.django_db
def test_what_was_withdrawn_lies_outside_or_is_not_mine_to_see_has_no_mark(tonight, promise, officer, house, now):
    promise(now, settled_at=now, how="withdrawn")
    promise(now, settled_at=now, how="superseded")
    promise(tonight.starts_at - dt.timedelta(seconds=1))
    promise(tonight.ends_at)
    promise(now, unit=house["sales"])
    assert marks_of(tonight, officer, now) == []
    promise(tonight.starts_at)
    assert [m.x for m in marks_of(tonight, officer, now)] == [0]


@pytest.mark.django_db
def test_many_promises_cost_as_many_queries_as_one(tonight, promise, officer, now, django_assert_num_queries):
    promise(now)
    officer.sight.told_about  # asked once per request
    with django_assert_num_queries(1):
        marks_of(tonight, officer, now)
    for _n in range(30):
        promise(now)
    with django_assert_num_queries(1):
        assert len(marks_of(tonight, officer, now)) == 31


@pytest.mark.django_db
def test_the_desk_draws_them_in_per_cent_with_a_name_and_a_way_there(tonight, promise, as_, officer, now):
    deadline = promise(now + HOUR)
    html = as_(officer).get("/").content.decode()
    x = f"{round(100 * 362 / 840, 2):g}%"
    assert html.count(f'<svg x="{x}"') == 2, "on the wide and on the narrow line"
    assert f'href="{deadline.matter.get_absolute_url()}" aria-label="00:02 试: 试事项"' in html
    assert 'style="' not in html


@pytest.mark.django_db
def test_numbers_of_the_picture_are_written_as_svg_reads_them(tonight, promise, as_, officer, now, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    type(officer).objects.filter(pk=officer.pk).update(language="en")
    html = as_(officer).get("/").content.decode()
    assert f'width="{round(100 * 302 / 840, 2):g}%"' in html


# The strip


@pytest.mark.django_db
def test_the_strip_says_who_keeps_watch_until_when_and_which_seat_is_mine(tonight, as_, officer, leader, now):
    page = Page(as_(officer).get("/"))
    for words in ("总值班室 夜班", "何佳", "陈立", "08:00", "主班"):
        assert words in page.text, words
    assert f"tel:{leader.mobile}" in page.links and f"tel:{officer.mobile}" not in page.links


@pytest.mark.django_db
def test_without_a_watch_the_strip_says_so(post, as_, officer, now):
    assert strip(officer, now)["shift"] is None
    page = Page(as_(officer).get("/"))
    assert page.status == 200 and "/shifts/" in page.links


@pytest.mark.django_db
def test_who_keeps_a_watch_elsewhere_sees_that_one(tonight, house, now, make_shift, as_):
    helper = make_person("支援人", house["ops"])
    make_shift(name="支援", at_post=Post.objects.create(unit=house["sales"], name="销售值班室"), primary=helper)
    assert strip(helper, now)["shift"].name == "支援"
    assert "销售值班室" in Page(as_(helper).get("/")).text


@pytest.mark.django_db
def test_at_the_change_of_watch_the_strip_changes(make_shift, officer, house, now):
    make_shift("2026-11-22 18:00", "2026-11-22 23:02", "前夜", primary=make_person("刘洋", house["ops"]))
    make_shift("2026-11-22 23:02", "2026-11-23 08:00", "后夜", primary=officer)
    assert strip(officer, local("2026-11-22 23:01:59"))["shift"].name == "前夜"
    shown = strip(officer, now)
    assert shown["shift"].name == "后夜" and shown["now_x"] == 0


def test_a_mark_at_the_very_end_of_the_watch_is_shown_whole():
    shown = layout("narrow", [mark(0), mark(50), mark(99.9)], closest=7.6)["marks"]
    assert [m.x for m in shown] == [3.8, 50, 96.2]
