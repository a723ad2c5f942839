"""A11: every fact that was told can be corrected with a reason; what stood there stays visible."""

import datetime as dt

import pytest
from django.utils.translation import gettext as _

from conftest import local
from duty.models import Line, Matter
from incidents.models import DutyLine, Incident, Nature
from incidents.models.recording import AMENDABLE
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db

TYPED = {
    # what is typed, what is shown before → after
    "received_at": ("22:59", "2026-11-22 23:02", "2026-11-22 22:59"),
    "event_at": ("22:50", "", "2026-11-22 22:50"),
    "reporter_name": ("李四", "张强", "李四"),
    "reporter_contact": ("139 1111 2222", "138****8000", "139****2222"),
    "place": ("B 座地下二层", "B 座地下一层 配电室", "B 座地下二层"),
    "summary": ("电缆井冒烟", "配电室冒烟", "电缆井冒烟"),
    "scene": ("有明火\n已疏散", "有焦味和轻烟,未见明火", "有明火"),
    "suggestion": ("请消防到场", "请电工到场", "请消防到场"),
}


@pytest.fixture
def incident(make_incident, watch, line, nature):
    return make_incident(line=line, nature=nature)


def address(incident, field) -> str:
    return f"/incidents/{incident.pk}/amend/{field}/"


def test_the_fields_tried_here_are_all_that_can_be_corrected():
    assert set(TYPED) | {"line", "nature"} == set(AMENDABLE)


@pytest.mark.parametrize("field", TYPED)
def test_it_is_corrected_with_a_reason_and_both_values_are_shown(incident, as_, officer, now, field):
    typed, before, after = TYPED[field]
    page = Page(as_(officer).get(address(incident, field)))
    assert page.status == 200 and "reason" in page.values
    answer = as_(officer).post(address(incident, field), {field: typed, "reason": "报告人更正"})
    assert answer.status_code == 302 and answer["Location"] == incident.get_absolute_url()
    amendment = incident.amendments.get()
    assert (amendment.field, amendment.reason, amendment.by, amendment.at) == (field, "报告人更正", officer, now)
    for path in ("", "paper/"):
        text = Page(as_(officer).get(f"{incident.get_absolute_url()}{path}")).text
        assert before in text and after in text and "报告人更正" in text, path
    assert Line.objects.get(verb="incidents.incident.amend").data == {"field": field}
    assert incident.number in Incident.objects.get(pk=incident.pk).hay


@pytest.mark.parametrize("field", ["line", "nature"])
def test_a_line_or_a_nature_is_chosen_anew(incident, as_, officer, house, field):
    made = {
        "line": DutyLine.objects.create(unit=house["top"], name="总机"),
        "nature": Nature.objects.create(name="漏水"),
    }[field]
    assert as_(officer).post(address(incident, field), {field: made.pk, "reason": "选错"}).status_code == 302
    assert getattr(Incident.objects.get(pk=incident.pk), field) == made
    amendment = incident.amendments.get()
    assert amendment.old in ("应急热线 6110", "火情") and amendment.new in ("总机", "漏水")


def test_only_lines_that_ring_here_and_natures_in_use_are_offered(incident, as_, officer, house, line, nature):
    elsewhere = DutyLine.objects.create(unit=house["sales"], name="销售热线")
    unused = Nature.objects.create(name="旧类", is_active=False)
    Nature.objects.filter(pk=nature.pk).update(is_active=False)  # what stands there may stay
    DutyLine.objects.filter(pk=line.pk).update(is_active=False)
    for field, wrong, own in (("line", elsewhere, line), ("nature", unused, nature)):
        page = Page(as_(officer).get(address(incident, field)))
        assert str(wrong) not in page.html and page.values[field] == str(own.pk)
        refused = Page(as_(officer).post(address(incident, field), {field: wrong.pk, "reason": "试试"}))
        assert refused.status == 422 and refused.errors.get(field)


def test_the_matters_title_follows_the_summary(incident, as_, officer):
    as_(officer).post(address(incident, "summary"), {"summary": "电缆井冒烟", "reason": "更正"})
    assert Matter.objects.get(pk=incident.pk).title == "电缆井冒烟"


def test_a_name_becomes_not_given_and_given_again(incident, as_, officer):
    for field, value in (("reporter_name", "李四"), ("reporter_contact", "139 1111 2222")):
        assert as_(officer).post(address(incident, field), {field: "", "reason": "不愿留名"}).status_code == 302
        row = Incident.objects.get(pk=incident.pk)
        assert getattr(row, field) == "" and getattr(row, field.replace("reporter_", "") + "_not_given")
        assert as_(officer).post(address(incident, field), {field: value, "reason": "后来告知"}).status_code == 302
        row = Incident.objects.get(pk=incident.pk)
        assert getattr(row, field) == value and not getattr(row, field.replace("reporter_", "") + "_not_given")


