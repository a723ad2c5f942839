"""One's own duty: the next one, the month, and the record with its ledgers. Planners and personnel see their units'."""

import calendar
import datetime as dt
from decimal import Decimal

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import signed_in
from duty.clock import DAY, HOUR, day_of, month_of, next_month, start_of
from duty.models import Person
from duty.pages import day_asked
from scheduling.access import adjust, read_record
from scheduling.earnings import Step
from scheduling.ledgers import average_of, days_of, kept_by, ledgers_of, pool_of
from scheduling.models import Entitlement, Feed, Objection, Seat, Terms
from scheduling.models.days import DayKind, days_between
from scheduling.models.shifts import SEAT_ORDER
from scheduling.rights import overlong, shortest_rest, tallies, tally
from scheduling.taking import offers_to

NEAR = DAY  # a watch further away than this is not the one before, or after


def whose(request, pk: int | None) -> Person:
    """The person of the page: oneself, or someone whose record one may read. Others do not exist."""
    if pk is None or pk == request.user.pk:
        return request.user
    person = get_object_or_404(Person.objects.select_related("unit"), pk=pk)
    if not read_record(request.user, person):
        raise Http404
    return person


def addresses(person, request) -> dict[str, str]:
    """The pages of this person's record, as the reader reaches them."""
    if person == request.user:
        return {"my": reverse("my"), "record": reverse("my-record")}
    return {"my": reverse("my-of", args=[person.pk]), "record": reverse("my-of-record", args=[person.pk])}


@signed_in
def my(request, pk: int | None = None):
    person, today = whose(request, pk), day_of(request.at)
    month = month_of(day_asked(request.GET.get("month")) or today)
    after = next_month(month)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    days = days_between(weeks[0][0], weeks[-1][-1])
    seats = list(_seats(person).between(start_of(weeks[0][0]), start_of(weeks[-1][-1] + DAY)))
    by_day: dict[dt.date, list[Seat]] = {}
    for seat in seats:
        by_day.setdefault(day_of(seat.starts_at), []).append(seat)
    next_seat = _seats(person).filter(ends_at__gt=request.at).first()
    own = person == request.user
    context = {
        "person": person, "own": own, "to": addresses(person, request), "today": today, "month": month,
        "before": month_of(month - DAY), "after": after,
        "weeks": [[(days[date], by_day.get(date, []), date.month == month.month) for date in week] for week in weeks],
        "duties": [(days[date], found) for date, found in sorted(by_day.items()) if month <= date < after],
        "next": _next(next_seat, request.at) if next_seat else None,
        "year": _year(person, request.at),
        "objections": list(Objection.objects.filter(person=person).select_related("shift__post")[:5]),
        "seen": request.user.sight.units(),
        "offers": offers_to(person, request.at) if own else [],
        "feed": Feed.objects.filter(person=person, is_on=True).first() if own else None,
    }  # fmt: skip
    return render(request, "scheduling/my.html", context)


def _seats(person):
    return Seat.objects.filter(person=person).select_related("shift__post", "shift__unit").order_by("starts_at")


def _next(seat: Seat, at: dt.datetime) -> dict:
    """The duty, with whom it is kept from now on, and who hands over to them and takes over from them at that post."""
    start, end, post = seat.watch_starts_at, seat.watch_ends_at, seat.shift.post
    near = Seat.objects.filter(shift__post=post, watch_ends_at__gt=start - NEAR, watch_starts_at__lt=end + NEAR)
    watches: dict[int, list[Seat]] = {}
    for one in near.select_related("person", "shift").order_by("watch_starts_at", "starts_at"):
        watches.setdefault(one.shift_id, []).append(one)
    earlier = [crew for crew in watches.values() if crew[0].watch_ends_at <= start]
    later = [crew for crew in watches.values() if crew[0].watch_starts_at >= end]
    crew = sorted(watches.get(seat.shift_id, []), key=lambda one: SEAT_ORDER[one.role])
    return {
        "seat": seat, "shift": seat.shift, "post": post, "is_now": seat.starts_at <= at,
        "with": [one for one in crew if one.person_id != seat.person_id and one.ends_at > at],
        "before": [one for one in (earlier[-1] if earlier else []) if one.ends_at == one.watch_ends_at],
        "after": [one for one in (later[0] if later else []) if one.starts_at == one.watch_starts_at],
    }  # fmt: skip


