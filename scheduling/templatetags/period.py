"""Bars and heat maps of a period, written by hand where loops in a template would cost too much."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from scheduling.manning import Manning

register = template.Library()
WIDTH = 200


@register.simple_tag
def share_bar(pair: tuple[int, float], most: float, words: str):
    """How much, as a bar, and the fair share as a line across it."""
    load, share = pair
    off = load - share
    look = "over" if off > 1 else "under" if off < -1 else "even"
    return format_html(
        '<svg class="share {}" viewBox="0 0 {} 18" preserveAspectRatio="none" role="img" aria-label="{}"><title>{}</title>'
        '<rect class="ground" x="0" y="5" width="{}" height="8" rx="3"/><rect class="bar" x="0" y="4" width="{}" height="10" rx="3"/>'
        '<rect class="fair-share" x="{}" y="0" width="2" height="18"/></svg>',
        look, WIDTH, words, words, WIDTH, f"{WIDTH * load / most:.1f}", f"{min(WIDTH - 2, WIDTH * share / most):.1f}",
    )  # fmt: skip


@register.simple_tag
def heat_rows(manning: Manning, days: list):
    """One month of the heat map: a row for each post, and one for the hours that nobody watches."""
    address, parts = reverse("shifts"), []
    for post in manning.posts:
        cells = []
        for day in days:
            cell = manning.cells[day.date, post.pk]
            words = _("%(post)s %(day)s: %(kept)s of %(asked)s seats") % {
                "post": post.name, "day": f"{day.date:%m-%d}", "kept": cell.kept, "asked": cell.asked,
            }  # fmt: skip
            shown = (
                f"−{cell.missing}"
                if cell.state in ("thin", "gap")
                else cell.kept
                if cell.state in ("full", "more")
                else ""
            )
            inner = (
                f'<a href="{address}?from={day.date}" title="{escape(words)}" aria-label="{escape(words)}">{shown}</a>'
                if cell.state else ""
            )  # fmt: skip
            cells.append(f'<td class="{cell.state}">{inner}</td>')
        parts.append(f'<tr><th scope="row">{escape(post.name)}</th>{"".join(cells)}</tr>')
    cells = []
    for day in days:
        hours = manning.unwatched.get(day.date)
        words = escape(
            _("%(day)s: %(hours)s h not watched") % {"day": f"{day.date:%m-%d}", "hours": _short(hours or 0)}
        )
        inner = (
            f'<a href="{address}?from={day.date}" title="{words}" aria-label="{words}">{_short(hours)}</a>'
            if hours
            else ""
        )
        cells.append(f'<td class="{"gap" if hours else ""}">{inner}</td>')
    parts.append(f'<tr class="unwatched"><th scope="row">{escape(_("Hours not watched"))}</th>{"".join(cells)}</tr>')
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped above


def _short(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0")
