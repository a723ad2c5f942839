"""Keys as a sheet: compared first, every problem told by row, people and equipment named with each (A57)."""

import pytest
from django.utils import translation
from import_export.formats.base_formats import CSV, XLSX

from equipment.key_sheets import KeyResource
from equipment.models import Key
from equipment.tests.test_admin_sheets import read, wrong

pytestmark = pytest.mark.django_db
HEADS = [
    "code", "kind", "what it opens", "name of the account", "kept in", "hook or compartment", "seal number", "who may take it",
    "people named (staff numbers)", "equipment (codes)", "and only with the qualification", "needs an approval each time",
    "longest loan, hours", "remarks",
]  # fmt: skip


def row(code="YS-2", kind="key", opens="配电间", cabinet="钥匙柜", **more):
    rest = {
        "open_to": "named",
        "takers": "",
        "pieces": "",
        "qualification": "",
        "approval": "no",
        "hours": "",
        "note": "",
    } | more
    return [code, kind, opens, "", cabinet, "2", "", *rest.values()]


@pytest.mark.parametrize("format_", [XLSX, CSV])
@pytest.mark.parametrize(("written", "reader"), [("zh-hans", "en"), ("en", "zh-hans")])
def test_what_was_exported_changes_nothing_when_it_comes_back(
    make_key, piece, officer, administrator, now, format_, written, reader
):
    make_key(takers=[officer], pieces=[piece], loan_hours=4, needs_approver=True)
    with translation.override(written):
        data = format_().export_data(KeyResource().export(force_native_type=format_ is XLSX))
    dataset = format_().create_dataset(data)
    with translation.override(reader):
        result = KeyResource(by=administrator, at=now).import_data(dataset, dry_run=True)
    assert [str(error.error) for line in result.rows for error in line.errors] == [] and wrong(result) == {}
    assert result.totals["skip"] == 1


def test_keys_come_in_with_their_people_and_equipment(cabinet, piece, officer, administrator, now):
    rows = [
        row(takers=officer.staff_number, pieces="dy-01", hours="4", approval="是"),
        row("YS-3", "break-glass account"),
    ]
    assert wrong(read(KeyResource, administrator, now, HEADS, *rows)) == {}
    key = Key.objects.get(code="YS-2")
    assert list(key.takers.all()) == [officer] and list(key.pieces.all()) == [piece]
    assert (key.loan_hours, key.needs_approver, key.unit) == (4, True, cabinet.unit)
    again = read(KeyResource, administrator, now, HEADS, row(hours="4", approval="yes", pieces="DY-01"))
    assert wrong(again) == {} and again.totals["update"] == 1 and not key.takers.exists() and key.pieces.exists()


def test_every_wrong_row_is_told_and_nothing_is_written(cabinet, administrator, now):
    rows = [
        row("N-1"), row("N-1", opens="别的"), row("N-2", kind="魔法"), row("N-3", cabinet="没有"), row("N-4", takers="ZZ9"), row("N-5", pieces="没有"),
        row("N-6", hours="很久"), row("N-7", approval="也许"), row("N-8", opens=""), row("N 9"), row("N-10", cabinet=""), row("N-11", qualification="没有"),
    ]  # fmt: skip
    told = wrong(read(KeyResource, administrator, now, HEADS, *rows))
    assert set(told) == set(range(2, 13)) and not Key.objects.exists()
    assert "ZZ9" in str(told[5]) and "没有" in str(told[6])


def test_the_sheet_is_for_administrators_alone(as_, administrator, manager, outsider, key):
    for door in ("", "import/", "export/"):
        assert as_(administrator).get(f"/admin/equipment/key/{door}").status_code == 200
    for person in (manager, outsider):
        assert as_(person).get("/admin/equipment/key/export/").status_code in (302, 403)
