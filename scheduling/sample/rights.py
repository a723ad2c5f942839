"""The sample organisation's rights: what a duty earns, two corrections, an objection that waits and one answered."""

from decimal import Decimal

from duty.clock import DAY, HOUR, day_of, pretending
from duty.sample import House
from scheduling.models import Adjustment, DayKind, Entitlement, Objection, Rate, Seat, SeatRole

# ledger, type of day, seat, per duty, per hour
RATES = [
    (Entitlement.ALLOWANCE, DayKind.WORKDAY, "", 100, 0),
    (Entitlement.ALLOWANCE, DayKind.MAKEUP, "", 100, 0),
    (Entitlement.ALLOWANCE, DayKind.REST, "", 160, 0),
    (Entitlement.ALLOWANCE, DayKind.HOLIDAY, "", 300, 0),
    *((Entitlement.ALLOWANCE, kind, SeatRole.RESERVE, 30, 0) for kind in DayKind),
    (Entitlement.LIEU, DayKind.REST, "", 0, "0.25"),
    (Entitlement.LIEU, DayKind.HOLIDAY, "", 0, "0.50"),
    *((Entitlement.LIEU, kind, SeatRole.RESERVE, 0, 0) for kind in (DayKind.REST, DayKind.HOLIDAY)),
]


def load(house: House) -> None:
    begun = day_of(house.at).replace(month=1, day=1)
    begun = begun.replace(year=begun.year - 2)
    Rate.objects.bulk_create(
        Rate(
            unit=house.top, kind=kind, day_kind=day_kind, role=role, per_duty=Decimal(per_duty), per_hour=Decimal(per_hour),
            from_on=begun,
        )
        for kind, day_kind, role, per_duty, per_hour in RATES
    )  # fmt: skip
    manager = house.people["谢婷"]
    officers = house.titled("集团总部", "值班员")
    today = day_of(house.at)
    for person, kind, days_ago, amount, reason in (
        (officers[0], Entitlement.LIEU, 20, "-8.00", "补休一天"),
        (officers[1], Entitlement.ALLOWANCE, 34, "100.00", "国庆值班补贴漏发，补记"),
    ):
        at = house.at - days_ago * DAY
        row = Adjustment(person=person, kind=kind, date=today - days_ago * DAY, amount=Decimal(amount), reason=reason)
        with pretending(at):
            row.book(unit_id=person.unit_id, by=manager, at=at)
    _objections(house, officers, manager)


def _objections(house: House, officers, manager) -> None:
    answered, waiting = (_kept(person, house.at) for person in officers[:2])
    with pretending(house.at - 9 * DAY) as at:
        old = Objection(shift=answered, text="这一班实际推迟两小时才交班，记录少了两个小时。")
        old.put(by=officers[0], at=at)
    with pretending(house.at - 7 * DAY) as at:
        booked = Adjustment(
            kind=Entitlement.LIEU, amount=Decimal("2.00"), date=day_of(at), reason="核对交接记录，补记两小时"
        )
        old.settle_with(True, "已核对交接班记录，情况属实，补记调休两小时。", booked, by=manager, at=at)
    with pretending(house.at - 30 * HOUR) as at:
        Objection(shift=waiting, text="这一班我已与同事换班，不应计在我名下，请核对。").put(by=officers[1], at=at)


def _kept(person, at):
    """A watch they kept about ten days ago."""
    seats = Seat.objects.filter(person=person, ends_at__lt=at - 10 * DAY).select_related("shift__post")
    return seats.order_by("-starts_at").first().shift
