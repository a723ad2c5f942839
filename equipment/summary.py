"""The month in figures (A28): rounds, what was found, repairs, outside help, what drifts, what fails most.

`monthly_summary(units, month, at)` is what the page, the paper and the sheet show, and what a monthly report may take in.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from duty.clock import DAY, day_of, last_of_month, start_of
from equipment.compliance import Tally
from equipment.failing import FailingItem, FailingThing, bad_answers, items, things
from equipment.models import CallOut, Category, Defect, DefectStatus, Judged, Outlook, Round
from equipment.recurrence import mean
from equipment.round_calendar import Month, explained, month_of_rounds

TOP = 10


class Found(NamedTuple):
    """Answers that were not normal, by what they were found on."""

    label: str
    abnormal: int
    out_of_range: int


@dataclass
class Repairs:
    """Defects of a month; times from when they were found, of those acknowledged or mended in it."""

    opened: int
    closed: int
    standing: int  # at the end of the month, or now
    overdue: int  # of these, past the time in which they should have been mended
    to_acknowledge: dt.timedelta | None
    to_mend: dt.timedelta | None
    acknowledged_late: int
    mended_late: int
    again: int


@dataclass
class Help:
    """How a helper came when called; late against what was promised, or what the contract says."""

    vendor: str
    calls: int = 0
    arrived: int = 0
    late: int = 0
    to_arrive: dt.timedelta | None = None
    lateness: dt.timedelta | None = None


@dataclass
class MonthlySummary:
    first: dt.date
    last: dt.date
    rounds: Month
    missed: list[Round]
    found: list[Found]
    repairs: Repairs
    help: list[Help]
    drifts: list[Outlook]
    failing_items: list[FailingItem]
    failing_things: list[FailingThing]

    @property
    def plans(self) -> list[tuple[str, Tally]]:
        """Each plan of rounds by its name."""
        return [
            (plan.name if plan else _("without a plan"), self.rounds.by_plan[pk])
            for pk, plan in self.rounds.plans.items()
        ]

    @property
    def tally(self) -> Tally:
        return self.rounds.total


def monthly_summary(units: Collection[int], month: dt.date, at: dt.datetime) -> MonthlySummary:
    """`units` are ids; `month` any day of it; `at` is now: what was open then is told as it stands by the end of the month,
    drifts as they were reckoned last."""
    first, last = month.replace(day=1), last_of_month(month)
    start, end = start_of(first), min(start_of(last + DAY), at)
    drifting = Outlook.objects.filter(
        reaches_on__isnull=False, gauge__equipment__unit_id__in=units, gauge__is_active=True
    )
    is_recent = last >= day_of(at) - 31 * DAY
    drifts = list(drifting.select_related("gauge__equipment").order_by("reaches_on")[:TOP]) if is_recent else []
    for row in drifts:
        row.moves = row.drift(day_of(at))
    return MonthlySummary(
        first=first,
        last=last,
        rounds=month_of_rounds(units, first, at),
        missed=explained(units, start, start_of(last + DAY), at),
        found=_found(units, start, end),
        repairs=_repairs(units, start, end),
        help=_help(units, start, end),
        drifts=drifts,
        failing_items=items(units, start, end, TOP),
        failing_things=[row for row in things(units, start, end, TOP) if row.recurrence.count],
    )


def _found(units, start, end) -> list[Found]:
    """By category of equipment, the worst first; what stands on no piece last."""
    rows = bad_answers(units, start, end).values("equipment__category").annotate(
        abnormal=Count("pk", filter=Q(judged=Judged.ABNORMAL)), outside=Count("pk", filter=Q(judged=Judged.OUT_OF_RANGE))
    )  # fmt: skip
    names = dict(Category.choices)
    found = [
        Found(str(names.get(row["equipment__category"]) or _("places")), row["abnormal"], row["outside"])
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.abnormal, -row.out_of_range, row.label))


def _repairs(units, start, end) -> Repairs:
    rows = Defect.objects.filter(unit_id__in=units).exclude(status=DefectStatus.WITHDRAWN)
    taken, mended = [], []
    for found, took, take_by, fixed, fix_by in rows.filter(
        Q(taken_at__gte=start, taken_at__lt=end) | Q(fixed_at__gte=start, fixed_at__lt=end)
    ).values_list("found_at", "taken_at", "take_by", "fixed_at", "fix_by"):
        if took and start <= took < end:
            taken.append((took - found, bool(take_by and took > take_by)))
        if fixed and start <= fixed < end:
            mended.append((fixed - found, bool(fix_by and fixed > fix_by)))
    standing = list(
        rows.filter(found_at__lt=end)
        .filter(Q(verified_at__isnull=True) | Q(verified_at__gte=end))
        .values_list("fixed_at", "fix_by")
    )
    overdue = sum((fixed is None or fixed >= end) and fix_by is not None and fix_by < end for fixed, fix_by in standing)
    opened = Q(found_at__gte=start, found_at__lt=end)
    counted = rows.order_by().aggregate(
        opened=Count("pk", filter=opened), again=Count("pk", filter=opened & Q(recurs__isnull=False)),
        closed=Count("pk", filter=Q(verified_at__gte=start, verified_at__lt=end)),
    )  # fmt: skip
    return Repairs(
        **counted,
        standing=len(standing),
        overdue=overdue,
        to_acknowledge=mean(took for took, _late in taken),
        to_mend=mean(took for took, _late in mended),
        acknowledged_late=sum(late for _took, late in taken),
        mended_late=sum(late for _took, late in mended),
    )


def _help(units, start, end) -> list[Help]:
    rows = CallOut.objects.filter(defect__unit_id__in=units, called_at__gte=start, called_at__lt=end)
    found: dict[str, Help] = {}
    came: dict[str, list[tuple[dt.timedelta, dt.timedelta]]] = {}
    for row in rows.order_by("vendor", "called_at"):
        one = found.setdefault(row.vendor, Help(row.vendor))
        one.calls += 1
        if row.arrived_at is None:
            continue
        one.arrived += 1
        due = row.arrive_by or row.promised_at
        late = max(row.arrived_at - due, dt.timedelta()) if due else dt.timedelta()
        one.late += bool(late)
        came.setdefault(row.vendor, []).append((row.arrived_at - row.called_at, late))
    for vendor, times in came.items():
        found[vendor].to_arrive = mean(took for took, _late in times)
        found[vendor].lateness = mean(late for _took, late in times if late)
    return list(found.values())
