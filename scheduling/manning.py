"""Seats kept of the seats asked for, day by day and post by post; and the hours outside of the offices' that nobody watches."""

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef

from duty.clock import DAY, day_of, month_of, start_of, zone
from duty.models.units import unit_tree
from scheduling.coverage import Span, merged, without
from scheduling.models import Day, DayKind, Pattern, Post, Seat, SeatRole, Shift, Terms
from scheduling.models.days import days_between

WORKING = (DayKind.WORKDAY, DayKind.MAKEUP)
NEARLY = 0.01  # parts of a seat add up to a whole one but for the last minute

# A part of a watch is that part of a seat.
KEPT = """
SELECT (s.watch_starts_at AT TIME ZONE %(zone)s)::date, shift.post_id, s.role,
       sum(extract(epoch FROM s.ends_at - s.starts_at) / extract(epoch FROM s.watch_ends_at - s.watch_starts_at))
FROM scheduling_seat s JOIN scheduling_shift shift ON shift.matter_id = s.shift_id
WHERE shift.unit_id = %(unit)s AND shift.removed_at IS NULL
  AND shift.starts_at >= %(since)s AND shift.starts_at < %(until)s
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Cell:
    """One post on one day."""

    date: dt.date
    kept: int
    asked: int
    planned: bool  # something is published for this day or a later one

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.kept)

    @property
    def state(self) -> str:
        if not self.asked and not self.kept:
            return ""
        if not self.missing:
            return "more" if self.kept > self.asked else "full"
        if not self.planned:
            return "unplanned"
        return "thin" if self.kept else "gap"


@dataclass(frozen=True)
class Holiday:
    """A statutory holiday: whether it is kept by more people than an ordinary rest day, and led."""

    day: Day
    kept: int
    asked: int
    usual: int  # what the same watches ask for on a rest day
    led: bool
    planned: bool

    @property
    def strengthened(self) -> bool:
        return self.kept > self.usual


@dataclass
class Manning:
    first: dt.date
    last: dt.date
    posts: list[Post]
    days: dict[dt.date, Day]
    cells: dict[tuple[dt.date, int], Cell]
    unwatched: dict[dt.date, float]  # hours
    planned_until: dt.date | None
    holidays: list[Holiday] = field(default_factory=list)

    def counted(self, state: str) -> int:
        return sum(cell.state == state for cell in self.cells.values())

    @property
    def kept(self) -> int:
        return sum(min(cell.kept, cell.asked) for cell in self.cells.values() if cell.planned)

    @property
    def asked(self) -> int:
        """Of the days for which something is published."""
        return sum(cell.asked for cell in self.cells.values() if cell.planned)

    @property
    def unwatched_hours(self) -> float:
        return sum(self.unwatched.values())

    @property
    def gaps(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.state == "gap"]

    def months(self) -> list[tuple[dt.date, list[Day]]]:
        """(the first of the month, its days in the period)."""
        found: dict[dt.date, list[Day]] = defaultdict(list)
        for date, day in self.days.items():
            found[month_of(date)].append(day)
        return list(found.items())


def manning_of(unit_id: int, first: dt.date, last: dt.date, at: dt.datetime) -> Manning:
    days = days_between(first, last)
    asked, usual, posts = _asked(unit_id, days)
    kept = _kept(unit_id, first, last)
    posts |= {
        post.pk: post for post in Post.objects.filter(pk__in={post for _date, post, _role in kept} - posts.keys())
    }
    order = sorted(posts.values(), key=lambda post: (post.order, post.pk))
    spans, ends = _watched(unit_id, first, last)
    until = max([ends, day_of(at)] if ends else [day_of(at)])
    by_post: Counter = Counter()
    for (date, post, _role), many in kept.items():
        by_post[date, post] += int(many + NEARLY)
    cells = {
        (date, post.pk): Cell(date, by_post[date, post.pk], asked[date, post.pk], date <= until)
        for date in days
        for post in order
    }
    terms = Terms.of(unit_id)
    hours = {date: _unwatched(day, terms, spans) for date, day in days.items() if order and date <= until}
    unwatched = {date: many for date, many in hours.items() if many}
    holidays = [
        Holiday(
            day,
            sum(by_post[date, post.pk] for post in order),
            sum(asked[date, post.pk] for post in order),
            usual[date],
            any((date, post.pk, SeatRole.LEADER) in kept for post in order),
            date <= until,
        )
        for date, day in days.items()
        if day.kind == DayKind.HOLIDAY
    ]
    return Manning(first, last, order, days, cells, unwatched, ends, holidays)


def _asked(unit_id: int, days: dict[dt.date, Day]) -> tuple[Counter, Counter, dict[int, Post]]:
    """{(day, post): seats}, {holiday: the seats of a rest day}, and the posts."""
    posts = {post.pk: post for post in Post.objects.filter(unit=unit_id, is_active=True)}
    patterns = Pattern.objects.filter(post__in=posts).in_force(min(days), max(days)).prefetch_related("seats")
    asked, usual = Counter(), Counter()
    for pattern in patterns:
        seats = list(pattern.seats.all())
        by_kind = {kind: sum(seat.wanted(kind) for seat in seats) for kind in DayKind}
        for date, day in days.items():
            if pattern.holds_on(date, day.kind):
                asked[date, pattern.post_id] += by_kind[day.kind]
            if day.kind == DayKind.HOLIDAY and pattern.holds_on(date, DayKind.REST):
                usual[date] += by_kind[DayKind.REST]
    return asked, usual, posts


def _kept(unit_id: int, first: dt.date, last: dt.date) -> dict[tuple[dt.date, int, str], float]:
    asked = {"zone": str(zone()), "unit": unit_id, "since": start_of(first), "until": start_of(last + DAY)}
    with connection.cursor() as cursor:
        cursor.execute(KEPT, asked)
        return {(date, post, role): float(many) for date, post, role, many in cursor.fetchall()}


def _minute(at: dt.datetime) -> int:
    return int(at.timestamp()) // 60


def _watched(unit_id: int, first: dt.date, last: dt.date) -> tuple[list[Span], dt.date | None]:
    """The minutes that are watched by anyone of the unit or above it; and until when something is published."""
    someone = Seat.objects.filter(shift=OuterRef("pk")).exclude(role=SeatRole.RESERVE)
    rows = Shift.objects.live().filter(Exists(someone), unit__in=unit_tree().above(unit_id))
    rows = rows.between(start_of(first - DAY), start_of(last + DAY)).order_by()
    rows = list(rows.values_list("unit_id", "starts_at", "ends_at"))
    own = [day_of(start) for unit, start, _end in rows if unit == unit_id]
    if Shift.objects.live().filter(unit=unit_id, starts_at__gte=start_of(last + DAY)).order_by().exists():
        own.append(last)
    return merged((_minute(start), _minute(end)) for _unit, start, end in rows), max(own, default=None)


def _unwatched(day: Day, terms: Terms, spans: list[Span]) -> float:
    """Hours of this day outside of office hours that nobody watches (A1)."""
    start, end = _minute(start_of(day.date)), _minute(start_of(day.date + DAY))
    low = max(0, bisect_right(spans, (start, start)) - 1)
    taken = []
    for span in spans[low:]:
        if span[0] >= end:
            break
        taken.append(span)
    if day.kind in WORKING:
        opens, closes = (
            _minute(dt.datetime.combine(day.date, time, zone())) for time in (terms.office_starts, terms.office_ends)
        )
        taken.append((opens, closes))
    return sum(stop - begin for begin, stop in without([(start, end)], taken)) / 60
