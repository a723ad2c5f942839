"""The list of incidents: filtered, searched, linked to."""

import datetime as dt
import re
import unicodedata

from django.core.exceptions import EmptyResultSet
from django.shortcuts import render

from duty.access import watching
from duty.clock import DAY, start_of
from duty.models import Unit
from duty.pages import Older, day_asked, filters_asked
from duty.search import folded, matching_ids
from incidents.access import HANDLERS
from incidents.models import Incident, Level, Nature, Standard, Status

SHOWN = 50
BEFORE_ALL = dt.date(1990, 1, 1)
NUMBER = re.compile(r"^\d{4}-\d{1,8}$", re.ASCII)
PHONE = re.compile(r"^\+?[\d \-()./]{6,24}$", re.ASCII)


@watching
def incidents(request):
    """The log, newest first: filtered, searched, linked to."""
    names = ("q", "status", "level", "nature", "unit", "from", "until")
    chosen = filters_asked(request, names)
    rows = _filtered(Incident.objects.visible_to(request.user), chosen)
    rows = rows.select_related("level", "unit", "nature", "logged_by").defer("hay", "scene", "suggestion", "result")
    if chosen["q"]:
        found = _searched(rows, chosen["q"])
        page = Found(found)
    else:
        page = Older(rows, request, "-received_at", "-pk", size=SHOWN)
    context = {
        "page": page,
        "chosen": chosen,
        "statuses": Status.choices,
        "levels": _levels_in_force(),
        "natures": Nature.objects.filter(is_active=True),
        "units": Unit.objects.filter(pk__in=request.user.sight.units()) if len(request.user.sight.units()) < 80 else [],
        "may_log": request.user.sight.has(*HANDLERS),
        "filtered": any(chosen.values()),
    }
    return render(request, "incidents/incidents.html", context)


class Found:
    """A page of search results: the newest hits, and no pages after it; narrow the words instead."""

    is_first, more, mark = True, False, ""

    def __init__(self, rows):
        self.rows, self.full = rows, len(rows) >= SHOWN

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def _filtered(rows, chosen):
    if chosen["status"] == "unclosed":
        rows = rows.open()
    elif chosen["status"] in Status.values:
        rows = rows.filter(status=chosen["status"])
    if chosen["level"] in ("1", "2", "3", "4"):
        # The ids as literals: a rank has one level per version of the standard, a handful.
        rows = rows.filter(level_id__in=list(Level.objects.filter(rank=chosen["level"]).values_list("pk", flat=True)))
    for name in ("nature", "unit"):
        if chosen[name].isascii() and chosen[name].isdecimal() and len(chosen[name]) < 10:
            rows = rows.filter(**{f"{name}_id": int(chosen[name])})
    if day := day_asked(chosen["from"], after=BEFORE_ALL):
        rows = rows.filter(received_at__gte=start_of(day))
    if day := day_asked(chosen["until"], after=BEFORE_ALL):
        rows = rows.filter(received_at__lt=start_of(day + DAY))
    return rows


def _searched(rows, words: str) -> list[Incident]:
    """By number, by the reporter's phone, else by words."""
    if NUMBER.match(words):
        return list(rows.filter(number__startswith=words).order_by("number")[:SHOWN])
    if PHONE.match(number := unicodedata.normalize("NFKC", words)):
        digits = re.sub(r"\D", "", number)
        bare = re.sub(r"^(00)?86", "", digits)
        ids = Incident.objects.called_from([digits, bare, f"86{bare}", f"0086{bare}"])
        if hits := list(rows.filter(pk__in=ids).newest_first()[:SHOWN]):
            return hits
    try:
        ids = matching_ids(rows, folded(words), "received_at", SHOWN)
    except EmptyResultSet:
        return []  # a filter that nothing can pass, such as a level of which there is none
    return list(rows.filter(pk__in=ids).newest_first()) if ids else []


def _levels_in_force():
    standard = Standard.objects.in_force()
    return list(standard.by_rank.values()) if standard else []
