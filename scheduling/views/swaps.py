"""换班与替班: offering a duty, answering, approving; what waits for me."""

from django.contrib import messages
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.clock import HOUR
from duty.forms.reasons import ReasonForm
from duty.models import Notice
from duty.pages import number_asked
from duty.steps import Conflict
from scheduling import wording
from scheduling.access import PLANNERS
from scheduling.forms.swaps import SwapForm
from scheduling.models import Absence, OpenSeat, Seat, Swap, SwapStatus
from scheduling.models.trading import whole
from scheduling.recipients import planners_of
from scheduling.takers import eligible, fit

MOST = 40
RELATED = ("shift__post", "counter_shift__post", "giver", "asked", "taker", "absence")


@signed_in
def swaps(request):
    """Asked of me, offered to all that I may take, my own, my duties ahead; for planners what waits for them."""
    me = request.user
    rows = Swap.objects.visible_to(me).select_related(*RELATED)
    key = Concat(Value("swap:"), Cast("matter_id", CharField()), output_field=CharField())
    to_all = rows.filter(status=SwapStatus.OFFERED, asked__isnull=True).exclude(giver=me).annotate(key=key)
    told = Notice.objects.filter(recipient=me, key__startswith="swap:").order_by("-id").values("key")[:500]
    planned = sorted(me.sight.units(PLANNERS))
    seats = Seat.objects.filter(person=me, starts_at__gt=request.at, shift__removed_at__isnull=True)
    context = {
        "asked": rows.filter(status=SwapStatus.OFFERED, asked=me).order_by("expires_at")[:MOST],
        "to_all": to_all.filter(key__in=told).order_by("expires_at")[:MOST],
        "mine": rows.filter(Q(giver=me) | Q(taker=me)).order_by("-offered_at")[:12],
        "duties": seats.select_related("shift__post").order_by("starts_at")[:12],
        "plans": bool(planned),
        "to_approve": rows.filter(status=SwapStatus.TAKEN, unit__in=planned).order_by("expires_at")[:MOST] if planned else [],
        "under_way": rows.filter(status=SwapStatus.OFFERED, unit__in=planned).order_by("expires_at")[:MOST] if planned else [],
        "gaps": OpenSeat.objects.ahead(request.at).filter(shift__unit__in=planned).select_related("shift__post")[:MOST] if planned else [],
    }  # fmt: skip
    return render(request, "scheduling/swaps.html", context)


def _seat(request) -> Seat:
    seats = Seat.objects.filter(shift__removed_at__isnull=True).select_related("shift__post", "shift__unit", "person")
    seat = get_object_or_404(seats, pk=number_asked(request.GET.get("seat")))
    if seat.person_id != request.user.pk and seat.shift.unit_id not in request.user.sight.units():
        return get_object_or_404(seats, pk=None)
    may(request.user, "give", seat)
    return seat


@signed_in
def offer(request):
    """One's own duty, or for someone by who may cover the watch; then it can be decided at once."""
    if not request.GET.get("seat"):
        return redirect("swaps")
    seat = _seat(request)
    if seat.ends_at <= request.at:
        raise Conflict(seat.shift, _("This duty is over."))
    absence = _absence(request, seat)
    span = absence.part_of(seat) if absence else None
    decides = can(request.user, "cover", seat.shift) and request.user.pk != seat.person_id
    form = SwapForm(request.POST or None, seat=seat, by=request.user, at=request.at, may_decide=decides, span=span)
    context = {"form": form, "seat": seat, "absence": absence, "own": seat.person_id == request.user.pk}
    if request.method == "POST" and form.is_valid():
        told = form.told()
        if told:
            return render(request, "scheduling/swap_form.html", context | {"told": told})
        swap = _made(form, seat, absence)
        said = form.cleaned_data
        if said.get("at_once"):
            swap.arrange(by=request.user, at=request.at, reason=said["reason"])
            messages.success(request, _("Done. Both are told."))
            return redirect(swap)
        people = [] if swap.asked_id else eligible(seat.shift, seat.role, request.at, form.span)
        if not swap.asked_id and not people:
            people = planners_of([seat.shift.unit_id]).get(seat.shift.unit_id, [])
        window = said["within"] and said["within"] * HOUR
        override = said["reason"] if decides else ""
        swap.offer(by=request.user, at=request.at, window=window, told=people, reason=override)
        messages.success(request, _("It is offered. You keep the duty until it is taken over."))
        return redirect(swap)
    return render(request, "scheduling/swap_form.html", context, status=422 if form.errors else 200)


