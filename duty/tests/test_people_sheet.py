"""People as a sheet: read in both languages, told by row and column, and the same again after a round trip."""

import datetime as dt

import pytest
import tablib
from django.utils import translation
from import_export.formats.base_formats import CSV, XLSX

from duty.admin_sheets import PersonResource
from duty.models import Person

pytestmark = pytest.mark.django_db


def read(*rows, tongue="zh-hans"):
    with translation.override(tongue):
        return PersonResource().import_data(tablib.Dataset(*rows[1:], headers=rows[0]), dry_run=False)


@pytest.mark.parametrize("format_", [XLSX, CSV])
@pytest.mark.parametrize(("written", "reader"), [("zh-hans", "zh-hans"), ("zh-hans", "en"), ("en", "zh-hans")])
def test_what_was_exported_changes_nothing_when_it_comes_back(officer, format_, written, reader):
    Person.objects.filter(name="陈立").update(employed_from=dt.date(2019, 9, 22))
    with translation.override(written):
        data = format_().export_data(PersonResource().export(force_native_type=format_ is XLSX))
    dataset = format_().create_dataset(data)
    with translation.override(reader):
        result = PersonResource().import_data(dataset, dry_run=True)
    assert not result.has_errors() and not result.has_validation_errors()
    assert result.totals["skip"] == len(dataset)


def test_a_new_person_comes_in_without_a_password_and_with_dates_as_excel_keeps_them(house):
    result = read(["工号", "姓名", "单位", "入职日期"], ["N1", "新人", house["top"].name, dt.datetime(2026, 11, 1)])
    assert result.totals["new"] == 1
    person = Person.objects.get(staff_number="N1")
    assert person.employed_from == dt.date(2026, 11, 1) and not person.has_usable_password()


def test_what_is_wrong_is_told_by_row_and_by_the_sheets_own_words(house):
    result = read(
        ["工号", "姓名", "单位", "离职日期"], ["N1", "甲", "没有的部", ""], ["N2", "乙", house["top"].name, "明天"]
    )
    assert [row.error_dict for row in result.invalid_rows] == [
        {"单位": ["没有“没有的部”。"]}, {"离职日期": ["日期请写成 2026-01-31。"]},
    ]  # fmt: skip
    assert not Person.objects.filter(staff_number__in=["N1", "N2"]).exists()


def test_a_sheet_without_staff_numbers_is_told_so(db):
    result = read(["姓名"], ["甲"])
    assert [str(error.error) for error in result.base_errors] == ["表中没有“工号”列。"]
