"""The calendar of rounds and the monthly summary as Excel tables."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.clock import HOUR, MINUTE
from duty.sheets import Table
from equipment.compliance import CANCELLED, DONE, LATE, MISSED, Tally
from equipment.round_calendar import Month
from equipment.summary import MonthlySummary
from equipment.trend_words import said


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _over(span: dt.timedelta | None, unit: dt.timedelta) -> float | None:
    return None if span is None else round(span / unit, 1)


def _heads() -> list[str]:
    return [
        _("planned"), pgettext("round", "done on time"), pgettext("round", "done late"), pgettext("round", "missed"),
        _("not explained"), pgettext("round", "cancelled"), _("On time, %"), _("Mean lateness, min"), _("Scanned, %"),
    ]  # fmt: skip


def _figures(tally: Tally) -> list:
    states = tally.states
    return [
        tally.planned, states[DONE], states[LATE], states[MISSED], tally.unexplained, states[CANCELLED],
        _rounded(tally.on_time), _over(tally.mean_lateness, MINUTE), _rounded(tally.scanned_share),
    ]  # fmt: skip


def _by_plan(month: Month) -> Table:
    rows = [
        [plan.name if plan else _("without a plan"), *_figures(month.by_plan[pk])] for pk, plan in month.plans.items()
    ]
    return Table(_("By plan"), [_("Plan of rounds"), *_heads()], [*rows, [_("All"), *_figures(month.total)]])


def of_calendar(month: Month) -> list[Table]:
    tables = [_by_plan(month)]
    days = [
        [plan.name if plan else _("without a plan"), day, *_figures(tally)[:6]]
        for pk, plan in month.plans.items()
        for day in month.days
        if (tally := month.cells.get((pk, day)))
    ]
    tables.append(Table(_("By day"), [_("Plan of rounds"), _("Date"), *_heads()[:6]], days))
    if month.walkers:
        heads = [
            _("Full name"),
            pgettext("round", "done on time"),
            pgettext("round", "done late"),
            _("On time, %"),
            _("Mean lateness, min"),
        ]
        rows = [
            [one.name, tally.states[DONE], tally.states[LATE], _rounded(tally.on_time), _over(tally.mean_lateness, MINUTE)]
            for one, tally in month.walkers
        ]  # fmt: skip
        tables.append(Table(_("By walker"), heads, rows))
    return tables


def of_summary(summary: MonthlySummary) -> list[Table]:
    repairs = summary.repairs
    figures = [
        (_("Defects reported"), repairs.opened), (_("Defects verified"), repairs.closed), (_("Defects open"), repairs.standing),
        (_("Defects overdue"), repairs.overdue), (_("Mean time to acknowledge, min"), _over(repairs.to_acknowledge, MINUTE)),
        (_("Acknowledged late"), repairs.acknowledged_late), (_("Mean time to mend, h"), _over(repairs.to_mend, HOUR)),
        (_("Mended late"), repairs.mended_late), (_("Again within 90 days"), repairs.again),
    ]  # fmt: skip
    return [
        _by_plan(summary.rounds),
        Table(
            _("Missed rounds"), [_("Round"), _("Planned at"), _("Explanation"), _("Explained by")],
            [[row.title, row.planned_at, row.explanation, row.explained_by.name if row.explained_by else ""] for row in summary.missed],
        ),
        Table(_("Not normal"), [_("Category"), _("abnormal"), _("out of range")], summary.found),
        Table(_("Repairs"), [_("Figure"), _("Number")], figures),
        Table(
            _("Outside help"), [_("Vendor"), _("Calls"), _("Arrived"), _("Late"), _("Mean time to arrive, min"), _("Mean lateness, min")],
            [[row.vendor, row.calls, row.arrived, row.late, _over(row.to_arrive, MINUTE), _over(row.lateness, MINUTE)] for row in summary.help],
        ),
        Table(
            _("Drifts"), [_("Gauge"), _("What it does"), _("reaches its limit on")],
            [[str(row.gauge), said(row.moves, row.gauge.measure), row.reaches_on] for row in summary.drifts],
        ),
        Table(
            _("Fails most often"), [_("What is looked at"), _("On"), _("abnormal"), _("out of range"), _("times asked")],
            [
                [row.item.question, str(row.item.equipment or row.item.place or ""), row.abnormal, row.out_of_range, row.asked]
                for row in summary.failing_items
            ],
        ),
    ]  # fmt: skip
