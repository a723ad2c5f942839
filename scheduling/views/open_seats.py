"""Open seats of a watch: what is open, who could take it; taking someone off."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.clock import day_of
from duty.forms.reasons import ReasonForm
from duty.models import Person
from duty.pages import number_asked
from scheduling import taking
from scheduling.models import Member, Shift
from scheduling.takers import fit, offered


def _watch(request, pk: int) -> Shift:
    rows = Shift.objects.live().visible_to(request.user).select_related("post", "unit")
    return get_object_or_404(rows, pk=pk)


@signed_in
def open_seats(request, pk: int):
    """What is open on a watch, with ranked people for each seat."""
    shift = _watch(request, pk)
    return _page(request, shift)


def _page(request, shift: Shift, status: int = 200, **bound):
    may_cover = can(request.user, "cover", shift)
    rows = []
    for gap in shift.open_seats.open().select_related("left"):
        gap.shift = shift
        span = max(gap.span[0], request.at), gap.span[1]
        ahead = span[1] > request.at
        people = offered(shift, gap.role, request.at, span, {gap.left_id}) if may_cover and ahead else []
        for row in people:
            row["asks"] = row["pk"] in gap.volunteers
        rows.append({"gap": gap, "span": span, "people": people})
    offers = {offer.gap.pk: offer for offer in taking.offers_to(request.user, request.at, shift)} if rows else {}
    for row in rows:
        row["offer"] = offers.get(row["gap"].pk)
    context = {"shift": shift, "rows": rows, "may_cover": may_cover, "crew": shift.crew()} | bound
    return render(request, "scheduling/open_seats.html", context, status=status)


@signed_in
@require_POST
def fill(request, pk: int):
    """Someone takes an open seat; where a rule speaks against it, only with a reason."""
    shift = _watch(request, pk)
    may(request.user, "cover", shift)
    gap = get_object_or_404(shift.open_seats, pk=number_asked(request.POST.get("seat")))
    gap.shift = shift
    person = Person.objects.employed(request.at).filter(pk=number_asked(request.POST.get("person"))).first()
    reason = request.POST.get("reason", "").strip()[:200]
    if person is None:
        return _page(request, shift, 422, wrong=gap.pk, words=_("Choose who takes it."))
    if gap.closed_at is None and not reason:
        span = max(gap.span[0], request.at), gap.span[1]
        known = fit(person, shift, gap.role, request.at, span)
        if not known.ok:
            words = _("%(why)s. Choose someone else, or write a reason.") % {"why": "; ".join(known.reasons)}
            return _page(request, shift, 422, wrong=gap.pk, words=words, chosen=person.pk)
    shift.fill(gap, person, by=request.user, at=request.at, reason=reason)
    messages.success(request, _("%(name)s takes it, and is told.") % {"name": person.name})
    return redirect("shift-open", shift.pk) if shift.open_seats.open().exists() else redirect(shift)


@signed_in
@require_POST
def take(request, pk: int):
    """An officer takes an open seat by themselves, or asks for it where the unit's terms say so."""
    pools = Member.objects.filter(person=request.user).standing(day_of(request.at)).values_list("unit_id", flat=True)
    rows = Shift.objects.live().select_related("post", "unit")
    seen = rows.visible_to(request.user) | rows.filter(unit_id__in=list(pools))
    shift = get_object_or_404(seen, pk=pk)
    may(request.user, "take_open", shift)
    gap = get_object_or_404(shift.open_seats, pk=number_asked(request.POST.get("seat")))
    if taking.take(shift, gap, by=request.user, at=request.at):
        messages.success(request, _("It is yours. Those who plan and whoever is on this watch are told."))
    else:
        messages.success(request, _("Those who plan are asked. You are told once it is decided."))
    return redirect("my")


@signed_in
@require_POST
def do_without(request, pk: int):
    shift = _watch(request, pk)
    may(request.user, "cover", shift)
    gap = get_object_or_404(shift.open_seats, pk=number_asked(request.POST.get("seat")))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, 422, wrong=gap.pk, words=_("Write why nobody is needed."))
    gap.shift = shift
    shift.do_without(gap, by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("The seat stays empty. The trail says why."))
    return redirect(shift)


@signed_in
@require_POST
def vacate(request, pk: int):
    """Take someone off a watch; what they were still to keep falls open."""
    shift = _watch(request, pk)
    may(request.user, "cover", shift)
    ahead = Q(ends_at__gt=request.at)
    seat = get_object_or_404(
        shift.seats.select_related("person").filter(ahead), pk=number_asked(request.POST.get("seat"))
    )
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, shift, 422, off=seat.pk, words=_("Write why."))
    said = form.cleaned_data["reason"]
    shift.vacate(seat.role, seat.person, (seat.starts_at, seat.ends_at), by=request.user, at=request.at, reason=said)
    messages.success(request, _("%(name)s is off this watch. The seat is open.") % {"name": seat.person.name})
    return redirect("shift-open", shift.pk)
