"""The draft of a checklist: items put in, moved, copied, taken out; published once, with what is new."""

import json

import pytest

from duty.models import Line
from duty.steps import Conflict
from equipment.models import Checklist, Item, Version
from equipment.stops import items_of, stops_of
from equipment.tests.conftest import picture
from equipment.tests.rounds import make_checklist
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(house, manager, now) -> Checklist:
    checklist = Checklist(unit=house["ops"], name="机房巡检")
    checklist.begin(by=manager, at=now)
    return checklist


def typed(**changes) -> dict:
    return {
        "question": "输出电压", "kind": "number", "required": "on", "measure": "V", "normal_low": "210", "normal_high": "230", "alarm_low": "200",
        "alarm_high": "240", "note_if_abnormal": "on", "method": "看面板",
    } | changes  # fmt: skip


def item_address(row, stop) -> str:
    return f"/checklists/{row.pk}/items/new/?stop={stop}"


def test_a_stop_is_chosen_by_code_name_or_place(as_, manager, row, piece, places):
    client, address = as_(manager), f"/checklists/{row.pk}/stops/"
    for said, key in (
        ("DY-01 总部 UPS", f"e{piece.pk}"), ("dy-01", f"e{piece.pk}"), ("总部 UPS", f"e{piece.pk}"), ("总部 UPS DY-01", f"e{piece.pk}"), (piece.tag, f"e{piece.pk}"),
        ("配电间", f"p{places['room'].pk}"), ("总部大楼/1 楼", f"p{places['floor'].pk}"),
    ):  # fmt: skip
        assert client.post(address, {"stop": said})["Location"].endswith(f"?stop={key}"), said
    for said in ("没有", "XS-01", "门店", ""):
        page = Page(client.post(address, {"stop": said}))
        assert page.status == 422 and page.values["stop"] == said
    assert client.post(address, {"general": "1"})["Location"].endswith("?stop=g")


