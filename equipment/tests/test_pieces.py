"""The register (A24, A25): a piece is entered once, found, changed knowingly, retired and never lost."""

import io
import uuid

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from conftest import make_person
from duty.models import Line, Matter, Role
from duty.tests.threads import together
from equipment.models import Equipment, Keeper, Place
from equipment.models.pieces import LETTERS, read_tag
from scheduling.tests.racing import signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(house, places, **changes) -> dict:
    return {
        "name": "总部 UPS", "code": "DY-01", "category": "power", "criticality": "key", "unit": house["ops"].pk, "place": places["room"].pk,
        "model": "", "maker": "", "serial_number": "", "installed_on": "", "from_on": "", "contract": "", "note": "",
    } | changes  # fmt: skip


def test_a_piece_is_entered_once_however_often_the_form_is_sent(as_, manager, house, places):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        answer = client.post("/equipment/new/", typed(house, places, once=token))
    piece = Equipment.objects.get()
    assert answer["Location"] == piece.get_absolute_url() == f"/equipment/{piece.pk}/"
    assert len(piece.tag) == 8 and set(piece.tag) <= set(LETTERS) and not set("01OIL") & set(LETTERS)
    line = Line.objects.get(matter=piece.pk)
    assert (line.verb, line.who) == ("equipment.equipment.register", manager)
    page = Page(client.get(piece.get_absolute_url()))
    assert "总部大楼 / 1 楼 / 配电间" in page.text and piece.tag in page.text
    assert client.get(f"/trail/{piece.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"code": ""}, "code"), ({"code": "DY 01"}, "code"), ({"code": "a<b"}, "code"), ({"code": "x" * 31}, "code"), ({"category": "magic"}, "category"),
        ({"criticality": ""}, "criticality"), ({"place": ""}, "place"), ({"place": "999999"}, "place"), ({"unit": ""}, "unit"), ({"installed_on": "昨天"}, "installed_on"),
        ({"from_on": "1850-01-01"}, "from_on"), ({"installed_on": "2090-01-01"}, "installed_on"), ({"contract": "999999"}, "contract"), ({"note": "x" * 1001}, "note"), ({"code": "dy-77"}, "code"), ({"code": "ＤＹ－77"}, "code"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field(as_, manager, house, places, make_piece, changes, field):
    make_piece("DY-77")
    page = Page(as_(manager).post("/equipment/new/", typed(house, places, **changes)))
    assert page.status == 422 and set(page.errors) == {field} and Equipment.objects.count() == 1
    assert page.values["name"] == changes.get("name", "总部 UPS")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_code_one_is_told(house, places, manager):
    other = make_person("另一位", house["ops"], Role.MANAGER)
    deeds = [
        lambda person=person, code=code: signed_in(person).post("/equipment/new/", typed(house, places, code=code))
        for person, code in ((manager, "DY-01"), (other, "dy-01"))
    ]
    answers = together(*deeds)
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert set(Page(refused).errors) == {"code"} and Equipment.objects.count() == Matter.objects.count() == 1


def test_a_tag_never_changes_and_nothing_is_deleted(piece, manager, now):
    tag = piece.tag
    with pytest.raises(DatabaseError), transaction.atomic():
        Equipment.objects.filter(pk=piece.pk).update(tag="ABCDEFGH")
    with pytest.raises(DatabaseError), transaction.atomic():
        Equipment.objects.filter(pk=piece.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Equipment.objects.filter(pk=piece.pk).update(category="magic")
    assert Equipment.objects.get().tag == tag


def test_a_change_says_which_fields_and_a_stale_page_is_told(as_, manager, piece):
    client, address = as_(manager), f"/equipment/{piece.pk}/change/"
    first, second = (Page(client.get(address)).values for _reader in range(2))
    assert client.post(address, first | {"name": "一号 UPS"}).status_code == 302
    line = Line.objects.get(verb="equipment.equipment.change")
    assert line.data == {"fields": ["name"]} and Matter.objects.get(pk=piece.pk).title == "一号 UPS DY-01"
    stale = Page(client.post(address, second | {"model": "X", "once": ""}))
    assert stale.status == 422 and stale.alerts and stale.values["model"] == "X"
    assert Equipment.objects.get().name == "一号 UPS"
    again = {name: value for name, value in stale.values.items() if name != "once"}
    assert client.post(address, again).status_code == 302  # compared, and saved knowingly
    assert client.post(address, Page(client.get(address)).values).status_code == 302
    assert Line.objects.filter(verb="equipment.equipment.change").count() == 2  # nothing changed, nothing written


def test_a_piece_goes_over_to_another_unit_with_its_matter(as_, administrator, piece, house, places):
    client, address = as_(administrator), f"/equipment/{piece.pk}/change/"
    answer = client.post(address, Page(client.get(address)).values | {"unit": house["sales"].pk})
    assert answer.status_code == 302
    assert Matter.objects.get(pk=piece.pk).unit == house["sales"] == Equipment.objects.get().unit


def test_retired_it_leaves_the_list_and_can_come_back(as_, manager, piece, officer, now):
    client, address = as_(manager), f"/equipment/{piece.pk}/retire/"
    Keeper.objects.create(equipment=piece, person=officer, role="in_charge", from_on="2026-01-01")
    assert set(Page(client.post(address, {"last_on": "2026-12-31", "reason": ""})).errors) == {"last_on", "reason"}
    assert client.post(address, {"last_on": "2026-11-21", "reason": "报废"}).status_code == 302
    piece.refresh_from_db()
    assert str(piece.until_on) == "2026-11-21" and str(piece.keepers.get().until_on) == "2026-11-21"
    assert "DY-01" not in Page(client.get("/equipment/")).text
    assert "DY-01" in Page(client.get("/equipment/?show=retired")).text
    assert client.get(f"/equipment/{piece.pk}/").status_code == 200
    assert client.post(address, {"last_on": "2026-11-21", "reason": "再来"}).status_code == 409
    change = f"/equipment/{piece.pk}/change/"
    assert client.post(change, Page(client.get(change)).values | {"name": "改名"}).status_code == 409
    assert client.post(f"/equipment/{piece.pk}/back/").status_code == 302
    assert client.post(f"/equipment/{piece.pk}/back/").status_code == 409
    assert "DY-01" in Page(client.get("/equipment/")).text


@pytest.fixture
def stock(make_piece, places):
    make_piece("SB-01", "核心交换机", places["floor"], category="network", model="CE12808")
    make_piece("JK-01", "摄像机", category="cameras", criticality="ordinary", serial_number="SN998877")
    return make_piece("DY-02", "二号 UPS")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", "DY-02 JK-01 SB-01"), ("q=ups", "DY-02"), ("q=jk", "JK-01"), ("q=ce128", "SB-01"), ("q=9988", "JK-01"), ("q=配电间", "DY-02 JK-01"), ("q=1 楼", "DY-02 JK-01 SB-01"),
        ("q=配电间 ups", "DY-02"), ("q=％", ""), ("q=_", ""), ("q=' OR 1=1", ""), ("category=network", "SB-01"), ("category=magic", "DY-02 JK-01 SB-01"),
        ("criticality=ordinary", "JK-01"), ("show=retired", ""), ("unit=99999999", ""), ("unit=x", "DY-02 JK-01 SB-01"), ("place=abc", "DY-02 JK-01 SB-01"),
    ],
)  # fmt: skip
def test_the_list_is_filtered_and_searched(as_, officer, stock, query, codes):
    page = as_(officer).get(f"/equipment/?{query}").context["page"]
    assert [piece.code for piece in page] == codes.split()


def test_a_place_means_everything_in_it(as_, officer, stock, places):
    for place, count in (("building", 3), ("floor", 3), ("room", 2), ("shop", 0)):
        assert len(as_(officer).get(f"/equipment/?place={places[place].pk}").context["page"]) == count


def test_by_its_tag_a_piece_is_found_as_people_read_it(as_, officer, stock):
    shown = f"{stock.tag[:4].lower()}-{stock.tag[4:].lower()}"
    assert read_tag(shown) == read_tag(f" {stock.tag[:4]} {stock.tag[4:]} ") == stock.tag
    assert [piece.code for piece in as_(officer).get(f"/equipment/?q={stock.tag.lower()}").context["page"]] == ["DY-02"]


def test_a_long_list_is_paged_to_its_end(as_, officer, make_piece):
    for number in range(53):
        make_piece(f"N-{number:03d}", f"第 {number} 台")
    client = as_(officer)
    first = Page(client.get("/equipment/"))
    second = client.get(f"/equipment/{first.next}")
    assert [piece.code for piece in second.context["page"]] == ["N-050", "N-051", "N-052"] and Page(second).next is None
    for mark in ("%00", "~", "x" * 500, "N-~9"):
        assert client.get(f"/equipment/?before={mark}").status_code in (200, 400)


def test_who_keeps_the_register_and_who_reads_it(
    as_, house, piece, officer, auditor, outsider, foreign, manager, places
):
    fixer = make_person("维修", house["ops"], Role.MAINTAINER)
    for person in (officer, fixer, auditor):
        client = as_(person)
        assert [p.code for p in client.get("/equipment/").context["page"] if p.pk == piece.pk] == ["DY-01"]
        assert client.get(f"/equipment/{piece.pk}/").status_code == 200
        for door in ("change", "retire", "gauges/new", "people/new"):
            assert client.get(f"/equipment/{piece.pk}/{door}/").status_code == 403
        assert client.post(f"/equipment/{piece.pk}/back/").status_code == 403
    assert as_(make_person("无角色", house["ops"])).get("/equipment/").status_code == 403
    stranger = as_(outsider)
    assert [p.code for p in stranger.get("/equipment/").context["page"]] == ["XS-01"]
    for door in ("", "change/", "retire/", "gauges/new/", "people/new/"):
        assert stranger.get(f"/equipment/{piece.pk}/{door}").status_code == 404
    assert as_(manager).post("/equipment/new/", typed(house, places, unit=house["sales"].pk)).status_code == 422


def test_a_place_that_is_no_longer_in_use_stays_on_its_pieces(as_, manager, piece, places):
    Place.objects.filter(pk=places["room"].pk).update(is_active=False)
    client, address = as_(manager), f"/equipment/{piece.pk}/change/"
    page = Page(client.get(address))
    assert page.values["place"] == str(places["room"].pk)
    assert client.post(address, page.values | {"name": "新名"}).status_code == 302


def test_the_excel_file_holds_what_the_filters_leave(as_, officer, outsider, make_piece):
    make_piece("DY-02", name="=1+1", criticality="ordinary")
    make_piece("DY-01", name="总部 UPS", criticality="key")

    def written(who, query=""):
        book = openpyxl.load_workbook(io.BytesIO(as_(who).get(f"/equipment/export/{query}").content))
        return [[cell.value for cell in row][:2] for row in list(book.active.rows)[1:]]

    assert written(officer) == [["DY-01", "总部 UPS"], ["DY-02", "'=1+1"]]
    assert written(officer, "?criticality=key") == [["DY-01", "总部 UPS"]]
    assert written(outsider) == []
