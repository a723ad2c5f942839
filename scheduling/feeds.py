"""Someone's duties as an iCalendar (RFC 5545): three months back, a year ahead, in their language.

Of others it says no more than the names of those on the same watch. The text changes only when a duty does, so that
the same answer need not be sent twice.
"""

import datetime as dt
import hashlib

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from duty.clock import DAY, HOUR
from duty.models import Line
from scheduling.models import Seat, SeatRole
from scheduling.models.shifts import SEAT_ORDER

BACK, AHEAD = 90 * DAY, 366 * DAY


def calendar_of(person, at: dt.datetime) -> bytes:
    seats = list(
        Seat.objects.filter(person=person).between(at - BACK, at + AHEAD)
        .select_related("shift__post", "shift__unit").order_by("starts_at")
    )  # fmt: skip
    watches = {seat.shift_id for seat in seats}
    crews: dict[int, list[Seat]] = {}
    for seat in Seat.objects.filter(shift__in=watches).select_related("person").order_by("starts_at", "id"):
        crews.setdefault(seat.shift_id, []).append(seat)
    stamps = dict(Line.objects.filter(matter__in=watches).order_by().values_list("matter").annotate(Max("at")))

    book = Calendar()
    book.add("prodid", "-//Zhiban//Duty//ZH")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", _("Duty of %(name)s") % {"name": person.name})
    book.add("x-wr-timezone", settings.TIME_ZONE)
    book.add("refresh-interval", HOUR, parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT1H")
    parts: dict[int, int] = {}
    for seat in seats:
        part = parts[seat.shift_id] = parts.get(seat.shift_id, 0) + 1
        stamp = stamps.get(seat.shift_id) or seat.watch_starts_at
        book.add_component(_event(seat, part, crews[seat.shift_id], stamp.astimezone(dt.UTC).replace(microsecond=0)))
    return book.to_ical()


def _event(seat: Seat, part: int, crew: list[Seat], stamp: dt.datetime) -> Event:
    """Its name stays whatever becomes of the watch, and its number rises with every change of it."""
    shift, role = seat.shift, SeatRole(seat.role).label
    host = settings.PUBLIC_URL.partition("//")[2].partition(":")[0]
    event = Event()
    event.add("uid", f"duty-{shift.pk}-{seat.person_id}-{part}@{host}")
    event.add("sequence", shift.version - 1)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", seat.starts_at.astimezone(dt.UTC))
    event.add("dtend", seat.ends_at.astimezone(dt.UTC))
    title = _("%(watch)s (%(seat)s)") % {"watch": shift.name, "seat": role}
    event.add("summary", f"{shift.post.name} {title}")
    event.add("location", f"{shift.unit.name} {shift.post.name}")
    others = sorted((one for one in crew if one.person_id != seat.person_id), key=lambda one: SEAT_ORDER[one.role])
    said = [f"{SeatRole(one.role).label}: {one.person.name}" for one in others]
    if shift.post.phone:
        said.append(_("Duty room: %(phone)s") % {"phone": shift.post.phone})
    if said:
        event.add("description", "\n".join(said))
    event.add("url", settings.PUBLIC_URL + shift.get_absolute_url())
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    event.add("status", "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("In an hour: %(watch)s") % {"watch": f"{shift.post.name} {shift.name}"})
    alarm.add("trigger", -HOUR)
    event.add_component(alarm)
    return event


def digest_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
