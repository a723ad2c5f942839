"""People for duty and what they hold as sheets: compared first, wrong rows told with what to do, nothing on error."""

import datetime as dt
import io

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from import_export.formats.base_formats import CSV, XLSX

from conftest import make_person
from duty.models import Deadline, Line
from scheduling.admin_sheets import MemberResource, QualifiedResource
from scheduling.models import Member, Qualification, Qualified

pytestmark = pytest.mark.django_db


def read(kind, by, at, heads, *rows, dry_run=False, tongue="en"):
    with translation.override(tongue):
        return kind(by=by, at=at).import_data(
            tablib.Dataset(*rows, headers=heads), dry_run=dry_run, rollback_on_validation_errors=True
        )


def members(by, at, *rows, **more):
    heads = ["unit", "staff number", "name", "seats", "share of a full load, %", "from", "until"]
    return read(MemberResource, by, at, heads, *rows, **more)


def records(by, at, *rows, **more):
    heads = [
        "staff number",
        "name",
        "qualification",
        "valid from",
        "valid until",
        "assessed by (staff number)",
        "remarks",
    ]
    return read(QualifiedResource, by, at, heads, *rows, **more)


def wrong(result) -> list[tuple[int, dict]]:
    return [(row.number, row.error_dict) for row in result.invalid_rows]


@pytest.fixture
def exam(db):
    return Qualification.objects.create(name="上岗考核", months_valid=12)


@pytest.fixture
def held(exam, officer, head, now) -> Qualified:
    record = Qualified(person=officer, qualification=exam, from_on=dt.date(2026, 3, 1), assessor=head, note="笔试")
    record.record(by=head, at=now)
    return record


@pytest.mark.parametrize("format_", [XLSX, CSV])
@pytest.mark.parametrize(("written", "reader"), [("zh-hans", "zh-hans"), ("zh-hans", "en"), ("en", "zh-hans")])
def test_what_was_exported_changes_nothing_when_it_comes_back(
    make_member, held, administrator, now, format_, written, reader
):
    make_member("赵一", roles=["reserve", "primary"], percent=60, until_on=dt.date(2027, 6, 30))
    make_member("钱二")
    for kind, rows in ((MemberResource, 2), (QualifiedResource, 1)):
        with translation.override(written):
            data = format_().export_data(kind().export(force_native_type=format_ is XLSX))
        dataset = format_().create_dataset(data)
        with translation.override(reader):
            result = kind(by=administrator, at=now).import_data(dataset, dry_run=True)
        assert not result.has_errors() and wrong(result) == []
        assert result.totals["skip"] == len(dataset) == rows


def test_people_join_a_pool_and_the_trail_says_so(administrator, officer, house, now):
    row = [house["ops"].name, officer.staff_number, "陈立", "Duty leader， 备班", 60, dt.datetime(2026, 12, 1), ""]
    assert members(administrator, now, row, dry_run=True).totals["new"] == 1 and not Member.objects.exists()
    assert members(administrator, now, row).totals["new"] == 1
    member = Member.objects.get()
    assert (member.roles, member.percent, member.from_on) == (["leader", "reserve"], 60, dt.date(2026, 12, 1))
    assert Line.objects.get(verb="duty.register.added").who == administrator
    assert members(administrator, now, row).totals["skip"] == 1  # the same sheet once more


def test_every_wrong_row_is_told_by_its_column_and_nothing_changes(administrator, officer, house, make_member, now):
    there = make_member("赵一")
    ops, number = house["ops"].name, officer.staff_number
    result = members(
        administrator, now,
        [ops, number, "", "primary", 100, "2026-12-01", ""],
        ["没有的部", number, "", "primary", 100, "2026-12-01", ""],
        [ops, "没有", "", "primary", 100, "2026-12-01", ""],
        [ops, number, "王芳", "primary", 100, "2027-12-01", ""],
        [ops, there.staff_number, "赵一", "captain", 100, "2026-12-01", ""],
        [ops, there.staff_number, "赵一", "primary", 3, "2026-12-01", "2026-11-01"],
        [ops, there.staff_number, "赵一", "primary", 100, "2026-12-01", ""],
        [ops, there.staff_number, "赵一", "", "", "明天", ""],
    )  # fmt: skip
    told = dict(wrong(result))
    assert set(told) == {2, 3, 4, 5, 6, 7, 8} and Member.objects.count() == 1
    assert "last day lies before" in str(told[6]["until"]) and "from 5 to 100" in str(told[6])
    assert told[2] == {"unit": ["There is no “没有的部”."]}
    assert told[3] == {"staff number": ["There is no “没有”."]}
    assert told[4] == {"staff number": [f"{number} is 陈立, not 王芳. Check the staff number."]}
    assert "There is no seat “captain”" in told[5]["seats"][0]
    assert "already" in str(told[7]) and told[8]["from"] == ["Write the date like 2026-01-31."]


