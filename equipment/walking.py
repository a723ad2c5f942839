"""A checklist as it is walked: one stop after the other, each with what is looked at there and what was found."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from equipment.completeness import asked, lacking
from equipment.models import Answer, Gauge, Item, Round, Shot, Version, Visit
from equipment.models.places import place_tree

LOOKED_BACK = 5  # rounds of the same checklist in which the last value is looked for


@dataclass
class Found:
    """One item with the answer that stands, those that no longer do, and its photos."""

    item: Item
    answer: Answer | None = None
    former: list[Answer] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    asked: bool = True
    lacking: str = ""
    last: Answer | None = None


@dataclass
class Stop:
    """What is looked at standing in front of the same piece or at the same place; or in general."""

    number: int
    equipment: object | None
    place: object | None
    rows: list[Found] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)

    @property
    def key(self) -> tuple[int | None, int | None]:
        return (self.equipment.pk if self.equipment else None), (self.place.pk if self.place else None)

    @property
    def name(self) -> str:
        """Empty for what belongs to no piece and no place."""
        return self.equipment.name if self.equipment else self.place.name if self.place else ""

    @property
    def rows_asked(self) -> int:
        return sum(row.asked for row in self.rows)

    @property
    def path(self) -> str:
        place = self.equipment.place_id if self.equipment else self.place.pk if self.place else None
        return place_tree().path(place) if place else ""


def version_of(walk: Round) -> Version | None:
    """The one it began with; before that the one it would begin with."""
    return walk.version if walk.version_id else walk.checklist.in_force


def stops_of(version: Version | None) -> list[Stop]:
    """In the order of the checklist; items that follow upon another stand behind it."""
    if version is None:
        return []
    rows = list(version.items.select_related("equipment", "place").order_by("order", "id"))
    after: dict[int | None, list[Item]] = {}
    for item in rows:
        after.setdefault(item.after_id, []).append(item)
    stops: list[Stop] = []
    for item in after.get(None, []):
        if not stops or stops[-1].key != item.stop:
            stops.append(Stop(len(stops) + 1, item.equipment, item.place))
        stops[-1].rows += [Found(one) for one in _with_follow_ups(item, after)]
    return stops


def _with_follow_ups(item: Item, after: dict) -> list[Item]:
    return [item, *(one for next_one in after.get(item.pk, []) for one in _with_follow_ups(next_one, after))]


def walked(walk: Round, stops: list[Stop]) -> list[Stop]:
    """The stops with all that was found on this round."""
    answers = list(walk.answers.select_related("by", "defect").order_by("answered_at", "id")) if walk.version_id else []
    standing = {row.item_id: row for row in answers if row.superseded_at is None}
    former: dict[int, list[Answer]] = {}
    for row in answers:
        if row.superseded_at is not None:
            former.setdefault(row.item_id, []).append(row)
    shots: dict[int, list[Shot]] = {}
    for shot in walk.shots.all() if walk.version_id else []:
        shots.setdefault(shot.item_id, []).append(shot)
    visits: dict[tuple, list[Visit]] = {}
    for visit in walk.visits.all() if walk.version_id else []:
        visits.setdefault((visit.equipment_id, visit.place_id), []).append(visit)
    for stop in stops:
        stop.visits = visits.get(stop.key, []) if stop.key != (None, None) else []
        for row in stop.rows:
            pk = row.item.pk
            row.answer, row.shots = standing.get(pk), shots.get(pk, [])
            row.former = [old for old in former.get(pk, []) if not old.says_less_than(row.answer)]
            for answer in filter(None, (row.answer, *row.former)):
                answer.item = row.item
            row.asked = asked(row.item, standing)
            row.lacking = lacking(row.item, row.answer, bool(row.shots)) if row.asked else ""
    return stops


def with_last_values(walk: Round, stops: list[Stop]) -> list[Stop]:
    """What was found the time before: on the latest rounds of this checklist, or by its gauge on any."""
    before = Round.objects.filter(checklist=walk.checklist_id).walked().exclude(pk=walk.pk)
    before = list(
        before.filter(planned_at__lt=walk.planned_at).order_by("-planned_at").values_list("pk", flat=True)[:LOOKED_BACK]
    )
    last = {}
    found = Answer.objects.standing().filter(round__in=before).select_related("item").order_by("answered_at", "id")
    for row in found.only("number", "text", "judged", "answered_at", "item__thread"):
        last[row.item.thread] = row
    read = _last_readings({row.item.gauge_id for stop in stops for row in stop.rows if row.item.gauge_id}, walk.pk)
    for stop in stops:
        for row in stop.rows:
            known = [one for one in (last.get(row.item.thread), read.get(row.item.gauge_id)) if one]
            row.last = max(known, key=lambda one: one.answered_at, default=None)
    return stops


def _last_readings(gauges: set[int], walk: int) -> dict[int, Answer]:
    """{gauge: what was read on it last, on whichever round but this}."""
    if not gauges:
        return {}
    newest = Answer.objects.standing().filter(gauge=OuterRef("pk")).exclude(round=walk).order_by("-answered_at")
    rows = Gauge.objects.filter(pk__in=gauges).annotate(newest=Subquery(newest.values("pk")[:1]))
    found = Answer.objects.select_related("item").filter(pk__in=[row.newest for row in rows if row.newest])
    return {answer.gauge_id: answer for answer in found}


@dataclass
class Step:
    """One visit in the order of the walk, and how long the walker stayed."""

    visit: Visit
    stop: Stop | None
    dwell: dt.timedelta | None


def steps(walk: Round, stops: list[Stop]) -> list[Step]:
    """Where the walker stood, in sequence; the dwell runs until the next visit, of the last until the end."""
    by_key = {stop.key: stop for stop in reversed(stops)}
    visits = sorted({v.pk: v for stop in stops for v in stop.visits}.values(), key=lambda v: (v.arrived_at, v.pk))
    ends = [*(visit.arrived_at for visit in visits[1:]), walk.done_at][: len(visits)]
    return [
        Step(
            visit,
            by_key.get((visit.equipment_id, visit.place_id)),
            max(end - visit.arrived_at, dt.timedelta(0)) if end else None,
        )
        for visit, end in zip(visits, ends, strict=True)
    ]


def defects_of(stops: list[Stop]) -> list:
    """What was reported because of these answers, each once, the first found first."""
    answers = [answer for stop in stops for row in stop.rows for answer in (*row.former, row.answer) if answer]
    found = {answer.defect_id: answer.defect for answer in answers if answer.defect_id}
    return sorted(found.values(), key=lambda defect: (defect.found_at, defect.pk))
