"""Objections to one's own record: raised, withdrawn, answered."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.pages import Older, number_asked
from duty.steps import Conflict
from scheduling.access import PLANNERS, planners
from scheduling.forms.rights import AnswerForm, ObjectionForm
from scheduling.models import Objection, ObjectionStatus, Seat

SHOWN = 40


@planners
def objections(request):
    """Those of the units one plans for; open ones first asked for."""
    mine = Objection.objects.filter(unit__in=sorted(request.user.sight.units(PLANNERS)))
    only_open = request.GET.get("show") != "all"
    rows = (mine.open() if only_open else mine).select_related("person__unit", "shift__post", "answered_by")
    page = Older(rows, request, "-raised_at", "-pk", size=SHOWN)
    return render(request, "scheduling/objections.html", {"page": page, "only_open": only_open})


@signed_in
def put(request):
    """Raise one: about a duty of one's own, or a general one."""
    seat, asked = None, request.GET.get("shift", "")
    if asked:
        seats = Seat.objects.filter(person=request.user, shift__pk=number_asked(asked)).select_related(
            "shift__post", "shift__unit"
        )
        seat = seats.order_by("starts_at").first()
        if seat is None:
            raise Http404
    form = ObjectionForm(request.POST or None, person=request.user, seat=seat)
    if request.method == "POST" and form.is_valid() and _raised(form, request):
        messages.success(request, _("Your objection is raised. It is to be answered within 7 days."))
        return redirect(form.instance)
    context = {"form": form, "seat": seat}
    return render(request, "scheduling/objection_form.html", context, status=422 if form.errors else 200)


def _raised(form: ObjectionForm, request) -> bool:
    """Two forms sent at once meet in the database: the second is told as if it had come later."""
    try:
        form.instance.put(by=request.user, at=request.at)
    except IntegrityError as why:
        if "one_open_objection_of_a_person_about_a_duty" not in str(why):
            raise
        form.waits_already()
        return False
    return True


def _seen(request, pk: int) -> Objection:
    rows = Objection.objects.visible_to(request.user).select_related(
        "person__unit", "shift__post", "answered_by", "matter"
    )
    return get_object_or_404(rows, pk=pk)


@signed_in
def objection(request, pk: int):
    return _page(request, _seen(request, pk), AnswerForm())


def _page(request, row: Objection, form: AnswerForm):
    waits = row.status == ObjectionStatus.RAISED
    context = {
        "objection": row,
        "form": form,
        "deadline": row.matter.deadlines.filter(kind="scheduling.objection").order_by("-id").first(),
        "may_answer": waits and can(request.user, "answer_objection", row),
        "may_withdraw": waits and can(request.user, "withdraw_objection", row),
    }
    return render(request, "scheduling/objection.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw(request, pk: int):
    row = _seen(request, pk)
    may(request.user, "withdraw_objection", row)
    row.withdraw(by=request.user, at=request.at)
    messages.success(request, _("Withdrawn."))
    return redirect(row)


@signed_in
@require_POST
def answer(request, pk: int):
    row = _seen(request, pk)
    may(request.user, "answer_objection", row)
    if row.status != ObjectionStatus.RAISED:
        raise Conflict(row)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    said = form.cleaned_data
    row.settle_with(
        said["decision"] == "upheld", said["answer"], form.adjustment(request.at), by=request.user, at=request.at
    )
    messages.success(request, _("Answered. %(name)s is told.") % {"name": row.person.name})
    return redirect(row)