def test_an_item_is_written_with_its_limits(as_, manager, row, piece):
    client = as_(manager)
    page = Page(client.get(item_address(row, f"e{piece.pk}")))
    assert page.status == 200 and "总部 UPS" in page.text
    answer = client.post(item_address(row, f"e{piece.pk}"), typed(normal_low="210,5", alarm_high="２４０"))
    assert answer.status_code == 302 and answer["Location"].endswith(f"#stop-e{piece.pk}")
    item = Item.objects.get()
    assert (item.equipment, item.normal, item.alarm) == (piece, "210.5 – 230 V", "< 200 V · > 240 V")
    assert Line.objects.filter(verb="equipment.checklist.put_item", who=manager).count() == 1
    assert Version.objects.get().edits == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": " "}, "question"), ({"kind": "x"}, "kind"), ({"normal_low": "230", "normal_high": "210"}, "normal_high"), ({"alarm_low": "215"}, "alarm_low"),
        ({"alarm_high": "220"}, "alarm_high"), ({"least": "300", "most": "300"}, "most"), ({"most": "239"}, "alarm_high"), ({"measure": "光年"}, "measure"),
        ({"normal_low": "高"}, "normal_low"), ({"normal_low": "", "normal_high": "", "alarm_low": "9", "alarm_high": "9"}, "alarm_high"),
        ({"normal_high": "", "alarm_high": "205"}, "alarm_high"), ({"kind": "choice", "choices": ["自动"]}, "choices"), ({"kind": "choice", "choices": ["a", "a"]}, "choices"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_its_field_and_kept(as_, manager, row, piece, changes, field):
    page = Page(as_(manager).post(item_address(row, f"e{piece.pk}"), typed(**changes)))
    assert page.status == 422 and set(page.errors) == {field} and not Item.objects.exists()
    assert page.values["method"] == "看面板" or "看面板" in page.html


def test_what_another_kind_left_in_hidden_fields_is_no_mistake(as_, manager, row):
    answer = as_(manager).post(item_address(row, "g"), typed(kind="state", normal_low="很低", choices=["", ""]))
    item = Item.objects.get()
    assert answer.status_code == 302 and item.normal_high is None and item.measure == "—" and item.choices == []


def test_choices_are_lines_of_which_some_are_abnormal(as_, manager, row):
    client = as_(manager)
    client.post(
        item_address(row, "g"), typed(kind="choice", choices=["自动", "", "手动", "停"], choices_bad=["2", "3"])
    )
    item = Item.objects.get()
    assert item.choices == ["自动", "手动", "停"] and item.bad_choices == ["手动", "停"]
    page = client.get(f"/checklists/items/{item.pk}/").content.decode()
    assert page.count('name="choices"') == 5 and page.count(" checked") >= 2


def test_a_gauge_lends_its_limits_where_none_are_written(as_, manager, row, piece, gauge):
    empty = dict.fromkeys(("normal_low", "normal_high", "alarm_low", "alarm_high", "measure"), "")
    as_(manager).post(item_address(row, f"e{piece.pk}"), typed(gauge=gauge.pk, **empty))
    item = Item.objects.get()
    assert item.gauge == gauge and item.normal == "18 – 27 ℃" and item.alarm == "> 35 ℃"


def test_every_gauge_of_a_piece_is_read_once(as_, manager, row, piece, gauge):
    client = as_(manager)
    for _turn in range(2):
        client.post(f"/checklists/{row.pk}/stops/", {"stop": "DY-01", "gauges": "1"})
    item = Item.objects.get()
    assert item.gauge == gauge and item.question == "温度" and item.normal == "18 – 27 ℃"


def test_the_short_line_adds_what_needs_no_more(as_, manager, row, piece):
    client = as_(manager)
    client.post(item_address(row, f"e{piece.pk}"), {"quick": "1", "question": "指示灯", "kind": "state"})
    assert Item.objects.get().question == "指示灯"
    page = Page(client.post(item_address(row, f"e{piece.pk}"), {"quick": "1", "question": "电压", "kind": "number"}))
    assert page.values["question"] == "电压" and Item.objects.count() == 1
    page = Page(client.post(item_address(row, f"e{piece.pk}"), {"quick": "1", "question": "指示灯", "kind": "state"}))
    assert page.status == 422 and "question" in page.errors


def test_a_follow_up_is_asked_upon_an_answer_and_goes_with_its_item(as_, manager, row, piece, now):
    client = as_(manager)
    client.post(item_address(row, f"e{piece.pk}"), typed(kind="state", question="指示灯"))
    above = Item.objects.get()
    address = f"/checklists/{row.pk}/items/new/?after={above.pk}"
    assert Page(client.get(address)).values["when"] == "abnormal"
    client.post(address, typed(kind="text", question="哪一盏", when="abnormal"))
    follow = Item.objects.get(after=above)
    assert follow.equipment == piece and follow.when == "abnormal"
    client.post(f"/checklists/items/{above.pk}/double/")
    assert Item.objects.count() == 4 and Item.objects.filter(after__isnull=False).count() == 2
    client.post(f"/checklists/items/{above.pk}/remove/")
    assert Item.objects.count() == 2


def asked(row) -> list[str]:
    return [item.question for stop in stops_of(items_of(row.draft)) for item in stop.items]


def test_items_and_stops_are_moved_up_and_down(as_, manager, row, piece, places):
    client = as_(manager)
    for stop, questions in ((f"e{piece.pk}", "一二"), (f"p{places['room'].pk}", "三四")):
        for question in questions:
            client.post(item_address(row, stop), {"quick": "1", "question": question, "kind": "state"})
    client.post(item_address(row, f"e{piece.pk}"), {"quick": "1", "question": "五", "kind": "state"})
    assert asked(row) == list("一二五三四")  # behind its stop, not behind all
    address = f"/checklists/{row.pk}/arrange/"
    client.post(address, {"item": Item.objects.get(question="五").pk, "by": "-1"})
    assert asked(row) == list("一五二三四")
    client.post(address, {"stop": f"p{places['room'].pk}", "by": "-1"})
    assert asked(row) == list("三四一五二")
    wanted = [Item.objects.get(question=question).pk for question in "二一五四三"]
    stale = client.post(address, {"order": json.dumps(wanted), "edits": "1"})
    assert stale.status_code == 409 and asked(row) == list("三四一五二")
    edits = row.draft.edits
    assert client.post(address, {"order": json.dumps(wanted), "edits": edits}).json()["edits"] == edits + 1
    assert asked(row) == list("二一五四三")
    assert client.post(address, {"order": "x", "edits": edits}).status_code == 400


def test_a_stops_items_are_copied_to_another_piece_with_its_own_gauges(as_, manager, row, piece, gauge, make_piece):
    other = make_piece("DY-02", "备用 UPS")
    other.gauges.create(name="温度", measure="℃", alarm_high=40)
    client = as_(manager)
    client.post(f"/checklists/{row.pk}/stops/", {"stop": "DY-01", "gauges": "1"})
    client.post(
        item_address(row, f"e{piece.pk}"),
        typed(kind="choice", question="挡位", choices=["自动", "手动"], choices_bad=["1"]),
    )
    address, asked_of = f"/checklists/{row.pk}/stops/copy/", {"stop": f"e{piece.pk}"}
    assert client.post(address, asked_of | {"to": "DY-02"}).status_code == 302
    warmth = Item.objects.get(equipment=other, question="温度")
    assert warmth.gauge.equipment == other and warmth.alarm_high == 40
    assert Item.objects.get(equipment=other, question="挡位").bad_choices == ["手动"]
    page = Page(client.post(address, asked_of | {"to": "DY-02"}))
    assert page.status == 422 and page.errors
    client.post(f"/checklists/{row.pk}/stops/clear/", asked_of)
    assert not Item.objects.filter(equipment=piece).exists() and Item.objects.count() == 2


def test_publishing_needs_what_is_new_and_an_item_and_happens_once(as_, manager, row, now):
    client, address = as_(manager), f"/checklists/{row.pk}/publish/"
    assert client.post(address, {"note": "第一版"}).status_code == 409
    client.post(item_address(row, "g"), {"quick": "1", "question": "天气", "kind": "text"})
    assert "note" in Page(client.post(address, {"note": " "})).errors
    assert client.post(address, {"note": "第一版", "edits": "1"}).status_code == 302
    assert row.in_force.note == "第一版" and row.draft is None
    assert client.post(address, {"note": "又一版"}).status_code == 409
    assert client.get(f"/checklists/{row.pk}/edit/").status_code == 302


def test_whoever_publishes_a_draft_that_somebody_changed_looks_again(as_, manager, row, now):
    client, address = as_(manager), f"/checklists/{row.pk}/publish/"
    client.post(item_address(row, "g"), {"quick": "1", "question": "天气", "kind": "text"})
    shown = Page(client.get(address)).values
    client.post(item_address(row, "g"), {"quick": "1", "question": "门窗", "kind": "state"})
    page = Page(client.post(address, shown | {"note": "第一版"}))
    assert page.status == 422 and page.values["note"] == "第一版" and row.in_force is None
    assert client.post(address, page.values).status_code == 302


def test_two_who_change_the_same_item_are_told(as_, manager, row):
    client = as_(manager)
    client.post(item_address(row, "g"), typed(kind="state", question="门窗"))
    item = Item.objects.get()
    address = f"/checklists/items/{item.pk}/"
    mine = Page(client.get(address)).values
    client.post(address, mine | {"question": "门窗关好", "once": "", "kind": "state"})
    page = Page(client.post(address, mine | {"question": "门窗锁好", "kind": "state"}))
    assert page.status == 422 and page.alerts and page.values["question"] == "门窗锁好"
    assert client.post(address, page.values | {"kind": "state"}).status_code == 302
    assert Item.objects.get().question == "门窗锁好"


def test_a_published_version_is_never_changed(house, manager, now, as_):
    checklist = make_checklist(house["ops"], manager, now)
    item = checklist.in_force.items.get()
    assert as_(manager).get(f"/checklists/items/{item.pk}/").status_code == 404
    assert as_(manager).post(f"/checklists/items/{item.pk}/", typed()).status_code == 409
    draft = checklist.revise(by=manager, at=now)
    assert as_(manager).get(f"/checklists/items/{item.pk}/").status_code == 404
    checklist.publish(draft, "x", by=manager, at=now)
    with pytest.raises(Conflict):
        checklist.put_item(Item(version=draft, question="晚了"), by=manager, at=now)


def test_a_draft_is_dropped_but_never_the_first(as_, manager, row, house, now):
    client = as_(manager)
    assert client.post(f"/checklists/{row.pk}/drop/").status_code == 409
    other = make_checklist(house["ops"], manager, now, name="另一张")
    assert client.post(f"/checklists/{other.pk}/revise/")["Location"].endswith("/edit/")
    assert client.post(f"/checklists/{other.pk}/drop/").status_code == 302 and other.draft is None


def test_a_reference_photo_is_shown_to_whoever_reads_the_checklist(as_, manager, officer, outsider, row, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = as_(manager)
    for name, content, status in (("a.jpg", picture(), 302), ("a.pdf", b"%PDF-", 422)):
        given = typed(kind="state", question=name) | {"picture": SimpleUploadedFile(name, content)}
        assert client.post(item_address(row, "g"), given).status_code == status
    item = Item.objects.get()
    address = f"/checklists/items/{item.pk}/picture/"
    assert as_(officer).get(address).status_code == 200 and as_(officer).get(f"{address}?small=1").status_code == 200
    assert as_(outsider).get(address).status_code == 404


def test_the_editor_shows_who_else_is_at_it(as_, manager, administrator, row):
    as_(administrator).post(item_address(row, "g"), {"quick": "1", "question": "天气", "kind": "text"})
    page = Page(as_(manager).get(f"/checklists/{row.pk}/edit/"))
    assert page.status == 200 and page.text.count(administrator.name) > 1
    assert Page(as_(administrator).get(f"/checklists/{row.pk}/preview/")).status == 200


def test_the_paper_form_and_the_preview_show_every_item(as_, officer, manager, house, now, piece):
    items = [
        {"question": "指示灯", "equipment": piece},
        {"question": "电压", "kind": "number", "measure": "V", "normal_low": 210, "equipment": piece},
        {"question": "挡位", "kind": "choice", "choices": ["自动", "手动"], "bad_choices": ["手动"]},
        {"question": "签名", "kind": "signature"},
    ]
    checklist = make_checklist(house["ops"], manager, now, items=items)
    for page in ("paper", "preview"):
        shown = Page(as_(officer).get(f"/checklists/{checklist.pk}/{page}/"))
        for words in ("指示灯", "≥ 210 V", "自动", "签名", "DY-01"):
            assert words in shown.text, (page, words)
    assert as_(officer).get(f"/checklists/{checklist.pk}/paper/?version=9").status_code == 404


def test_only_who_keeps_the_checklist_edits_it(as_, officer, outsider, row):
    for person, status in ((officer, 403), (outsider, 404)):
        for path in ("edit/", "publish/", "items/new/?stop=g"):
            assert as_(person).get(f"/checklists/{row.pk}/{path}").status_code == status
        for path in ("stops/", "arrange/", "stops/clear/", "stops/copy/", "stops/gauges/", "drop/", "revise/"):
            assert as_(person).post(f"/checklists/{row.pk}/{path}").status_code == status


def test_a_version_without_a_change_is_not_published(house, manager, now, as_):
    checklist = make_checklist(house["ops"], manager, now)
    draft = checklist.revise(by=manager, at=now)
    page = Page(as_(manager).post(f"/checklists/{checklist.pk}/publish/", {"note": "没有变", "edits": draft.edits}))
    assert page.status == 422 and page.values["note"] == "没有变"
    draft.refresh_from_db()
    assert draft.published_at is None
