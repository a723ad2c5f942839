"""What a duty earns: the nearest rate, from its day, for its seat; separate ledgers; rounded once."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from conftest import local
from scheduling.earnings import RateBook, earned, hours_of, ledger
from scheduling.rights import Duty
from scheduling.tests.test_rights import Calendar

TOP, OPS, ROOM = 1, 2, 3
DAYS = Calendar(_2026_10_01="国庆节")


class Rate(NamedTuple):
    unit_id: int
    kind: str
    day_kind: str
    role: str
    per_duty: Decimal
    per_hour: Decimal
    from_on: dt.date


def rate(unit=TOP, day_kind="workday", role="", per_duty="0", per_hour="0", since="2020-01-01", kind="allowance"):
    return Rate(unit, kind, day_kind, role, Decimal(per_duty), Decimal(per_hour), dt.date.fromisoformat(since))


def book(*rates) -> RateBook:
    return RateBook(rates, lambda unit: list(range(unit, 0, -1)))


def night(date="2026-11-18", role="primary", unit=ROOM) -> Duty:
    start = local(f"{date} 18:00")
    return Duty(1, unit, role, start, start + dt.timedelta(hours=14))


def amount(duty, *rates, kind="allowance"):
    entry = earned(duty, DAYS, book(*rates), kind)
    return entry and entry.amount


@pytest.mark.parametrize(("rates", "worth"), [
    ([], None),
    ([rate(per_duty="100")], 100),
    ([rate(per_duty="100"), rate(OPS, per_duty="80")], 80),  # the nearest unit above, though it is less
    ([rate(per_duty="100", role="primary"), rate(OPS, per_duty="80")], 80),  # the unit goes before the seat
    ([rate(per_duty="100"), rate(per_duty="120", role="primary")], 120),
    ([rate(per_duty="100"), rate(per_duty="120", role="leader")], 100),
    ([rate(per_duty="100"), rate(per_duty="130", since="2026-11-18")], 130),
    ([rate(per_duty="100"), rate(per_duty="130", since="2026-11-19")], 100),
    ([rate(per_duty="100", day_kind="rest")], None),
    ([rate(per_duty="100", kind="lieu")], None),
    ([rate(per_hour="10")], 140),
    ([rate(per_duty="50", per_hour="10")], 190),
    ([rate(per_duty="100"), rate(OPS)], None),  # a rate of nothing is a decision too
])  # fmt: skip
def test_the_nearest_rate_from_its_day_for_its_seat_decides(rates, worth):
    assert amount(night(), *rates) == worth


def test_a_night_into_a_holiday_earns_each_hour_by_its_own_day_and_the_duty_by_the_day_it_starts():
    rates = [rate(per_duty="100", per_hour="10"), rate(day_kind="holiday", per_duty="500", per_hour="30")]
    entry = earned(night("2026-09-30"), DAYS, book(*rates), "allowance")
    assert entry.amount == 100 + 6 * 10 + 8 * 30
    assert [(step.per, step.day_kind, step.quantity) for step in entry.steps] == [
        ("duty", "workday", 1), ("hour", "workday", 6), ("hour", "holiday", 8),
    ]  # fmt: skip


def test_a_rate_that_begins_at_midnight_begins_within_the_night():
    rates = [rate(per_hour="10"), rate(per_hour="20", since="2026-11-19")]
    assert amount(night(), *rates) == 6 * 10 + 8 * 20


def test_it_is_rounded_once_and_half_up():
    start = local("2026-11-18 08:00")
    third = Duty(1, TOP, "primary", start, start + dt.timedelta(minutes=20))
    assert amount(third, rate(per_hour="10.01")) == Decimal("3.34")
    assert hours_of(dt.timedelta(hours=14)) == 14
    half = Duty(1, TOP, "primary", start, start + dt.timedelta(minutes=30))
    assert amount(half, rate(per_hour="0.01")) == Decimal("0.01")


def test_allowance_and_time_off_are_never_one_sum_and_adjustments_stand_beside_what_was_earned():
    rates = [rate(per_duty="100"), rate(per_hour="0.5", kind="lieu")]
    said = [
        SimpleNamespace(kind="lieu", date=dt.date(2026, 11, 20), amount=Decimal(-4)),
        SimpleNamespace(kind="allowance", date=dt.date(2026, 11, 1), amount=Decimal(50)),
    ]
    money, time_off = (ledger([night()], said, DAYS, book(*rates), kind) for kind in ("allowance", "lieu"))
    assert (money.earned, money.adjusted, money.balance) == (100, 50, 150)
    assert (time_off.earned, time_off.adjusted, time_off.balance) == (7, -4, 3)
    assert [entry.date.day for entry in money.entries] == [1, 18]
