import datetime as dt
import io

import openpyxl
import pytest

from duty.clock import DAY, MINUTE, local
from duty.filing import Content
from duty.models import Deadline
from duty.steps import NotPossible
from equipment.models import Kind, Round, Status
from equipment.receiving import receive, take_shot
from equipment.tests.rounds import answer, make_checklist, make_plan, make_round, parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(house, manager, piece, gauge, now):
    items = [
        {"question": "指示灯", "equipment": piece},
        {"question": "温度", "equipment": piece, "gauge": gauge, "kind": Kind.NUMBER, "measure": "℃", "least": -40, "most": 90,
         "normal_low": 18, "normal_high": 27, "alarm_high": 35},
        {"question": "门窗", "place": piece.place},
        {"question": "签名", "kind": Kind.SIGNATURE},
    ]  # fmt: skip
    return make_checklist(house["ops"], manager, now, items=items)


@pytest.fixture
def walk(checklist, now):
    return make_round(checklist, now)


@pytest.fixture
def items(checklist):
    return list(checklist.in_force.items.order_by("order"))


def test_the_list_stands_by_what_is_to_be_done(checklist, officer, as_, now):
    for title, shift in (("现在", 0), ("等会儿", 180), ("错过", -300)):
        row = make_round(checklist, now + shift * MINUTE)
        Round.objects.filter(pk=row.pk).update(title=title)
    page = as_(officer).get("/rounds/").content.decode()
    assert page.index("现在") < page.index("错过") < page.index("等会儿")
    assert "错过" in as_(officer).get("/rounds/?state=missed").content.decode()
    assert "等会儿" not in as_(officer).get("/rounds/?state=missed").content.decode()


def written(client, query: str = "") -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/rounds/export/{query}").content))
    return [[cell.value for cell in row] for row in list(book.active.rows)[1:]]


def test_the_excel_file_holds_the_rounds_of_the_list(checklist, officer, outsider, as_, now):
    for title, shift in (("=现在", 0), ("错过", -300), ("昨天", -1440)):
        row = make_round(checklist, now + shift * MINUTE)
        Round.objects.filter(pk=row.pk).update(title=title)
    today = written(as_(officer))
    assert [row[1] for row in today] == ["'=现在", "错过"] and today[0][0] == local(now).replace(tzinfo=None)
    assert [row[1] for row in written(as_(officer), "?show=all")] == ["'=现在", "错过", "昨天"]
    assert [row[1] for row in written(as_(officer), "?state=missed")] == ["错过", "昨天"]
    day = local(now).date() - DAY
    assert [row[1] for row in written(as_(officer), f"?day={day}")] == ["昨天"]
    assert written(as_(outsider)) == []


def test_filters_that_make_no_sense_are_left_out(walk, officer, as_):
    for query in (
        "unit=x",
        "plan=99999999999999999999",
        "state=%27",
        "day=2026-02-31",
        "show=all&before=x~y",
        "day=1990-01-01",
    ):
        assert as_(officer).get(f"/rounds/?{query}").status_code == 200


def test_an_outsider_sees_no_round_and_walks_none(walk, outsider, as_):
    client = as_(outsider)
    assert walk.title not in client.get("/rounds/").content.decode()
    for path in ("", "walk/", "paper/", "state/"):
        assert client.get(f"/rounds/{walk.pk}/{path}").status_code == 404
    for path in ("walk/", "approve/", "explain/", "cancel/", "parcel/", "photo/"):
        assert client.post(f"/rounds/{walk.pk}/{path}").status_code == 404


def test_an_auditor_reads_a_round_and_cannot_walk_it(walk, auditor, as_, now):
    client = as_(auditor)
    assert "/walk/" not in client.get(walk.get_absolute_url()).content.decode()
    for path in ("parcel/", "photo/", "cancel/", "explain/", "approve/"):
        assert client.post(f"/rounds/{walk.pk}/{path}").status_code == 403


def test_the_person_of_the_plan_walks_without_any_role(checklist, house, as_, now):
    from conftest import make_person

    person = make_person("临时", house["sales"])
    walk = make_round(checklist, now, person=person)
    assert as_(person).get("/rounds/").status_code == 200
    assert as_(person).get(f"/rounds/{walk.pk}/walk/").status_code == 200


def test_the_page_tells_what_was_found_corrected_and_shown(walk, items, piece, officer, as_, now):
    visit = {
        "uid": "0b4fd5a8-3f43-4b57-9d3d-0c1f4a3b8d11",
        "equipment": piece.pk,
        "how": "typed",
        "arrived_at": now.isoformat(),
    }
    first = parcel(now, answer(items[1], "36", now, note="空调停机"), visits=[visit])
    receive(walk, first, by=officer, at=now)
    later = now + MINUTE
    receive(
        walk, parcel(later, answer(items[1], "26", later), sent=later + dt.timedelta(hours=1)), by=officer, at=later
    )
    page = as_(officer).get(walk.get_absolute_url()).content.decode()
    for words in ("26", "36", "空调停机", "18 – 27 ℃", "WX20261122-001", "keyboard"):
        assert words in page or words == "keyboard"


