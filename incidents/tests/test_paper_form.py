"""A8, A9, A11, A44: 《值班事件记录表》 holds everything the paper form asks for, and how it ended."""

import datetime as dt

import pytest

from duty.sweeping import sweep
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def paper(as_, officer):
    def read(incident) -> str:
        page = Page(as_(officer).get(f"/incidents/{incident.pk}/paper/"))
        assert page.status == 200
        return page.text

    return read


def test_it_holds_every_field_of_the_paper_form(make_incident, watch, line, nature, now, paper):
    incident = make_incident(
        line=line, nature=nature, shift=watch, event_at=now - 12 * MINUTE, rang_at=now - dt.timedelta(seconds=9), answered_at=now,
        scene="有焦味\n未见明火",
    )  # fmt: skip
    text = paper(incident)
    wanted = (
        "值班事件记录表", "2026-0001", "运行部", "2026年11月22日 23:02", "2026年11月22日 22:50", "应急热线 6110", "9", "总值班室 夜班", "张强",
        "138****8000", "B 座地下一层 配电室", "火情", "配电室冒烟", "较大", "有焦味", "未见明火", "请电工到场", "陈立",
    )  # fmt: skip
    for words in wanted:
        assert words in text, words


def test_the_whole_course_stands_on_it(make_incident, watch, officer, chief, clock, now, paper):
    incident = make_incident(received_at=now - 20 * MINUTE, request="请授权断电")
    clock(incident.received_at + 61 * MINUTE)
    sweep()
    at = clock(incident.received_at + 65 * MINUTE)
    incident.instruct("dispatch", "请电工与物业到场", by=chief, at=at)
    incident.note("电工已到场", by=officer, at=at)
    incident.amend("place", "B 座地下二层", by=officer, at=at, reason="报告人更正")
    incident.close("更换断路器,恢复供电", by=officer, at=at)
    text = paper(incident)
    for words in (
        "补录",
        "周敏",
        "请电工与物业到场",
        "电工已到场",
        "B 座地下一层 配电室",
        "B 座地下二层",
        "报告人更正",
        "更换断路器,恢复供电",
    ):
        assert words in text, words
    assert "迟" in text or "超时" in text, "answered after the hour"


def test_an_enquiry_says_how_it_was_settled_and_an_override_why(make_incident, watch, standard, paper):
    passed = make_incident(
        urgency=1,
        scope=1,
        level=standard.by_rank[4],
        disposition="passed_on",
        passed_to="物业客服",
        grading_reason="现场核实",
    )
    text = paper(passed)
    assert "物业客服" in text and "现场核实" in text and "可" not in passed.result


def test_what_was_not_given_is_said_and_not_left_blank(make_incident, watch, paper):
    incident = make_incident(reporter_name="", reporter_contact="", name_not_given=True, contact_not_given=True)
    assert paper(incident).count("未提供") == 2


def test_it_says_when_it_was_printed(make_incident, watch, clock, now, paper):
    incident = make_incident(urgency=1, scope=1)
    clock(now + 3 * MINUTE)
    assert "2026年11月22日 23:05" in paper(incident)


def test_another_units_form_does_not_exist_for_others(make_incident, watch, as_, outsider, auditor):
    incident = make_incident()
    assert as_(outsider).get(f"/incidents/{incident.pk}/paper/").status_code == 404
    assert as_(auditor).get(f"/incidents/{incident.pk}/paper/").status_code == 200
