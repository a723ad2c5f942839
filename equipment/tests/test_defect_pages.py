"""Reporting by hand, the page with its buttons, the list, one's own, the ticket, the terms."""

import io
import re
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import make_person
from duty.clock import HOUR
from duty.models import Line, Role
from equipment.models import Defect, DefectStatus, RepairTerm
from equipment.tests.repairs import again, make_defect, photo
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(house):
    return make_person("程亮", house["ops"], Role.MAINTAINER)


@pytest.fixture
def defect(piece, officer, maintainer, now):
    return make_defect(piece, officer, now)


# Reporting


def test_reported_from_a_pieces_page_with_photos_it_is_as_critical_as_the_piece(as_, officer, piece, maintainer, now):
    client = as_(officer)
    assert f"/defects/new/?piece={piece.pk}" in Page(client.get(f"/equipment/{piece.pk}/")).links
    page = Page(client.get(f"/defects/new/?piece={piece.pk}"))
    assert page.values["piece"] == "DY-01 总部 UPS"
    sent = {
        "piece": page.values["piece"],
        "what": "电池鼓包",
        "detail": "第二层",
        "shot": photo(),
        "photos": [photo("b.jpg", (32, 32))],
    }
    answer = client.post("/defects/new/", sent)
    defect = Defect.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/defects/{defect.pk}/"
    assert (defect.criticality, defect.unit, defect.found_by, defect.found_at) == ("key", piece.unit, officer, now)
    assert defect.photos.count() == 2 and defect.photos.first().stage == "found"


@pytest.mark.parametrize("typed", ["DY-01", "dy-01", "tag", "总部 UPS"])
def test_a_piece_is_found_by_code_by_tag_and_by_name(as_, officer, piece, typed):
    typed = f"{piece.tag[:4]} {piece.tag[4:].lower()}" if typed == "tag" else typed
    assert as_(officer).post("/defects/new/", {"piece": typed, "what": "异响"}).status_code == 302
    assert Defect.objects.get().equipment == piece


def test_reported_at_a_place_it_needs_no_piece(as_, officer, places):
    client = as_(officer)
    assert client.post("/defects/new/", {"place": places["room"].pk, "what": "漏水"}).status_code == 302
    defect = Defect.objects.get()
    assert (defect.equipment, defect.place, defect.criticality) == (None, places["room"], "ordinary")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"what": "异响"}, "piece"),
        ({"piece": "DY-99", "what": "异响"}, "piece"),
        ({"piece": "XS-01", "what": "异响"}, "piece"),
        ({"piece": "DY-01"}, "what"),
        ({"piece": "DY-01", "what": "异响", "found_at": "2026-11-23 09:00"}, "found_at"),
        ({"piece": "DY-01", "what": "异响", "found_at": "2026-01-23 09:00"}, "found_at"),
        ({"piece": "DY-01", "what": "字" * 121}, "what"),
    ],
)
def test_a_refused_report_keeps_what_was_typed(as_, officer, piece, foreign, sent, wrong):
    page = Page(as_(officer).post("/defects/new/", sent | {"detail": "很吵"}))
    assert page.status == 422 and wrong in page.errors
    assert page.values["detail"].strip() == "很吵" and page.values["piece"] == sent.get("piece", "")
    assert not Defect.objects.exists()


def test_a_retired_piece_is_not_reported_on(as_, officer, manager, piece, now):
    piece.retire(now.date(), by=manager, at=now, reason="报废")
    Defect.objects.all().delete()
    type(piece).objects.filter(pk=piece.pk).update(until_on="2026-11-01")
    page = Page(as_(officer).post("/defects/new/", {"piece": "DY-01", "what": "异响"}))
    assert page.status == 422 and "piece" in page.errors


@pytest.mark.parametrize("name", ["炸弹.png", "页.jpg", "空.jpg"])
def test_a_photo_bomb_and_what_is_no_photo_is_refused(as_, officer, piece, name):
    import struct
    import zlib

    chunk = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    head = b"IHDR" + chunk
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    data = {"炸弹.png": bomb, "页.jpg": b"<script>alert(1)</script>", "空.jpg": b""}[name]
    sent = {"piece": "DY-01", "what": "异响", "shot": SimpleUploadedFile(name, data)}
    page = Page(as_(officer).post("/defects/new/", sent))
    assert page.status == 422 and "shot" in page.errors and page.values["what"] == "异响"
    assert not Defect.objects.exists()