def test_a_missed_round_is_explained_once_and_the_reason_is_kept_if_refused(walk, officer, as_, clock, now):
    clock(now + dt.timedelta(hours=5))
    client = as_(officer)
    assert client.post(f"/rounds/{walk.pk}/explain/", {"explanation": " "}).status_code == 422
    long = "停电" * 200
    assert long in client.post(f"/rounds/{walk.pk}/explain/", {"explanation": long}).content.decode()
    assert client.post(f"/rounds/{walk.pk}/explain/", {"explanation": "停电检修"}).status_code == 302
    assert client.post(f"/rounds/{walk.pk}/explain/", {"explanation": "别的"}).status_code == 409
    walk.refresh_from_db()
    assert (walk.status, walk.explanation) == (Status.MISSED, "停电检修")


def test_a_round_is_cancelled_with_a_reason_and_not_once_it_is_missed(checklist, walk, officer, as_, clock, now):
    other = make_round(checklist, now + MINUTE)
    client = as_(officer)
    assert client.post(f"/rounds/{walk.pk}/cancel/", {}).status_code == 422
    assert client.post(f"/rounds/{walk.pk}/cancel/", {"reason": "电梯停运"}).status_code == 302
    clock(now + dt.timedelta(hours=5))
    assert client.post(f"/rounds/{other.pk}/cancel/", {"reason": "忘了"}).status_code == 409


def test_a_leader_approves_what_needs_approval(checklist, items, officer, leader, as_, now):
    walk = make_round(checklist, now, needs_approval=True)
    Round.objects.filter(pk=walk.pk).update(
        status=Status.DONE,
        version=checklist.in_force,
        started_at=now,
        started_by=officer,
        done_at=now,
        done_by=officer,
        received_at=now,
    )
    assert as_(officer).post(f"/rounds/{walk.pk}/approve/").status_code == 403
    assert as_(leader).post(f"/rounds/{walk.pk}/approve/").status_code == 302
    walk.refresh_from_db()
    assert (walk.status, walk.approved_by) == (Status.APPROVED, leader)


def test_a_checklist_is_started_without_a_plan(checklist, officer, outsider, as_):
    client = as_(officer)
    assert checklist.name in client.get("/rounds/start/").content.decode()
    answer = client.post("/rounds/start/", {"checklist": checklist.pk})
    walk = Round.objects.get()
    assert (answer["Location"], walk.status, walk.started_by) == (
        f"/rounds/{walk.pk}/walk/",
        Status.IN_PROGRESS,
        officer,
    )
    assert as_(outsider).post("/rounds/start/", {"checklist": checklist.pk}).status_code == 404


def test_photos_are_for_whoever_sees_the_round(walk, items, officer, outsider, as_, now):

    receive(walk, parcel(now, begun_at=now.isoformat()), by=officer, at=now)
    uid = "0b4fd5a8-3f43-4b57-9d3d-0c1f4a3b8d12"
    shot = take_shot(walk, uid, items[3].pk, Content("a.png", "png", b"png", b"small"), now, by=officer, at=now)
    for path in ("", "small/"):
        assert as_(officer).get(f"/rounds/photos/{shot.pk}/{path}").status_code == 200
        assert as_(outsider).get(f"/rounds/photos/{shot.pk}/{path}").status_code == 404


def test_lists_of_plans_ask_for_their_plan(checklist, house, manager, officer, as_, now):
    plan = make_plan(checklist, manager, now, person=officer, times=[dt.time(2)])
    make_round(checklist, now, plan=plan)
    assert plan.name in as_(officer).get(f"/rounds/?plan={plan.pk}&state=open").content.decode()


def test_whoever_walked_it_does_not_approve_it_and_the_head_is_asked(checklist, items, leader, chief, house, as_, now):
    walk = make_round(checklist, now, needs_approval=True)
    given = [answer(item, "20" if item.kind == Kind.NUMBER else "normal", now) for item in items[:3]]
    receive(walk, parcel(now, *given), by=leader, at=now)
    take_shot(
        walk,
        "7f1f9f5e-0f59-4f52-9bd5-3f3c8a6a0b11",
        items[3].pk,
        Content("a.png", "png", b"png", b"small"),
        now,
        by=leader,
        at=now,
    )
    receive(walk, parcel(now, answer(items[3], "", now), done_at=now.isoformat()), by=leader, at=now)
    walk.refresh_from_db()
    assert walk.status == Status.DONE
    assert Deadline.objects.open().get(matter=walk.pk).owed_as == "duty.unit_head"
    assert as_(leader).post(f"/rounds/{walk.pk}/approve/").status_code == 403
    with pytest.raises(NotPossible):
        walk.approve(by=leader, at=now)
