"""Searches for a roster: asked for on a page, run by the worker, seen while they run, stopped at any time.

The search takes the draft as it stands and gives back people for seats in one change that can be undone. Whoever
changed a seat meanwhile keeps it. The solvers are imported where the worker runs one, and nowhere else.
"""

import datetime as dt
import functools
import json
import logging
import math
import time

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from duty.clock import DAY, MINUTE, day_of, duty_now
from duty.models import Notice
from duty.steps import Conflict
from scheduling.certificate import certify
from scheduling.fairness import balance
from scheduling.gathering import tallies
from scheduling.models import GeneratorRun, Roster, RunKind, RunState
from scheduling.publishing import plan_from
from scheduling.rotations import blocks, in_order
from scheduling.rules import Plan

log = logging.getLogger(__name__)
SECONDS = (10, 30, 60, 180, 600)
REPAIR_SECONDS = 6.0
RELAX_SECONDS = 4.0
PROOF_SECONDS = 5.0  # to prove that fewer open seats are not possible
SILENT = 5 * MINUTE  # after which a running search counts as dead; a first one compiles for a minute or two


def ask(roster: Roster, kind: str, seconds: int, keep_filled: bool, *, by, at: dt.datetime) -> GeneratorRun:
    """Ask for a search; raises Conflict where one runs already or the roster is no draft."""
    if not roster.is_draft:
        raise Conflict(roster, _("This roster is not a draft any more."))
    try:
        with transaction.atomic():
            run = GeneratorRun.objects.create(
                roster=roster,
                kind=kind,
                by=by,
                edits=roster.edits,
                seconds=seconds,
                keep_filled=keep_filled,
                asked_at=at,
            )
    except IntegrityError:
        raise Conflict(roster, _("A search for this roster is running already.")) from None
    transaction.on_commit(lambda: _wake(run.pk))
    return run


def _wake(pk: int) -> None:
    """Tell the worker at once; without a broker the next look of `pick_up` finds it."""
    from duty.celery import app  # by name: a web process has no other way to know which broker is ours

    try:
        app.send_task("scheduling.generate", [pk], retry=False)
    except Exception:
        log.warning("the broker does not answer; search %s waits for the next look", pk)


def pick_up(at: dt.datetime) -> int:
    """Wake searches that nobody took, and call those dead whose worker has gone; returns how many it touched."""
    dead = GeneratorRun.objects.filter(state=RunState.RUNNING, beat_at__lt=at - SILENT)
    gone = dead.update(state=RunState.FAILED, ended_at=at, fault="the worker is gone")
    waiting = GeneratorRun.objects.filter(state=RunState.WAITING, asked_at__lt=at - MINUTE / 3)
    for pk in waiting.values_list("pk", flat=True):
        _wake(pk)
    return gone + waiting.count()


def run(pk: int) -> None:
    """Take a waiting search and carry it out; a second worker that comes for it goes away again."""
    now = duty_now()
    taken = GeneratorRun.objects.filter(pk=pk, state=RunState.WAITING)
    if not taken.update(state=RunState.RUNNING, started_at=now, beat_at=now):
        return
    search = GeneratorRun.objects.select_related("roster__unit", "by").get(pk=pk)
    try:
        _search(search)
    except Conflict as conflict:
        _end(search, RunState.FAILED, fault=conflict.message)
    except Exception as why:
        log.exception("search %s failed", pk)
        _end(search, RunState.FAILED, fault=f"{type(why).__name__}: {why}"[:2000])


def _end(search: GeneratorRun, state: str, **more) -> None:
    GeneratorRun.objects.filter(pk=search.pk).update(state=state, ended_at=duty_now(), **more)


