"""Publishing a roster: its draft becomes watches and seats, all of it or nothing, and those concerned are told."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from duty.clock import local
from duty.models import Line, Matter
from duty.models.people import Person
from duty.steps import Conflict
from scheduling.announcing import announce
from scheduling.certificate import certify
from scheduling.fairness import balance
from scheduling.gathering import duties_of, plan_of, tallies
from scheduling.models import Roster, RosterStatus, RosterVersion, RunKind, Seat, SeatRole, Shift, Slot
from scheduling.rules import RULES, Break, Plan, breaks_of
from scheduling.rules.wording import said
from scheduling.vacancies import after_publication

LOCK = "SELECT pg_advisory_xact_lock(hashtext('publish a roster'))"


class Refused(Exception):
    """The draft cannot be published as it is: `breaks` say why, in words; `absolute` ones no reason can excuse."""

    def __init__(self, reasons: list[str], absolute: list[str]):
        self.reasons, self.absolute = reasons, absolute
        super().__init__("; ".join(absolute or reasons))


@dataclass
class Watch:
    """One watch of a draft: what it is, and who is to sit where, as (role, person, start, end)."""

    slot: Slot
    seats: set[tuple] = field(default_factory=set)
    unfilled: Counter = field(default_factory=Counter)  # by role


def draft_plan(roster: Roster) -> Plan:
    """The draft as a plan; its keys are the slots' ids."""
    slots = list(roster.slots.with_posts())
    return plan_from(roster, slots)


def plan_from(roster: Roster, slots: list[Slot], begun: frozenset[int] = frozenset()) -> Plan:
    """These seats as a plan; pinned ones and those that have begun are not to be moved."""
    return plan_of(
        roster.unit_id,
        roster.first_on,
        roster.last_on,
        duties_of(slots, roster.first_on, roster.last_on),
        {slot.pk: slot.person_id for slot in slots},
        replaced={slot.shift_id for slot in slots if slot.shift_id},
        pinned={slot.pk for slot in slots if slot.is_pinned} | begun,
    )


def publish(roster: Roster, edits: int | None = None, override: str = "", *, by, at: dt.datetime) -> RosterVersion:
    """Publish the draft; raises Refused for hard conflicts without a reason, Conflict if something else is in the way.

    Publications take turns, so that of two that overlap one is published and the other is told which watch.
    """

    def work(was: str, number: int) -> RosterVersion:
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        slots = list(roster.slots.with_posts())
        plan = plan_from(roster, slots)
        excused = _judged(plan, breaks_of(plan), override, {slot.pk for slot in slots if slot.starts_at <= at})
        _not_published_by_others(roster)
        watches = _watches(slots)
        before = _seated({watch.slot.shift_id for watch in watches if watch.slot.shift_id})
        _nobody_faster([watch for watch in watches if watch.slot.shift_id is None])
        _enter([watch for watch in watches if watch.slot.shift_id is None], roster, by, at)
        changed = [w for w in watches if w.seats != before.get(w.slot.shift_id) and w.slot.starts_at > at]
        changed = [watch for watch in changed if watch.slot.shift_id in before]
        _change(changed, before, roster, by, at)
        after_publication(watches, before, by=by, at=at)
        certificate = certify(plan, balance(plan, tallies(plan.people, plan.first)), **proven(roster))
        version = _version(roster, number, watches, certificate, override if excused else "", excused, by, at)
        roster.slots.all().delete()
        announce(roster, version, None if was == RosterStatus.DRAFT else before, watches, at)
        return version

    return roster.publish(work, edits, by=by, at=at)


