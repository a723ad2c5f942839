"""Time in the organisation's zone and the reader's language: moments, countdowns, ladders in words."""

import datetime as dt

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from duty import wording
from duty.clock import DAY, HOUR, day_of, local
from duty.sockets import resolvers
from duty.templatetags.components import badge, listed

register = template.Library()


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
def day(at, now=None) -> str:
    """Sun 22 Nov; 11月22日 周日. With the year where it lies most of a year from `now`."""
    if not at:
        return ""
    if now and abs((day_of(at) if isinstance(at, dt.datetime) else at) - day_of(now)) >= 300 * DAY:
        return dated_day(at)
    return _on_weekday(at, _format(at, pgettext("date format", "j M")))


@register.filter
def dated_day(at) -> str:
    """Sun 22 Nov 2026; 2026年11月22日 周日"""
    return _on_weekday(at, dated(at)) if at else ""


def _on_weekday(at: dt.datetime | dt.date, date: str) -> str:
    here = local(at) if isinstance(at, dt.datetime) else at
    return pgettext("weekday and date", "%(weekday)s %(date)s") % {"date": date, "weekday": WEEKDAYS[here.weekday()]}


@register.filter
def weekday(date: dt.date) -> str:
    """Sun; 周日"""
    return str(WEEKDAYS[date.weekday()])


@register.filter
def dated(at) -> str:
    """22 Nov 2026; 2026年11月22日"""
    return _format(at, pgettext("date format", "j M Y")) if at else ""


@register.filter
def moment(at, now=None) -> str:
    """The time alone within the same day or a few hours, with the day this year, else with the year."""
    if not at:
        return ""
    if now and (day_of(at) == day_of(now) or abs(at - now) < 6 * HOUR):
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
    clock = hm(due_at) if not over and total < 64800 else moment(due_at, at)
    if total < 600:
        clock_text = wording.clock(abs(left))
        main = _("%(n)s over") % {"n": clock_text} if over else _("%(n)s left") % {"n": clock_text}
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


@register.simple_tag
def when(at, now=None):
    """A point in time with its full date on hover."""
    if not at:
        return ""
    full = f"{dated(at)} {local(at):%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(at), full, moment(at, now))


@register.simple_tag
def firing_words(firing):
    """A fired rung in plain words: “escalated to 周敏 at 60:03 on the clock”, and late if the engine was."""
    values = {
        "when": _when_fired(firing),
        "who": listed(firing.told),
        "kind": firing.deadline.title,
    }
    if firing.outcome == "nobody":
        text = _("nobody to tell %(when)s, passed on at once") % values
    elif firing.outcome == "unreachable":
        text = _("nobody reachable %(when)s, passed on at once") % values
    elif firing.action == "escalate":
        text = _("escalated to %(who)s %(when)s") % values
    elif firing.action == "remind":
        text = _("reminded %(who)s %(when)s") % values
    else:
        text = _("told %(who)s") % values
    if firing.lateness > dt.timedelta(seconds=30):
        late = badge(_("%(span)s late") % {"span": wording.minutes(firing.lateness)}, "late")
        return format_html("{} {}", text, late)
    return text


LONG_CLOCK = 3 * HOUR


def _when_fired(firing) -> str:
    """By the clock that everyone watches while it is short; else by how far from the due time it was."""
    ran, over = firing.fired_at - firing.deadline.runs_from, firing.fired_at - firing.deadline.due_at
    if ran < LONG_CLOCK:
        return _("at %(clock)s on the clock") % {"clock": wording.clock(ran)}
    if abs(over) < dt.timedelta(minutes=1):
        return _("when it was due")
    return (_("%(span)s before it was due") if over < dt.timedelta(0) else _("%(span)s overdue")) % {
        "span": wording.minutes(over)
    }


@register.simple_tag
def outcome(deadline):
    """How a past promise ended, with its lateness."""
    if deadline.settled_as != "kept":
        return badge(deadline.get_settled_as_display(), "next", "slash-circle")
    late = deadline.settled_at - deadline.due_at
    if late > dt.timedelta(0):
        return badge(_("%(span)s late") % {"span": wording.minutes(late)}, "late")
    return badge(_("in time, %(span)s to spare") % {"span": wording.minutes(late)}, "well")


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
