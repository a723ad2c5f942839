"""Whatever is done with a roster in whatever order: nobody keeps two duties at once, no seat is lost, nobody rests too short."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from duty.models import Notice
from duty.steps import Conflict
from scheduling.assigning import without_hard_breaks
from scheduling.gathering import published_plan
from scheduling.models import Absence, OpenSeat, Roster, Seat, Swap
from scheduling.promises import lapse
from scheduling.publishing import Refused, publish
from scheduling.rules import RULES, Away, Validity, breaks_of
from scheduling.sheet import sheet_of
from scheduling.takers import fit
from scheduling.tests.planning import ALWAYS, day, duty, plan, someone

NOT_OF_PEOPLE = {"filled", "led_on_holidays"}


# Pure: what the engine answers, judged by the rules


def at(n, hour=0):
    return dt.datetime.combine(day(n), dt.time(), dt.UTC) + hour * dt.timedelta(hours=1)


@st.composite
def people(draw):
    found = []
    for number in range(1, 4):
        away = draw(st.lists(st.integers(1, 8), max_size=2))
        found.append(
            someone(
                number,
                away=tuple(Away(at(n), at(n + 1, 12), "leave") for n in away),
                exempt=(("nights", Validity(day(draw(st.integers(1, 8))))),) if draw(st.booleans()) else (),
                qualified={7: (Validity(day(1), day(draw(st.integers(1, 8)))),)}
                if draw(st.booleans())
                else {7: (ALWAYS,)},
            )
        )
    return found


@settings(max_examples=80, deadline=None)
@given(people(), st.data())
def test_what_is_taken_over_of_any_answer_breaks_no_hard_rule(staff, data):
    slots = [
        duty(n, hour, 10, post=post, role=role, qualification=asks)
        for n in range(1, 9)
        for hour, post, role, asks in ((8, 1, "primary", 7), (18, 1, "primary", None), (12, 2, "secondary", None))
    ]
    before = {p.id: [duty(0, 20, 10)] for p in staff if data.draw(st.booleans())}
    made = plan(slots, staff, fixed=before, last=8, days_in_row=3, nights_in_row=2)
    answer = {slot.key: data.draw(st.sampled_from([None, 1, 2, 3])) for slot in slots}
    for key, person in without_hard_breaks(made, answer).items():
        assert person in (answer[key], None)
        made.put(key, person)
    assert {b.rule for b in breaks_of(made) if RULES[b.rule].hard} <= NOT_OF_PEOPLE


# On the database, through the verbs

STEPS = (
    "seat", "seat", "leave_open", "pin", "undo", "lay_out", "publish", "publish", "publish_so", "revise", "revise", "discard",
    "vacate", "fill", "fill", "swap", "sick", "lapse",
)  # fmt: skip
ASKED, HOURS = 12, 12  # six nights of two seats, each of twelve hours


class House:
    """A roster, its people, and what anyone may do with it; what is refused changes nothing."""

    def __init__(self, roster, staff, manager, now):
        self.roster, self.people, self.manager, self.now = roster, staff, manager, now
        self.excused = False

    def do(self, step: str, one: int, other: int) -> None:
        before = self.seats()
        try:
            getattr(self, step)(one, other)
        except (Conflict, Refused):
            assert self.seats() == before, f"{step} was refused and changed something"
        self.holds(step)

    def who(self, n):
        return self.people[n % len(self.people)]

    def fresh(self) -> Roster:
        return Roster.objects.get(pk=self.roster.pk)

    def one_of(self, rows, n):
        rows = list(rows.order_by("pk"))
        if not rows:
            raise Conflict(self.roster)
        return rows[n % len(rows)]

    # Deeds

    def seat(self, one, other):
        slot = self.one_of(self.fresh().slots, one)
        self.fresh().seat({slot.pk: self.who(other).pk}, by=self.manager, at=self.now)

    def leave_open(self, one, other):
        slot = self.one_of(self.fresh().slots, one)
        self.fresh().seat({slot.pk: None}, by=self.manager, at=self.now)

    def pin(self, one, other):
        slot = self.one_of(self.fresh().slots, one)
        self.fresh().pin([slot.pk], bool(other % 2), by=self.manager, at=self.now)

    def undo(self, *_):
        self.fresh().undo(by=self.manager, at=self.now)

    def lay_out(self, *_):
        self.fresh().lay_out(by=self.manager, at=self.now)

    def revise(self, *_):
        self.fresh().revise(by=self.manager, at=self.now)

    def discard(self, *_):
        if self.fresh().number:  # a first draft that is thrown away would end the story
            self.fresh().discard(by=self.manager, at=self.now)

    def publish(self, *_, override=""):
        roster, before = self.fresh(), self.seats()
        version = publish(roster, override=override, by=self.manager, at=self.now)
        self.excused = self.excused or any("rest" in rule for rule in version.overridden) or bool(version.overridden)
        told = Notice.objects.filter(key__startswith=f"roster:{roster.pk}:{version.number}:")
        changed = {seat[2] for seat in before ^ self.seats()}
        assert set(told.values_list("recipient", flat=True)) == changed, "told are those whose duties changed"

    def publish_so(self, *_):
        self.publish(override="临时缺员")

    def vacate(self, one, _other):
        seat = self.one_of(Seat.objects, one)
        seat.shift.vacate(seat.role, seat.person, by=self.manager, at=self.now)

    def fill(self, one, other):
        gap, person = self.one_of(OpenSeat.objects.open(), one), self.who(other)
        if fit(person, gap.shift, gap.role, self.now, gap.span).ok:
            gap.shift.fill(gap, person, by=self.manager, at=self.now)

    def swap(self, one, other):
        seat, taker = self.one_of(Seat.objects, one), self.who(other)
        if not fit(taker, seat.shift, seat.role, self.now, (seat.starts_at, seat.ends_at)).ok:
            return
        offer = Swap(shift=seat.shift, role=seat.role, giver=seat.person, asked=taker)
        offer.span = None
        offer.offer(by=seat.person, at=self.now)
        offer.take(by=taker, at=self.now)
        offer.approve(by=self.manager, at=self.now)

    def sick(self, one, other):
        first = dt.date(2026, 12, 1 + other % 6)
        ill = Absence(person=self.who(one), kind="sick", from_on=first, until_on=first)
        ill.record(by=self.manager, at=self.now)

    def lapse(self, *_):
        lapse(self.now)

    # What must hold after each

    @staticmethod
    def seats() -> set:
        return set(Seat.objects.values_list("shift_id", "role", "person_id", "starts_at", "ends_at"))

    def holds(self, step: str) -> None:
        rows, roster = self.seats(), self.fresh()
        kept = defaultdict(list)
        for _shift, _role, person, start, end in rows:
            assert not any(start < until and since < end for since, until in kept[person]), f"two at once after {step}"
            kept[person].append((start, end))
        assert not Seat.objects.exclude(shift__removed_at=None).exists()
        if roster.number:
            # Counted in time: of a seat that someone leaves in the middle of the watch, a part is kept and a part is open.
            gaps = [gap.span for gap in OpenSeat.objects.open().select_related("shift")]
            time = [(end - start) for *_who, start, end in rows] + [end - start for start, end in gaps]
            hours = sum(time, dt.timedelta()) / dt.timedelta(hours=1)
            assert hours == ASKED * HOURS, f"after {step}: {len(rows)} sit, {len(gaps)} are open"
            sat_on = {(shift, role) for shift, role, *_rest in rows}  # by one, or by several in turn
            published = roster.is_draft or sheet_of(roster, self.now).open == ASKED - len(sat_on)
            assert published, f"after {step} the sheet counts other open seats"
            told = published_plan(roster.unit_id, roster.first_on, roster.last_on)
            broken = {b.rule for b in breaks_of(told) if RULES[b.rule].hard} - NOT_OF_PEOPLE
            assert self.excused or not broken, f"{broken} after {step}"
        if roster.is_draft:
            assert sheet_of(roster, self.now).open == roster.slots.filter(person=None).count()


@pytest.mark.django_db
@settings(
    max_examples=8, phases=[Phase.generate], deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 999), st.integers(0, 999)), min_size=14, max_size=20))
def test_no_order_of_deeds_loses_a_seat_or_seats_anyone_twice(
    make_pattern, make_roster, pool, filled, manager, now, steps
):
    with transaction.atomic():
        if not Roster.objects.exists():
            make_pattern(primary=1, secondary=1, hours=12)
        house = House(filled(make_roster("2026-12-01", "2026-12-06"), pool), pool, manager, now)
        for step, one, other in [("publish", 0, 0), *steps] if len(steps) % 2 else steps:
            house.do(step, one, other)
        transaction.set_rollback(True)
