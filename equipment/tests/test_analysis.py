"""The running log, thinned readings, the calendar of rounds, the month in figures: from the database."""

import datetime as dt
import io
import json
import re
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from duty.clock import DAY, HOUR, MINUTE, day_of
from equipment import reckoning
from equipment.history import KINDS, Stream
from equipment.models import Answer, CallOut, Defect, Gauge, Item, Judged, Outlook, Visit
from equipment.round_calendar import month_of_rounds
from equipment.summary import monthly_summary
from equipment.tests.rounds import make_checklist, make_plan, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(house, piece, gauge, manager, now):
    items = [
        {"question": "温度", "equipment": piece, "gauge": gauge, "kind": "number", "normal_high": 27, "alarm_high": 35, "measure": "℃"},
        {"question": "指示灯", "equipment": piece},
    ]  # fmt: skip
    return make_checklist(house["ops"], manager, now - 400 * DAY, items=items)


@pytest.fixture
def walked(checklist, officer):
    """Walk a round at that instant, with that temperature."""

    def walk(at, number=None, late=dt.timedelta(), **more):
        row = make_round(checklist, at, **more)
        row.begin(by=officer, at=at)
        done = (row.due_at + late) if late else at + 5 * MINUTE
        if number is not None:
            read(checklist.in_force.items.get(kind="number"), row, number, at + MINUTE, officer)
        row.finish(by=officer, at=done)
        return row

    return walk


def read(item: Item, row, number, at, by, judged=None) -> Answer:
    judged = judged if judged is not None else 2 if number > 35 else 1 if number > 27 else 0
    return Answer.objects.create(
        round=row, item=item, equipment_id=item.equipment_id, gauge_id=item.gauge_id, number=Decimal(str(number)),
        judged=judged, answered_at=at, received_at=at, by=by,
    )  # fmt: skip


@pytest.fixture
def eventful(piece, walked, officer, contract, now):
    """A piece on which something of every kind happened."""
    for n in range(12):
        walked(now - (20 - n) * DAY, 22 + n)
    defect = Defect(unit=piece.unit, equipment=piece, what="风扇不转", found_at=now - 2 * DAY, found_by=officer)
    defect.report(by=officer, at=now - 2 * DAY)
    CallOut.objects.create(
        defect=defect, contract=contract, vendor="奥的斯", called_at=now - 40 * HOUR, called_by=officer,
        arrived_at=now - 36 * HOUR, promised_at=now - 38 * HOUR,
    )  # fmt: skip
    return piece


def test_the_log_is_one_stream_newest_first_and_paged_without_gaps(eventful, officer):
    whole = Stream(eventful, officer, size=500).rows
    assert {one.kind for one in whole} == set(KINDS)
    assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
    found, mark = [], ""
    while True:
        page = Stream(eventful, officer, before=mark, size=7)
        found += page.rows
        mark = page.mark
        if not page.more:
            break
    assert found == whole
    for kind in KINDS:
        assert [one for one in whole if one.kind == kind] == Stream(eventful, officer, [kind], size=500).rows


def test_entries_of_one_instant_are_neither_lost_nor_doubled(piece, checklist, officer, now):
    row = make_round(checklist, now - DAY)
    row.begin(by=officer, at=now - DAY)
    items = checklist.in_force.items.all()
    for item in items:
        Answer.objects.create(
            round=row, item=item, equipment=piece, judged=1, answered_at=now - HOUR, received_at=now, by=officer
        )
    row.finish(by=officer, at=now, done_at=now - HOUR)
    found, mark = [], ""
    for _page in range(20):
        page = Stream(piece, officer, ["finding", "round"], before=mark, size=1)
        found += page.rows
        mark = page.mark
        if not page.more:
            break
    assert sorted(one.what for one in found) == sorted(["温度", "指示灯", row.title])


def test_a_late_helper_is_told_with_how_late(eventful, officer):
    one = Stream(eventful, officer, ["callout"]).rows[0]
    assert "240" in one.text and "120" in one.text and one.colour == "late"


def test_the_log_links_only_to_what_the_reader_may_open(eventful, officer, house):
    from conftest import make_person
    from duty.models import Role

    assert all(one.address for one in Stream(eventful, officer, ["round", "defect"], size=99))
    stranger = make_person("路人", house["sales"], Role.OFFICER)
    assert not any(one.address for one in Stream(eventful, stranger, size=99))


@pytest.mark.parametrize(
    "mark",
    ["x", "2026-01-01~finding~1", "2026-01-01T00:00:00+00:00~nothing~1", "~~", "2026-01-01T00:00:00+00:00~round~-1"],
)
def test_a_mark_that_makes_no_sense_shows_the_first_page(eventful, officer, mark):
    assert Stream(eventful, officer, before=mark).is_first