def changes_of(roster: Roster) -> list[tuple[Slot, list[str], list[str]]]:
    """What publishing a draft of changes would change: (a slot of the watch, who leaves, who comes), by time."""
    slots = list(roster.slots.filter(shift__isnull=False).select_related("post"))
    watches = _watches(slots)
    before = _seated({slot.shift_id for slot in slots})
    names = dict(
        Person.objects.filter(
            pk__in={seat[1] for seats in before.values() for seat in seats} | {slot.person_id for slot in slots}
        ).values_list("pk", "name")
    )

    def told(seats) -> list[str]:
        return [f"{names[person]} ({SeatRole(role).label})" for role, person, *_span in sorted(seats)]

    return [
        (watch.slot, told(before[watch.slot.shift_id] - watch.seats), told(watch.seats - before[watch.slot.shift_id]))
        for watch in sorted(watches, key=lambda watch: watch.slot.starts_at)
        if watch.seats != before[watch.slot.shift_id]
    ]


def _judged(plan: Plan, breaks: list[Break], override: str, begun: set) -> list[str]:
    """The hard conflicts that the reason excuses, in words; raises Refused."""
    hard = [broken for broken in breaks if RULES[broken.rule].hard and not begun.issuperset(broken.duties)]
    absolute = [said(plan, broken) for broken in hard if RULES[broken.rule].absolute]
    reasons = [said(plan, broken) for broken in hard]
    if absolute or (reasons and not override.strip()):
        raise Refused(reasons, absolute)
    return reasons


def _not_published_by_others(roster: Roster) -> None:
    other = (
        Roster.objects.standing().filter(unit=roster.unit_id, first_on__lte=roster.last_on, last_on__gte=roster.first_on)
        .exclude(pk=roster.pk).first()
    )  # fmt: skip
    if other is not None:
        overlap = _("%(roster)s is published already and has some of these days.") % {"roster": other.title}
        raise Conflict(roster, f"{overlap} {_first_clash(roster)}".strip())


def _first_clash(roster: Roster) -> str:
    for slot in roster.slots.filter(shift__isnull=True).select_related("post")[:2000]:
        there = Shift.objects.live().between(slot.starts_at, slot.ends_at).filter(post=slot.post_id).first()
        if there is not None:
            return _taken(there)
    return ""


def _taken(shift: Shift) -> str:
    return _("The watch %(watch)s (%(start)s – %(end)s) is there already.") % {
        "watch": shift.title,
        "start": f"{local(shift.starts_at):%m-%d %H:%M}",
        "end": f"{local(shift.ends_at):%m-%d %H:%M}",
    }


def _nobody_faster(watches: list[Watch]) -> None:
    """Nobody entered a watch at these posts meanwhile; raises Conflict that names the first."""
    if not watches:
        return
    start, end = min(w.slot.starts_at for w in watches), max(w.slot.ends_at for w in watches)
    posts = {watch.slot.post_id for watch in watches}
    there = defaultdict(list)
    for shift in Shift.objects.live().between(start, end).filter(post__in=posts).select_related("post"):
        there[shift.post_id].append(shift)
    for watch in watches:
        for shift in there[watch.slot.post_id]:
            if shift.starts_at < watch.slot.ends_at and watch.slot.starts_at < shift.ends_at:
                raise Conflict(watch.slot.roster, _taken(shift) + " " + _("Lay the seats out anew to take it in."))


def _watches(slots: list[Slot]) -> list[Watch]:
    found: dict = {}
    for slot in slots:
        watch = found.setdefault(slot.watch, Watch(slot))
        if slot.person_id:
            watch.seats.add((slot.role, slot.person_id, slot.starts_at, slot.ends_at))
        else:
            watch.unfilled[slot.role] += 1
    return list(found.values())


def _seated(shifts) -> dict[int, set[tuple]]:
    found: dict[int, set] = {pk: set() for pk in shifts}
    for seat in Seat.objects.filter(shift__in=shifts):
        found[seat.shift_id].add((seat.role, seat.person_id, seat.starts_at, seat.ends_at))
    return found


