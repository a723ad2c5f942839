"""The trail: who did what, why and when, for those who may see it; and what hostile filters do to it: nothing."""

import datetime as dt

import pytest

from conftest import local, make_person
from duty.models import Line, Matter, Notice, Person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def shown(answer) -> list[str]:
    assert answer.status_code == 200, answer.status_code
    return [line.text for line in answer.context["page"]]


def trace(by, text, at, verb="duty.person.profile", **more) -> Line:
    return Line.objects.trace(verb, by=by, at=at, text=text, **more)


@pytest.fixture
def written(officer, leader, outsider, now):
    trace(officer, "昨天", now - DAY)
    trace(officer, "今天", now)
    trace(leader, "何佳今天", now, verb="duty.register.changed")
    trace(outsider, "销售部的", now)


def test_newest_first_in_my_units_alone(as_, officer, written, auditor):
    assert shown(as_(officer).get("/trail/")) == ["何佳今天", "今天", "昨天"]
    assert "销售部的" in shown(as_(auditor).get("/trail/"))


def test_only_those_who_watch_read_it(as_, house, written):
    assert as_(make_person("无角色", house["ops"])).get("/trail/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "陈立"}, ["今天", "昨天"]),
        ({"who": "he jia"}, ["何佳今天"]),
        ({"who": "外人"}, []),
        ({"kind": "duty.register."}, ["何佳今天"]),
        ({"kind": "duty.person."}, ["今天", "昨天"]),
        ({"from": "2026-11-22"}, ["何佳今天", "今天"]),
        ({"until": "2026-11-21"}, ["昨天"]),
        ({"from": "2026-11-21", "until": "2026-11-21", "who": "陈"}, ["昨天"]),
        ({"from": "2026-11-23"}, []),
    ],
)
def test_filters_narrow_it(as_, officer, written, query, found):
    assert shown(as_(officer).get("/trail/", query)) == found


def test_a_day_is_the_organisations_day(as_, officer):
    trace(officer, "零点前", local("2026-11-21 23:59"))
    trace(officer, "零点", local("2026-11-22 00:00"))
    trace(officer, "末", local("2026-11-22 23:59"))
    trace(officer, "次日", local("2026-11-23 00:00"))
    assert shown(as_(officer).get("/trail/?from=2026-11-22&until=2026-11-22")) == ["末", "零点"]


HOSTILE = [
    "\0", "a\0", "' OR 1=1 --", "%", "_", "长" * 5000, "<script>alert(1)</script>", "‮", "9999-12-31", "0001-01-01",
    "2026-W01-1", "20260101", "99999-01-01", "-1", "2026-02-30", "{}", "\\", "duty.person", "é" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_filters_break_nothing(as_, officer, written, text):
    client = as_(officer)
    for names in (["who"], ["kind"], ["from", "until", "before"]):
        answer = client.get("/trail/", dict.fromkeys(names, text))
        assert answer.status_code == (400 if "\0" in text else 200)
        assert "<script>alert" not in answer.content.decode()


def test_the_filters_stay_in_the_links_to_older_pages(as_, officer, now):
    for n in range(60):
        trace(officer, str(n), now - n * dt.timedelta(minutes=1))
    client = as_(officer)
    page = client.get("/trail/?who=陈")
    assert len(shown(page)) == 50
    mark = page.context["page"].mark
    assert shown(client.get("/trail/", {"who": "陈", "before": mark})) == [str(n) for n in range(50, 60)]
    assert "who=%E9%99%88" in page.content.decode()


def test_a_change_in_a_register_names_the_row_and_the_fields(as_, administrator, officer, now):
    Line.objects.trace_register(officer, "changed", by=administrator, at=now, fields=["mobile", "mail", "gone"])
    line = Line.objects.get()
    assert line.unit == officer.unit, "whoever watches that unit reads it"
    assert "陈立" in line.detail and str(Person._meta.get_field("mobile").verbose_name) in line.detail
    assert "陈立" in as_(officer).get("/trail/").content.decode()


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("duty.engine.restored", {}),
        ("gone.thing.done", {}),
        ("duty.register.changed", {"model": "gone.thing", "fields": ["x"]}),
        ("duty.register.changed", {}),
        ("no-dot", {}),
    ],
)
def test_a_line_about_what_no_longer_exists_breaks_no_page(as_, officer, house, now, verb, data, monkeypatch):
    monkeypatch.setattr(Matter, "get_absolute_url", lambda matter: f"/trail/{matter.pk}/")
    matter = Matter.objects.create(kind="test.thing", unit=house["ops"], title="旧事")
    Line.objects.create(matter=matter, unit=house["ops"], verb=verb, text="当时的话", data=data, at=now)
    client = as_(officer)
    assert shown(client.get("/trail/")) == ["当时的话"]
    assert "当时的话" in client.get("/trail/").content.decode()
    assert client.get("/").status_code == 200


def test_a_story_is_for_those_who_see_its_matter(as_, officer, outsider, house):
    matter = Matter.objects.create(kind="test.thing", unit=house["ops"], title="事")
    assert as_(outsider).get(f"/trail/{matter.pk}/").status_code == 404
    assert as_(officer).get("/trail/99999999999999/").status_code == 404
    Notice.objects.create(recipient=outsider, key="k", title="看", matter=matter)
    assert as_(outsider).get("/trail/").status_code == 200
