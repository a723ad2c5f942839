"""Seats of a published roster of which a part is kept and another part is open: where, and which hours (A36, A37)."""

import datetime as dt
from dataclasses import dataclass

from duty.clock import DAY, day_of, from_to, start_of
from scheduling.models import OpenSeat, Roster


@dataclass(frozen=True)
class PartOpen:
    """The open part of one seat; `shift` is its watch."""

    date: dt.date
    shift: int
    watch: str
    role: str
    role_name: str
    span: tuple[dt.datetime, dt.datetime]

    @property
    def hours(self) -> str:
        return from_to(*self.span)


def parts_open(roster: Roster, at: dt.datetime) -> list[PartOpen]:
    """Those still ahead, by time; a draft that was never published has none."""
    if not roster.number:
        return []
    gaps = OpenSeat.objects.ahead(at).filter(
        from_minute__isnull=False, shift__unit=roster.unit_id,
        shift__starts_at__gte=start_of(roster.first_on), shift__starts_at__lt=start_of(roster.last_on + DAY),
    )  # fmt: skip
    found = [
        PartOpen(
            day_of(gap.shift.starts_at), gap.shift_id, f"{gap.shift.post.name} {gap.shift.name}", gap.role,
            str(gap.get_role_display()), gap.span,
        )
        for gap in gaps.select_related("shift__post").order_by("shift__starts_at", "from_minute", "id")
    ]  # fmt: skip
    return [part for part in found if part.span[1] > at]
