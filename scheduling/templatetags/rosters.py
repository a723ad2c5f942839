"""The cells of a roster. Written by hand: as template loops 60 × 31 cells took longer than the whole page may."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from scheduling.models import SeatRole
from scheduling.rules import RULES
from scheduling.sheet import Row, category_name

register = template.Library()
register.filter("category_name", category_name)


@register.simple_tag
def roster_cells(row: Row, editable: bool, planner: bool):
    """The cells of one person, each with its duties; for those who plan, why they are away and what they wish."""
    wish = {"free": escape(_("would like to be free")), "duty": escape(_("would like duty"))}
    open_words = escape(_("open:"))
    drag = ' draggable="true"' if editable else ""
    parts = []
    for column, chips, away, wanted in row.cells:
        inner = "".join(
            f'<a class="duty-mark {chip.sort}{" second" if chip.second else ""}{f" {chip.state}" if chip.state else ""}'
            f'{" pinned" if chip.pinned else ""}{" part" if chip.open else ""}" href="?slot={chip.key}#panel" data-slot="{chip.key}"{drag}'
            f' title="{escape(chip.title)}{f" · {open_words} {chip.open}" if chip.open else ""}" tabindex="-1">{escape(chip.mark)}'
            f"{f'<small>{chip.open[:2]}</small>' if chip.open else ''}</a>"
            for chip in chips
        )
        if away:
            inner += f'<span class="away">{escape(away) if planner else "–"}</span>'
        if planner and wanted and not chips:
            inner += f'<span class="wished {wanted}" title="{wish[wanted]}"><span class="visually-hidden">{wish[wanted]}</span></span>'
        sort = f' class="{column.sort}"' if column.sort else ""
        parts.append(f'<td{sort} data-day="{column.date}" tabindex="-1">{inner}</td>')
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped above


@register.simple_tag
def load_bar(row: Row):
    """The bar beside a row: left of the middle is below the target, right of it above."""
    x, width = row.bar
    return format_html(
        '<svg class="load{}" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="ground" x="0" y="3" width="100" height="6" rx="3"/><rect class="off" x="{}" y="3" width="{}" height="6" rx="2"/>'
        '<rect class="middle" x="49.5" y="0" width="1" height="12"/></svg>',
        " out" if row.is_off else "", row.told, f"{x:.1f}", f"{width:.1f}",
    )  # fmt: skip


@register.filter
def signed(number: float) -> str:
    """+1.3; −0.8"""
    return f"{number:+.1f}".replace("-", "−")


@register.filter
def role_name(role: str) -> str:
    return str(SeatRole(role).label)


@register.filter
def rule_title(name: str) -> str:
    return str(RULES[name].title) if name in RULES else name


@register.filter
def per_cent(share: float) -> str:
    """0.0123 → 1.2 %"""
    return f"{100 * share:.1f} %".replace(".0 %", " %")


@register.filter
def rounded(number: float) -> int:
    return round(number)


@register.filter("of")
def of_key(found: dict, key):
    """What a mapping has for that key."""
    return found.get(key)
