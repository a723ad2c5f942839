"""Small components, each of them once: icons, badges, numbers, names."""

import functools

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext

from duty.names import masked
from duty.packages import icon_path

register = template.Library()


@functools.cache
def _svg(name: str) -> str:
    svg = icon_path(name).read_text()
    inside = svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()
    return f'<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{inside}</svg>'


@register.simple_tag
def icon(name: str):
    """A picture beside a word; never instead of one."""
    return mark_safe(_svg(name))


STATES = {
    "late": "exclamation-circle-fill",
    "soon": "hourglass-split",
    "well": "check-circle-fill",
    "info": "circle-half",
    "next": "circle",
}
GRAVITY = {1: "late", 2: "late", 3: "soon", 4: "info"}


@register.simple_tag
def badge(text, colour: str = "next", picture: str = ""):
    """A status: colour, icon and word, never colour alone."""
    sign = _svg(picture or STATES.get(colour, "circle"))
    return format_html('<span class="badge-state {}">{}{}</span>', colour, mark_safe(sign), text)


@register.simple_tag
def grade(gravity: int, text: str):
    """A level's badge: the graver, the fuller."""
    if not text:
        return ""
    marks = {1: "exclamation-octagon-fill", 2: "exclamation-triangle-fill", 3: "exclamation-diamond", 4: "info-circle"}
    return badge(text, GRAVITY.get(gravity, "next"), marks.get(gravity, "circle"))


@register.filter
def tel(number: str) -> str:
    return "tel:" + "".join(c for c in number if c.isdigit() or c == "+")


@register.filter
def mask(number: str) -> str:
    return masked(number) if number else ""


@register.filter
def listed(names) -> str:
    """Names in a row, as the language joins them."""
    return pgettext("between names in a list", ", ").join(str(name) for name in names)


@register.filter
def paragraphs(text: str):
    """Line breaks kept, everything else escaped."""
    return mark_safe("<br>".join(escape(text).splitlines()))


@register.filter
def unlocalised(number) -> str:
    """A number as SVG wants it, whatever the language writes."""
    return f"{number:g}"
