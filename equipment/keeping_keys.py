"""What is promised about keys, and what the next watch is told: they come back in time, and each cabinet is counted."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.access import can
from duty.clock import local
from duty.ladders import ESCALATE, Rung
from equipment.models import Cabinet, CountedKey, Key, KeyCount, Loan

HOUR_SECONDS = 3600
BACK_AHEAD, COUNT_AHEAD = dt.timedelta(hours=12), dt.timedelta(hours=6)
BACK_LADDER = (
    Rung(offset=-HOUR_SECONDS, to="duty.owner"),
    Rung(offset=0, to="duty.owner+scheduling.officers"),
    Rung(offset=2 * HOUR_SECONDS, to="scheduling.officers+scheduling.leader", action=ESCALATE),
    Rung(offset=24 * HOUR_SECONDS, to="scheduling.leader+duty.unit_head", action=ESCALATE, again=24 * HOUR_SECONDS),
)
COUNT_LADDER = (
    Rung(offset=-2 * HOUR_SECONDS, to="duty.owner"),
    Rung(offset=0, to="duty.owner+scheduling.leader"),
    Rung(offset=12 * HOUR_SECONDS, to="scheduling.leader+duty.unit_head", action=ESCALATE, again=24 * HOUR_SECONDS),
)


def out(at):
    return Loan.objects.out().values_list("key", flat=True)


def restore_back(matter_id: int, at) -> None:
    key = Key.objects.get(pk=matter_id)
    loan = key.loan
    owner = {"owed_by": loan.borrower} if loan.borrower else {"owed_as": "scheduling.officers"}
    key.owe("equipment.key_back", loan.due_back_at, at=at, **owner)


def to_count(at):
    return Cabinet.objects.standing().values_list("pk", flat=True)


def restore_count(matter_id: int, at) -> None:
    Cabinet.objects.select_related("matter").get(pk=matter_id).promise_count(at)


def out_in_words(ids):
    words = _("With %(whom)s, to be back by %(time)s.")
    rows = Loan.objects.out().filter(key__in=ids).select_related("borrower")
    return {row.key_id: words % {"whom": row.whom, "time": f"{local(row.due_back_at):%m-%d %H:%M}"} for row in rows}


def take_back(deadline, person, asked: bool):
    address = reverse("key", args=[deadline.matter_id])
    if can(person, "handle", Key(unit_id=deadline.unit_id)):
        return _("Take back"), f"{address}?do=return#return"
    return _("View"), address


def count(deadline, person, asked: bool):
    if can(person, "handle", Cabinet(unit_id=deadline.unit_id)):
        return pgettext("keys", "Count"), reverse("cabinet-count", args=[deadline.matter_id])
    return _("View"), reverse("cabinet", args=[deadline.matter_id])


# What the next watch is told


def handed_over(shift, at):
    """Every cabinet that this post keeps: how much hangs there, what differs; and who has what until when (A57)."""
    cabinets = list(Cabinet.objects.standing().filter(unit_id=shift.unit_id))
    keys = list(Key.objects.standing().filter(cabinet__in=cabinets).with_state())
    wrong = _different(cabinets)
    rows = []
    for cabinet in cabinets:
        here = [key for key in keys if key.cabinet_id == cabinet.pk]
        values = {"in": sum(not key.is_out for key in here), "all": len(here)}
        counted = (
            _("counted %(time)s") % {"time": f"{local(cabinet.counted_at):%m-%d %H:%M}"} if cabinet.counted_at else ""
        )
        said = [_("%(in)d of %(all)d are there") % values, counted, wrong.get(cabinet.pk, "")]
        grading = (2, _("differs")) if cabinet.pk in wrong else (4, _("as written") if counted else _("never counted"))
        rows.append(
            (cabinet.name, " · ".join(filter(None, said)), reverse("cabinet-count", args=[cabinet.pk]), grading)
        )
    loans = (
        Loan.objects.out().filter(key__cabinet__in=cabinets).select_related("key", "borrower").order_by("due_back_at")
    )
    for loan in loans:
        until = _("%(whom)s, until %(time)s") % {"whom": loan.whom, "time": f"{local(loan.due_back_at):%m-%d %H:%M}"}
        late = (2, _("not back yet")) if loan.due_back_at < at else (4, pgettext("key", "out"))
        rows.append((str(loan.key), until, loan.key.get_absolute_url(), late))
    return rows


def _different(cabinets) -> dict[int, str]:
    """{cabinet: what its last count found other than the books}"""
    newest = KeyCount.objects.filter(cabinet__in=cabinets).order_by("cabinet", "-id").distinct("cabinet")
    last = dict(newest.values_list("pk", "cabinet"))
    found: dict[int, list[str]] = {}
    for row in CountedKey.objects.different().filter(count__in=last).select_related("key"):
        found.setdefault(last[row.count_id], []).append(f"{row.key.code} {row.get_found_display()}")
    return {pk: "、".join(words) for pk, words in found.items()}