def year_before(today: dt.date) -> dt.date:
    """The first day of the twelve months that end today."""
    leap_day = (today.month, today.day) == (2, 29)
    return (today.replace(year=today.year - 1, day=28) if leap_day else today.replace(year=today.year - 1)) + DAY


def _year(person, at: dt.datetime):
    today = day_of(at)
    duties = kept_by([person.pk], at, first=year_before(today))[person.pk]
    return tally(duties, days_of(duties), year_before(today), today)


@signed_in
def record(request, pk: int | None = None):
    """What was kept, what it adds up to, what it earned, and how each sum came about."""
    person, today = whose(request, pk), day_of(request.at)
    since = year_before(today)
    duties = kept_by([person.pk], request.at)[person.pk]
    days = days_of(duties)
    lately = [duty for duty in duties if duty.date >= since]
    months = sorted(tallies(lately, days).items(), reverse=True)
    year = tally(duties, days, since, today)
    average = average_of(pool_of(person.pk, {duty.unit_id for duty in lately}, since, today), since, request.at)
    terms = Terms.of(person.unit_id)
    long_days, long_nights = overlong(lately, terms.days_in_row, terms.nights_in_row)
    ledgers = ledgers_of(duties, days, person.pk)
    shortest = shortest_rest(lately)
    context = {
        "person": person, "own": person == request.user, "to": addresses(person, request), "since": since, "today": today,
        "months": months, "year": year, "average": average, "rows": _beside(year, average),
        "kinds": [(kind.label, year.duties_by_kind[kind], year.span_by_kind[kind] / HOUR) for kind in DayKind],
        "holidays": sorted(year.holidays.items()), "terms": terms, "rest": shortest, "rest_is_short": shortest and shortest.span < terms.rest_hours * HOUR,
        "long_days": long_days, "long_nights": long_nights,
        "ledgers": [_shown(kind, ledgers[kind], since, today) for kind in Entitlement],
        "may_adjust": adjust(request.user, person),
    }  # fmt: skip
    return render(request, "scheduling/my_record.html", context)


def _beside(year, average) -> list[tuple]:
    """(what is counted, mine, on average) for those counts that the pool shares."""
    names = ("duties", "hours", "nights", "rest_days", "holidays")
    mine = (
        year.duties,
        year.hours,
        year.nights,
        year.duties_by_kind[DayKind.REST],
        year.duties_by_kind[DayKind.HOLIDAY],
    )
    return [(name, value, average and getattr(average, name)) for name, value in zip(names, mine, strict=True)]


def _shown(kind, ledger, since: dt.date, today: dt.date) -> dict:
    """The last twelve months entry by entry, newest first; what was before them as one sum.

    Time off is there to be taken, so it has a balance; an allowance is paid out by the month and has none.
    """
    recent = [entry for entry in ledger.entries if entry.date >= since]
    year = sum((entry.amount for entry in recent), Decimal(0))
    this_month = sum((entry.amount for entry in recent if entry.date >= month_of(today)), Decimal(0))
    carried = ledger.balance - year if kind == Entitlement.LIEU else None
    shown = [(entry, " + ".join(_words(step) for step in entry.steps)) for entry in recent[::-1]]
    sums = {"year": year, "this_month": this_month, "carried": carried}
    return {"kind": kind, "ledger": ledger, "recent": shown} | sums


def _words(step: Step) -> str:
    """How one part of an entry came about, in the reader's language."""
    values = {
        "kind": DayKind(step.day_kind).label, "rate": floatformat(step.rate, -2), "hours": floatformat(step.quantity, -2),
    }  # fmt: skip
    if step.per == "duty":
        return _("one duty, %(kind)s: %(rate)s") % values
    return _("%(hours)s h, %(kind)s, at %(rate)s") % values
