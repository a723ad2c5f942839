"""A roster out to Excel and in again: read, compared, and only then written."""

from django.contrib import messages
from django.core import signing
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.access import signed_in
from duty.models import Person
from duty.sheets import download
from duty.steps import Conflict
from scheduling.access import planned_people, planners
from scheduling.forms.roster_sheets import RosterSheetForm, packed, unpacked
from scheduling.models import Roster, Slot
from scheduling.naming import Register
from scheduling.publishing import plan_from
from scheduling.roster_in import Changes
from scheduling.roster_out import pooled, tables_of
from scheduling.rules import RULES, breaks_of
from scheduling.rules.wording import said
from scheduling.sheet import slots_of
from scheduling.views.rosters import roster_planned, roster_seen

MOST_BREAKS = 60


@signed_in
def export(request, pk: int):
    """People × days and by date; both can be edited and taken in again."""
    roster = roster_seen(request, pk)
    return download(roster.title, *tables_of(roster, slots_of(roster, request.at)))


@planners
def take_in(request, pk: int):
    """The file is compared with the draft; a second step writes what differs, all of it or nothing."""
    roster = roster_planned(request, pk)
    if not roster.is_draft:
        messages.error(request, _("Only a draft takes an Excel file in. Begin to change the roster first."))
        return redirect(roster)
    if "changes" in request.POST:
        return _write(request, roster)
    slots = list(roster.slots.with_posts())
    form = RosterSheetForm(
        request.POST or None, request.FILES or None,
        roster=roster, slots=slots, register=_register(request.user, roster, slots), at=request.at,
    )  # fmt: skip
    context = {"roster": roster, "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _compared(roster, slots, form.changes)
    return render(request, "scheduling/roster_import.html", context, status=422 if form.errors else 200)


def _register(planner, roster: Roster, slots: list[Slot]) -> Register:
    """Those this planner plans for, the unit's pool, and whoever sits on the draft."""
    sitting = {slot.person_id for slot in slots} - {None}
    planned = Q(pk__in=planned_people(planner).filter(is_active=True).values("pk"))
    return Register.of(Person.objects.filter(planned | Q(pk__in=pooled(roster) | sitting)))


def _write(request, roster: Roster):
    try:
        edits, changes = unpacked(request.POST["changes"], roster)
    except signing.BadSignature:
        messages.error(request, _("The sheet was read more than an hour ago. Choose it once more."))
        return redirect("roster-import", roster.pk)
    try:
        changed = roster.seat(changes, edits, what="import", by=request.user, at=request.at)
    except Conflict as stale:
        roster = roster_seen(request, roster.pk)
        if not roster.is_draft:
            raise
        # Nothing of the sheet is lost: it is compared with the draft as it is now.
        slots = list(roster.slots.with_posts())
        there = {slot.pk: slot.person_id for slot in slots}
        left = {slot: person for slot, person in changes.items() if slot in there and there[slot] != person}
        context = {"roster": roster, "stale": stale.message, "gone": len(changes.keys() - there.keys())}
        return render(request, "scheduling/roster_import.html", context | _compared(roster, slots, left), status=409)
    done = ngettext(
        "%(n)s seat is changed. Undo takes it back.", "%(n)s seats are changed. Undo takes them back.", len(changed)
    )
    messages.success(request, done % {"n": len(changed)})
    return redirect(roster)


def _compared(roster: Roster, slots: list[Slot], changes: Changes) -> dict:
    """What becomes of the draft: seat by seat, and the hard rules that break by it."""
    names = dict(Person.objects.filter(pk__in={*changes.values()} - {None}).values_list("pk", "name"))
    by_pk = {slot.pk: slot for slot in slots}
    before = plan_from(roster, slots)
    broken = {one.key for one in _hard(before)}
    was = {pk: before.people[holder].name for pk, holder in before.who.items() if holder}
    rows = sorted(
        (by_pk[pk] for pk in changes), key=lambda slot: (slot.starts_at, slot.post.order, slot.post_id, slot.pk)
    )
    found = [(slot, was.get(slot.pk, ""), names.get(changes[slot.pk], "")) for slot in rows]
    for slot in rows:
        slot.person_id = changes[slot.pk]
    plan = plan_from(roster, slots)
    after = [one for one in _hard(plan) if one.rule != "filled"]
    new = [said(plan, one) for one in after if one.key not in broken]
    return {
        "found": found,
        "changes": packed(roster, roster.edits, changes),
        "breaks": new[:MOST_BREAKS],
        "more_breaks": max(0, len(new) - MOST_BREAKS),
        "count": len(new),
        "open": sum(slot.person_id is None for slot in slots),
    }


def _hard(plan):
    return [broken for broken in breaks_of(plan) if RULES[broken.rule].hard]
