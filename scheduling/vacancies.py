"""Seats that a published roster leaves open, and those it has and that nobody sits on any more."""

from collections import Counter

from django.db.models import F

from duty.clock import DAY, day_of, local, start_of
from scheduling.models import OpenSeat, Roster, RosterVersion, Seat, SeatRole, Shift

SINGLE = (SeatRole.LEADER, SeatRole.PRIMARY)
Seats = set[tuple]  # (role, person, start, end)


def after_publication(watches, before: dict[int, Seats], *, by, at) -> None:
    """What hangs on seats follows the new ones: offers, open seats filled by the way, and those nobody was found for.

    `watches` are a publication's, `before` the seats of those that were published already.
    """
    for watch in watches:
        if watch.slot.ends_at <= at:
            continue
        was = before.get(watch.slot.shift_id)
        if was is not None and was != watch.seats:
            watch.slot.shift.reconcile(
                [Seat(role=role, person_id=person) for role, person, *_span in was], by=by, at=at
            )
        if watch.unfilled:
            known = Counter(gap.role for gap in OpenSeat.objects.open().filter(shift=watch.slot.shift_id))
            for role in (watch.unfilled - known).elements():
                watch.slot.shift.leave_open(role, by=by, at=at)


def short_of_people(at) -> dict[int, Counter]:
    """{watch: seats by role that were published and that nobody sits on, is sought for, or is done without}."""
    wanted, today = _published(at), day_of(at)
    if not wanted:
        return {}
    days = [date for (_unit, date, *_watch) in wanted]
    shifts = Shift.objects.live().filter(
        unit__in={key[0] for key in wanted}, ends_at__gt=at, starts_at__gte=start_of(today) - 2 * DAY,
        starts_at__lte=start_of(today) + (len(set(days)) + 3) * DAY,
    )  # fmt: skip
    asked = {}
    for shift in shifts.select_related("post"):
        roles = wanted.get((shift.unit_id, f"{local(shift.starts_at):%Y-%m-%d}", shift.post.name, shift.name))
        if roles:
            asked[shift.pk] = roles
    there: Counter = Counter()
    gone = OpenSeat.objects.filter(taken_by__isnull=True)  # sought for, or done without
    for rows in (Seat.objects, gone):
        there.update(rows.filter(shift__in=asked).values_list("shift_id", "role"))
    missing: dict[int, Counter] = {}
    for shift, roles in asked.items():
        for role, people in roles.items():
            # Someone's part that a second one took over stands there as two; these are one seat.
            people = min(people, 1) if role in SINGLE else people
            if there[shift, role] < people:
                missing.setdefault(shift, Counter())[role] = people - there[shift, role]
    return missing


def _published(at) -> dict[tuple, Counter]:
    """{(unit, day, post, watch): people by role} of the latest published versions, from yesterday on."""
    first = f"{day_of(at) - DAY}"
    rosters = Roster.objects.standing().filter(last_on__gte=day_of(at) - DAY)
    latest = RosterVersion.objects.filter(roster__in=rosters, number=F("roster__number"))
    found: dict[tuple, Counter] = {}
    for unit, duties in latest.values_list("roster__unit", "duties"):
        for date, post, name, role, *_who in duties:
            if date >= first:
                found.setdefault((unit, date, post, name), Counter())[role] += 1
    return found