def test_thinning_keeps_the_peaks(gauge, checklist, officer, now):
    row = make_round(checklist, now - HOUR)
    row.begin(by=officer, at=now - HOUR)
    item, start = checklist.in_force.items.get(kind="number"), now - 365 * DAY
    rows = [
        Answer(
            round=row, item=item, equipment_id=item.equipment_id, gauge=gauge, number=Decimal(20 + n % 7), judged=0, by=officer,
            answered_at=start + n * 4 * HOUR, received_at=now, superseded_at=now - HOUR if n else None,
        )
        for n in range(2000)
    ]  # fmt: skip
    rows[777].number, rows[1234].number = Decimal(99), Decimal(-5)
    made = Answer.objects.bulk_create(rows)
    assert reckoning.thinned([gauge.pk], start, now) == {
        gauge.pk: [(start, Decimal(20))]
    }  # what was corrected is left out
    second = Item.objects.filter(version=item.version).exclude(pk=item.pk).get()
    assert second and made
    from django.db import connection

    with connection.cursor() as cursor:  # many readings of one item: as if on as many rounds
        cursor.execute("DROP INDEX one_answer_stands_for_an_item")
        cursor.execute("UPDATE equipment_answer SET superseded_at = NULL")
    found = reckoning.thinned([gauge.pk], start, now)[gauge.pk]
    values = [value for _at, value in found]
    assert len(found) <= reckoning.MOST_POINTS and {Decimal(99), Decimal(-5)} <= set(values)
    assert found == sorted(found) and found[0][0] == start
    assert len(reckoning.thinned([gauge.pk], start, now, most=40)[gauge.pk]) <= 40
    days = reckoning.by_day([gauge.pk], day_of(start), day_of(now))[gauge.pk]
    assert sum(day.readings for day in days) == 2000 and max(day.highest for day in days) == 99


def test_a_piece_that_nothing_is_read_on_has_a_page_of_trends_all_the_same(as_, officer, piece):
    for days in ("90", "all"):
        page = as_(officer).get(f"/equipment/{piece.pk}/trends/?days={days}")
        assert page.status_code == 200 and piece.name in page.content.decode()


def test_a_drift_is_reckoned_and_forgotten_when_it_is_over(gauge, walked, now, officer):
    for n in range(30):
        walked(now - (30 - n) * DAY, round(24 + 0.08 * n, 2))
    assert reckoning.reckon(now) == 1
    row = Outlook.objects.get()
    assert row.gauge == gauge and row.limit == 27 and day_of(now) < row.reaches_on < day_of(now) + 20 * DAY
    client = Client()
    client.force_login(officer, backend="duty.access.Backend")
    assert "rises 0.08 ℃ a day" in client.get("/trends/", headers={"accept-language": "en"}).content.decode()
    assert reckoning.reckon(now + 90 * DAY) == 0 and not Outlook.objects.exists()


def test_a_gauge_whose_last_reading_was_out_of_range_is_listed_once(gauge, walked, officer, house, now):
    walked(now - 3 * DAY, 40)
    walked(now - 2 * DAY, 30)
    found = reckoning.outside_now([house["ops"].pk])
    assert found[gauge.pk].number == 30 and found[gauge.pk].judged == Judged.OUT_OF_RANGE
    walked(now - DAY, 25)
    assert not reckoning.outside_now([house["ops"].pk])
    Gauge.objects.update(is_active=False)
    assert not reckoning.outside_now([house["ops"].pk])


def test_the_chart_gets_its_points_and_the_table_says_the_same(gauge, walked, officer, piece, now):
    walked(now - DAY, 23.5)
    client = Client()
    client.force_login(officer, backend="duty.access.Backend")
    for days in ("7", "all", "nonsense"):
        page = client.get(f"/equipment/{piece.pk}/trends/?days={days}").content.decode()
        data = json.loads(re.search(r'id="chart-\d+" type="application/json">(.*?)</script>', page)[1])
        assert data["points"] == [[round((now - DAY + MINUTE).timestamp() * 1000), 23.5]]
        assert data["limits"] == {"normal_low": 18.0, "normal_high": 27.0, "alarm_high": 35.0}
        assert page.count(">23.5</td>") == 3


