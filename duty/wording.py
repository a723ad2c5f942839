"""What the engine says, in the recipient's language: short enough for a phone's lock screen."""

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.clock import local
from duty.ladders import ESCALATE, TELL


def minutes(span: dt.timedelta) -> str:
    """A span in whole minutes, seconds below one, hours above two of them, in the reader's language."""
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    total = seconds // 60
    if total < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", total) % {"n": total}
    hours = total // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def clock(span: dt.timedelta) -> str:
    """A span to the second as a stopwatch shows it: 60:03, 25:01:00 past a day's worth of minutes; days beyond two."""
    if abs(span) >= dt.timedelta(days=2):
        return minutes(span)
    seconds = int(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 100 * 60:
        return f"{sign}{seconds // 60:02d}:{seconds % 60:02d}"
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def fired(due, rung, kind, tongue: str) -> tuple[str, str]:
    """(title, text) of the notice for a rung that fired."""
    with translation.override(tongue):
        left = due.due_at - due.at
        values = {
            "promise": kind.title,
            "matter": f"[{due.badge}] {due.title}" if due.badge else due.title,
            "time": f"{local(due.due_at):%H:%M}",
            "span": minutes(left),
        }
        if rung.action == TELL:
            title = _("%(matter)s — %(promise)s by %(time)s") % values
        elif rung.action == ESCALATE:
            title = _("Escalated to you: %(matter)s — %(promise)s") % values
        else:
            title = _("Reminder: %(matter)s — %(promise)s") % values
        if left > dt.timedelta(0):
            text = _("Due at %(time)s, in %(span)s.") % values
        else:
            text = _("Was due at %(time)s, %(span)s ago.") % values
        return title, text


def nobody(due):
    """Writes the alarm about a ladder that ended without reaching anyone."""

    def write():
        return _("Nobody could be reached about: %(matter)s") % {"matter": due.title}, ""

    return write


def parked(kind: str, pk: int, fault: str):
    """Writes the alarm about a deadline that cannot fire."""

    def write():
        return (
            _("A deadline cannot fire and is tried again: %(kind)s no. %(pk)s") % {"kind": kind, "pk": pk},
            fault,
        )

    return write


def restored(title: str):
    """Writes the alarm about a promise that was missing and is open again."""

    def write():
        return _("A missing promise was restored: %(matter)s") % {"matter": title}, ""

    return write


def thawed(title: str):
    """Writes the alarm about a promise that stood still and runs again."""

    def write():
        return _("A promise stood still and runs again: %(matter)s") % {"matter": title}, ""

    return write
