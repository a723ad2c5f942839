"""The register as sheets: compared first, wrong rows told with what to do, nothing written on error (A24)."""

import pytest
import tablib
from django.utils import translation
from import_export.formats.base_formats import CSV, XLSX

from conftest import make_person
from duty.models import Line
from equipment.admin_sheets import EquipmentResource, GaugeResource
from equipment.models import Equipment, Gauge, Place

pytestmark = pytest.mark.django_db
PIECES = [
    "code",
    "name",
    "category",
    "criticality",
    "unit",
    "place",
    "model",
    "maker",
    "serial number",
    "installed on",
    "in use from",
    "remarks",
]
GAUGES = [
    "code of the piece",
    "name of the piece",
    "what is read",
    "unit of measure",
    "normal from",
    "normal to",
    "alarm below",
    "alarm above",
]


def read(kind, by, at, heads, *rows, dry_run=False):
    with translation.override("en"):
        return kind(by=by, at=at).import_data(
            tablib.Dataset(*rows, headers=heads), dry_run=dry_run, rollback_on_validation_errors=True
        )


def row(
    code="DY-02",
    name="二号 UPS",
    category="power supply",
    criticality="key",
    unit="运行部",
    place="总部大楼/1 楼/配电间",
    **more,
):
    rest = {"model": "", "maker": "", "serial": "", "installed": "", "from": "", "note": ""} | more
    return [code, name, category, criticality, unit, place, *rest.values()]


def wrong(result) -> dict[int, dict]:
    return {row.number: row.error_dict for row in result.invalid_rows}


@pytest.mark.parametrize("format_", [XLSX, CSV])
@pytest.mark.parametrize(("written", "reader"), [("zh-hans", "en"), ("en", "zh-hans")])
def test_what_was_exported_changes_nothing_when_it_comes_back(
    gauge, make_piece, administrator, now, format_, written, reader
):
    make_piece("A-2", "冷水机组", category="hvac", installed_on="2020-02-29", note="第一行\n第二行")
    for kind, rows in ((EquipmentResource, 2), (GaugeResource, 1)):
        with translation.override(written):
            data = format_().export_data(kind().export(force_native_type=format_ is XLSX))
        dataset = format_().create_dataset(data)
        with translation.override(reader):
            result = kind(by=administrator, at=now).import_data(dataset, dry_run=True)
        assert [str(error.error) for row in result.rows for error in row.errors] == []
        assert not result.has_errors() and wrong(result) == {}
        assert result.totals["skip"] == len(dataset) == rows


def test_pieces_come_in_with_their_place_and_the_trail_says_so(administrator, places, now):
    assert read(EquipmentResource, administrator, now, PIECES, row(), dry_run=True).totals["new"] == 1
    assert not Equipment.objects.exists()
    result = read(EquipmentResource, administrator, now, PIECES, row(), row("DY-03", "三号 UPS", place="配电间"))
    assert wrong(result) == {} and result.totals["new"] == 2
    piece = Equipment.objects.get(code="DY-02")
    assert (piece.place, piece.category, piece.criticality) == (places["room"], "power", "key") and len(piece.tag) == 8
    line = Line.objects.get(matter=piece.pk)
    assert (line.who, line.via, line.verb) == (administrator, "import", "equipment.equipment.register")


def test_a_changed_row_changes_what_differs(administrator, piece, now):
    tag = piece.tag
    result = read(EquipmentResource, administrator, now, PIECES, row("DY-01", "一号 UPS", model="UPS5000"))
    assert wrong(result) == {} and result.totals["update"] == 1
    piece.refresh_from_db()
    assert (piece.name, piece.model, piece.tag) == ("一号 UPS", "UPS5000", tag)
    assert Line.objects.get(verb="equipment.equipment.change").data == {"fields": ["name", "model"]}


def test_every_problem_is_told_by_row_and_nothing_is_written(administrator, piece, places, house, now):
    Place.objects.create(unit=house["ops"], name="配电间", parent=places["building"])
    rows = [
        row("N-1"), row("N-1", "又一台"), row("N-2", place="没有的楼"), row("N-3", place="配电间"), row("N-4", category="魔法"), row("N-5", unit="没有的部"), row("dy-01"),
        row("N 6"), row("N-7", installed="昨天"), row("N-8", name=""), row("N-9", place=""),
    ]  # fmt: skip
    result = read(EquipmentResource, administrator, now, PIECES, *rows)
    told = wrong(result)
    assert set(told) == set(range(2, 12)) and Equipment.objects.count() == 1
    assert "Row 1" in str(told[2]["code"]) and "Enter it under “Places” first" in str(told[3]["place"])
    assert "总部大楼 / 1 楼 / 配电间; 总部大楼 / 配电间" in str(told[4]["place"]) and "power supply" in str(
        told[5]["category"]
    )
    assert "没有的部" in str(told[6]["unit"]) and "Another piece has this code" in str(told[7])
    assert set(told[8]) == {"code"} and "2026-01-31" in str(told[9]["installed on"]) and set(told[10]) == {"name"}


def test_gauges_come_in_with_units_of_measure_in_any_spelling(administrator, piece, now):
    rows = [["dy-01", "总部 UPS", "温度", "°C", 18, 27.5, "", "35"], ["DY-01", "", "负载率", "％", "", "60", "", ""]]
    result = read(GaugeResource, administrator, now, GAUGES, *rows)
    assert wrong(result) == {} and result.totals["new"] == 2
    assert [gauge.ranges for gauge in Gauge.objects.order_by("id")] == ["18 – 27.5 ℃ (> 35 ℃)", "≤ 60 %"]
    assert Line.objects.filter(verb="equipment.equipment.set_gauge", via="import").count() == 2


def test_wrong_gauges_are_told_by_row(administrator, gauge, now):
    rows = [
        ["没有", "", "温度", "℃", "", "", "", ""], ["DY-01", "别的", "湿度", "%", "", "", "", ""], ["DY-01", "", "湿度", "furlong", "", "", "", ""],
        ["DY-01", "", "湿度", "%", "60", "40", "", ""], ["DY-01", "", "湿度", "%", "40%", "", "", ""], ["DY-01", "", "电压", "V", "", "", "", ""], ["DY-01", "", "电压", "V", "1", "", "", ""],
        ["DY-01", "", "频率", "Hz", "inf", "", "", ""],
    ]  # fmt: skip
    told = wrong(read(GaugeResource, administrator, now, GAUGES, *rows))
    assert set(told) == {1, 2, 3, 4, 5, 7, 8} and Gauge.objects.count() == 1
    assert (
        "没有" in str(told[1])
        and "Check the code" in str(told[2])
        and "Write one of: ℃ %" in str(told[3]["unit of measure"])
    )
    assert (
        "wrong way round" in str(told[4])
        and "column of its own" in str(told[5]["normal from"])
        and "Row 6" in str(told[7])
    )


def test_the_sheets_are_for_administrators_alone(as_, administrator, manager, officer, outsider, house, gauge):
    client = as_(administrator)
    for page in ("equipment", "gauge"):
        for door in ("", "import/", "export/"):
            assert client.get(f"/admin/equipment/{page}/{door}").status_code == 200
        for person in (manager, officer, outsider, make_person("无角色", house["ops"])):
            assert as_(person).get(f"/admin/equipment/{page}/export/").status_code in (302, 403)
            assert as_(person).post(f"/admin/equipment/{page}/import/").status_code in (302, 403)
