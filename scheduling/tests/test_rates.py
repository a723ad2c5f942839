"""Rates from a day on, corrections that are never rewritten, and the ledgers of a unit as a page and a file."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection

from conftest import make_person
from duty.models import Line, Role
from scheduling.models import Adjustment, Rate
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def personnel(house):
    return make_person("人事", house["ops"], Role.PERSONNEL)


@pytest.fixture
def typed(house):
    return {"unit": house["ops"].pk, "kind": "allowance", "day_kind": "rest", "role": "", "per_duty": "160", "per_hour": "0",
            "from_on": "2026-11-23"}  # fmt: skip


# Rates


def test_a_planner_sets_a_rate_from_tomorrow_on_once(as_, manager, typed, now):
    form, client = typed | {"once": str(uuid.uuid4())}, as_(manager)
    assert [client.post("/rates/new/", form).status_code for _turn in range(2)] == [302, 302]
    rate = Rate.objects.get()
    assert (rate.per_duty, rate.from_on) == (160, dt.date(2026, 11, 23))
    assert Line.objects.filter(verb="duty.register.added", who=manager).count() == 1
    assert client.post("/rates/new/", typed).status_code == 422 and Rate.objects.count() == 1


@pytest.mark.parametrize(("change", "field"), [
    ({"from_on": "2026-11-22"}, "from_on"), ({"from_on": "2020-01-01"}, "from_on"), ({"from_on": "2126-01-01"}, "from_on"),
    ({"from_on": "nie"}, "from_on"), ({"from_on": ""}, "from_on"), ({"per_duty": "-1"}, "per_duty"), ({"per_hour": "x"}, "per_hour"),
    ({"per_duty": "9999999"}, "per_duty"), ({"day_kind": "feast"}, "day_kind"), ({"kind": ""}, "kind"), ({"unit": "0"}, "unit"),
])  # fmt: skip
def test_a_wrong_rate_is_refused_and_what_was_typed_is_kept(as_, manager, typed, now, change, field):
    page = Page(as_(manager).post("/rates/new/", typed | change))
    assert page.status == 422 and field in page.errors, page.errors
    assert not Rate.objects.exists()
    if "per_duty" not in change:
        assert page.values["per_duty"] == "160"


def test_past_rates_never_change(as_, house, manager, now):
    begun = Rate.objects.create(unit=house["ops"], kind="allowance", day_kind="rest", per_duty=1, from_on="2026-11-22")
    coming = Rate.objects.create(unit=house["ops"], kind="allowance", day_kind="rest", per_duty=2, from_on="2026-11-23")
    page = Page(as_(manager).get("/rates/"))
    assert page.has_form(f"/rates/{coming.pk}/remove/") and not page.has_form(f"/rates/{begun.pk}/remove/")
    assert as_(manager).post(f"/rates/{begun.pk}/remove/").status_code == 409
    assert as_(manager).post(f"/rates/{coming.pk}/remove/").status_code == 302
    assert list(Rate.objects.all()) == [begun]
    assert as_(manager).post(f"/rates/{coming.pk}/remove/").status_code == 404


def test_a_planner_of_one_unit_sees_the_rates_above_and_sets_only_their_own(as_, house, manager, outsider, typed, now):
    above = Rate.objects.create(unit=house["top"], kind="lieu", day_kind="rest", per_duty=1, from_on="2027-01-01")
    page = Page(as_(manager).get("/rates/"))
    assert "总部" in page.text and not page.has_form(f"/rates/{above.pk}/remove/")
    assert as_(manager).post(f"/rates/{above.pk}/remove/").status_code == 403
    assert as_(manager).post("/rates/new/", typed | {"unit": house["top"].pk}).status_code == 422
    assert as_(outsider).post("/rates/new/", typed).status_code == 422
    own = Rate.objects.create(unit=house["ops"], kind="lieu", day_kind="rest", per_duty=1, from_on="2027-01-01")
    assert as_(outsider).post(f"/rates/{own.pk}/remove/").status_code == 404


def test_officers_leaders_and_personnel_set_no_rates(as_, officer, leader, personnel):
    for person in (officer, leader, personnel):
        for address in ("/rates/", "/rates/new/", "/ledger/adjust/"):
            assert as_(person).get(address).status_code == 403


# Adjustments


def correction(whom, **change):
    return {
        "person": f"{whom.name} {whom.staff_number}",
        "kind": "lieu",
        "amount": "-8",
        "date": "2026-11-20",
        "reason": "补休一天",
    } | change


def test_a_correction_is_booked_once_with_its_reason(as_, officer, manager):
    form, client = correction(officer, once=str(uuid.uuid4())), as_(manager)
    assert [client.post("/ledger/adjust/", form).status_code for _turn in range(2)] == [302, 302]
    row = Adjustment.objects.get()
    assert (row.person, row.amount, row.by, row.unit, row.reason) == (
        officer,
        Decimal(-8),
        manager,
        officer.unit,
        "补休一天",
    )
    line = Line.objects.get(verb="duty.register.added")
    assert "陈立" in line.text and "8.00" not in line.text, "many read the trail"
    with pytest.raises(Exception, match="Cannot update"), connection.cursor() as cursor:
        cursor.execute("UPDATE scheduling_adjustment SET amount = 100")


@pytest.mark.parametrize(("change", "field"), [
    ({"amount": "0"}, "amount"), ({"amount": ""}, "amount"), ({"amount": "1e9"}, "amount"), ({"reason": " "}, "reason"),
    ({"person": "没有此人"}, "person"), ({"date": "1999-12-31"}, "date"), ({"date": "2028-01-01"}, "date"), ({"kind": "x"}, "kind"),
])  # fmt: skip
def test_a_wrong_correction_is_refused(as_, officer, manager, now, change, field):
    page = Page(as_(manager).post("/ledger/adjust/", correction(officer, **change)))
    assert page.status == 422 and field in page.errors and not Adjustment.objects.exists()


def test_nobody_corrects_their_own_ledger_or_one_of_another_unit(as_, officer, manager, outsider):
    assert "person" in Page(as_(manager).post("/ledger/adjust/", correction(manager))).errors
    assert "person" in Page(as_(outsider).post("/ledger/adjust/", correction(officer))).errors
    assert not Adjustment.objects.exists()


# The unit's ledgers


@pytest.fixture
def month(house, make_shift, officer, leader, manager, now):
    """October's end and November, with rates and a correction."""
    make_shift("2026-10-31 18:00", "2026-11-01 08:00", primary=officer, leader=leader)
    make_shift("2026-11-18 18:00", "2026-11-19 08:00", primary=officer, reserve=leader)
    make_shift("2026-11-22 18:00", "2026-11-23 08:00", primary=officer)  # not over yet
    Rate.objects.create(unit=house["top"], kind="allowance", day_kind="workday", per_duty=100, from_on="2020-01-01")
    Rate.objects.create(unit=house["top"], kind="allowance", day_kind="rest", per_duty=160, from_on="2020-01-01")
    for reason in ("=cmd|'/c calc'!A1", "＝1+1", "补发"):
        row = Adjustment(person=officer, kind="allowance", date="2026-11-10", amount=Decimal(10), reason=reason)
        row.book(unit_id=officer.unit_id, by=manager, at=now)