def test_a_form_sent_twice_is_one_defect(as_, officer, piece):
    client, sent = as_(officer), {"piece": "DY-01", "what": "异响", "once": str(uuid.uuid4())}
    first, second = client.post("/defects/new/", sent), client.post("/defects/new/", sent)
    assert first["Location"] == second["Location"] and Defect.objects.count() == 1


def test_what_is_open_on_the_piece_is_shown_before_it_is_written_twice(as_, officer, defect, piece):
    page = Page(as_(officer).get(f"/defects/new/?piece={piece.pk}"))
    assert f"/defects/{defect.pk}/" in page.links


def test_an_auditor_reports_nothing(as_, auditor, piece):
    assert as_(auditor).post("/defects/new/", {"piece": "DY-01", "what": "异响"}).status_code == 403


def test_it_is_back(as_, officer, defect, maintainer, piece, now):
    Defect.objects.filter(pk=defect.pk).update(
        status="verified", mender=maintainer, taken_at=now, fixed_at=now, verified_at=now, verified_by=officer
    )
    client = as_(officer)
    assert f"/defects/new/?again={defect.pk}" in Page(client.get(f"/defects/{defect.pk}/")).links
    page = Page(client.get(f"/defects/new/?again={defect.pk}"))
    assert (page.values["again"], page.values["what"]) == (str(defect.pk), "电池鼓包")
    sent = {name: page.values.get(name, "") for name in ("piece", "place", "again", "criticality")}
    assert client.post("/defects/new/", sent | {"what": "电池又鼓包"}).status_code == 302
    new = Defect.objects.exclude(pk=defect.pk).get()
    assert new.recurs == defect and new.status == DefectStatus.REPORTED
    text = Page(client.get(f"/defects/{new.pk}/")).text
    assert defect.number in text and re.search(r"2\s*(time|次)", text)


def test_what_is_open_is_not_taken_up_again(as_, officer, defect):
    page = Page(as_(officer).post("/defects/new/", {"again": defect.pk, "piece": "DY-01", "what": "异响"}))
    assert page.status == 422 and Defect.objects.count() == 1


# On its page


def test_the_maintainer_takes_and_mends_and_the_officer_verifies(as_, officer, maintainer, defect):
    mender, watch, base = as_(maintainer), as_(officer), f"/defects/{defect.pk}/"
    assert Page(mender.get(base)).has_form("/take/") and not Page(watch.get(base)).has_form("/take/")
    assert mender.post(base + "take/").status_code == 302
    page = Page(mender.get(base))
    assert page.has_form("/fix/") and not page.has_form("/verify/")
    refused = Page(mender.post(base + "fix/", {"fix-cause": "老化", "fix-remedy": "换电池"}))
    assert refused.status == 422 and refused.values["fix-cause"] == "老化" and "fix-shot" in refused.errors
    sent = {"fix-cause": "老化", "fix-remedy": "换电池", "fix-shot": photo("好.jpg")}
    assert mender.post(base + "fix/", sent).status_code == 302
    assert not Page(mender.get(base)).has_form("/verify/")
    assert watch.post(base + "verify/").status_code == 302
    assert again(defect).status == DefectStatus.VERIFIED


def test_sent_back_without_a_reason_is_refused(as_, officer, maintainer, defect, now):
    defect.take(by=maintainer, at=now)
    Defect.objects.filter(pk=defect.pk).update(status="fixed", fixed_at=now)
    page = Page(as_(officer).post(f"/defects/{defect.pk}/back/", {"back-reason": ""}))
    assert page.status == 422 and "back-reason" in page.errors
    assert as_(officer).post(f"/defects/{defect.pk}/back/", {"back-reason": "还响"}).status_code == 302
    assert again(defect).sent_back == 1


