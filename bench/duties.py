"""Rosters of honest size: sixty people, a month of 1,054 seats, a year behind it.

The past and the month are dealt out so that every rule is kept: seat j of day d to person (34·d + j) mod 60, early
seats first, so that who worked early works late next and then rests.
"""

import datetime as dt
import random
import time

from django.db import connection, transaction

from duty.clock import DAY, day_of, duty_now, last_of_month, next_month, start_of
from duty.models import Grant, Matter, Person, Role, Unit
from scheduling.models import DayKind, Member, Pattern, PatternSeat, Post, Roster, Seat, SeatRole, Shift, Slot, Terms

from .engine import house_of_its_own
from .figures import load, note, percentile
from .months import SEATS
from .pages import served
from .processes import Crew
from .visitors import Visitor, session_of

PEOPLE, POSTS, BACK = 60, 4, 365
A_DAY = sum(map(sum, SEATS))
WATCHES = (("夜班", "夜", 0), ("早班", "早", 8), ("中班", "中", 16))
LOOKS, ASKS = 40, 40
SEED = 1
QUERIES = 25  # however many people and days


class Month:
    """A unit of its own with its patterns, its people, a year of watches, and the roster of the month to come."""

    def __init__(self):
        self.now = duty_now()
        self.unit = Unit.objects.create(name="监控中心", parent=Unit.objects.get(parent=None))
        self.people = [
            Person(
                staff_number=f"D{n:03d}",
                name=f"监控员{n:02d}",
                unit=self.unit,
                mail=f"d{n}@zhiban.example",
                password="!",
            )
            for n in range(PEOPLE)
        ]
        Person.objects.bulk_create(self.people)
        self.manager = self.people[0]
        Grant.objects.create(person=self.manager, role=Role.MANAGER, unit=self.unit)
        roles = [role for role in SeatRole.values if role != SeatRole.LEADER]
        begin = day_of(self.now) - 400 * DAY
        Member.objects.bulk_create([Member(unit=self.unit, person=p, roles=roles, from_on=begin) for p in self.people])
        Terms.objects.create(unit=self.unit, spacing_days=0)
        self.patterns = self._patterns(begin)
        self.first = next_month(day_of(self.now) + 2 * DAY)
        self._past()

    def _patterns(self, begin: dt.date) -> list[tuple[Pattern, int]]:
        found = []
        posts = [Post.objects.create(unit=self.unit, name=f"监控席 {n + 1}", order=50 + n) for n in range(POSTS)]
        for (name, mark, hour), seats in zip(WATCHES, SEATS, strict=True):
            for post, people in zip(posts, seats, strict=True):
                pattern = Pattern.objects.create(
                    post=post, name=name, mark=mark, starts=dt.time(hour), minutes=480, day_kinds=DayKind.values, from_on=begin,
                )  # fmt: skip
                PatternSeat.objects.create(pattern=pattern, role=SeatRole.PRIMARY)
                more = {"people": people - 1, "people_on_holidays": people - 1}
                PatternSeat.objects.create(pattern=pattern, role=SeatRole.SECONDARY, **more)
                found.append((pattern, people))
        return found

    def _seats(self, date: dt.date):
        """(pattern, start, end, [(role, person)]) of one day."""
        turn, n = date.toordinal() * A_DAY, 0
        for pattern, people in self.patterns:
            start, end = pattern.span_on(date)
            sitting = [self.people[(turn + n + place) % PEOPLE] for place in range(people)]
            n += people
            yield pattern, start, end, [("primary", sitting[0]), *(("secondary", p) for p in sitting[1:])]

    def _past(self) -> None:
        """Watches up to the month, each with its people, as an import would write them."""
        shifts, seated = [], []
        days = [self.first - n * DAY for n in range(BACK, 0, -1)]
        for date in days:
            for pattern, start, end, sitting in self._seats(date):
                shifts.append(Shift(unit=self.unit, post=pattern.post, name=pattern.name, starts_at=start, ends_at=end))
                seated.append(sitting)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            matters = Matter.objects.bulk_create(
                [Matter(kind="scheduling.shift", unit=self.unit, title=s.title, opened_at=s.starts_at) for s in shifts],
                batch_size=2000,
            )  # fmt: skip
            for shift, matter in zip(shifts, matters, strict=True):
                shift.matter = matter
            Shift.objects.bulk_create(shifts, batch_size=2000)
            Seat.objects.bulk_create(
                [Seat.on(s, role, p) for s, those in zip(shifts, seated, strict=True) for role, p in those],
                batch_size=2000,
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def drafted(self, first: dt.date) -> Roster:
        """The month from that day, every seat dealt out."""
        last = last_of_month(first)
        roster = Roster(unit=self.unit, first_on=first, last_on=last)
        roster.draft(by=self.manager, at=self.now)
        sitting = {
            (pattern.post_id, start, role, place): person.pk
            for date in (first + n * DAY for n in range((last - first).days + 1))
            for pattern, start, _end, those in self._seats(date)
            for place, (role, person) in enumerate(those)
        }
        people = {
            slot.pk: sitting[slot.post_id, slot.starts_at, slot.role, slot.place + (slot.role == "secondary")]
            for slot in Slot.objects.filter(roster=roster)
        }
        roster.seat(people, by=self.manager, at=self.now)
        return roster


def duties(ground, sheet) -> None:
    """The page of a draft, publishing it, its page again, substitutes, and why a month does not come out."""
    from scheduling.publishing import publish

    house_of_its_own(ground)
    month = Month()
    roster = month.drafted(month.first)
    seats = roster.slots.count()
    note(f"{seats} seats in {roster.period}, {Seat.objects.filter(shift__unit=month.unit).count()} kept before")
    with Crew(ground.place) as crew:
        visitor = Visitor(served(crew).port, session_of(month.manager.pk))
        _page(sheet, visitor, roster, "draft", seats)
        began, cpu = time.monotonic(), time.process_time()
        with transaction.atomic():
            publish(roster, by=month.manager, at=duty_now())
        sheet.add(
            "rosters_publish", time.monotonic() - began, "s", 2, duties=seats, cpu=time.process_time() - cpu, load=load(),
            holds=Seat.objects.filter(starts_at__gte=start_of(month.first), shift__unit=month.unit).count() == seats,
        )  # fmt: skip
        _page(sheet, visitor, roster, "published", seats)
    _substitutes(sheet, month, roster)
    _why_not(sheet, month)


def _page(sheet, visitor: Visitor, roster: Roster, name: str, seats: int) -> None:
    times, queries = [], []
    for n in range(LOOKS + 4):
        answer = visitor.get(f"/rosters/{roster.pk}/")
        if answer.status != 200:
            raise SystemExit(f"the roster answered {answer.status}")
        if n >= 4:  # each worker's first look loads what it needs
            times.append(answer.milliseconds)
            queries.append(answer.queries)
    sheet.add(
        f"rosters_page_{name}_p95", percentile(times, 95), "ms", 120, holds=max(queries) <= QUERIES, p50=percentile(times, 50),
        fastest=min(times), queries=max(queries), queries_limit=QUERIES, seats=seats, people=PEOPLE, load=load(),
    )  # fmt: skip


def _substitutes(sheet, month: Month, roster: Roster) -> None:
    from scheduling.substitutes import candidates

    ahead = list(Shift.objects.filter(unit=month.unit, starts_at__gte=start_of(month.first)).select_related("post"))
    times, found, at = [], [], duty_now()
    for shift in random.Random(SEED).sample(ahead, ASKS):
        began = time.monotonic()
        ranked = candidates(shift, "secondary", at)
        times.append(1000 * (time.monotonic() - began))
        found.append(len(ranked))
        if not any(one.reasons for one in ranked if not one.ok):
            raise SystemExit("nobody was excluded with a reason")
    sheet.add(
        "rosters_substitutes_p95", percentile(times, 95), "ms", 100, p50=percentile(times, 50), fastest=min(times),
        least_candidates=min(found), load=load(),
    )  # fmt: skip


def _why_not(sheet, month: Month) -> None:
    """A fifth of the people are missing: for each seat that stays open, who was excluded by which rule."""
    from scheduling.cells import panel_of
    from scheduling.sheet import sheet_of

    first = next_month(month.first)
    roster = month.drafted(first)
    gone = month.people[::5]
    Person.objects.filter(pk__in=[p.pk for p in gone]).update(employed_until=first - DAY)
    roster.seat({s.pk: None for s in roster.slots.filter(person__in=gone)}, by=month.manager, at=duty_now())
    laid = sheet_of(roster, duty_now())
    began, cpu, told = time.monotonic(), time.process_time(), []
    for duty in laid.plan.open_duties():
        panel = panel_of(laid, {"slot": str(duty.key)})
        told.append(sum(count for _rule, count in panel.by_rule))
    sheet.add(
        "rosters_infeasible_explained", time.monotonic() - began, "s", 1, holds=bool(told) and min(told) > 0,
        cpu=time.process_time() - cpu, open_seats=len(told), load=load(),
    )  # fmt: skip
