"""Words and cells of trends and calendars of rounds; the cells by hand where loops in a template would cost too much."""

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from equipment import trend_words
from equipment.compliance import CANCELLED, DONE, LATE, MISSED, OPEN, PLANNED
from equipment.models.gauges import shown
from equipment.round_calendar import Month

register = template.Library()
SIGNS = {DONE: "✓", LATE: "!", MISSED: "✕", OPEN: "…", CANCELLED: "–", PLANNED: "·"}

register.filter("lasting", trend_words.lasting)


@register.filter
def bare(number: float | Decimal) -> str:
    """23.5, not 23.500."""
    return shown(Decimal(f"{number:.3f}"))


@register.simple_tag
def drift_words(moves, measure: str) -> str:
    return trend_words.said(moves, measure)


def state_word(state: str) -> str:
    return {
        DONE: pgettext("round", "done on time"), LATE: pgettext("round", "done late"), MISSED: pgettext("round", "missed"),
        OPEN: pgettext("round", "under way or due"), CANCELLED: pgettext("round", "cancelled"),
        PLANNED: pgettext("round", "planned"),
    }[state]  # fmt: skip


@register.simple_tag
def state_signs() -> list[tuple[str, str, str]]:
    """(state, sign, word) for the legend."""
    return [(state, sign, state_word(state)) for state, sign in SIGNS.items()]


@register.filter
def percent(value: float | None) -> str:
    """98 %; what is not quite all is never rounded to all."""
    if value is None:
        return "—"
    return f"{min(round(value), 99) if value < 100 else 100} %"


@register.simple_tag
def calendar_rows(month: Month) -> str:
    """A row for each plan, a cell for each day: colour, sign and number, linked to the day's rounds."""
    address, words, parts = reverse("rounds"), {state: state_word(state) for state in SIGNS}, []
    days = [(day, day.isoformat(), f"{day:%m-%d}") for day in month.days]
    for pk, plan in month.plans.items():
        name = plan.name if plan else _("without a plan")
        cells = []
        for day, iso, short in days:
            tally = month.cells.get((pk, day))
            if tally is None:
                cells.append("<td></td>")
                continue
            state = tally.gravest
            told = ", ".join(f"{words[one]} {count}" for one, count in tally.states.items() if count)
            if tally.unexplained:
                told += ", " + _("not explained")
            title = escape(f"{name} {short}: {told}")
            mark = " unexplained" if tally.unexplained else ""
            number = tally.shown if tally.states.total() > 1 else ""
            query = f"?show=all&amp;day={iso}" + (f"&amp;plan={pk}" if pk else "")
            cells.append(
                f'<td class="{state}{mark}"><a href="{address}{query}" title="{title}" aria-label="{title}">'
                f"{SIGNS[state]}{number}</a></td>"
            )
        head = f'<a href="{plan.get_absolute_url()}">{escape(name)}</a>' if plan else escape(name)
        parts.append(f'<tr><th scope="row">{head}</th>{"".join(cells)}</tr>')
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped above