@pytest.mark.parametrize(
    "verb", ["take", "come", "fix", "verify", "back", "hand", "withdraw", "regrade", "note", "assign", "call"]
)
def test_an_outsider_does_nothing_with_it(as_, outsider, defect, verb):
    assert as_(outsider).post(f"/defects/{defect.pk}/{verb}/", {"reason": "x"}).status_code == 404


def test_an_outsider_sees_neither_page_nor_photo_nor_ticket(as_, outsider, officer, piece):
    as_(officer).post("/defects/new/", {"piece": "DY-01", "what": "异响", "shot": photo()})
    defect = Defect.objects.get()
    shown = defect.photos.get().pk
    for path in (
        f"/defects/{defect.pk}/",
        f"/defects/{defect.pk}/paper/",
        f"/defects/photos/{shown}/",
        f"/defects/photos/{shown}/small/",
    ):
        assert as_(outsider).get(path).status_code == 404
        assert as_(officer).get(path).status_code == 200
    for path in ("/defects/", "/defects/mine/"):
        assert "异响" not in Page(as_(outsider).get(path)).text


def test_an_old_page_hears_how_it_stands(as_, maintainer, defect, house, now):
    late = make_person("石磊", house["ops"], Role.MAINTAINER)
    defect.take(by=maintainer, at=now)
    answer = as_(late).post(f"/defects/{defect.pk}/take/")
    assert answer.status_code == 409 and "程亮" in answer.content.decode()


def test_the_finders_number_is_there_for_those_who_mend_and_masked_for_the_auditor(
    as_, auditor, maintainer, officer, defect
):
    assert f"tel:{officer.mobile}" in Page(as_(maintainer).get(f"/defects/{defect.pk}/")).links
    html = as_(auditor).get(f"/defects/{defect.pk}/").content.decode()
    assert officer.mobile not in html


def test_handed_on_by_form(as_, maintainer, defect, house, now):
    other = make_person("石磊", house["ops"], Role.MAINTAINER)
    defect.take(by=maintainer, at=now)
    client, base = as_(maintainer), f"/defects/{defect.pk}/hand/"
    assert Page(client.post(base, {"hand-mender": other.pk, "hand-reason": ""})).status == 422
    stranger = make_person("文员", house["ops"])
    assert Page(client.post(base, {"hand-mender": stranger.pk, "hand-reason": "忙"})).status == 422
    assert client.post(base, {"hand-mender": other.pk, "hand-reason": "忙"}).status_code == 302
    assert again(defect).mender == other


# The list


def test_the_list_is_filtered_searched_and_shows_what_is_due_first(as_, officer, maintainer, piece, make_piece, now):
    other = make_piece("KT-01", "精密空调", category="hvac", criticality="ordinary")
    slow, quick = make_defect(other, officer, now, what="滤网脏"), make_defect(piece, officer, now, what="电池鼓包")
    old = make_defect(piece, officer, now, what="风扇响")
    old.withdraw(by=officer, at=now, reason="误报")
    client = as_(officer)
    text = Page(client.get("/defects/")).text
    assert text.index("电池鼓包") < text.index("滤网脏") < text.index("风扇响")
    found = {
        "?q=滤网": {slow}, f"?q={quick.number}": {quick}, "?q=配电间": {slow, quick, old}, "?category=hvac": {slow},
        "?criticality=key": {quick, old}, "?state=open": {slow, quick}, "?state=withdrawn": {old},
        f"?piece={other.pk}": {slow}, "?mender=me": set(), "?again=1": set(), f"?unit={piece.unit_id}": {slow, quick, old},
        "?unit=x&piece=9999999999999999999&state=nonsense&before=nonsense": {slow, quick, old},
    }  # fmt: skip
    for query, expected in found.items():
        page = Page(client.get(f"/defects/{query}"))
        assert {row for row in (slow, quick, old) if f"/defects/{row.pk}/" in page.links} == expected, query


def test_closed_ones_are_paged(as_, officer, piece, now, monkeypatch):
    from equipment.views import defects

    monkeypatch.setattr(defects, "SHOWN", 3)
    for number in range(5):
        row = make_defect(piece, officer, now - number * HOUR, what=f"第{number}个")
        row.withdraw(by=officer, at=now, reason="误报")
    page = Page(as_(officer).get("/defects/"))
    assert "第2个" in page.text and "第3个" not in page.text
    following = Page(as_(officer).get(f"/defects/{page.next}"))
    assert "第4个" in following.text and "第2个" not in following.text


