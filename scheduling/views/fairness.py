"""Fairness and coverage of a unit over any period, behind us or ahead; both can be taken along as Excel files."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.access import with_role
from duty.clock import DAY, day_of, last_of_month, month_of, next_month
from duty.models import Role, Unit
from duty.pages import period_asked
from duty.sheets import Table, download
from scheduling.access import PLANNERS
from scheduling.burdens import Burdens, burdens_of
from scheduling.manning import Manning, manning_of
from scheduling.sheet import category_name

READERS = (*PLANNERS, Role.AUDITOR, Role.LEADER)
readers = with_role(*READERS)
LONGEST = 366 * DAY


def _asked(request) -> dict:
    """The unit and the period of the address; without them the highest unit that keeps duty, and this month."""
    units = list(Unit.objects.filter(pk__in=request.user.sight.units(READERS), posts__isnull=False).distinct())
    unit = next((one for one in units if str(one.pk) == request.GET.get("unit", "")), units[0] if units else None)
    month = month_of(day_of(request.at))
    too_long = _("A year at most: this shows the first year of it.")
    first, last, wrong = period_asked(request, month, LONGEST, too_long)
    following = next_month(month)
    periods = [
        (_("This month"), month, following - DAY),
        (_("Next month"), following, last_of_month(following)),
        (_("Last three months"), month_of(month_of(month_of(month - DAY) - DAY) - DAY), month - DAY),
        (_("Twelve months"), month_of(month - 364 * DAY), month - DAY),
        (_("This year"), month.replace(month=1), month.replace(month=12, day=31)),
    ]
    return {"units": units, "unit": unit, "first": first, "last": last, "wrong": wrong, "periods": periods}


@readers
def fairness(request):
    """Who bore how much of what, against the fair share of it."""
    asked = _asked(request)
    if asked["unit"] is None:
        return render(request, "scheduling/fairness.html", asked)
    burdens = burdens_of(asked["unit"].pk, asked["first"], asked["last"], request.at)
    by = request.GET.get("by", "")
    by = by if by in burdens.fair.categories else "total"
    rows = sorted(burdens.rows, key=lambda one: (-round(burdens.fair.deviation(one.person, by), 6), one.name))
    most = max([1.0, *(max(_pair(burdens, one.person, by)) for one in rows)])
    context = asked | {
        "burdens": burdens, "by": by, "ends": burdens.ends(by), "most": most,
        "within": 100 * burdens.fair.within_one(by),
        "rows": [(one, [(c, *_pair(burdens, one.person, c)) for c in burdens.sorts]) for one in rows],
        "bars": {one.person: _pair(burdens, one.person, by) for one in rows},
    }  # fmt: skip
    return render(request, "scheduling/fairness.html", context)


def _pair(burdens: Burdens, person: int, category: str) -> tuple[int, float]:
    """(how much, the fair share of it)."""
    return burdens.fair.load[person, category], burdens.fair.target.get((person, category), 0.0)


@readers
def fairness_sheet(request):
    asked = _asked(request)
    if asked["unit"] is None:
        return render(request, "scheduling/fairness.html", asked)
    burdens = burdens_of(asked["unit"].pk, asked["first"], asked["last"], request.at)
    categories = burdens.fair.categories
    heads = [_("Full name")]
    for category in categories:
        heads += [category_name(category), _("fair share"), _("difference")]
    heads += [_("Hours"), _("Reserve hours"), _("still ahead")]
    rows = []
    for one in burdens.rows:
        row = [one.name]
        for category in categories:
            load, share = _pair(burdens, one.person, category)
            row += [load, round(share, 2), round(load - share, 2)]
        rows.append([*row, round(one.hours, 2), round(one.reserve_hours, 2), one.ahead])
    return download(_named(asked, _("Fairness")), Table(_("Fairness"), heads, rows))


@readers
def coverage(request):
    """Seats kept of seats asked for, days × posts."""
    asked = _asked(request)
    if asked["unit"] is not None:
        asked["manning"] = manning_of(asked["unit"].pk, asked["first"], asked["last"], request.at)
    return render(request, "scheduling/coverage.html", asked)


@readers
def coverage_sheet(request):
    asked = _asked(request)
    if asked["unit"] is None:
        return render(request, "scheduling/coverage.html", asked)
    manning = manning_of(asked["unit"].pk, asked["first"], asked["last"], request.at)
    return download(_named(asked, _("Coverage")), *_tables(manning))


def _tables(manning: Manning) -> list[Table]:
    heads = [_("Date"), _("Type"), _("Duty post"), _("Seats kept"), _("Seats asked for"), _("missing")]
    rows = [
        [date, manning.days[date].get_kind_display(), post.name, cell.kept, cell.asked, cell.missing]
        for date in manning.days
        for post in manning.posts
        if (cell := manning.cells[date, post.pk]).state
    ]
    hours = [[date, round(many, 2)] for date, many in manning.unwatched.items()]
    return [
        Table(_("Coverage"), heads, rows),
        Table(_("Not watched"), [_("Date"), _("Hours outside of office hours without a watch")], hours),
    ]


def _named(asked: dict, what: str) -> str:
    return f"{asked['unit'].name} {what} {asked['first']} – {asked['last']}"
