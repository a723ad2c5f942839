"""Plans of rounds: who walks what when, what is ahead, and what became of the last thirty (A23)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.access import can, may, signed_in
from duty.forms.reasons import ReasonForm
from duty.pages import number_asked
from duty.views.trail import tell
from equipment.access import KEEPERS, keepers, readers
from equipment.foreseeing import foresee, next_by_the_clock
from equipment.forms.plans import PlanForm
from equipment.laying import lay_plan
from equipment.models import Checklist, Plan, Round, Status
from equipment.models.rounds import UNDONE
from equipment.rhythm_words import windows_in_words
from equipment.windows import window_of

SHOWN, LAST = 300, 30
# The fields that say when: with one of them wrong there is nothing to foresee.
TIMED = (
    "rhythm", "post", "person", "times", "weekdays", "month_days", "every_hours", "offset_minutes", "early_minutes",
    "start_minutes", "window_minutes", "grace_minutes", "from_on", "until_on",
)  # fmt: skip


def plan_seen(request, pk: int) -> Plan:
    rows = Plan.objects.visible_to(request.user).select_related("unit", "matter", "checklist", "post", "person")
    return get_object_or_404(rows, pk=pk)


def plan_kept(request, pk: int) -> Plan:
    """For those who keep it; held still while it is written."""
    if request.method == "POST":
        get_object_or_404(Plan.objects.visible_to(request.user).select_for_update(of=("self",)), pk=pk)
    row = plan_seen(request, pk)
    may(request.user, "keep", row)
    return row


@readers
def plans(request):
    """What is walked, by whom, how often; ended ones apart."""
    ended = request.GET.get("show") == "ended"
    rows = Plan.objects.visible_to(request.user).filter(matter__closed_at__isnull=not ended)
    ahead = Round.objects.filter(plan=OuterRef("pk"), status__in=UNDONE, missed_at__gt=request.at)
    rows = rows.select_related("unit", "checklist", "post", "person", "matter")
    rows = rows.annotate(next_at=Subquery(ahead.order_by("planned_at").values("planned_at")[:1]))
    rows = list(rows[:SHOWN])
    for row in rows:
        row.next_at = None if ended else row.next_at or next_by_the_clock(row, request.at)
    context = {"plans": rows, "ended": ended, "may_keep": request.user.sight.has(*KEEPERS)}
    return render(request, "equipment/plans.html", context)


@signed_in
def plan(request, pk: int):
    row = plan_seen(request, pk)
    rounds = row.rounds.exclude(status=Status.CANCELLED).select_related("done_by", "started_by", "shift")
    ahead = list(rounds.filter(status__in=UNDONE, missed_at__gt=request.at).order_by("planned_at")[:10])
    past = rounds.exclude(pk__in=[one.pk for one in ahead]).filter(planned_at__lte=request.at)
    last = list(past.order_by("-planned_at")[:LAST])
    for one in (*ahead, *last):
        one.look = one.state(request.at)
    done = [one for one in last if one.done_at]
    context = {
        "row": row,
        "ended": row.matter.closed_at is not None,
        "windows": windows_in_words(row),
        "window": window_of(row),
        "ahead": ahead,
        "last": last,
        "on_time": sum(one.done_at <= one.due_at for one in done),
        "missed": sum(one.is_missed(request.at) for one in last),
        "may_keep": can(request.user, "keep", row),
        "may_read_story": can(request.user, "read_story", row),
        "story": tell(row.matter)[::-1][:20],
    }
    return render(request, "equipment/plan.html", context)


@keepers
def add(request):
    initial = {}
    if (pk := number_asked(request.GET.get("checklist"))) is not None:
        row = Checklist.objects.visible_to(request.user).filter(pk=pk).first()
        initial = {"checklist": row.pk, "unit": row.unit_id, "name": row.name} if row else {}
    form = PlanForm(request.POST or None, by=request.user, at=request.at, initial=initial)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        _only_own_units(request, form)
        row = form.instance
        if form.kept(lambda: row.enter(by=request.user, at=request.at)):
            _laid(request, row)
            return redirect(row)
    return _form(request, form)


@keepers
def change(request, pk: int):
    row = plan_kept(request, pk)
    form = PlanForm(request.POST or None, instance=row, by=request.user, at=request.at)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        if not form.changed:
            messages.info(request, _("Nothing was changed."))
            return redirect(row)
        _only_own_units(request, form)
        if form.kept(lambda: row.change(form.changed, by=request.user, at=request.at)):
            _laid(request, row)
            return redirect(row)
    return _form(request, form, plan_seen(request, pk))


def _only_own_units(request, form) -> None:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
        raise PermissionDenied("keep")


def _laid(request, row: Plan) -> None:
    lay_plan(row.pk, request.at)
    count = row.rounds.filter(status=Status.SCHEDULED, planned_at__gte=request.at).count()
    said = ngettext("Saved. %(n)d round lies ahead in the next day and a half.",
                    "Saved. %(n)d rounds lie ahead in the next day and a half.", count)  # fmt: skip
    messages.success(request, said % {"n": count})


def _form(request, form: PlanForm, row: Plan | None = None):
    context = {"form": form, "row": row, "foreseen": None, "suggestions": form.suggestions}
    asked = form.is_bound or row is not None
    context |= _foreseen(form.instance, request.at) if asked and not set(form.errors) & set(TIMED) else {}
    return render(request, "equipment/plan_form.html", context, status=422 if form.errors else 200)


def _foreseen(plan: Plan, at) -> dict:
    return {"foreseen": foresee(plan, at), "window": window_of(plan), "plan": plan}


@keepers
def preview(request):
    """What the form as it stands would ask for; part of the form's page, fetched while one writes."""
    form = PlanForm(request.GET, by=request.user, at=request.at)
    form.is_valid()
    wrong = [name for name in TIMED if name in form.errors]
    context = {"wrong": [form.errors[name][0] for name in wrong]} if wrong else _foreseen(form.instance, request.at)
    return render(request, "equipment/_plan_preview.html", context)


@keepers
def end(request, pk: int):
    row = plan_kept(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.end(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
        lay_plan(row.pk, request.at)
        messages.success(
            request, _("The plan is ended. What was planned ahead is cancelled; what is open is still walked.")
        )
        return redirect(row)
    ahead = row.rounds.filter(status=Status.SCHEDULED, opens_at__gt=request.at).count()
    context = {"form": form, "row": row, "ahead": ahead}
    return render(request, "equipment/plan_end.html", context, status=422 if form.errors else 200)