def test_terms_that_have_held_are_ended_and_followed_never_rewritten(administrator, house, make_member, now):
    person = make_member("赵一", percent=100)
    ops, number = house["ops"].name, person.staff_number
    result = members(administrator, now, [ops, number, "赵一", "primary", 60, "2020-01-01", ""])
    assert "Give this row a last day" in str(wrong(result)) and Member.objects.get().percent == 100
    result = members(
        administrator, now,
        [ops, number, "赵一", "leader、primary、secondary、reserve", 100, "2020-01-01", "2026-11-30"],
        [ops, number, "赵一", "primary", 60, "2026-12-01", ""],
    )  # fmt: skip
    assert wrong(result) == [] and (result.totals["update"], result.totals["new"]) == (1, 1)
    assert list(Member.objects.order_by("from_on").values_list("percent", "until_on")) == [
        (100, dt.date(2026, 11, 30)), (60, None)
    ]  # fmt: skip


def test_a_qualification_is_recorded_promised_and_renewed_by_a_later_row(administrator, officer, head, exam, now):
    row = [officer.staff_number, "陈立", "上岗考核", "2026-03-01", "", head.staff_number, ""]
    assert records(administrator, now, row).totals["new"] == 1
    first = Qualified.objects.get()
    assert first.until_on == dt.date(2027, 2, 28) and Line.objects.get(matter=first.matter).who == administrator
    assert Deadline.objects.open().get(kind="scheduling.qualified").owed_by == officer
    later = [officer.staff_number, "陈立", "上岗考核", "2026-11-01", "", head.staff_number, "复评"]
    assert wrong(records(administrator, now, later)) == []
    assert [row.from_on for row in Qualified.objects.standing()] == [dt.date(2026, 11, 1)]
    assert Deadline.objects.open().filter(kind="scheduling.qualified").count() == 1


def test_records_are_not_rewritten_nor_made_by_oneself(administrator, held, officer, head, exam, now):
    own, other = administrator.staff_number, officer.staff_number
    result = records(
        administrator, now,
        [other, "陈立", "上岗考核", "2026-03-01", "2030-01-01", head.staff_number, "笔试"],
        [other, "陈立", "上岗考核", "2026-02-01", "", head.staff_number, ""],
        [own, "", "上岗考核", "2026-03-01", "", head.staff_number, ""],
        [other, "陈立", "没有的证", "2026-03-01", "", head.staff_number, ""],
        [head.staff_number, "", "上岗考核", "2026-03-01", "", head.staff_number, ""],
    )  # fmt: skip
    told = dict(wrong(result))
    assert "stays as it was written" in str(told[1]) and "from 2026-03-01 already" in str(told[2])
    assert "Ask someone else" in str(told[3]) and told[4] == {"qualification": ["There is no “没有的证”."]}
    assert "Nobody assesses themselves" in str(told[5]) and Qualified.objects.get() == held


def test_a_sheet_without_its_columns_is_told_which(administrator, now, db):
    result = read(MemberResource, administrator, now, ["unit"], ["总部"])
    assert [str(error.error) for error in result.base_errors] == ["The sheet has no column “staff number”."]


def test_in_the_administration_the_changes_are_shown_before_they_are_saved(as_, administrator, officer, house, now):
    client, path = as_(administrator), "/admin/scheduling/member/import/"
    with translation.override("zh-hans"):
        resource = MemberResource()
        heads = [resource.fields[name].column_name for name in ("unit", "person", "roles", "from_on")]
    data = tablib.Dataset([house["ops"].name, officer.staff_number, "primary", "2026-12-01"], headers=heads)
    file = SimpleUploadedFile("pool.xlsx", io.BytesIO(XLSX().export_data(data)).getvalue())
    shown = client.post(path, {"import_file": file, "format": "0", "resource": "0"})
    assert officer.staff_number in shown.content.decode() and not Member.objects.exists()
    confirm = {name: shown.context["confirm_form"].initial[name] for name in shown.context["confirm_form"].initial}
    assert client.post("/admin/scheduling/member/process_import/", confirm, follow=True).status_code == 200
    assert Member.objects.get().person == officer
    assert client.post("/admin/scheduling/member/process_import/", confirm).status_code < 500  # sent twice
    assert Member.objects.count() == 1
    for page in ("member", "qualified"):
        for door in ("", "import/", "export/"):
            assert client.get(f"/admin/scheduling/{page}/{door}").status_code == 200


def test_the_sheets_are_for_administrators_alone(as_, manager, officer, outsider, house):
    for person in (manager, officer, outsider, make_person("无角色", house["ops"])):
        for page in ("member", "qualified"):
            assert as_(person).get(f"/admin/scheduling/{page}/export/").status_code in (302, 403)
            assert as_(person).post(f"/admin/scheduling/{page}/import/").status_code in (302, 403)


def test_a_wrong_row_is_told_with_its_number_on_the_sheet_and_empty_cells_stay_empty(as_, administrator, house):
    heads = [MemberResource().fields[name].column_name for name in ("unit", "person", "roles", "from_on", "until_on")]
    data = tablib.Dataset([house["ops"].name, "没有的人", "primary", "2026-12-01", None], headers=heads)
    file = SimpleUploadedFile("pool.xlsx", io.BytesIO(XLSX().export_data(data)).getvalue())
    shown = as_(administrator).post(
        "/admin/scheduling/member/import/", {"import_file": file, "format": "0", "resource": "0"}
    )
    html = shown.content.decode()
    table = html.partition("validation-error-count")
    assert (
        "<td>2</td>" in table[0] and "没有的人" in table[2] and "<td>None</td>" not in html and "<td></td>" in table[2]
    )
