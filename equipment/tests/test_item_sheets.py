"""A checklist's items out to Excel and in again: what changes and what is wrong is told by row before anything is written."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from equipment.models import Checklist, Gauge, Item, Version
from equipment.tests.rounds import make_checklist
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(house, manager, now, piece, places) -> Checklist:
    items = [
        {"question": "指示灯", "equipment": piece},
        {
            "question": "电压",
            "equipment": piece,
            "kind": "number",
            "measure": "V",
            "normal_low": "210.5",
            "alarm_high": 240,
        },
        {
            "question": "挡位",
            "place": places["room"],
            "kind": "choice",
            "choices": ["自动", "手动"],
            "bad_choices": ["手动"],
        },
    ]
    checklist = make_checklist(house["ops"], manager, now, items=items)
    draft = checklist.revise(by=manager, at=now)
    above = draft.items.get(question="指示灯")
    Item.objects.create(
        version=draft, equipment=piece, after=above, when="abnormal", question="哪一盏", kind="text", order=9
    )
    return checklist


def sheet(client, row) -> openpyxl.Workbook:
    answer = client.get(f"/checklists/{row.pk}/export/?draft=1")
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def upload(client, row, book) -> Page:
    out = io.BytesIO()
    book.save(out)
    answer = client.post(f"/checklists/{row.pk}/import/", {"sheet": SimpleUploadedFile("x.xlsx", out.getvalue())})
    return Page(answer)


def columns(page) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[1]}


def test_what_goes_out_comes_in_again_without_a_change(as_, manager, row):
    client = as_(manager)
    book = sheet(client, row)
    assert book.worksheets[0].max_row == 5
    page = upload(client, row, book)
    assert page.status == 200 and 'class="diff' not in page.html
    assert Version.objects.filter(edits__gt=0).count() == 0


def test_signs_of_both_widths_come_back_as_they_were_written(as_, manager, house, piece, now):
    gauge = Gauge.objects.create(equipment=piece, name="温度（进风）", measure="℃", normal_low=18, normal_high=27)
    items = [
        {"question": "温度（进风）", "equipment": piece, "gauge": gauge, "kind": "number", "measure": "℃", "normal_low": 18, "normal_high": 27},
        {"question": "状态：ＵＰＳ", "equipment": piece, "kind": "choice", "choices": ["正常（绿）", "旁路（黄）"], "bad_choices": ["旁路（黄）"]},
        {"question": "状态:UPS", "equipment": piece, "method": "看面板，左侧（近门）"},
    ]  # fmt: skip
    row = make_checklist(house["ops"], manager, now, items=items)
    row.revise(by=manager, at=now)
    client, before = (
        as_(manager),
        list(row.draft.items.order_by("order").values("question", "gauge", "choices", "method")),
    )
    page = upload(client, row, sheet(client, row))
    assert page.status == 200 and 'class="diff' not in page.html and 'name="out"' not in page.html

    book = sheet(client, row)
    lines = book.worksheets[0]
    first = next(cell for cell in lines[2] if cell.value == "温度（进风）")
    first.value = "温度(进风)"  # the same in another width
    lines.cell(2, 8).value = 17
    shown = upload(client, row, book)
    assert shown.status == 200 and "17" in shown.text and 'name="out"' not in shown.html
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]}).status_code == 302
    assert list(row.draft.items.order_by("order").values("question", "gauge", "choices", "method")) == before
    assert row.draft.items.get(question="温度（进风）").normal_low == 17


def test_changes_and_new_rows_are_shown_and_then_written(as_, manager, row, piece, gauge):
    client = as_(manager)
    book = sheet(client, row)
    page = book.worksheets[0]
    at = columns(page)
    question = next(name for name in at if page.cell(2, at[name]).value == "指示灯")
    lines = {page.cell(n, at[question]).value: n for n in range(2, page.max_row + 1)}
    heads = list(at)
    page.cell(lines["电压"], at[heads[7]]).value = 212
    page.append(["dy-01", "", "", "温度", "", page.cell(lines["电压"], at[heads[5]]).value])
    shown = upload(client, row, book)
    assert shown.status == 200 and "210.5" in shown.text and "212" in shown.text and "温度" in shown.text
    assert row.draft.items.count() == 4
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]}).status_code == 302
    draft = row.draft
    assert draft.items.get(question="电压").normal_low == 212 and draft.items.count() == 5
    warmth = draft.items.get(question="温度")
    assert warmth.gauge == gauge and warmth.normal == "18 – 27 ℃"  # nothing was said of limits: those of the gauge
    again = client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]})
    assert again.status_code == 409  # made for the draft as it was


def test_the_order_of_the_rows_is_the_order_of_the_walk(as_, manager, row):
    client = as_(manager)
    book = sheet(client, row)
    page = book.worksheets[0]
    rows = [[cell.value for cell in page[n]] for n in range(2, page.max_row + 1)]
    question = next(n for n, value in enumerate(rows[0]) if value == "指示灯")
    assert [line[question] for line in rows] == ["指示灯", "哪一盏", "电压", "挡位"]
    for n, line in enumerate([rows[3], rows[2], rows[0], rows[1]], 2):  # the place first, the voltage before the lamp
        for column, value in enumerate(line, 1):
            page.cell(n, column).value = value
    shown = upload(client, row, book)
    assert shown.status == 200 and 'class="diff"' in shown.html
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]}).status_code == 302
    assert list(row.draft.items.values_list("question", flat=True)) == ["挡位", "电压", "指示灯", "哪一盏"]


def test_a_new_row_stands_where_it_was_written(as_, manager, row):
    client = as_(manager)
    book = sheet(client, row)
    page = book.worksheets[0]
    page.insert_rows(2)
    page.cell(2, 1).value, page.cell(2, 4).value, page.cell(2, 6).value = "DY-01", "外观", page.cell(3, 6).value
    shown = upload(client, row, book)
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]}).status_code == 302
    assert list(row.draft.items.values_list("question", flat=True)) == ["外观", "指示灯", "哪一盏", "电压", "挡位"]


def test_what_the_sheet_does_not_name_stays_unless_it_is_wished(as_, manager, row):
    client = as_(manager)
    for wished, left in (({}, 4), ({"out": "1"}, 1)):
        book = sheet(client, row)
        page = book.worksheets[0]
        for number in range(page.max_row, 1, -1):
            if "指示灯" not in [cell.value for cell in page[number]]:
                page.delete_rows(number)
        page.delete_rows(3, 9)
        shown = upload(client, row, book)
        client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"], **wished})
        assert row.draft.items.count() == left
    assert row.draft.items.filter(question="指示灯").exists() and not row.draft.items.filter(question="挡位").exists()


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, "没有-9", "没有-9"), (1, "别的", "别的"), (3, "", ""), (5, "打勾", "打勾"), (6, "光年", "光年"), (7, "高", "高"), (7, "999", ""), (15, "也许", ""), (19, "没有这项", "没有这项"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_row_and_nothing_is_written(as_, manager, row, place, value, words):
    client = as_(manager)
    book = sheet(client, row)
    page = book.worksheets[0]
    number = next(n for n in range(2, page.max_row + 1) if "电压" in [cell.value for cell in page[n]])
    if place == 19:
        page.append(["DY-01", "", "", "新的", "", page.cell(number, 6).value, *[""] * 13, value])
        number = page.max_row
    else:
        page.cell(number, place + 1).value = value
    shown = upload(client, row, book)
    assert shown.status == 422 and words in shown.text
    assert f'<td class="num">{number}</td>' in shown.html and "rows" not in shown.values


def test_the_same_twice_and_other_files_are_refused(as_, manager, row):
    client = as_(manager)
    book = sheet(client, row)
    page = book.worksheets[0]
    page.append([cell.value for cell in page[2]])
    shown = upload(client, row, book)
    assert shown.status == 422 and '<td class="num">6</td>' in shown.html
    other = openpyxl.Workbook()
    other.active.append(["a", "b"])
    assert upload(client, row, other).status == 422
    answer = client.post(f"/checklists/{row.pk}/import/", {"sheet": SimpleUploadedFile("x.xlsx", b"PK\x03\x04zzz")})
    assert answer.status_code == 422
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": "forged"}).status_code == 302


def test_a_sheet_read_for_a_draft_that_changed_is_compared_anew(as_, manager, row):
    client = as_(manager)
    book = sheet(client, row)
    book.worksheets[0].append(["DY-01", "", "", "新的", "", book.worksheets[0].cell(2, 6).value])
    shown = upload(client, row, book)
    client.post(f"/checklists/{row.pk}/items/new/?stop=g", {"quick": "1", "question": "天气", "kind": "text"})
    stale = Page(client.post(f"/checklists/{row.pk}/import/", {"rows": shown.values["rows"]}))
    assert stale.status == 409 and not row.draft.items.filter(question="新的").exists()
    assert client.post(f"/checklists/{row.pk}/import/", {"rows": stale.values["rows"]}).status_code == 302
    assert row.draft.items.filter(question="新的").exists()


def test_who_reads_exports_and_only_who_keeps_takes_in(as_, officer, outsider, row):
    assert as_(officer).get(f"/checklists/{row.pk}/export/").status_code == 200
    assert as_(officer).get(f"/checklists/{row.pk}/import/").status_code == 403
    assert as_(outsider).get(f"/checklists/{row.pk}/export/").status_code == 404
    assert as_(outsider).get(f"/checklists/{row.pk}/import/").status_code == 404
