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
from django.utils.translation import pgettext, pgettext_lazy

from duty import wording
from duty.clock import DAY, HOUR, day_of, local
from duty.models import Matter
from duty.names import masked
from duty.packages import icon_path
from duty.sockets import resolvers

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

WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]


def _format(at: dt.datetime | dt.date, pattern: str) -> str:
    return formats.date_format(local(at) if isinstance(at, dt.datetime) else at, pattern)


@register.filter
def hm(at) -> str:
    """21:04"""
    return f"{local(at):%H:%M}" if at else ""


@register.filter
def day(at) -> str:
    """Sun 22 Nov; 11月22日 周日"""
    if not at:
        return ""
    here = local(at) if isinstance(at, dt.datetime) else at
    values = {"date": formats.date_format(here, pgettext("date format", "j M")), "weekday": WEEKDAYS[here.weekday()]}
    return pgettext("weekday and date", "%(weekday)s %(date)s") % values


@register.filter
def dated(at) -> str:
    """22 Nov 2026; 2026年11月22日"""
    return _format(at, pgettext("date format", "j M Y")) if at else ""


@register.filter
def moment(at, now=None) -> str:
    """The time alone within the same day or night, with the day this year, else with the year."""
    if not at:
        return ""
    if now and (day_of(at) == day_of(now) or abs(at - now) < 12 * HOUR):
        return hm(at)
    if now and abs(at - now) < 300 * DAY:
        return f"{day(at)} {hm(at)}"
    return f"{dated(at)} {hm(at)}"


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


SOON = dt.timedelta(minutes=30)


def _state(due_at, at) -> str:
    return "late" if due_at < at else "soon" if due_at - at < SOON else "next"


@register.simple_tag(takes_context=True)
def due_state(context, deadline) -> str:
    return _state(deadline.due_at, context["at"])


@register.inclusion_tag("duty/_countdown.html", takes_context=True)
def countdown(context, due_at):
    """How long is left, in words that a script keeps true: amber within half an hour, red after.

    `js/countdown.js` says the same thing again every second; both follow these rules.
    """
    at = context["at"]
    state, left = _state(due_at, at), due_at - at
    over, total = left < dt.timedelta(0), int(abs(left).total_seconds())
    clock = hm(due_at) if day_of(due_at) == day_of(at) or total < 64800 else moment(due_at, at)
    if total < 600 and not over:
        main = wording.clock(left)
    elif total < 7200:
        n = total // 60
        main = _("%(n)s min over") % {"n": n} if over else _("%(n)s min left") % {"n": n}
    elif over:
        n = total // 3600
        main = _("%(n)s h over") % {"n": n} if n < 48 else _("%(n)s d over") % {"n": n // 24}
    else:
        n = total // 3600
        sub = _("in %(n)s h") % {"n": n} if n < 48 else _("in %(n)s d") % {"n": n // 24}
        return {"due_at": due_at, "state": state, "main": clock, "sub": sub}
    sub = _("was due %(t)s") % {"t": clock} if over else _("by %(t)s") % {"t": clock}
    return {"due_at": due_at, "state": state, "main": main, "sub": sub}


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
    full = f"{dated(at)} {local(at):%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(at), full, moment(at, now))


@register.filter
def listed(names) -> str:
    """Names in a row, as the language joins them."""
    return pgettext("between names in a list", ", ").join(str(name) for name in names)


@register.simple_tag
def tongue_name() -> str:
    return "English" if translation.get_language().startswith("zh") else "中文"


@register.filter
def paragraphs(text: str):
    """Line breaks kept, everything else escaped."""
    return mark_safe("<br>".join(escape(text).splitlines()))


@register.inclusion_tag("_words.html")
def script_words():
    """What scripts say, in the page's language; the countdown's words are those of `countdown` above."""
    return {
        "words": {
            "left": _("%(n)s min left"),
            "over": _("%(n)s min over"),
            "over-hours": _("%(n)s h over"),
            "over-days": _("%(n)s d over"),
            "in-hours": _("in %(n)s h"),
            "in-days": _("in %(n)s d"),
            "by": _("by %(t)s"),
            "was-due": _("was due %(t)s"),
            "sound-on": _("Sound on"),
            "sound-off": _("Sound off"),
            "sound-blocked": _("Sound: click once"),
            "draft-saved": _("Draft saved %(t)s"),
            "draft-failed": _("The draft could not be saved. Keep this tab open."),
            "offline": _("No connection. What you see may be old."),
            "dismiss": _("Dismiss"),
        }
    }


@register.simple_tag
def firing_words(firing):
    """A fired rung in plain words: “escalated at 60:03 to 周敏”, and late if the engine was."""
    values = {
        "clock": wording.clock(firing.fired_at - firing.deadline.runs_from),
        "who": listed(firing.told),
        "kind": firing.deadline.title,
    }
    if firing.outcome == "nobody":
        text = _("nobody to tell at %(clock)s, passed on at once") % values
    elif firing.outcome == "unreachable":
        text = _("nobody reachable at %(clock)s, passed on at once") % values
    elif firing.action == "escalate":
        text = _("escalated at %(clock)s to %(who)s") % values
    elif firing.action == "remind":
        text = _("reminded %(who)s at %(clock)s") % values
    else:
        text = _("told %(who)s") % values
    if firing.lateness > dt.timedelta(seconds=30):
        late = badge(_("%(span)s late") % {"span": wording.minutes(firing.lateness)}, "late")
        return format_html("{} {}", text, late)
    return text


@register.simple_tag
def outcome(deadline):
    """How a past promise ended, with its lateness."""
    if deadline.settled_as != "kept":
        return badge(deadline.get_settled_as_display(), "next", "slash-circle")
    late = deadline.settled_at - deadline.due_at
    if late > dt.timedelta(0):
        return badge(_("%(span)s late") % {"span": wording.minutes(late)}, "late")
    return badge(_("in time, %(span)s to spare") % {"span": wording.minutes(late)}, "well")


@register.filter
def unlocalised(number) -> str:
    """A number as SVG wants it, whatever the language writes."""
    return f"{number:g}"


@register.simple_tag
def rung_words(rung) -> str:
    """A rung in words: “30 min before: remind duty leader, direct superior”."""
    values = {
        "n": abs(rung.offset) // 60,
        "whom": recipients(rung.to),
        "does": _("escalate to") if rung.action == "escalate" else _("remind"),
    }
    if rung.offset < 0:
        text = _("%(n)s min before: %(does)s %(whom)s") % values
    elif rung.offset == 0:
        text = _("when due: %(does)s %(whom)s") % values
    else:
        text = _("%(n)s min after: %(does)s %(whom)s") % values
    if rung.again:
        text += _(", again every %(n)s min") % {"n": rung.again // 60}
    return text


@register.filter
def recipients(to: str) -> str:
    """`scheduling.leader+duty.superior` in words."""
    return listed(resolvers[name].title if name in resolvers else name for name in to.split("+"))


@register.simple_tag(takes_context=True)
def since(context, start) -> str:
    """A running stopwatch: 37:12."""
    return wording.clock(context["at"] - start)
