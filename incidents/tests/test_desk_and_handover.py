"""What incidents lend to the desk and to a watch: the open ones, those without a result, those handed over."""

import datetime as dt

import pytest

from conftest import make_person, make_unit
from duty.models import Role
from scheduling.checks import findings, sections
from scheduling.models import Shift
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def open_on_the_desk(answer) -> list[str]:
    panels = [panel for panel in answer.context["sides"] if panel["template"] == "incidents/_open_panel.html"]
    return [incident.summary for panel in panels for incident in panel["shown"]["incidents"]]


def test_the_desk_shows_the_newest_open_ones_that_one_may_see(
    make_incident, watch, as_, officer, chief, outsider, maintainer_of, now
):
    for n in range(10):
        make_incident(urgency=1, scope=1, summary=f"第{n}件", received_at=now - n * MINUTE)
    closed = make_incident(urgency=1, scope=1, summary="已了结")
    closed.close("好了", by=officer, at=now)
    shown = open_on_the_desk(as_(officer).get("/"))
    assert shown == [f"第{n}件" for n in range(8)]
    assert open_on_the_desk(as_(outsider).get("/")) == open_on_the_desk(as_(maintainer_of).get("/")) == []


@pytest.fixture
def maintainer_of(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


def test_an_empty_desk_says_it_is_quiet(watch, standard, as_, officer):
    assert open_on_the_desk(as_(officer).get("/")) == []
    assert "/incidents/log/" in Page(as_(officer).get("/")).links


def test_who_may_not_log_is_not_offered_to(watch, standard, as_, manager, maintainer_of, officer, leader):
    for person, offered in ((officer, True), (leader, True), (manager, False), (maintainer_of, False)):
        strip = as_(person).get("/").content.decode().partition('class="strip"')[2].partition("</header>")[0]
        assert ("/incidents/log/" in strip) is offered, person


def test_the_promise_stands_on_the_desk_with_its_one_button(make_incident, watch, as_, officer, chief):
    incident = make_incident()
    page = Page(as_(officer).get("/"))
    assert "配电室冒烟" in page.text and page.links.count(incident.get_absolute_url()) >= 2


def test_a_watch_is_not_in_order_while_one_of_its_incidents_has_no_result(make_incident, watch, officer, chief, now):
    def left():
        return next(row["open"] for row in findings(watch, now, "after") if row["check"].name == "incidents.results")

    incident = make_incident(shift=watch)
    make_incident(urgency=1, scope=1)  # of no watch
    assert left() == [(str(incident), incident.get_absolute_url())]
    incident.acknowledge(by=chief, at=now)
    assert left()
    incident.close("好了", by=officer, at=now)
    assert left() == []


def test_the_next_watch_is_told_what_is_open_whoever_logged_it(
    make_incident, watch, post, manager, house, officer, now
):
    below = make_unit("二层", house["ops"])
    here = make_incident(summary="本部的")
    under = make_incident(urgency=1, scope=1, summary="下属的", unit=below, shift=watch, received_at=now - MINUTE)
    make_incident(urgency=1, scope=1, summary="别处的", unit=house["sales"])
    done = make_incident(urgency=1, scope=1, summary="已了结", shift=watch)
    done.close("好了", by=officer, at=now)
    following = Shift(post=post, name="早班", starts_at=watch.ends_at, ends_at=watch.ends_at + 480 * MINUTE)
    following.plan([("primary", officer)], by=manager, at=now)
    items = next(row["items"] for row in sections(following, now) if row["section"].name == "incidents.open")
    assert [(title, address, word) for title, _detail, address, (_rank, word) in items] == [
        ("下属的", under.get_absolute_url(), "一般"), ("本部的", here.get_absolute_url(), "较大"),
    ]  # fmt: skip


def test_the_watchs_page_shows_both(make_incident, watch, as_, officer):
    incident = make_incident(shift=watch)
    page = Page(as_(officer).get(watch.get_absolute_url()))
    assert page.status == 200 and page.links.count(incident.get_absolute_url()) == 2