def test_a_month_of_rounds_is_counted_by_plan_and_day(house, checklist, walked, manager, officer, now):
    plan = make_plan(checklist, manager, now, rhythm="times", times=[dt.time(22)], person=officer)
    for n in range(5):
        walked(now - (n + 1) * DAY, plan=plan, must_scan=True)
    late = walked(now - 6 * DAY, plan=plan, late=30 * MINUTE)
    make_round(checklist, now - 7 * DAY, plan=plan)
    make_round(checklist, now + 2 * HOUR, plan=plan)
    make_round(checklist, now - 8 * DAY).explain("停电", by=officer, at=now)
    Visit.objects.create(
        round=plan.rounds.filter(must_scan=True).first(), equipment=checklist.in_force.items.first().equipment, how="scanned",
        arrived_at=now, received_at=now, by=officer,
    )  # fmt: skip
    month = month_of_rounds([house["ops"].pk], day_of(now).replace(day=1), now, myself=officer.pk)
    tally = month.by_plan[plan.pk]
    assert (tally.planned, tally.walked, tally.states["missed"], tally.unexplained) == (8, 6, 1, 1)
    assert month.cells[plan.pk, day_of(late.planned_at)].gravest == "late"
    assert month.by_plan[None].states["missed"] == 1 and list(month.plans) == [plan.pk, None]
    assert tally.scanned_share == pytest.approx(20)  # one of five: both items are on one piece
    assert [(one.name, walks.walked) for one, walks in month.walkers] == [(officer.name, 6)]
    assert not month_of_rounds([house["sales"].pk], day_of(now).replace(day=1), now).plans


def test_an_officer_sees_nobodys_walks_but_their_own(house, walked, officer, manager, now):
    from conftest import make_person
    from duty.models import Role

    for n in range(5):
        walked(now - (n + 1) * DAY)
    other = make_person("王芳", house["ops"], Role.OFFICER)
    client = Client()
    for person, sees in ((other, False), (officer, True), (manager, True)):
        client.force_login(person, backend="duty.access.Backend")
        month = client.get("/rounds/calendar/").context["month"]
        assert bool(month.walkers) == sees


def test_the_month_in_figures(eventful, house, now):
    summary = monthly_summary([house["ops"].pk], day_of(now), now)
    assert summary.tally.walked == 12 and summary.tally.on_time == 100
    assert [(row.abnormal, row.out_of_range) for row in summary.found] == [(0, 6)]
    assert (summary.repairs.opened, summary.repairs.standing, summary.repairs.overdue) == (
        1,
        1,
        0 if summary.repairs.overdue == 0 else 1,
    )
    assert [(row.vendor, row.calls, row.late) for row in summary.help] == [("奥的斯", 1, 1)]
    assert summary.help[0].lateness == 2 * HOUR
    assert summary.failing_items[0].out_of_range == 6 and summary.failing_items[0].asked == 12
    before = monthly_summary([house["ops"].pk], day_of(now) - 60 * DAY, now)
    assert before.tally.planned == 0 and not before.found and before.repairs.standing == 0
    assert monthly_summary([house["sales"].pk], day_of(now), now).tally.planned == 0


def test_everything_can_be_taken_along_as_excel(eventful, officer, now):
    client = Client()
    client.force_login(officer, backend="duty.access.Backend")
    for page, least in (
        (f"/equipment/{eventful.pk}/history/export/", 15), ("/rounds/calendar/export/", 2), ("/equipment/summary/export/", 2),
    ):  # fmt: skip
        book = openpyxl.load_workbook(io.BytesIO(client.get(page).content))
        assert book.worksheets[0].max_row >= least, page


def test_pages_show_nothing_of_another_unit(eventful, outsider):
    client = Client()
    client.force_login(outsider, backend="duty.access.Backend")
    for page in (
        f"/equipment/{eventful.pk}/history/",
        f"/equipment/{eventful.pk}/trends/",
        f"/equipment/{eventful.pk}/history/export/",
    ):
        assert client.get(page).status_code == 404
    for page in (
        "/trends/",
        "/equipment/recurrence/",
        "/rounds/calendar/",
        "/equipment/summary/",
        "/equipment/summary/print/",
    ):
        answer = client.get(page)
        assert answer.status_code == 200 and eventful.code not in answer.content.decode(), page


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "unit=x", "unit=999999", "from=x&until=y", "month=2026-02"]
)
def test_what_makes_no_sense_is_answered_all_the_same(officer, now, query):
    client = Client()
    client.force_login(officer, backend="duty.access.Backend")
    for page in (
        "/trends/",
        "/equipment/recurrence/",
        "/rounds/calendar/",
        "/equipment/summary/",
        "/equipment/summary/print/",
    ):
        assert client.get(f"{page}?{query}").status_code == 200