def _absence(request, seat: Seat) -> Absence | None:
    """The absence that the duty is given away for, if the address names one of the same person."""
    rows = Absence.objects.standing().filter(person=seat.person_id).between(seat.starts_at, seat.ends_at)
    return rows.filter(pk=number_asked(request.GET.get("absence"))).first()


def _made(form: SwapForm, seat: Seat, absence) -> Swap:
    counter = form.counter
    swap = Swap(
        shift=seat.shift, role=seat.role, giver=seat.person, asked=form.asked, absence=absence,
        counter_shift=counter and counter.shift, counter_role=counter.role if counter else "",
        reason=form.cleaned_data["reason"], taker=form.asked if form.cleaned_data.get("at_once") else None,
    )  # fmt: skip
    swap.span = form.span
    return swap


def seen_by(person, pk: int) -> Swap:
    rows = Swap.objects.visible_to(person).select_related(*RELATED, "shift__unit", "offered_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@signed_in
def swap(request, pk: int):
    return page(request, seen_by(request.user, pk))


def page(request, swap: Swap, *, status: int = 200, **bound):
    """One swap: what would change hands, what speaks against it, and what this person may do."""
    me, at = request.user, request.at
    may_take = swap.status == SwapStatus.OFFERED and swap.expires_at > at and can(me, "take", swap)
    settles = swap.status == SwapStatus.TAKEN and can(me, "settle_swap", swap)
    who = me if may_take else swap.taker if settles else None
    context = {
        "swap": swap, "span": wording.from_until(swap.span), "may_take": may_take, "settles": settles,
        "turns_down": swap.status == SwapStatus.OFFERED and can(me, "turn_down", swap),
        "calls_off": swap.is_open and can(me, "call_off", swap),
        "knows": me.pk in (swap.giver_id, swap.asked_id, swap.taker_id) or may_take or can(me, "cover", swap.shift),
        "against": against(swap, who, at) if who else [],
        "counter_span": wording.from_until(whole(swap.counter_shift)) if swap.counter_shift_id else "",
        "next_to": swap.shift.next_to(swap.role, swap.span), "form": bound.get("decline") or ReasonForm(prefix="decline"),
    }  # fmt: skip
    return render(request, "scheduling/swap.html", context, status=status)


def against(swap: Swap, person, at) -> list[str]:
    found = list(fit(person, swap.shift, swap.role, at, swap.span).reasons)
    if swap.counter_shift_id:
        found += fit(swap.giver, swap.counter_shift, swap.counter_role, at, whole(swap.counter_shift)).reasons
    return found


@signed_in
@require_POST
def take(request, pk: int):
    swap = seen_by(request.user, pk)
    may(request.user, "take", swap)
    if swap.status == SwapStatus.OFFERED and not swap.counter_shift_id:
        known = fit(request.user, swap.shift, swap.role, request.at, swap.span)
        if known.never or (not known.ok and not swap.asked_id):
            raise Conflict(swap, "; ".join(known.reasons))
    swap.take(by=request.user, at=request.at)
    done = swap.status == SwapStatus.DONE
    messages.success(request, _("The duty is yours.") if done else _("You take it, once it is approved."))
    return redirect(swap)


@signed_in
@require_POST
def approve(request, pk: int):
    swap = seen_by(request.user, pk)
    may(request.user, "settle_swap", swap)
    swap.approve(by=request.user, at=request.at)
    messages.success(request, _("Approved. Both are told who is before and after them."))
    return redirect(swap)


@signed_in
@require_POST
def decline(request, pk: int):
    """By the one who was asked; or, once it is taken, by who approves, with a reason."""
    swap = seen_by(request.user, pk)
    asked = swap.status == SwapStatus.OFFERED and can(request.user, "turn_down", swap)
    if not asked:
        may(request.user, "settle_swap", swap)
    form = ReasonForm(request.POST, prefix="decline")
    form.fields["reason"].required = not asked
    if not form.is_valid():
        return page(request, swap, status=422, decline=form)
    swap.decline(by=request.user, at=request.at, reason=form.cleaned_data["reason"])
    messages.success(request, _("Declined. The other is told."))
    return redirect(swap)


@signed_in
@require_POST
def withdraw(request, pk: int):
    swap = seen_by(request.user, pk)
    may(request.user, "call_off", swap)
    swap.withdraw(by=request.user, at=request.at)
    messages.success(request, _("Withdrawn."))
    return redirect(swap)