SAME = [
    ("place", "B 座地下一层 配电室"),
    ("place", "  B 座地下一层 配电室 "),
    ("reporter_name", "张强"),
    ("reporter_contact", "138 0013 8000"),
    ("received_at", "2026-11-22 23:02"),
    ("received_at", "2302"),
    ("event_at", ""),
    ("line", "own"),
    ("nature", "own"),
]  # fmt: skip


def test_what_stands_there_already_is_no_correction(incident, as_, officer, line, nature):
    client, own = as_(officer), {"line": line.pk, "nature": nature.pk}
    for field, typed in SAME:
        typed = own[field] if typed == "own" else typed
        page = Page(client.post(address(incident, field), {field: typed, "reason": "更正"}))
        assert page.status == 422 and page.errors[field] == _("This is what stands there already."), field
        assert page.values["reason"] == "更正"
    assert not incident.amendments.exists()


def test_line_breaks_as_browsers_send_them_are_no_correction(make_incident, watch, as_, officer):
    incident = make_incident(scene="一\n二")
    page = Page(as_(officer).post(address(incident, "scene"), {"scene": "一\r\n二", "reason": "更正"}))
    assert page.status == 422


def test_seconds_that_no_page_shows_are_no_correction(make_incident, watch, as_, officer, now):
    incident = make_incident(received_at=now - dt.timedelta(seconds=75))
    page = Page(as_(officer).get(address(incident, "received_at")))
    page = Page(as_(officer).post(address(incident, "received_at"), page.values | {"reason": "更正"}))
    assert page.status == 422 and page.errors.get("received_at")


WRONG = [
    ("place", ""), ("place", "楼" * 101), ("place", "a\x00b"), ("summary", ""), ("scene", "烟" * 2001),
    ("received_at", ""), ("received_at", "23:03"), ("received_at", "2025-11-01 10:00"), ("received_at", "1949-10-01 15:00"),
    ("received_at", "2106-12-31 23:59"), ("event_at", "23:03"), ("event_at", "1949-10-01 15:00"), ("event_at", "昨天"),
    ("line", "999999"), ("nature", "abc"), ("reporter_name", "张" * 41),
]  # fmt: skip


def test_a_wrong_correction_is_told_beside_the_field_and_changes_nothing(incident, as_, officer):
    client = as_(officer)
    for field, typed in WRONG:
        page = Page(client.post(address(incident, field), {field: typed, "reason": "更正原因"}))
        assert page.status == 422 and page.errors.get(field), (field, typed)
        assert page.values["reason"] == "更正原因"
        if "\x00" not in typed and field not in ("line", "nature"):
            assert page.values[field] == typed
    assert not incident.amendments.exists()


def test_a_correction_without_a_reason_keeps_the_new_value(incident, as_, officer):
    page = Page(as_(officer).post(address(incident, "place"), {"place": "大堂", "reason": " "}))
    assert page.status == 422 and page.errors.get("reason") and page.values["place"] == "大堂"


def test_the_call_cannot_be_moved_before_what_happened(incident, as_, officer, now):
    incident.amend("event_at", local("2026-11-22 22:50"), by=officer, at=now, reason="补")
    page = Page(as_(officer).post(address(incident, "received_at"), {"received_at": "22:40", "reason": "更正"}))
    assert page.status == 422 and page.errors.get("received_at")


def test_nothing_else_can_be_corrected(incident, as_, officer):
    client = as_(officer)
    for field in ("number", "level", "status", "result", "hay", "logged_at", "unit", "pk", "no-such"):
        assert client.get(address(incident, field)).status_code == 404
        assert client.post(address(incident, field), {field: "1", "reason": "x"}).status_code == 404


def test_who_only_looks_on_corrects_nothing(incident, as_, auditor, outsider):
    for person, status in ((auditor, 403), (outsider, 404)):
        assert as_(person).get(address(incident, "place")).status_code == status
        assert as_(person).post(address(incident, "place"), {"place": "x", "reason": "x"}).status_code == status


def test_a_closed_incident_is_still_corrected(make_incident, watch, as_, officer, now):
    incident = make_incident(urgency=1, scope=1)
    incident.close("好了", by=officer, at=now)
    assert as_(officer).post(address(incident, "place"), {"place": "大堂", "reason": "复核"}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).is_closed


def test_one_correction_after_another_keeps_every_value(incident, as_, officer):
    for place in ("大堂", "二楼", "三楼"):
        as_(officer).post(address(incident, "place"), {"place": place, "reason": f"改为{place}"})
    chain = list(incident.amendments.values_list("old", "new"))
    assert chain == [("B 座地下一层 配电室", "大堂"), ("大堂", "二楼"), ("二楼", "三楼")]
    text = Page(as_(officer).get(incident.get_absolute_url())).text
    assert all(f"改为{place}" in text for place in ("大堂", "二楼", "三楼"))
