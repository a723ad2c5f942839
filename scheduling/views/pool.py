"""People for duty: the pool of each unit, and everything about one person for duty (A4, A32–A34)."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import may, signed_in
from duty.clock import day_of, local
from duty.models import Person, Unit
from scheduling.access import PLANNERS, planners, plans_for
from scheduling.forms.pool import JoinForm, MemberForm
from scheduling.forms.posts import LastDayForm
from scheduling.models import Absence, Exemption, Member, Qualified, Wish
from scheduling.pool import duties_left, lines_of


@planners
def pool(request):
    """The pool of one of the reader's units."""
    planned = request.user.sight.units(PLANNERS)
    units = list(Unit.objects.filter(pk__in=planned).order_by("order", "id"))
    asked = request.GET.get("unit", "")
    chosen = next((unit for unit in units if str(unit.pk) == asked), None)
    if asked and chosen is None:
        raise Http404
    pooled = set(Member.objects.filter(unit__in=planned).values_list("unit_id", flat=True))
    if chosen is None:
        own = [unit for unit in units if unit.pk == request.user.unit_id and unit.pk in pooled]
        chosen = next(iter(own or [unit for unit in units if unit.pk in pooled] or units))
    members = (
        Member.objects.filter(unit=chosen)
        .select_related("person")
        .order_by("person__name_sort", "person_id", "from_on")
    )
    past = request.GET.get("show") == "past"
    if not past:
        members = members.standing(day_of(request.at))
    context = {
        "units": units, "unit": chosen, "lines": lines_of(list(members), request.at), "past": past,
        "today": day_of(request.at),
    }  # fmt: skip
    return render(request, "scheduling/pool.html", context)


def _to_pool(unit_id: int):
    return redirect(reverse("pool", query={"unit": unit_id}))


@planners
def add(request, pk: int):
    """Several people join the pool at once."""
    unit = get_object_or_404(Unit.objects.filter(pk__in=request.user.sight.units(PLANNERS)), pk=pk)
    form = JoinForm(request.POST or None, unit=unit, at=request.at)
    if request.method == "POST" and form.is_valid():
        if _in_turn(form, form.refuse_those_in, lambda: [m.join(by=request.user, at=request.at) for m in form.members]):
            messages.success(request, _("%(n)s people are in the pool.") % {"n": len(form.chosen)})
            return _to_pool(unit.pk)
    context = {"form": form, "unit": unit}
    return render(request, "scheduling/pool_add.html", context, status=422 if form.errors else 200)


@planners
def change(request, pk: int):
    member = _standing(request, pk)
    form = MemberForm(request.POST or None, old=member, at=request.at)
    if request.method == "POST" and form.is_valid():
        if set(form.changed_data) <= ({"from_on"} if member.from_on <= day_of(request.at) else set()):
            messages.info(request, _("Nothing was changed."))
            return _to_pool(member.unit_id)
        kept = {"by": request.user, "at": request.at, "fields": form.changed_data}
        if _in_turn(form, lambda: None, lambda: member.change_to(form.instance, **kept)):
            messages.success(request, _("Changed from %(day)s on.") % {"day": form.instance.from_on})
            return _to_pool(member.unit_id)
    context = {"form": form, "member": Member.objects.select_related("person", "unit").get(pk=pk)}
    return render(request, "scheduling/member_form.html", context, status=422 if form.errors else 200)


@planners
def end(request, pk: int):
    """A leaver's duties after the last day are named; they stay until someone takes them."""
    member = _standing(request, pk)
    form = LastDayForm(request.POST or None, at=request.at)
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_on"]
        left = list(member.duties_after(last))
        member.leave(last, by=request.user, at=request.at)
        messages.success(
            request, _("%(name)s is in the pool until %(day)s.") % {"name": member.person.name, "day": last}
        )
        if left:
            said = "、".join(
                f"{seat.shift.post.name} {seat.shift.name} {local(seat.starts_at):%m-%d}" for seat in left[:20]
            )
            messages.warning(request, _("Someone else has to keep these duties: %(duties)s.") % {"duties": said})
            return redirect("person", member.person_id)
        return _to_pool(member.unit_id)
    duties = [seat for seat in duties_left(member.person, request.at) if seat.shift.unit_id == member.unit_id]
    context = {"form": form, "member": member, "duties": duties}
    return render(request, "scheduling/member_end.html", context, status=422 if form.errors else 200)


def _standing(request, pk: int) -> Member:
    rows = Member.objects.visible_to(request.user).standing(day_of(request.at)).select_related("person", "unit")
    member = get_object_or_404(rows, pk=pk)
    may(request.user, "arrange", member)
    return member


def _in_turn(form, tell, write) -> bool:
    """Someone may be faster: the database decides, and the form says who is in the pool by now."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as why:
        if "one_membership_of_a_person" not in str(why):
            raise
        tell()
        if not form.errors:
            form.add_error("from_on", _("This person is in the unit's pool at that time already."))
        return False
    return True


@signed_in
def person(request, pk: int):
    """Everything about one person for duty; for themselves, and for those who plan for them."""
    who = get_object_or_404(Person.objects.select_related("unit", "superior"), pk=pk)
    planned = plans_for(request.user, who)
    if who.pk != request.user.pk and not planned:
        raise Http404
    today = day_of(request.at)
    duties = duties_left(who, request.at)
    records = Qualified.objects.filter(person=who).select_related("qualification", "assessor", "matter")
    for record in records:
        record.look = record.state(today) if record.stands or record.revoked_at else ("next", _("renewed"))
    context = {
        "who": who, "planned": planned, "today": today, "duties": duties,
        "orphaned": [seat for seat in duties if seat.orphaned],
        "members": Member.objects.filter(person=who).select_related("unit").order_by("-from_on"),
        "records": records,
        "exemptions": Exemption.objects.filter(person=who).select_related("granted_by"),
        "absences": Absence.objects.standing().filter(person=who, ends_at__gt=request.at).order_by("starts_at")[:10],
        "wishes": Wish.objects.filter(person=who, date__gte=today)[:62],
        "planned_units": request.user.sight.units(PLANNERS),
    }  # fmt: skip
    return render(request, "scheduling/person.html", context)
