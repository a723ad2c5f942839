"""Telling people their duties when a roster is published: all of theirs at first, later only what changed for them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from duty.clock import day_of, from_to
from duty.models import Person
from duty.recipients import reachable
from duty.telling import Told, tell_all
from duty.templatetags.times import weekday
from duty.wakeups import wake_send_lane
from scheduling.models import Roster, RosterVersion, SeatRole

MOST_LINES = 40


def announce(roster: Roster, version: RosterVersion, before: dict | None, watches: Iterable, at: dt.datetime) -> None:
    """Tell each person concerned, in their language, and ask them to confirm that they have read it.

    `before` is who sat on each published watch before this publication, or None the first time. Watches that have
    begun concern nobody any more.
    """
    ahead = [watch for watch in watches if watch.slot.starts_at > at]
    gained, lost = _changes(ahead, before)
    concerned = set(gained) | set(lost)
    if not concerned:
        return
    names = dict(Person.objects.filter(pk__in=_everyone(ahead) | concerned).values_list("pk", "name"))
    told = []
    for person, reached in reachable(concerned, at).items():
        with translation.override(reached.tongue):
            lines = [_line(watch, seat) for watch, seat in gained[person]]
            if before is not None:
                lines = [
                    f"+ {line} {_around(ahead, watch, names)}"
                    for line, (watch, _s) in zip(lines, gained[person], strict=True)
                ]
                lines += [f"− {_line(watch, seat)} {_now_with(watch, seat, names)}" for watch, seat in lost[person]]
            if len(lines) > MOST_LINES:
                more = len(lines) - MOST_LINES
                lines = [*lines[:MOST_LINES], _("… and %(n)d more, see your duty page.") % {"n": more}]
            title = (_("Your duties: %(roster)s") if before is None else _("Your duties have changed: %(roster)s")) % {
                "roster": roster.title
            }
            text = "\n".join(lines)
        told.append(
            Told(
                reached, f"roster:{roster.pk}:{version.number}:{person}", title, text, roster.pk,
                needs_acknowledgement=True,
            )
        )  # fmt: skip
    if tell_all(told, at):
        wake_send_lane()


def _changes(watches: list, before: dict | None) -> tuple[dict, dict]:
    """({person: [(watch, seat) they have now and had not]}, the same the other way round), by time."""
    gained, lost = defaultdict(list), defaultdict(list)
    for watch in sorted(watches, key=lambda watch: watch.slot.starts_at):
        was = (before or {}).get(watch.slot.shift_id, set())
        for seat in sorted(watch.seats - was):
            gained[seat[1]].append((watch, seat))
        for seat in sorted(was - watch.seats):
            lost[seat[1]].append((watch, seat))
    return gained, lost


def _everyone(watches: list) -> set[int]:
    return {seat[1] for watch in watches for seat in watch.seats}


def _line(watch, seat) -> str:
    role, _person, start, end = seat
    day = day_of(watch.slot.starts_at)
    hours = from_to(start, end)
    return f"{day:%m-%d} {weekday(day)} {hours} {watch.slot.post.name} {watch.slot.name} · {SeatRole(role).label}"


def _around(watches: list, watch, names: dict[int, str]) -> str:
    """Who keeps the watch before and after this one at the post."""
    here = sorted((w for w in watches if w.slot.post_id == watch.slot.post_id), key=lambda w: w.slot.starts_at)
    place = here.index(watch)
    parts = []
    if place and (crew := _crew(here[place - 1], names)):
        parts.append(_("before you: %(names)s") % {"names": crew})
    if place + 1 < len(here) and (crew := _crew(here[place + 1], names)):
        parts.append(_("after you: %(names)s") % {"names": crew})
    return f"({'; '.join(parts)})" if parts else ""


def _crew(watch, names: dict[int, str]) -> str:
    return "、".join(names[seat[1]] for seat in sorted(watch.seats) if seat[0] in ("leader", "primary"))


def _now_with(watch, seat, names: dict[int, str]) -> str:
    now = [names[other[1]] for other in sorted(watch.seats) if other[0] == seat[0]]
    return f"({_('now: %(names)s') % {'names': '、'.join(now)}})" if now else ""
