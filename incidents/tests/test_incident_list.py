"""The log as a list: filtered, paged by key, linked to; and found by words, number or phone."""

import datetime as dt
from urllib.parse import urlencode

import pytest

from conftest import local, make_person, make_unit
from duty.models import Matter, Role
from incidents.models import Incident, Nature
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def made(standard, officer, now):
    """Many incidents at once, as rows: {"summary": …} each, a minute apart unless they say otherwise."""

    def make(*rows, unit=None) -> list[Incident]:
        unit, level = unit or officer.unit, standard.by_rank[4]
        matters = Matter.objects.bulk_create(
            Matter(kind="incidents.incident", unit=unit, title=row.get("summary", "灯坏")) for row in rows
        )
        last = Incident.objects.count()
        made = []
        for place, (matter, row) in enumerate(zip(matters, rows, strict=True)):
            values = dict(
                received_at=now - place * MINUTE, logged_at=now, place="大堂", summary="灯坏", level=level, standard=standard,
                urgency=1, scope=1, logged_by=officer, name_not_given=True, contact_not_given=True, year=2026,
                serial=last + place + 1, number=f"2026-{last + place + 1:04d}",
            ) | row  # fmt: skip
            incident = Incident(matter=matter, unit=unit, **values)
            incident.hay = incident._hay()
            made.append(incident)
        return Incident.objects.bulk_create(made)

    return make


@pytest.fixture
def listed(as_, officer):
    """The numbers on one page of the list, as they stand."""

    def read(query="", person=officer, **more) -> list[str]:
        answer = as_(person).get(f"/incidents/?{query or urlencode(more)}")
        assert answer.status_code == 200, query or more
        return [row.number for row in answer.context["page"]]

    return read


# Filters


def test_each_filter_alone_and_together(made, listed, standard, house, officer, now):
    fire, leak = Nature.objects.create(name="火情"), Nature.objects.create(name="漏水")
    made(
        {"nature": fire, "level": standard.by_rank[2]},
        {"nature": leak, "received_at": local("2026-11-21 00:00")},
        {"nature": fire, "received_at": local("2026-11-20 23:59:59")},
        {"status": "closed", "closed_at": now, "closed_by": officer, "result": "好了"},
    )
    assert listed() == ["2026-0001", "2026-0004", "2026-0002", "2026-0003"]
    assert listed(nature=fire.pk) == ["2026-0001", "2026-0003"]
    assert listed(level=2) == ["2026-0001"]
    assert listed(status="closed") == ["2026-0004"]
    assert listed(status="unclosed") == ["2026-0001", "2026-0002", "2026-0003"]
    assert listed(status="open", nature=leak.pk) == ["2026-0002"]
    assert listed(**{"from": "2026-11-21"}) == ["2026-0001", "2026-0004", "2026-0002"]
    assert listed(until="2026-11-20") == ["2026-0003"]
    assert listed(**{"from": "2026-11-21", "until": "2026-11-21"}) == ["2026-0002"]
    assert listed(unit=house["ops"].pk) == listed() and listed(unit=house["sales"].pk) == []
    assert listed(q="灯坏", status="closed") == ["2026-0004"]


def test_another_units_incidents_are_neither_listed_nor_found(made, listed, house, outsider):
    made({"summary": "配电室冒烟", "reporter_contact": "138 0013 8000", "contact_not_given": False})
    for query in ({}, {"q": "冒烟"}, {"q": "2026-0001"}, {"q": "13800138000"}, {"unit": house["ops"].pk}):
        assert listed(**query, person=outsider) == []


def test_the_filters_stay_in_the_form_and_in_the_links(made, as_, officer):
    made(*[{}] * 60)
    page = Page(as_(officer).get("/incidents/?status=unclosed&level=4&from=2026-11-01&q="))
    assert (page.values["status"], page.values["level"], page.values["from"]) == ("unclosed", "4", "2026-11-01")
    older = page.next
    assert "status=unclosed" in older and "level=4" in older and "from=2026-11-01" in older
    assert len(as_(officer).get(f"/incidents/{older}").context["page"]) == 10


