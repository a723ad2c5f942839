"""Who kept watch in the sample organisation, and who mends there."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict

from duty.clock import DAY
from duty.sample import House
from equipment.models import Defect, Keeper, KeeperRole
from scheduling.models import Seat, SeatRole

HANDS = {
    "集团总部": ("程亮", "魏来"),
    "信息技术部": ("石磊", "范文"),
    "东区园区": ("崔健",),
    "西区数据中心": ("邵阳",),
    "安全保卫部": ("程亮",),
}


class Crews:
    """The seats of the past, found by unit and instant."""

    def __init__(self, house: House):
        self.house = house
        self.seats = defaultdict(list)
        rows = Seat.objects.filter(starts_at__lte=house.at).select_related("shift", "person").order_by("starts_at")
        for seat in rows:
            self.seats[seat.shift.unit_id].append(seat)

    def at(self, unit_id: int, at: dt.datetime, *roles: str) -> list:
        """Those who sat there then; head office where the unit kept no watch."""
        return self._sitting(unit_id, at, roles) or self._sitting(self.house.top.pk, at, roles)

    def officer(self, unit_id: int, at: dt.datetime):
        return self.at(unit_id, at, SeatRole.PRIMARY, SeatRole.SECONDARY)[0].person

    def leader(self, unit_id: int, at: dt.datetime):
        return self.at(unit_id, at, SeatRole.LEADER)[0].person

    def _sitting(self, unit_id: int, at: dt.datetime, roles) -> list:
        seats = self.seats[unit_id]
        first = bisect_left(seats, at - DAY, key=lambda seat: seat.starts_at)
        last = bisect_right(seats, at, key=lambda seat: seat.starts_at)
        return [seat for seat in seats[first:last] if at < seat.ends_at and seat.role in roles]


class Menders:
    """Whoever maintains the piece, else a hand of the unit."""

    def __init__(self, house: House):
        self.house = house
        rows = Keeper.objects.filter(role=KeeperRole.MAINTAINER).select_related("person")
        self.of_piece = {row.equipment_id: row.person for row in rows}

    def of(self, defect: Defect):
        kept = self.of_piece.get(defect.equipment_id)
        return kept or self.house.people[HANDS[str(defect.unit)][0]]
