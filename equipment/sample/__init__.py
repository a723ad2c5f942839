"""The sample organisation's equipment: where it stands, what is read on it, who looks after it, who comes from outside."""

from duty.clock import DAY, day_of, last_of_month
from duty.sample import House
from equipment import reckoning
from equipment.models import Contract, Equipment, Gauge, Keeper, KeeperRole, Place
from equipment.sample import keys, lists, present, supplies
from equipment.sample.repairs import Repairs
from equipment.sample.stock import CONTRACTS, GAUGES, PIECES, PLACES
from equipment.sample.walks import Past


def load(house: House) -> None:
    _register(house)
    _walk(house)


def _walk(house: House) -> None:
    """Checklists, plans, two years of rounds and repairs, and what goes on now."""
    plans = lists.load(house)
    present.begin(house, plans)
    past = Past(house, plans)
    past.write(left_out=present.missed(house, plans))
    Repairs(past).write()
    past.answer()
    present.live(house, plans)
    reckoning.reckon(house.at)


def _register(house: House) -> None:
    places = _build(house)
    contracts = _sign(house)
    today = day_of(house.at)
    by, since = house.people["谢婷"], house.at - 735 * DAY
    for number, (
        code,
        name,
        category,
        criticality,
        place,
        model,
        maker,
        kind,
        contract,
        in_charge,
        deputy,
    ) in enumerate(PIECES):
        unit = places[place].unit
        piece = Equipment(
            unit=unit, place=places[place], name=name, code=code, category=category, criticality=criticality, model=model,
            maker=maker, serial_number=f"{code.replace('-', '')}{20180000 + 37 * number}" if model else "",
            installed_on=today - (900 + 61 * number) * DAY, from_on=today - (890 + 61 * number) * DAY,
            contract=contracts.get(contract),
        )  # fmt: skip
        piece.register(by=by, at=since)
        Gauge.objects.bulk_create(
            Gauge(
                equipment=piece, name=read, measure=measure, normal_low=low, normal_high=high, alarm_low=least,
                alarm_high=most, order=order,
            )
            for order, (read, measure, low, high, least, most) in enumerate(GAUGES.get(kind, ()))
        )  # fmt: skip
        Keeper.objects.bulk_create(
            Keeper(equipment=piece, person=house.people[person], role=role, from_on=today - 300 * DAY)
            for person, role in ((in_charge, KeeperRole.IN_CHARGE), (deputy, KeeperRole.MAINTAINER))
            if person
        )
    old = Equipment.objects.get(code="DY-09")
    old.retire(today - 40 * DAY, by=by, at=house.at - 40 * DAY, reason="蓄电池容量不足，已更换为 DY-02")
    supplies.load(house)
    keys.load(house)


def _build(house: House) -> dict[str, Place]:
    """{path: place}"""
    found: dict[str, Place] = {}
    for order, (unit, path) in enumerate(PLACES):
        above, _slash, name = path.rpartition("/")
        found[path] = Place.objects.create(unit=house.units[unit], parent=found.get(above), name=name, order=order)
    return found


def _sign(house: House) -> dict[str, Contract]:
    """One that expires in a month, entered a few days ago, and one that has time."""
    today, found = day_of(house.at), {}
    for key, (unit, vendor, subject, number, contact, phone, answers, arrives, minder, days_left) in CONTRACTS.items():
        until = today + days_left * DAY
        row = Contract(
            unit=house.units[unit], vendor=vendor, subject=subject, number=number, contact=contact, phone=phone,
            response_hours=answers, arrival_hours=arrives, minder=house.people[minder],
            from_on=last_of_month(until - 365 * DAY) if days_left > 60 else until - 364 * DAY, until_on=until,
        )  # fmt: skip
        row.sign(by=house.people["谢婷"], at=house.at - (3 if days_left < 60 else 120) * DAY)
        found[key] = row
    return found
