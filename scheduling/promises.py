"""What scheduling promises: an open seat is filled before its watch, an absence is answered, a return told, a swap taken.

For each kind: which matters ought to have one, how a missing one is opened again, and what its messages say.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from duty.models import Deadline, Via
from duty.steps import Conflict
from scheduling import wording
from scheduling.leavers import let_go, without_keeper
from scheduling.models import Absence, AbsenceStatus, OpenSeat, Shift, Swap, SwapStatus
from scheduling.models.trading import usual_window
from scheduling.vacancies import short_of_people

# Open seats


def with_open_seats(at):
    """Watches that have an open seat, or fewer people than were published."""
    yield from OpenSeat.objects.ahead(at).values_list("shift_id", flat=True).distinct()
    yield from short_of_people(at)


def restore_open_seat(matter_id: int, at) -> None:
    shift = Shift.objects.get(pk=matter_id)
    for role, people in short_of_people(at).get(matter_id, {}).items():
        for _seat in range(people):
            shift.leave_open(role, by=None, at=at)
    shift.mind_open_seats(by=None, at=at)


def open_seats_in_words(ids) -> dict[int, str]:
    gaps = OpenSeat.objects.open().filter(shift__in=ids).select_related("shift")
    found: dict[int, list[str]] = {}
    for gap in gaps:
        found.setdefault(gap.shift_id, []).append(f"{gap.get_role_display()} {wording.from_until(gap.span)}")
    return {pk: "\n".join(lines) for pk, lines in found.items()}


# Absences


def unanswered(at):
    return Absence.objects.filter(status=AbsenceStatus.ASKED).values_list("pk", flat=True)


def restore_answer(matter_id: int, at) -> None:
    Absence.objects.select_related("person").get(pk=matter_id)._owe_answer(None, at)


def away(at):
    return Absence.objects.filter(status=AbsenceStatus.APPROVED).values_list("pk", flat=True)


def restore_return(matter_id: int, at) -> None:
    Absence.objects.select_related("person").get(pk=matter_id)._owe_return(None, at)


def absences_in_words(ids) -> dict[int, str]:
    rows = Absence.objects.filter(pk__in=ids)
    return {row.pk: f"{row.get_kind_display()}, {row.half_days()}" for row in rows}


# Swaps


def waiting_for_an_answer(at):
    return Swap.objects.filter(status=SwapStatus.OFFERED).values_list("pk", flat=True)


def restore_swap(matter_id: int, at) -> None:
    swap = Swap.objects.select_related("asked").get(pk=matter_id)
    swap.owe("scheduling.swap", swap.expires_at, at=at, owed_by=swap.asked)


def waiting_for_approval(at):
    return Swap.objects.filter(status=SwapStatus.TAKEN).values_list("pk", flat=True)


def restore_approval(matter_id: int, at) -> None:
    swap = Swap.objects.select_related("shift", "counter_shift").get(pk=matter_id)
    due = at + usual_window(at, max(swap.starts_first(), at))
    swap.owe("scheduling.approval", due, at=at, owed_as="scheduling.planners")


def swaps_in_words(ids) -> dict[int, str]:
    swaps = Swap.objects.filter(pk__in=ids).select_related("shift", "counter_shift")
    return {swap.pk: wording.particulars(swap) for swap in swaps}


# What time itself does


def lapse(at) -> int:
    """Expire what nobody answered, withdraw what can no longer be, open what leavers leave, end what is over.

    Returns how many. Idempotent, each on its own: one that someone holds or has just moved is left for the next time.
    """
    done = 0
    for swap in Swap.objects.open().order_by("pk"):
        done += _alone(_lapse_swap, swap.pk, at)
    for pk in without_keeper(at).values_list("pk", flat=True):
        done += _alone(let_go, pk, at)
    over = OpenSeat.objects.open().filter(shift=OuterRef("pk"))
    promised = Deadline.objects.open().filter(matter_id=OuterRef("pk"), kind="scheduling.open_seat")
    for pk in Shift.objects.filter(Exists(over) | Exists(promised), ends_at__lte=at).values_list("pk", flat=True):
        done += _alone(_end_watch, pk, at)
    return done


def _alone(deed, pk: int, at) -> int:
    try:
        with transaction.atomic():
            return deed(pk, at)
    except Conflict:
        return 0


def _lapse_swap(pk: int, at) -> int:
    swap = Swap.objects.get(pk=pk)
    if swap.expires_at <= at:
        swap.expire(by=None, at=at, via=Via.ENGINE)
    elif why := swap.lapse(at):
        swap.withdraw(by=None, at=at, why=why, via=Via.ENGINE)
    else:
        return 0
    return 1


def _end_watch(pk: int, at) -> int:
    Shift.objects.get(pk=pk).end_open(by=None, at=at, via=Via.ENGINE)
    return 1
