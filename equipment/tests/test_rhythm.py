import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from duty.clock import HOUR, local, start_of
from equipment import judging, rhythm

AT = dt.time(2, 30)


def said(instants):
    return [f"{local(at):%m-%d %H:%M}" for at in instants]


def test_monthly_on_the_thirty_first_falls_on_the_last_of_a_short_month():
    start, end = start_of(dt.date(2027, 1, 15)), start_of(dt.date(2027, 4, 15))
    assert said(rhythm.monthly(start, end, [AT], [31])) == ["01-31 02:30", "02-28 02:30", "03-31 02:30"]
    assert said(rhythm.monthly(start, end, [AT], [30, rhythm.LAST_DAY])) == [
        "01-30 02:30", "01-31 02:30", "02-28 02:30", "03-30 02:30", "03-31 02:30",
    ]  # fmt: skip


def test_weekly_on_monday_and_friday():
    start, end = start_of(dt.date(2026, 12, 28)), start_of(dt.date(2027, 1, 5))
    assert said(rhythm.weekly(start, end, [AT], [1, 5])) == ["12-28 02:30", "01-01 02:30", "01-04 02:30"]


def test_the_span_includes_its_beginning_and_not_its_end():
    start = start_of(dt.date(2026, 11, 22)) + dt.timedelta(hours=2, minutes=30)
    assert said(rhythm.by_the_clock(start, start + 24 * HOUR, [AT, AT])) == ["11-22 02:30"]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_the_nights_on_which_clocks_change_have_one_round_each(day, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    found = list(rhythm.by_the_clock(start_of(day), start_of(day + dt.timedelta(days=1)), [AT]))
    assert len(found) == 1


def test_every_three_hours_of_a_watch_over_the_lost_hour(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    start = start_of(dt.date(2026, 3, 29))
    watch = start, start.astimezone(dt.UTC) + 8 * HOUR
    assert said(rhythm.within_watch(watch, 3, 0)) == ["03-29 00:00", "03-29 04:00", "03-29 07:00"]


def test_no_round_falls_out_of_a_short_watch():
    start = start_of(dt.date(2026, 11, 22))
    assert rhythm.at_start((start, start + HOUR), 90) == start + HOUR - dt.timedelta(minutes=1)
    assert rhythm.before_end((start, start + HOUR), 90) == start


LIMITS = SimpleNamespace(
    least=Decimal(-40), most=Decimal(90), normal_low=Decimal(18), normal_high=Decimal(27), alarm_low=Decimal(10),
    alarm_high=Decimal(35),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "judgement"),
    [(9.9, judging.ABNORMAL), (10, judging.OUT_OF_RANGE), (17.9, judging.OUT_OF_RANGE), (18, judging.NORMAL),
     (27, judging.NORMAL), (27.1, judging.OUT_OF_RANGE), (35, judging.OUT_OF_RANGE), (35.1, judging.ABNORMAL)],
)  # fmt: skip
def test_the_limits_belong_to_the_better_side(value, judgement):
    assert judging.judged(Decimal(str(value)), LIMITS) == judgement


def test_what_cannot_be_read_is_told_from_an_alarm():
    assert judging.possible(Decimal(90), LIMITS)
    assert not judging.possible(Decimal("90.1"), LIMITS)
