"""Trends: the readings of a piece over a span with its limits, and every gauge that drifts towards one (A28)."""

from itertools import groupby

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.access import signed_in
from duty.clock import DAY, day_of
from equipment import reckoning
from equipment.access import readers
from equipment.models import Gauge, Outlook
from equipment.models.gauges import BOUNDS
from equipment.models.readers import units_read
from equipment.trends import SPAN_DAYS
from equipment.views.pieces import piece_seen

SPANS = {
    "7": _("7 days"), "30": _("30 days"), "90": _("90 days"), "365": _("A year"), "all": pgettext_lazy("readings", "All"),
}  # fmt: skip
USUAL = "90"
LONGEST_BY_DAY = 92  # days in the table; a longer span is told by month
MOST = 200


@signed_in
def piece_trends(request, pk: int):
    """A chart and a table for each gauge of the piece."""
    piece = piece_seen(request, pk)
    asked = request.GET.get("days", "")
    span = asked if asked in SPANS else USUAL
    gauges = list(piece.gauges.in_use())
    ids, today = [gauge.pk for gauge in gauges], day_of(request.at)
    start = request.at - int(span) * DAY if span != "all" else reckoning.first_reading(ids) or request.at
    points = reckoning.thinned(ids, start, request.at)
    days = reckoning.by_day(ids, day_of(start), today)
    moves, last = reckoning.drifts(gauges, today), reckoning.last_of(ids)
    for gauge in gauges:
        gauge.points = len(points.get(gauge.pk, ()))
        gauge.chart = _chart(gauge, points.get(gauge.pk, ()), start, request.at)
        gauge.table = _told(days.get(gauge.pk, []))
        gauge.moves, gauge.last, gauge.key = moves.get(gauge.pk), last.get(gauge.pk), str(gauge.pk)
        gauge.said = gauge.last and gauge.last.said(gauge.measure)
    context = {
        "piece": piece, "gauges": gauges, "spans": SPANS.items(), "span": span, "zone": settings.TIME_ZONE,
        "drift_days": SPAN_DAYS,
    }  # fmt: skip
    return render(request, "equipment/piece_trends.html", context)


def _chart(gauge: Gauge, points, start, end) -> dict:
    """What the script draws; instants in milliseconds."""
    limits = {name: float(value) for name in BOUNDS if (value := getattr(gauge, name)) is not None}
    return {
        "points": [[round(at.timestamp() * 1000), float(value)] for at, value in points],
        "from": round(start.timestamp() * 1000), "to": round(end.timestamp() * 1000), "limits": limits,
    }  # fmt: skip


def _told(days: list[reckoning.Day]) -> list[tuple]:
    """(day or first of the month, whether a month, median, lowest, highest, readings), newest first."""
    if not days or (days[-1].day - days[0].day).days <= LONGEST_BY_DAY:
        return [(row.day, False, *row[1:]) for row in days[::-1]]
    found = []
    for month, rows in groupby(days, key=lambda row: row.day.replace(day=1)):
        rows = list(rows)
        medians = sorted(row.median for row in rows)
        readings = sum(row.readings for row in rows)
        low, high = min(row.lowest for row in rows), max(row.highest for row in rows)
        found.append((month, True, medians[len(medians) // 2], low, high, readings))
    return found[::-1]


@readers
def trends(request):
    """Gauges that drift towards a limit, soonest first; and those that were out of range when they were read last."""
    units, today = sorted(units_read(request.user)), day_of(request.at)
    outlooks = Outlook.objects.filter(
        reaches_on__isnull=False, gauge__equipment__unit_id__in=units, gauge__is_active=True
    )
    outlooks = list(outlooks.select_related("gauge__equipment").order_by("reaches_on", "gauge")[:MOST])
    for row in outlooks:
        row.moves = row.drift(today)
    outside = reckoning.outside_now(units)
    gauges = Gauge.objects.select_related("equipment").in_bulk(outside)
    found = [(gauges[gauge], last, last.said(gauges[gauge].measure)) for gauge, last in outside.items()]
    context = {"outlooks": outlooks, "outside": found[:MOST], "drift_days": SPAN_DAYS}
    return render(request, "equipment/trends.html", context)