def _search(search: GeneratorRun) -> None:
    roster, now = search.roster, duty_now()
    slots = list(roster.slots.with_posts())
    before = {slot.pk: slot.person_id for slot in slots}
    begun = frozenset(slot.pk for slot in slots if slot.starts_at <= now)
    plan = plan_from(roster, slots, begun)
    untouchable = frozenset(plan.pinned)
    if search.keep_filled:
        plan.pinned |= {key for key, person in plan.who.items() if person is not None}
    elif search.kind == RunKind.GENERATE:
        _free(plan)
    past = tallies(plan.people, plan.first)
    found: dict = {}
    if plan.limits.rotation == "order" and search.kind == RunKind.GENERATE:
        answer, told = in_order(plan), {"way": "order"}
    else:
        found = blocks(plan, balance(plan, past)) if search.kind == RunKind.GENERATE else {}
        plan.pinned |= set(found)
        answer, told = _solved(search, plan, balance(plan, past), before)
    told["held"] = len(plan.pinned - begun)
    answer = {key: person for key, person in (found | answer).items() if key not in untouchable}
    _take_over(search, roster, before, answer, told)


def _free(plan: Plan) -> None:
    """Everything that is not pinned is open to the search."""
    for key in plan.duties:
        if key not in plan.pinned:
            plan.put(key, None)


def _solved(search: GeneratorRun, plan: Plan, fair, before: dict) -> tuple[dict, dict]:
    """The engine's answer as {slot: person or None}, and what it says of itself."""
    from scheduling.assigning import assignment, without_hard_breaks
    from scheduling.engine.repairing import least_holes
    from scheduling.engine.solving import solve
    from scheduling.engine.tables import inside

    if search.kind == RunKind.REPAIR:
        return _repaired(search, plan, fair)
    asked = assignment(plan, fair)
    beat = _Beat(search)
    _warm()
    result = solve(
        asked.problem,
        float(search.seconds),
        start=asked.roster(before),
        on_progress=beat.progress,
        should_stop=beat.stop_asked,
    )
    told = {
        "objective": round(result.objective, 3), "bound": round(result.bound, 3) if math.isfinite(result.bound) else None, "gap": _share(result.gap),
        "seconds": round(result.seconds, 1), "least_open": result.holes_bound,
    }  # fmt: skip
    if result.holes:
        if result.holes_bound < result.holes:
            until = time.perf_counter() + PROOF_SECONDS
            told["least_open"] = max(
                result.holes_bound, least_holes(asked.problem, inside(result.roster, len(asked.kinds)), 0, until)
            )
        told["relax"] = _to_relax(asked, result)
        told["nobody"] = _nobodys(asked)
    return without_hard_breaks(plan, asked.people_of(result.roster)), told


def _share(gap: float) -> float | None:
    """None where nothing was proven yet."""
    return round(gap, 4) if math.isfinite(gap) else None


# The engine's names for rules that the book of rules has others for.
IN_THE_BOOK = {"max_run": "days_in_row", "in_row night": "nights_in_row"}


def _to_relax(asked, result) -> list[list]:
    """The fewest rules that would have to give way for every seat to be filled: [rule, person's name, date or ""]."""
    from scheduling.assigning import HARD_ON_DUTY, NOT_TO_BE_RELAXED
    from scheduling.engine.relaxing import relax

    plan, told = asked.plan, []
    for rule, place, day in relax(asked.problem, RELAX_SECONDS, result.roster, asked.never):
        person = plan.people[asked.people[place]]
        name = IN_THE_BOOK.get(rule, rule)
        if rule == "never":  # which of its rules it is, the book says
            duties = [those[0] for (d, _kind), those in asked.seats.items() if d == day]
            broken = [one.rule for duty in duties for check in HARD_ON_DUTY for one in check.check(plan, person, duty)]
            name = next((one for one in broken if one not in NOT_TO_BE_RELAXED), "present")
        told.append([name, person.name, str(plan.first + DAY * day) if day >= 0 else ""])
    return told


def _nobodys(asked) -> list[list]:
    """Seats that stay open whatever gives way: [role, post's name, first date, how many]."""
    from scheduling.engine.relaxing import nobodys

    found: dict[tuple, list] = {}
    missing = nobodys(asked.problem, asked.never)
    for (day, kind), duties in sorted(asked.seats.items()):
        if missing[day, kind]:
            one = found.setdefault((duties[0].role, duties[0].place), [str(duties[0].date), 0])
            one[1] += int(missing[day, kind])
    return [[*seat, *told] for seat, told in found.items()]