def _enter(watches: list[Watch], roster: Roster, by, at) -> None:
    """New watches with their people, set-wise; each with its line on the trail."""
    shifts = []
    for watch in watches:
        slot = watch.slot
        shifts.append(
            Shift(
                unit_id=roster.unit_id, post=slot.post, name=slot.name, starts_at=slot.starts_at, ends_at=slot.ends_at
            )
        )
    matters = Matter.objects.bulk_create(
        [
            Matter(kind="scheduling.shift", unit_id=roster.unit_id, title=shift.title, opened_at=shift.starts_at)
            for shift in shifts
        ],
        batch_size=1000,
    )
    for shift, matter, watch in zip(shifts, matters, watches, strict=True):
        shift.matter = matter
        watch.slot.shift = shift
    Shift.objects.bulk_create(shifts, batch_size=1000)
    _seat([(watch, watch.seats) for watch in watches])
    _lines("plan", [(watch, None) for watch in watches], roster, by, at)


def _change(watches: list[Watch], before: dict, roster: Roster, by, at) -> None:
    """Watches that are published already get their new people; raises Conflict where one has moved on."""
    shifts = {s.pk: s for s in Shift.objects.select_for_update().filter(pk__in=[w.slot.shift_id for w in watches])}
    for watch in watches:
        shift = shifts[watch.slot.shift_id]
        if shift.version != watch.slot.shift_version or shift.removed_at is not None:
            raise Conflict(
                roster,
                _("%(watch)s was changed after this draft was begun. Discard the draft and begin it anew.")
                % {"watch": shift.title},
            )
    for shift in shifts.values():
        shift.version += 1
    Shift.objects.bulk_update(shifts.values(), ["version"], batch_size=1000)
    gone, new = [], []
    for watch in watches:
        was = before[watch.slot.shift_id]
        gone += [(watch.slot.shift_id, seat) for seat in was - watch.seats]
        new.append((watch, watch.seats - was))
    rows = Seat.objects.filter(shift__in={shift for shift, _seat_of in gone})
    going = set(gone)
    Seat.objects.filter(
        pk__in=[s.pk for s in rows if (s.shift_id, (s.role, s.person_id, s.starts_at, s.ends_at)) in going]
    ).delete()
    _seat(new)
    _lines("change", [(watch, before[watch.slot.shift_id]) for watch in watches], roster, by, at)


def _seat(seats: list[tuple[Watch, set]]) -> None:
    Seat.objects.bulk_create(
        [
            Seat.on(watch.slot.shift, role, Person(pk=person), (start, end))
            for watch, those in seats
            for role, person, start, end in sorted(those)
        ],
        batch_size=2000,
    )


def _lines(verb: str, watches: list, roster: Roster, by, at) -> None:
    names = dict(
        Person.objects.filter(
            pk__in={seat[1] for watch, was in watches for seat in watch.seats | (was or set())}
        ).values_list("pk", "name")
    )

    def crew(seats):
        return [[role, names[person]] for role, person, *_span in sorted(seats)]

    Line.objects.bulk_create(
        [
            Line(
                matter_id=watch.slot.shift_id,
                unit_id=roster.unit_id,
                verb=f"scheduling.shift.{verb}",
                who=by,
                at=at,
                data={"crew": crew(watch.seats)} | ({} if was is None else {"before": crew(was)}),
            )
            for watch, was in watches
        ],
        batch_size=1000,
    )


def proven(roster: Roster) -> dict:
    """What the generator proved of this very draft: if it was the last to touch it, and all it found was taken over.

    A repair proves how few changes are enough, and nothing about fairness.
    """
    run = roster.runs.exclude(certificate={}).first()
    if run is None or run.kind != RunKind.GENERATE:
        return {}
    if run.certificate.get("edits") != roster.edits or run.certificate.get("kept"):
        return {}
    return {"search": run.certificate["search"]}


def _version(roster, number, watches, certificate, override, excused, by, at) -> RosterVersion:
    names = dict(Person.objects.filter(pk__in={s[1] for w in watches for s in w.seats}).values_list("pk", "name"))
    duties = [
        [f"{watch.slot.date}", watch.slot.post.name, watch.slot.name, role, person, names[person]]
        for watch in watches
        for role, person, *_span in sorted(watch.seats)
    ]
    return RosterVersion.objects.create(
        roster=roster, number=number, by=by, at=at, duties=duties, certificate=certificate,
        override=override.strip()[:500], overridden=excused,
    )  # fmt: skip