def test_the_excel_file_holds_what_the_list_does_and_no_formula(as_, officer, piece, now):
    make_defect(piece, officer, now, what="=1+1")
    answer = as_(officer).get("/defects/export/?state=open")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "WX20261122-001" and row[6] == "'=1+1" and sheet.max_row == 2
    assert sheet[2][6].data_type == "s"


def test_the_register_and_the_piece_say_what_is_broken(as_, officer, defect, piece):
    page = Page(as_(officer).get(f"/equipment/{piece.pk}/"))
    assert "电池鼓包" in page.text and f"/defects/{defect.pk}/" in page.links
    before = as_(officer).get("/equipment/").content.decode()
    defect.withdraw(by=officer, at=defect.found_at, reason="误报")
    assert before != as_(officer).get("/equipment/").content.decode()


# One's own


def test_mine_shows_what_i_have_and_what_nobody_has(as_, maintainer, officer, piece, now, house):
    mine, free = make_defect(piece, officer, now), make_defect(piece, officer, now, what="风扇响")
    mine.take(by=maintainer, at=now)
    other = make_person("石磊", house["ops"], Role.MAINTAINER)
    theirs = make_defect(piece, officer, now, what="灯灭")
    theirs.take(by=other, at=now)
    page = Page(as_(maintainer).get("/defects/mine/"))
    assert "电池鼓包" in page.text and "风扇响" in page.text and "灯灭" not in page.text
    assert page.has_form(f"/defects/{free.pk}/take/") and not page.has_form(f"/defects/{mine.pk}/take/")


# Terms


def terms(**changes) -> dict:
    values = {"key-minutes": 10, "key-hours": 4, "key-photo": "on", "important-minutes": 60, "important-hours": 48,
              "ordinary-minutes": 240, "ordinary-hours": 168}  # fmt: skip
    return values | changes


@pytest.fixture
def keeper(house):
    return make_person("谢婷", house["top"], Role.MANAGER)


def test_the_terms_hold_for_what_is_reported_from_then_on(as_, keeper, officer, maintainer, piece, defect, now):
    client = as_(keeper)
    page = Page(client.get("/defects/terms/"))
    assert page.values["key-minutes"] == "15"
    assert client.post("/defects/terms/", terms(standing=page.values["standing"])).status_code == 302
    assert [RepairTerm.of("key").acknowledge_minutes, RepairTerm.objects.count()] == [10, 1]
    assert Line.objects.filter(verb="duty.register.changed", who=keeper).count() == 1
    assert again(defect).fix_by == now + 8 * HOUR
    assert make_defect(piece, officer, now, what="新的").fix_by == now + 4 * HOUR


def test_terms_that_make_no_sense_are_refused_and_stay_typed(as_, keeper):
    client = as_(keeper)
    standing = Page(client.get("/defects/terms/")).values["standing"]
    page = Page(client.post("/defects/terms/", terms(standing=standing, **{"key-minutes": 0, "ordinary-hours": "x"})))
    assert page.status == 422 and {"key-minutes", "ordinary-hours"} <= set(page.errors)
    assert page.values["ordinary-hours"] == "x" and not RepairTerm.objects.exists()


def test_whoever_saves_an_old_page_is_told(as_, keeper):
    client = as_(keeper)
    standing = Page(client.get("/defects/terms/")).values["standing"]
    client.post("/defects/terms/", terms(standing=standing))
    page = Page(client.post("/defects/terms/", terms(standing=standing, **{"key-hours": 6})))
    assert page.status == 422 and page.alerts
    assert (
        client.post("/defects/terms/", terms(standing=page.values["standing"], **{"key-hours": 6})).status_code == 302
    )
    assert RepairTerm.of("key").fix_hours == 6


def test_a_manager_of_one_unit_does_not_set_the_terms_of_all(as_, manager, officer):
    for person in (manager, officer):
        assert as_(person).get("/defects/terms/").status_code == 200
        assert as_(person).post("/defects/terms/", terms()).status_code == 403
