"""The product's own words for templates. Each component exists once."""

import datetime as dt
import functools
import uuid

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import formats, translation
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty import wording
from duty.clock import DAY, day_of, local
from duty.models import Matter
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


@register.simple_tag
def once():
    """The hidden field that makes a form count once, however often it is sent."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())


# Time, in the organisation's zone and the reader's language


def _format(at: dt.datetime | dt.date, pattern: str) -> str:
    return formats.date_format(local(at) if isinstance(at, dt.datetime) else at, pattern)


@register.filter
def hm(at) -> str:
    """21:04"""
    return f"{local(at):%H:%M}" if at else ""


@register.filter
def day(at) -> str:
    """Sun 22 Nov; 11月22日 周日"""
    return _format(at, pgettext("date format, day with weekday", "D j M")) if at else ""


@register.filter
def date(at) -> str:
    """22 Nov 2026; 2026年11月22日"""
    return _format(at, pgettext("date format, day with year", "j M Y")) if at else ""


@register.filter
def moment(at, now=None) -> str:
    """The time alone today, with the day this year, else with the year."""
    if not at:
        return ""
    if now and day_of(at) == day_of(now):
        return hm(at)
    if now and abs(at - now) < 300 * DAY:
        return f"{day(at)} {hm(at)}"
    return f"{date(at)} {hm(at)}"


@register.filter
def stopwatch(span: dt.timedelta) -> str:
    return wording.clock(span) if span is not None else ""


@register.filter
def span(value: dt.timedelta) -> str:
    """In whole minutes, hours or days: 42 minutes."""
    return wording.minutes(value) if value is not None else ""


@register.filter
def minutes(value: dt.timedelta):
    """A duration as a number of minutes."""
    return int(value.total_seconds() // 60) if value is not None else ""


@register.filter
def field_time(at) -> str:
    """As a datetime-local input wants it."""
    return f"{local(at):%Y-%m-%dT%H:%M}" if at else ""


@register.filter
def iso(at) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds") if at else ""


@register.inclusion_tag("duty/_countdown.html", takes_context=True)
def countdown(context, due_at, label=""):
    """How long is left, in words that a script keeps true. Amber within half an hour, red after."""
    left = due_at - context["at"]
    seconds = left.total_seconds()
    state = "late" if seconds < 0 else "soon" if seconds < 1800 else "next"
    return {"due_at": due_at, "left": left, "state": state, "at": context["at"], "label": label}


# Where one is and what one may


def _rule(name: str):
    return getattr(resolve(reverse(name)).func, "rule", None)


@register.inclusion_tag("duty/_nav_item.html", takes_context=True)
def nav(context, name: str, label: str, picture: str, count: int = 0):
    """An entry of the rail, for those whom its URL's rule lets in."""
    try:
        rule = _rule(name)
    except NoReverseMatch:
        return {"hidden": True}
    request = context["request"]
    address = reverse(name)
    here = request.path == address or (address != "/" and request.path.startswith(address))
    return {
        "hidden": rule is None or not rule.allows(request.user),
        "address": address,
        "label": label,
        "picture": picture,
        "count": count,
        "current": here,
    }


@register.simple_tag(takes_context=True)
def open_matters(context, kind: str) -> int:
    """Open matters of a kind I may see, counted to 100 at most: the badge does not grow with the table."""
    mine = Matter.objects.open().filter(kind=kind).visible_to(context["request"].user)
    return mine.order_by()[:100].count()


@register.simple_tag(takes_context=True)
def permitted(context, verb: str, subject) -> bool:
    from duty.access import can

    return can(context["request"].user, verb, subject)


@register.simple_tag(takes_context=True)
def page_query(context, **changes) -> str:
    """The address's own filters with these changed: what makes a list's links shareable."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


# Small components

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


@register.simple_tag
def when(at, now=None):
    """A point in time with its full date on hover."""
    if not at:
        return ""
    full = f"{date(at)} {local(at):%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(at), full, moment(at, now))


@register.filter
def listed(names) -> str:
    """Names in a row, as the language joins them."""
    return pgettext("between names in a list", ", ").join(str(name) for name in names)


@register.simple_tag
def tongue_name() -> str:
    return "English" if translation.get_language().startswith("zh") else "中文"


@register.filter
def lateness(firing) -> str:
    """How a rung's time is told: “60:03”, counted from when the promise was opened."""
    return wording.clock(firing.fired_at - firing.deadline.opened_at)


@register.filter
def paragraphs(text: str):
    """Line breaks kept, everything else escaped."""
    return mark_safe("<br>".join(escape(text).splitlines()))


@register.simple_tag
def no_one() -> str:
    return _("nobody")