def test_a_month_holds_the_duties_that_began_in_it_and_the_hours_that_passed_in_it(as_, manager, month, officer):
    rows = {row.person: row for row in as_(manager).get("/ledger/?month=2026-11-01").context["rows"]}
    mine = rows[officer]
    assert (mine.tally.duties, mine.tally.hours) == (1, 22)
    assert (mine.ledgers["allowance"].earned, mine.ledgers["allowance"].adjusted) == (100, 30)
    october = {row.person: row for row in as_(manager).get("/ledger/?month=2026-10-15").context["rows"]}
    assert (october[officer].tally.hours, october[officer].ledgers["allowance"].balance) == (6, 160)


def test_the_file_has_a_line_per_person_and_every_entry_and_runs_nothing(as_, personnel, month, officer):
    answer = as_(personnel).get("/ledger/sheet/?month=2026-11-01")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet") and "2026-11.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    people, entries = (list(sheet.values) for sheet in book.worksheets)
    mine = next(row for row in people if row[1] == officer.name)
    assert mine[0] == officer.staff_number and mine[3:6] == (1, 22, 1) and mine[9:12] == (100, 30, 130)
    reasons = [row[10] for row in entries if row[1] == officer.name and row[10]]
    assert reasons == ["'=cmd|'/c calc'!A1", "'＝1+1", "补发"]
    for sheet in book.worksheets:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    duty = next(row for row in entries if row[3] == "总值班室 夜班" and row[1] == officer.name)
    assert duty[2] == dt.datetime(2026, 11, 18) and duty[5] == dt.datetime(2026, 11, 18, 18) and duty[7:9] == (14, 100)


def test_only_the_units_one_plans_for_or_keeps_personnel_of_are_listed(as_, house, outsider, officer, leader, month):
    for address in ("/ledger/", "/ledger/sheet/"):
        for person in (officer, leader):
            assert as_(person).get(address).status_code == 403
    page = as_(outsider).get(f"/ledger/?unit={house['ops'].pk}&month=2026-11-01")
    assert page.context["unit"] == house["sales"] and page.context["rows"] == []
    for wrong in ("?unit=x", "?unit=99999999999999999999", "?month=x", "?month=0001-01-01"):
        assert as_(outsider).get(f"/ledger/{wrong}").status_code == 200


def test_a_stranger_who_helped_out_is_in_the_ledger_without_a_way_into_their_record(as_, house, manager, make_shift):
    helper = make_person("外援", house["sales"], Role.OFFICER)
    make_shift("2026-11-18 18:00", "2026-11-19 08:00", primary=helper)
    page = Page(as_(manager).get("/ledger/?month=2026-11-01"))
    assert "外援" in page.text and f"/my/{helper.pk}/record/" not in page.links
