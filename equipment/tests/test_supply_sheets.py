"""Supplies and their lots as sheets: compared first, every problem told by row, the stock moved by verbs alone (A18)."""

import datetime as dt

import pytest
from django.utils import translation
from import_export.formats.base_formats import CSV, XLSX

from duty.models import Deadline, Line
from equipment.models import Lot, Movement, Supply
from equipment.supply_sheets import LotResource, SupplyResource
from equipment.tests.test_admin_sheets import read, wrong

pytestmark = pytest.mark.django_db
SUPPLIES = [
    "code", "name", "category", "unit", "place", "counted in", "at least", "looked after by (staff number)",
    "counted every (days)", "comes back after use", "remarks",
]  # fmt: skip
LOTS = ["code of the supply", "name of the supply", "lot", "good until", "quantity"]


def row(manager, code="WZ-2", name="沙袋", category="flood and drainage", unit="运行部", place="配电间", **more):
    rest = {
        "measure": "个",
        "least": "100",
        "minder": manager.staff_number,
        "days": "30",
        "back": "no",
        "note": "",
    } | more
    return [code, name, category, unit, place, *rest.values()]


@pytest.mark.parametrize("format_", [XLSX, CSV])
@pytest.mark.parametrize(("written", "reader"), [("zh-hans", "en"), ("en", "zh-hans")])
def test_what_was_exported_changes_nothing_when_it_comes_back(
    make_supply, administrator, now, format_, written, reader
):
    make_supply(lots=[(5, "A", dt.date(2027, 2, 28)), (2, "", None)], comes_back=True, note="第一行")
    for kind, rows in ((SupplyResource, 1), (LotResource, 2)):
        with translation.override(written):
            data = format_().export_data(kind().export(force_native_type=format_ is XLSX))
        dataset = format_().create_dataset(data)
        with translation.override(reader):
            result = kind(by=administrator, at=now).import_data(dataset, dry_run=True)
        assert [str(error.error) for line in result.rows for error in line.errors] == [] and wrong(result) == {}
        assert result.totals["skip"] == rows


def test_supplies_come_in_and_are_promised_about(administrator, manager, places, now):
    assert read(SupplyResource, administrator, now, SUPPLIES, row(manager), dry_run=True).totals["new"] == 1
    assert not Supply.objects.exists()
    assert wrong(read(SupplyResource, administrator, now, SUPPLIES, row(manager))) == {}
    supply = Supply.objects.get()
    assert (
        Line.objects.get(matter=supply.pk).via == "import"
        and Deadline.objects.open().filter(matter=supply.pk).count() == 2
    )
    changed = read(SupplyResource, administrator, now, SUPPLIES, row(manager, code="wz-2", least="0", back="是"))
    assert changed.has_validation_errors() or changed.totals["update"] == 1


def test_every_wrong_row_is_told_and_nothing_is_written(administrator, manager, places, now):
    rows = [
        row(manager, "N-1"), row(manager, "N-1", "又一种"), row(manager, "N-2", place="没有的楼"), row(manager, "N-3", category="魔法"), row(manager, "N-4", unit="没有的部"),
        row(manager, "N-5", least="很多"), row(manager, "N-6", days="0"), row(manager, "N-7", back="也许"), row(manager, "N-8", minder="ZZ"), row(manager, "N 9"),
        row(manager, "N-10", name=""), row(manager, "N-11", least="-3"),
    ]  # fmt: skip
    told = wrong(read(SupplyResource, administrator, now, SUPPLIES, *rows))
    assert set(told) == set(range(2, 13)) and not Supply.objects.exists()
    assert "Row 1" in str(told[2]["code"]) and "很多" in str(told[6]["at least"]) and "也许" in str(told[8])


def test_lots_come_in_as_movements(administrator, supply, now):
    rows = [["wz-1", "", "A", "", "7"], ["WZ-1", "", "B", "2027/5/1", "12"]]
    assert wrong(read(LotResource, administrator, now, LOTS, *rows)) == {}
    assert list(Lot.objects.order_by("id").values_list("number", "quantity")) == [("A", 7), ("B", 12)]
    kinds = Movement.objects.order_by("id").values_list("kind", "change", "by__name")
    assert list(kinds)[1:] == [("counted", 2, "管理员"), ("received", 12, "管理员")]
    told = wrong(
        read(
            LotResource,
            administrator,
            now,
            LOTS,
            ["没有", "", "A", "", "7"],
            ["WZ-1", "", "C", "明年", "7"],
            ["WZ-1", "", "D", "", "-7"],
            ["WZ-1", "", "E", "", ""],
        )
    )
    assert set(told) == {1, 2, 3, 4} and Lot.objects.count() == 2


def test_the_sheets_are_for_administrators_alone(as_, administrator, manager, outsider, supply):
    for page in ("supply", "lot"):
        for door in ("", "import/", "export/"):
            assert as_(administrator).get(f"/admin/equipment/{page}/{door}").status_code == 200
        for person in (manager, outsider):
            assert as_(person).get(f"/admin/equipment/{page}/export/").status_code in (302, 403)