def test_nothing_found_says_so_and_an_empty_log_offers_the_first(standard, as_, officer, auditor):
    assert "/incidents/log/" in Page(as_(officer).get("/incidents/")).links
    page = Page(as_(officer).get("/incidents/?q=没有这种事"))
    assert "没有这种事" in page.values["q"] and page.status == 200


# Pages


def test_a_hundred_and_twenty_rows_are_walked_once_each_while_new_ones_arrive(made, as_, officer, now):
    rows = made(*[{"received_at": now - (n // 7) * MINUTE} for n in range(120)])  # seven at a time
    client, query, walked, sizes = as_(officer), "", [], []
    while query is not None and len(sizes) < 9:
        answer = client.get(f"/incidents/{query}")
        page = answer.context["page"]
        walked += [row.number for row in page]
        sizes.append(len(page))
        query = Page(answer).next
        if len(sizes) == 1:
            made({"received_at": now, "summary": "刚到的"})
    assert sizes == [50, 50, 20]
    assert len(set(walked)) == 120 and set(walked) == {row.number for row in rows}
    order = sorted(rows, key=lambda row: (row.received_at, row.pk), reverse=True)
    assert walked == [row.number for row in order]


def test_the_way_back_leads_to_the_newest(made, as_, officer):
    made(*[{}] * 60)
    first = as_(officer).get("/incidents/?status=open")
    last = Page(as_(officer).get(f"/incidents/{Page(first).next}"))
    assert "?status=open" in last.links and last.next is None


def test_the_list_costs_the_same_however_long_it_is(made, as_, officer, django_assert_max_num_queries):
    client = as_(officer)
    made({})
    client.get("/incidents/")
    with django_assert_max_num_queries(20) as few:
        client.get("/incidents/")
    made(*[{}] * 45)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/incidents/")


# Words


STORED = [
    {"summary": "B 座配电室冒烟", "place": "地下一层"},
    {"summary": "UPS-3 报警", "scene": "电量 50%_以下 C:\\ups\\log"},
    {"summary": "电梯困人", "reporter_name": "张强", "name_not_given": False},
    {"summary": "来电咨询", "suggestion": "转物业"},
]


WORDS = [
    ("配电", [1]), ("冒烟", [1]), ("配电室冒烟", [1]), ("电", [1, 2, 3, 4]), ("烟", [1]), ("ups", [2]), ("UPS", [2]),
    ("uPs-3", [2]), ("张强", [3]), ("物业", [4]), ("电 报警", [2]), ("配电 地下", [1]), ("配电 电梯", []), ("  配电  ", [1]),
    ("50%_", [2]), ("%", [2]), ("_", [2]), ("%%", []), ("\\", [2]), ("\\ups\\", [2]), ("c:\\", [2]), ("50_", []), ("地下%层", []),
    ("b 座", [1]), ("0003", [3]), ("2026-0003", [3]), ("2026-000", [1, 2, 3, 4]), ("2026-9", []), ("'", []), ('"', []), ("配 室", [1]),
    ("二", []), ("没有", []),
]  # fmt: skip


@pytest.mark.parametrize("few", [0, 10_000], ids=["by the index", "looked through"])
def test_words_are_found_as_they_are_written(made, listed, monkeypatch, few):
    monkeypatch.setattr("duty.search.FEW", few)
    made(*STORED)
    for words, found in WORDS:
        assert sorted(listed(q=words)) == [f"2026-{n:04d}" for n in found], words


def test_beyond_the_newest_rows_the_index_finds_them(made, listed, monkeypatch):
    made(*[{}] * 5, *[row | {"received_at": local("2025-01-01 12:00")} for row in STORED])
    monkeypatch.setattr("duty.search.NEWEST", 3)
    monkeypatch.setattr("duty.search.FEW", 0)
    for words in ("配电", "配电 地下", "UPS", "50%_", "配 地下"):
        assert len(listed(q=words)) == 1, words
    assert listed(q="烟") == [], "one character is looked for in the newest only"


def test_month_by_month_the_newest_come_first_and_no_more_than_a_page(made, listed, monkeypatch):
    """Months of the index and months of the calendar differ; the order of time does not."""
    monkeypatch.setattr("duty.search.FEW", 0)
    start = local("2026-11-01 00:00")
    rows = made(*[{"summary": "漏水", "received_at": start - n * dt.timedelta(days=9, hours=5)} for n in range(60)])
    assert listed(q="漏水") == [row.number for row in rows[:50]]


def test_from_a_small_unit_one_finds_its_own_among_many(made, listed, house, officer):
    small = make_unit("小站", house["sales"])
    keeper = make_person("站长", small, Role.OFFICER)
    made(*[{"summary": "漏水"}] * 60)
    own = made({"summary": "漏水", "received_at": local("2026-01-01 00:00")}, unit=small)
    assert listed(q="漏水", person=keeper) == listed(q="水", person=keeper) == [own[0].number]
    assert len(listed(q="漏水")) == 50


PHONES = ["138 0013 8000", "+86 139-1111-2222", "(010) 6110-0000", "6110"]


SPELLINGS = [
    ("13800138000", [1]), ("138 0013 8000", [1]), ("138-0013-8000", [1]), ("+86 138 0013 8000", [1]), ("8613800138000", [1]),
    ("0086 138 0013 8000", [1]), ("１３８００１３８０００", [1]), ("139 1111 2222", [2]), ("+8613911112222", [2]),
    ("010 6110 0000", [3]), ("(010)61100000", [3]), ("010-6110-0000", [3]), ("01061100000", [3]), ("13800138001", []),
    ("861391111", []), ("138 0013", []),
]  # fmt: skip


def test_a_phone_is_found_however_it_is_written(made, listed):
    made(*[{"reporter_contact": phone, "contact_not_given": False} for phone in PHONES])
    for words, found in SPELLINGS:
        assert listed(q=words) == [f"2026-{n:04d}" for n in found], words


def test_digits_that_are_no_ones_phone_are_words(made, listed):
    made({"summary": "资产 20260001 损坏"}, {})
    assert listed(q="20260001") == ["2026-0001"]


# Hostile and broken addresses


HOSTILE = [
    "q=%00", "q=a%00b", "q=%FF%FE", "q=" + "x" * 5000, "q=" + "%E7%83%9F" * 400, "q=%25%27%3B--", "q=%F0%9F%94%A5", "q=++", "q=\\", "q=%EF%BC%85",
    "q=(((((((", "q=-------", "q=%2B%2B%2B%2B%2B%2B%2B", "q=2026-00000000000", "q=2026-99999999", "q=%C2%B2%C2%B2%C2%B2%C2%B2%C2%B2%C2%B2", "status=%00", "status=vergessen",
    "level=0", "level=5", "level=-1", "level=%C2%B2", "level=1&q=abc", "nature=abc", "nature=-1", "nature=999999999", "nature=9999999999999999999999", "nature=%C2%B2",
    "nature=%D9%A3", "unit=%00", "unit=1e3", "unit=%C2%B3&q=x", "from=%00", "from=2026-13-45", "from=0001-01-01", "from=9999-12-31", "until=9999-12-31",
    "until=-1", "from=2026-12-31&until=2026-01-01&q=x", "before=", "before=x", "before=~", "before=~~", "before=5~7", "before=%00~1", "before=2026-11-22T23:02:00%2B08:00~x",
    "before=2026-11-22T23:02:00~1", "before=2026-11-22T23:02:00%2B08:00~99999999999999999999999",
    "before=2026-11-22T23:02:00%2B08:00~%C2%B2", "before=2026-11-22T23:02:00%2B08:00~" + "9" * 5000, "status=open&status=closed&q=a&q=b", "%00=%00", "a[]=1&&&==",
]  # fmt: skip


def test_no_address_brings_the_list_down(made, as_, officer):
    made(*STORED)
    client = as_(officer)
    for query in HOSTILE:
        answer = client.get(f"/incidents/?{query}")
        assert answer.status_code == (400 if "%00" in query else 200), query


def test_without_a_standard_the_list_and_its_filters_still_answer(house, officer, as_, now):
    for query in ("", "level=2", "level=2&q=abc", "q=abc"):
        assert as_(officer).get(f"/incidents/?{query}").status_code == 200, query
