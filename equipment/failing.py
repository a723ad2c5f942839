"""Which pieces and which items of checklists fail most in a span of time; the questions to the database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, F, Q

from equipment.models import Answer, Defect, DefectStatus, Equipment, Item, Judged, Place, Round
from equipment.models.rounds import WALKED_STATES
from equipment.recurrence import Failure, Recurrence, recurring

BAD = (Judged.OUT_OF_RANGE, Judged.ABNORMAL)


class FailingThing(NamedTuple):
    """A piece or a place with what failed on it."""

    thing: Equipment | Place
    recurrence: Recurrence
    abnormal: int  # answers


class FailingItem(NamedTuple):
    """What is looked at, by its latest wording."""

    item: Item
    abnormal: int
    out_of_range: int
    asked: int  # rounds on which it was asked

    @property
    def share(self) -> float:
        return 100 * (self.abnormal + self.out_of_range) / self.asked if self.asked else 0.0


def failures(units: Collection[int], start: dt.datetime, end: dt.datetime) -> list[Failure]:
    rows = Defect.objects.filter(unit_id__in=units, found_at__gte=start, found_at__lt=end)
    rows = rows.exclude(status=DefectStatus.WITHDRAWN).order_by("found_at").values_list(
        "equipment_id", "place_id", "thread", "what", "found_at", "taken_at", "fixed_at"
    )  # fmt: skip
    return [Failure(piece, place, str(thread or what), *times) for piece, place, thread, what, *times in rows]


def things(units: Collection[int], start: dt.datetime, end: dt.datetime, most: int = 30) -> list[FailingThing]:
    """Pieces and places by how often they failed, those with two defects at least or some abnormal answers."""
    rows = recurring(failures(units, start, end))
    bad = _abnormal(units, start, end)
    order = sorted(
        {*rows, *bad}, key=lambda key: (-(rows[key].count if key in rows else 0), -bad.get(key, 0), str(key))
    )
    order = [key for key in order if any(key)][:most]
    pieces = Equipment.objects.select_related("place").in_bulk({piece for piece, _place in order if piece})
    places = Place.objects.in_bulk({place for piece, place in order if place and not piece})
    return [
        FailingThing(pieces[piece] if piece else places[place], rows.get((piece, place), Recurrence([])), bad.get((piece, place), 0))
        for piece, place in order
    ]  # fmt: skip


def _abnormal(units, start, end) -> dict[tuple[int | None, int | None], int]:
    rows = bad_answers(units, start, end).filter(judged=Judged.ABNORMAL)
    counted = rows.values_list("equipment_id", "item__place_id").annotate(n=Count("pk"))
    return {(piece, place): n for piece, place, n in counted}


def bad_answers(units: Collection[int], start: dt.datetime, end: dt.datetime):
    """Standing answers that were not normal, on rounds of these units that were walked to their end."""
    rows = Answer.objects.standing().filter(judged__in=BAD, answered_at__gte=start, answered_at__lt=end)
    return rows.filter(judged__gt=0, round__unit_id__in=units, round__status__in=WALKED_STATES).order_by()


def items(units: Collection[int], start: dt.datetime, end: dt.datetime, most: int = 15) -> list[FailingItem]:
    """What was found not normal most often; the versions of a checklist count as one."""
    counted = bad_answers(units, start, end).values("item__thread").annotate(
        abnormal=Count("pk", filter=Q(judged=Judged.ABNORMAL)), outside=Count("pk", filter=Q(judged=Judged.OUT_OF_RANGE))
    )  # fmt: skip
    counted = list(counted.order_by(-(F("abnormal") + F("outside")), "-abnormal", "item__thread")[:most])
    threads = [row["item__thread"] for row in counted]
    latest = {
        item.thread: item
        for item in Item.objects.filter(thread__in=threads).select_related("equipment", "place", "version__checklist").order_by(
            "version__number"
        )
    }  # fmt: skip
    asked = _asked(units, start, end, threads)
    return [
        FailingItem(latest[row["item__thread"]], row["abnormal"], row["outside"], asked[row["item__thread"]])
        for row in counted
    ]


def _asked(units, start, end, threads) -> dict:
    """{thread: on how many rounds it was asked}, by the versions that hold it."""
    rounds = Round.objects.filter(unit_id__in=units).planned_between(start, end).walked().order_by()
    by_version = dict(rounds.values_list("version_id").annotate(Count("pk")))
    found: dict = defaultdict(int)
    for version, thread in Item.objects.filter(thread__in=threads).values_list("version_id", "thread").order_by():
        found[thread] += by_version.get(version, 0)
    return found
