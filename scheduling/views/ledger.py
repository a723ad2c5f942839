"""The ledgers of a unit, month by month: who kept what and what it earned; as a page and as an Excel file."""

import datetime as dt
from dataclasses import dataclass, field

from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.clock import DAY, HOUR, day_of, last_of_month, month_of, next_month
from duty.models import Person, Unit
from duty.models.units import unit_tree
from duty.pages import day_asked
from duty.sheets import Table, download
from scheduling.access import PLANNERS, RECORD_READERS, read_record, record_readers
from scheduling.earnings import Ledger
from scheduling.earnings import ledger as ledger_of
from scheduling.ledgers import book_of_rates, days_of, kept_in
from scheduling.models import Adjustment, Entitlement, SeatRole
from scheduling.rights import Duty, Tally, tally


@dataclass
class Row:
    """One person's month."""

    person: Person
    tally: Tally
    ledgers: dict[str, Ledger]
    duties: list[Duty] = field(default_factory=list)
    may_read: bool = False

    @property
    def sums(self) -> list[Ledger]:
        return [self.ledgers[kind] for kind in Entitlement.values]


def _asked(request) -> dict:
    """The month and the unit of the address; without one, the highest that one may read."""
    mine = request.user.sight.units(RECORD_READERS)
    units = list(Unit.objects.filter(pk__in=mine))
    tree = unit_tree()
    chosen = next((unit for unit in units if str(unit.pk) == request.GET.get("unit", "")), None)
    chosen = chosen or min(units, key=lambda unit: (len(tree.above(unit.pk)), unit.order, unit.pk))
    month = month_of(day_asked(request.GET.get("month")) or day_of(request.at))
    return {
        "units": units, "unit": chosen, "month": month, "before": month_of(month - DAY), "after": next_month(month),
        "below": tree.below(chosen.pk) & mine,
    }  # fmt: skip


def _rows(reader, below: set[int], month: dt.date, at: dt.datetime) -> list[Row]:
    last = last_of_month(month)
    kept = kept_in(below, at, first=month, last=last)
    said: dict[int, list[Adjustment]] = {}
    for row in (
        Adjustment.objects.filter(unit__in=below, date__range=(month, last)).select_related("by").order_by("date", "id")
    ):
        said.setdefault(row.person_id, []).append(row)
    days, book = days_of(duty for duties in kept.values() for duty in duties), book_of_rates()
    rows = []
    for person in Person.objects.filter(pk__in={*kept, *said}).select_related("unit").order_by("name_sort", "id"):
        begun = [duty for duty in kept[person.pk] if month <= duty.date <= last]
        ledgers = {kind: ledger_of(begun, said.get(person.pk, ()), days, book, kind) for kind in Entitlement.values}
        counted = tally(kept[person.pk], days, month, last)
        rows.append(Row(person, counted, ledgers, begun, read_record(reader, person)))
    return rows


@record_readers
def ledger(request):
    asked = _asked(request)
    rows = _rows(request.user, asked["below"], asked["month"], request.at)
    totals = [sum(row.ledgers[kind].balance for row in rows) for kind in Entitlement.values]
    context = asked | {
        "rows": rows, "kinds": list(Entitlement), "totals": totals, "may_adjust": request.user.sight.has(*PLANNERS),
    }  # fmt: skip
    return render(request, "scheduling/ledger.html", context)


@record_readers
def sheet(request):
    """The month as an Excel file: a line per person, and on a second sheet every entry behind the sums."""
    asked = _asked(request)
    rows, month = _rows(request.user, asked["below"], asked["month"], request.at), f"{asked['month']:%Y-%m}"
    kinds = [str(kind.label) for kind in Entitlement]
    heads = [
        _("Staff number"), _("Full name"), _("Unit"), _("Duties"), _("Hours"), _("Nights"), _("Rest days"), _("Statutory holidays"),
        _("Reserve duties"), *(word for kind in kinds for word in (kind, _("adjusted"), _("sum"))),
    ]  # fmt: skip
    people = [_line(row) for row in rows]
    heads_of_entries = [
        _("Staff number"), _("Full name"), _("Day"), _("Duty"), _("Seat"), _("Begins"), _("Ends"), _("Hours"), *kinds,
        _("Reason"), _("Booked by"),
    ]  # fmt: skip
    entries = [line for row in rows for line in _entries(row)]
    return download(
        f"{asked['unit'].name} {month}",
        Table(f"{_('Ledger')} {month}", heads, people),
        Table(_("Entries"), heads_of_entries, entries),
    )


def _line(row: Row) -> list:
    kinds, counted = row.tally.duties_by_kind, row.tally
    sums = [amount for one in row.sums for amount in (one.earned, one.adjusted, one.balance)]
    who = [row.person.staff_number, row.person.name, row.person.unit.name]
    counts = [
        counted.duties,
        round(counted.hours, 2),
        counted.nights,
        kinds["rest"],
        kinds["holiday"],
        counted.reserve_duties,
    ]
    return [*who, *counts, *sums]


def _entries(row: Row):
    who = [row.person.staff_number, row.person.name]
    worth = {
        (kind, entry.duty.key): entry.amount
        for kind, one in row.ledgers.items() for entry in one.entries if entry.duty
    }  # fmt: skip
    for duty in row.duties:
        amounts = [worth.get((kind, duty.key)) for kind in Entitlement.values]
        seat = str(SeatRole(duty.role).label)
        yield [
            *who,
            duty.date,
            duty.title,
            seat,
            duty.starts_at,
            duty.ends_at,
            round(duty.span / HOUR, 2),
            *amounts,
            "",
            "",
        ]
    for place, kind in enumerate(Entitlement.values):
        for entry in row.ledgers[kind].entries:
            if entry.adjustment:
                amounts = [entry.amount if place == n else None for n in range(len(Entitlement.values))]
                said = entry.adjustment
                yield [*who, entry.date, _("adjustment"), "", "", "", "", *amounts, said.reason, said.by.name]