def _repaired(search: GeneratorRun, plan: Plan, fair) -> tuple[dict, dict]:
    """Open seats filled with the fewest changes: what has begun, is pinned or was read stays."""
    import numpy as np

    from scheduling.assigning import assignment, without_hard_breaks
    from scheduling.engine.repairing import repair

    _warm()
    read = _acknowledged(search.roster)
    frozen = frozenset(key for key, person in plan.who.items() if person in read)
    asked = assignment(plan, fair, frozen=frozen)
    current = asked.roster(plan.who)
    fixed = np.zeros(asked.problem.shape, dtype=bool)
    fixed[:, : max(0, (day_of(duty_now()) - plan.first).days)] = True  # days that are over
    for place, person in enumerate(asked.problem.people):
        fixed[place, list(person.pinned)] = True
    result = repair(asked.problem, current, fixed, REPAIR_SECONDS)
    told = {"seconds": round(result.seconds, 2), "least_open": result.holes_bound, "gap": _share(result.gap)}
    return without_hard_breaks(plan, asked.people_of(result.roster)), told


def _acknowledged(roster: Roster) -> set[int]:
    """Those who have confirmed the version that holds: their duties stay as they have read them."""
    told = Notice.objects.filter(matter_id=roster.pk, key__startswith=f"roster:{roster.pk}:{roster.number}:")
    return set(told.filter(acknowledged_at__isnull=False).values_list("recipient_id", flat=True))


@functools.cache
def _warm() -> None:
    """What is compiled is loaded before the clock of the first search of this process starts."""
    from scheduling.engine.warming import warm_up

    warm_up()


class _Beat:
    """What a search tells about itself while it runs, and what it is told."""

    def __init__(self, search: GeneratorRun):
        self.search, self.looked, self.stop = search, 0.0, False

    def progress(self, objective: float, bound: float, uncovered: int, seconds: float) -> None:
        row = {"objective": objective, "bound": bound, "open": uncovered, "seconds": round(seconds, 1)}
        row["gap"] = round(max(0.0, objective - bound) / max(abs(objective), 1e-9), 4)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE scheduling_generatorrun SET progress = %s::jsonb, beat_at = duty_now() WHERE id = %s "
                "RETURNING stop_asked",
                [_json(row), self.search.pk],
            )
            self.stop = self.stop or bool((cursor.fetchone() or [True])[0])

    def stop_asked(self) -> bool:
        if not self.stop and time.monotonic() - self.looked > 1:
            self.looked = time.monotonic()
            rows = GeneratorRun.objects.filter(pk=self.search.pk).values_list("stop_asked", flat=True)
            self.stop = bool(next(iter(rows), True))
        return self.stop


def _json(row: dict) -> str:
    return json.dumps({k: v if not isinstance(v, float) or math.isfinite(v) else None for k, v in row.items()})


def _take_over(search: GeneratorRun, roster: Roster, before: dict, answer: dict, told: dict) -> None:
    """Seat what was found, where the draft is still as the search found it, and certify the whole."""
    now = duty_now()
    with transaction.atomic():
        fresh = Roster.objects.select_related("unit").get(pk=roster.pk)
        fresh.lock()
        still = dict(fresh.slots.filter(is_pinned=False).values_list("pk", "person_id"))
        people = {key: p for key, p in answer.items() if key in still and still[key] == before[key]}
        fresh.seat(people, what=search.kind, by=search.by, at=now)
        slots = list(fresh.slots.with_posts())
        plan = plan_from(fresh, slots)
        certificate = certify(plan, balance(plan, tallies(plan.people, plan.first)), search=told, edits=fresh.edits)
        stopped = GeneratorRun.objects.filter(pk=search.pk, stop_asked=True).exists()
        kept = len([key for key in answer if key not in people])
        _end(search, RunState.STOPPED if stopped else RunState.DONE, certificate=certificate | {"kept": kept})
