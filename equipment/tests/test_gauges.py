"""What is read on a piece: ranges that make sense, either side open, alarms outside of normal."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from equipment.measures import KNOWN, NONE, measure
from equipment.models import Gauge
from equipment.receiving import receive
from equipment.tests.rounds import answer, make_checklist, make_round, parcel
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def typed(**changes) -> dict:
    return {
        "name": "温度", "measure": "℃", "normal_low": "18", "normal_high": "27", "alarm_low": "5", "alarm_high": "35.5", "order": "0",
    } | changes  # fmt: skip


def test_a_gauge_is_set_once_and_shown_with_its_ranges(as_, manager, piece):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(f"/equipment/{piece.pk}/gauges/new/", typed(once=token)).status_code == 302
    gauge = Gauge.objects.get()
    assert (gauge.normal, gauge.alarm) == ("18 – 27 ℃", "< 5 ℃ · > 35.5 ℃")
    text = Page(client.get(f"/equipment/{piece.pk}/")).text
    assert "18 – 27 ℃" in text and "> 35.5 ℃" in text


@pytest.mark.parametrize(
    ("bounds", "normal", "alarm"),
    [
        ({"normal_low": "", "alarm_low": ""}, "≤ 27 ℃", "> 35.5 ℃"), ({"normal_high": "", "alarm_high": ""}, "≥ 18 ℃", "< 5 ℃"),
        ({"normal_low": "", "normal_high": ""}, "", "< 5 ℃ · > 35.5 ℃"), (dict.fromkeys(("normal_low", "normal_high", "alarm_low", "alarm_high"), ""), "", ""),
        ({"measure": NONE, "normal_low": "-10", "alarm_low": "-20"}, "-10 – 27", "< -20 · > 35.5"), ({"alarm_low": "18", "alarm_high": "27"}, "18 – 27 ℃", "< 18 ℃ · > 27 ℃"),
        ({"normal_low": "10", "normal_high": "100", "alarm_high": "1000"}, "10 – 100 ℃", "< 5 ℃ · > 1000 ℃"),
    ],
)  # fmt: skip
def test_either_side_may_be_open(as_, manager, piece, bounds, normal, alarm):
    assert as_(manager).post(f"/equipment/{piece.pk}/gauges/new/", typed(**bounds)).status_code == 302
    gauge = Gauge.objects.get()
    assert (gauge.normal, gauge.alarm) == (normal, alarm)


WRONG = [
    {"normal_low": "27", "normal_high": "18"}, {"normal_low": "18", "normal_high": "18"}, {"alarm_low": "19"}, {"alarm_high": "26"},
    {"normal_low": "", "normal_high": "", "alarm_low": "35.5"}, {"normal_low": "", "alarm_low": "27"}, {"normal_high": "", "alarm_high": "18"},
]  # fmt: skip


@pytest.mark.parametrize("bounds", WRONG)
def test_a_range_the_wrong_way_round_is_told_and_the_database_refuses_it(as_, manager, piece, bounds):
    page = Page(as_(manager).post(f"/equipment/{piece.pk}/gauges/new/", typed(**bounds)))
    assert page.status == 422 and page.alerts and page.values["name"] == "温度"
    values = {name: value or None for name, value in typed(**bounds).items() if name != "order"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Gauge.objects.create(equipment=piece, **values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"measure": "furlong"}, "measure"), ({"normal_low": "热"}, "normal_low"), ({"normal_high": "NaN"}, "normal_high"), ({"alarm_high": "1e99"}, "alarm_high"),
        ({"alarm_low": "0.00001"}, "alarm_low"), ({"name": "湿度"}, "name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_field(as_, manager, piece, changes, field):
    Gauge.objects.create(equipment=piece, name="湿度")
    page = Page(as_(manager).post(f"/equipment/{piece.pk}/gauges/new/", typed(**changes)))
    assert page.status == 422 and set(page.errors) == {field}


def test_a_gauge_is_changed_knowingly_and_nothing_changed_writes_nothing(as_, manager, piece, gauge):
    client, address = as_(manager), f"/equipment/gauges/{gauge.pk}/"
    page = Page(client.get(address))
    assert page.values["normal_low"] == "18" and page.values["alarm_low"] == ""
    before = piece.matter.lines.count()
    assert client.post(address, page.values).status_code == 302 and piece.matter.lines.count() == before
    assert client.post(address, page.values | {"normal_high": "28", "once": ""}).status_code == 302
    assert Page(client.post(address, page.values | {"normal_high": "29", "once": ""})).alerts  # stale
    assert str(Gauge.objects.get().normal_high) == "28.000" and piece.matter.lines.count() == before + 1


def test_others_do_not_set_gauges(as_, gauge, piece, officer, outsider):
    assert as_(officer).get(f"/equipment/gauges/{gauge.pk}/").status_code == 403
    assert as_(outsider).get(f"/equipment/gauges/{gauge.pk}/").status_code == 404
    assert as_(outsider).post(f"/equipment/{piece.pk}/gauges/new/", typed()).status_code == 404


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("°C", "℃"), ("C", "℃"), ("摄氏度", "℃"), ("kw", "kW"), ("Kva", "kVA"), (" m³/h ", "m³/h"), ("m3/h", "m³/h"), ("RPM", "r/min"), ("％", "%"), ("", NONE), ("-", NONE), ("MW", "MW"),
        ("mV", "mV"), ("mpa", "MPa"), ("furlong", None), ("度电", "kWh"), ("PH", "pH"),
    ],
)  # fmt: skip
def test_units_of_measure_are_read_in_any_spelling(written, read):
    assert measure(written) == read


def test_every_known_unit_reads_as_itself():
    assert [measure(unit) for unit in KNOWN] == list(KNOWN)


def test_the_unit_of_what_was_read_stays(house, manager, officer, piece, gauge, now, as_):
    item = {"question": "温度", "equipment": piece, "gauge": gauge, "kind": "number", "measure": "℃"}
    checklist = make_checklist(house["ops"], manager, now, items=[item])
    walk = make_round(checklist, now)
    receive(walk, parcel(now, answer(checklist.in_force.items.get(), "21.5", now)), by=officer, at=now)
    client = as_(manager)
    page = Page(client.get(f"/equipment/gauges/{gauge.pk}/"))
    sent = {name: value for name, value in page.values.items() if value is not None} | {"measure": "MPa"}
    refused = Page(client.post(f"/equipment/gauges/{gauge.pk}/", sent))
    gauge.refresh_from_db()
    assert refused.status == 422 and set(refused.errors) == {"measure"} and gauge.measure == "℃"
