"""Two years of rounds with what was found on them, all behind us; written set-wise, as an import would."""

import datetime as dt
import random

from duty.clock import DAY, HOUR, MINUTE
from duty.ladders import ESCALATE, first_firing, frozen, thawed
from duty.models import Deadline, Firing, Line, Matter
from duty.models.deadlines import Settled
from duty.sample import House
from equipment import judging, ladders, laying
from equipment.models import Answer, Item, Judged, Kind, Plan, Round, Status, Version, Visit
from equipment.models.rounds_owed import APPROVED, BEGUN, WALKED, WALKERS
from equipment.sample.checks import CANCELLED_WHY, MISSED_WHY, NOT_CHECKED_WHY, SCANNED_SINCE
from equipment.sample.crews import Crews, Menders
from equipment.sample.faults import Faults
from equipment.sample.readings import beyond, reading

SECOND = dt.timedelta(seconds=1)
JUST_NOW = 14 * MINUTE  # what is planned later than that is laid and walked by the verbs
LATELY = 3 * DAY  # nothing out of the ordinary but what the present tells
OUTSIDE, NOT_CHECKED = 0.004, 0.003


class Past:
    """Every round that was planned until a moment ago, with its answers, promises and lines."""

    def __init__(self, house: House, plans: dict[str, Plan]):
        self.house, self.plans, self.until = house, plans, house.at - JUST_NOW
        self.dice = random.Random(20260101)  # the same past whenever it is loaded
        self.crews = Crews(house)
        self.faults = Faults(house.at, self.dice, Menders(house))
        self.items: dict[int, list[Item]] = {}
        self.answers: list[tuple[Answer, object]] = []
        self.visits, self.lines, self.promises = [], [], []

    def write(self, left_out=()) -> None:
        """All but the rounds of `left_out` ((plan, planned instant)), which are lived through by the verbs."""
        walks = sorted(self._planned(set(left_out)), key=lambda walk: walk.planned_at)
        for walk in walks:
            self._happen(walk)
        matters = Matter.objects.bulk_create([walk.matter for walk in walks], batch_size=2000)
        for walk, matter in zip(walks, matters, strict=True):
            walk.matter = matter
        Round.objects.bulk_create(walks, batch_size=500)
        Visit.objects.bulk_create(self.visits, batch_size=1000)
        for plan in self.plans.values():
            Plan.objects.filter(pk=plan.pk).update(laid_until=self.until)
        Line.objects.bulk_create(sorted(self.lines, key=lambda line: line.at), batch_size=2000)
        deadlines = [deadline for deadline, _told in self.promises]
        Deadline.objects.bulk_create(deadlines, batch_size=1000)
        Firing.objects.bulk_create([firing for pair in self.promises for firing in fired(*pair)], batch_size=1000)

    def answer(self) -> None:
        """What was found on them, once the defects have their rows."""
        for answer, trouble in self.answers:
            if trouble:
                answer.defect = trouble.defect
        Answer.objects.bulk_create([answer for answer, _trouble in self.answers], batch_size=1000)

    def _planned(self, left_out):
        for plan in self.plans.values():
            since = plan.laid_until
            versions = list(Version.objects.published().filter(checklist=plan.checklist_id).order_by("published_at"))
            for version in versions:
                self.items[version.pk] = list(version.items.select_related("equipment", "place").order_by("order"))
            for planned_at, shift in sorted(laying.expected(plan, since, self.until), key=lambda pair: pair[0]):
                if (plan.name, planned_at) in left_out:
                    continue
                walk = laying.fresh(plan, planned_at, shift)
                walk.plan = plan
                walk.version = [version for version in versions if version.published_at <= planned_at][-1]
                walk.must_scan = plan.must_scan and planned_at > self.house.at - SCANNED_SINCE * DAY
                walk.matter = Matter(
                    kind="equipment.round", unit_id=walk.unit_id, title=walk.title, opened_at=planned_at
                )
                yield walk

    def _happen(self, walk: Round) -> None:
        chance, quiet = self.dice.random(), walk.planned_at > self.house.at - LATELY
        if chance < 0.004 and not quiet:
            return self._cancel(walk)
        if chance < 0.018 and not quiet:
            return self._miss(walk)
        self._walk(walk, late=chance < 0.07 and not quiet)
        return None

    def _cancel(self, walk: Round) -> None:
        at = walk.planned_at - self.dice.uniform(2, 9) * HOUR
        walk.status, walk.version, walk.matter.closed_at = Status.CANCELLED, None, at
        who = self.crews.leader(walk.unit_id, at)
        self._promise(walk, BEGUN, walk.starts_by, at, who, Settled.WITHDRAWN)
        self._line(walk, "cancel", who, at, reason=self.dice.choice(CANCELLED_WHY))

    def _miss(self, walk: Round) -> None:
        at = walk.missed_at + self.dice.uniform(0.3, 20) * HOUR
        walk.status, walk.version, walk.matter.closed_at = Status.MISSED, None, at
        walk.explanation, walk.explained_at = self.dice.choice(MISSED_WHY), at
        walk.explained_by = walk.person or self.crews.officer(walk.unit_id, walk.planned_at)
        self._promise(walk, BEGUN, walk.starts_by, at, walk.explained_by, Settled.WITHDRAWN)
        self._line(walk, "explain", walk.explained_by, at, walk.explanation)

    def _walk(self, walk: Round, late: bool) -> None:
        items = self.items[walk.version_id]
        by = walk.person or self.crews.officer(walk.unit_id, walk.planned_at)
        room = (walk.starts_by - walk.opens_at) / MINUTE
        began = walk.opens_at + min(max(self.dice.gauss(room * 0.45, room * 0.16), 0), room - 0.5) * MINUTE
        done = min(began + len(items) * self.dice.uniform(0.9, 1.9) * MINUTE, walk.due_at - MINUTE)
        if late:
            done = walk.due_at + (walk.missed_at - walk.due_at) * self.dice.uniform(0.05, 0.8)
            if self.dice.random() < 0.6:
                began = done - len(items) * self.dice.uniform(0.9, 1.5) * MINUTE
        now = self.house.at
        began, done = min(began, now - 6 * MINUTE), min(done, now - 2 * MINUTE)
        began, done = max(began, walk.opens_at), max(done, began + MINUTE)
        received = min(done + self.dice.choice((2, 3, 5, 4, 900)) * SECOND, now)
        walk.status, walk.started_at, walk.started_by, walk.asked = Status.DONE, began, by, len(items)
        walk.done_at, walk.done_by, walk.received_at = done, by, received
        self._promise(walk, BEGUN, walk.starts_by, began, by)
        self._promise(walk, WALKED, walk.due_at, received, by, opened_at=began)
        if began > now - 60 * DAY:
            self._line(walk, "begin", by, began)
        minutes = int((done - walk.due_at) / MINUTE)
        self._line(walk, "finish", by, received, f"迟 {minutes} 分钟" if minutes > 0 else "")
        walk.matter.closed_at = received
        if walk.needs_approval:
            self._approve(walk)
        self._look(walk, items, by)

    def _approve(self, walk: Round) -> None:
        at = min(walk.received_at + self.dice.uniform(0.2, 26) * HOUR, self.house.at)
        walk.status, walk.approved_at, walk.approved_by = Status.APPROVED, at, self.crews.leader(walk.unit_id, at)
        walk.matter.closed_at = at
        self._promise(walk, APPROVED, walk.received_at + DAY, at, walk.approved_by, opened_at=walk.received_at)
        self._line(walk, "approve", walk.approved_by, at)

    def _look(self, walk: Round, items: list[Item], by) -> None:
        pace, stop = (walk.done_at - walk.started_at) / len(items), None
        for number, item in enumerate(items):
            at = walk.started_at + pace * (number + self.dice.uniform(0.3, 0.9))
            answer = Answer(
                round=walk, item=item, equipment_id=item.equipment_id, gauge_id=item.gauge_id, answered_at=at,
                received_at=max(walk.received_at, at), by=by, judged=Judged.NORMAL,
            )  # fmt: skip
            trouble = self._see(answer, walk, item, at, by)
            walk.given += 1
            walk.abnormal += answer.judged in (Judged.OUT_OF_RANGE, Judged.ABNORMAL)
            self.answers.append((answer, trouble))
            if item.stop != stop and walk.must_scan:
                stop = item.stop
                how = self.dice.choices(("scanned", "typed", "none"), (88, 4, 8))[0]
                self.visits.append(
                    Visit(
                        round=walk, equipment_id=stop[0], place_id=stop[1], how=how, by=by,
                        arrived_at=at - 12 * SECOND, received_at=walk.received_at,
                    )
                )  # fmt: skip

    def _see(self, answer: Answer, walk: Round, item: Item, at, by):
        """Fill in what is seen; returns the trouble it belongs to."""
        dice = self.dice
        if dice.random() < NOT_CHECKED:
            answer.judged, answer.note = Judged.NOT_CHECKED, dice.choice(NOT_CHECKED_WHY)
            return None
        if item.kind == Kind.TEXT:
            answer.text = f"{walk.planned_at:%Y} 年 {(walk.planned_at.month + 2) // 3} 季度版"
            return None
        trouble = self.faults.found(item, walk, at, by)
        if item.kind == Kind.NUMBER:
            bad = beyond(item, dice, alarm=True) if trouble else None
            if bad is None and dice.random() < OUTSIDE:
                bad = beyond(item, dice, alarm=False)
            code = item.equipment.code
            answer.number = bad if bad is not None else reading(code, item.question, at, self.house.at, dice)
            answer.judged = judging.judged(answer.number, item)
            if trouble:
                trouble.defect.what = trouble.defect.what.split(" ")[0] + f" {answer.number}"
        elif trouble:
            answer.judged = Judged.ABNORMAL
            answer.text = item.bad_choices[0] if item.bad_choices else ""
        elif item.choices:
            answer.text = item.choices[0]
        if trouble and answer.judged == Judged.ABNORMAL:
            answer.note = trouble.defect.detail
        return trouble if answer.judged == Judged.ABNORMAL else None

    def _line(self, walk: Round, verb: str, who, at, text: str = "", reason: str = "") -> None:
        self.lines.append(
            Line(
                matter=walk.matter, unit_id=walk.unit_id, verb=f"equipment.round.{verb}", who=who, at=at, text=text,
                reason=reason,
            )
        )  # fmt: skip

    def _promise(self, walk: Round, kind: str, due_at, settled_at, by, how=Settled.KEPT, opened_at=None) -> None:
        rungs = {
            BEGUN: lambda: ladders.to_begin(walk.planned_at, walk.starts_by, walk.due_at, walk.missed_at),
            WALKED: lambda: ladders.to_walk(walk.due_at, walk.missed_at),
            APPROVED: lambda: ladders.TO_APPROVE,
        }[kind]()
        opened_at = opened_at or walk.planned_at - 36 * HOUR
        owed_as = {WALKED: "", APPROVED: "scheduling.leader"}.get(kind, "" if walk.person_id else WALKERS)
        deadline = Deadline(
            kind=kind, matter=walk.matter, unit_id=walk.unit_id, owed_as=owed_as, owed_by=None if owed_as else by,
            opened_at=opened_at, runs_from=opened_at, due_at=due_at, ladder=frozen(rungs), settled_at=settled_at,
            settled_as=how, settled_by=by,
        )  # fmt: skip
        self.promises.append((deadline, by))


def fired(deadline: Deadline, told) -> list[Firing]:
    """What was climbed of its ladder before it was settled, the reminder of each ordinary walk left out."""
    rungs, found = thawed(deadline.ladder), []
    start, _at = first_firing(rungs, deadline.opened_at, deadline.due_at)
    for number, rung in enumerate(rungs):
        planned = deadline.due_at + rung.offset * SECOND
        late = deadline.settled_at > deadline.due_at or rung.action == ESCALATE
        if number >= start and late and planned < deadline.settled_at:
            found.append(
                Firing(
                    deadline=deadline, matter=deadline.matter, rung=number, action=rung.action, to=rung.to,
                    planned_at=planned, fired_at=planned + SECOND / 50, outcome="told", told=[told.name],
                )
            )  # fmt: skip
            deadline.rung = number + 1
    return found
