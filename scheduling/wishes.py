"""Which days of a month are still open for wishes, and what someone wishes on them."""

import datetime as dt
from dataclasses import dataclass

from duty.clock import DAY
from scheduling.models import Day, Member, Roster, Wanted, Wish
from scheduling.models.days import days_between

NEXT = {"": Wanted.FREE.value, Wanted.FREE.value: Wanted.DUTY.value, Wanted.DUTY.value: ""}


@dataclass
class Cell:
    """One day as its person sees it: what they wish, and whether they may still say so."""

    day: Day
    wish: str
    closed: bool

    @property
    def label(self) -> str:
        return str(Wanted(self.wish).label) if self.wish else ""

    @property
    def next(self) -> str:
        """What a tap makes of it: free, then duty, then nothing again."""
        return NEXT[self.wish]

    @property
    def next_label(self) -> str:
        return str(Wanted(self.next).label) if self.next else ""


def cells_of(person, first: dt.date, last: dt.date, today: dt.date) -> list[Cell]:
    wishes = dict(Wish.objects.filter(person=person, date__range=(first, last)).values_list("date", "wants"))
    closed = closed_days(person, first, last, today)
    return [Cell(day, wishes.get(date, ""), date in closed) for date, day in days_between(first, last).items()]


def closed_days(person, first: dt.date, last: dt.date, today: dt.date) -> set[dt.date]:
    """Days that have come, and days whose roster is published in every pool this person is in."""
    dates = [first + n * DAY for n in range((last - first).days + 1)]
    pools = list(Member.objects.filter(person=person).between(first, last))
    published = list(
        Roster.objects.standing().filter(
            unit__in={member.unit_id for member in pools}, first_on__lte=last, last_on__gte=first
        )
    )
    closed = {date for date in dates if date <= today}
    for date in dates:
        units = {m.unit_id for m in pools if m.from_on <= date and (m.until_on is None or date <= m.until_on)}
        done = {roster.unit_id for roster in published if roster.first_on <= date <= roster.last_on}
        if units and units <= done:
            closed.add(date)
    return closed
