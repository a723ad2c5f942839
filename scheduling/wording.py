"""What messages about seats, swaps and absences say, written in each recipient's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.clock import HOUR, MINUTE, day_of, local
from duty.templatetags.times import day, hm

SOON = 8 * HOUR


def from_until(span) -> str:
    """Mon 23 Nov 18:00 – Tue 24 Nov 08:00; the second day only where it is another, and midnight as 24:00."""
    start, end = span
    midnight = local(end).time() == local(end).time().min and day_of(end - MINUTE) == day_of(start)
    until = "24:00" if midnight else hm(end) if day_of(end) == day_of(start) else f"{day(end)} {hm(end)}"
    return f"{day(start)} {hm(start)} – {until}"


def change_of_hands(role, giver: str, taker: str, start: str = "", end: str = "") -> str:
    """A line of the trail: primary 陈立 → 刘洋, 22:00–02:00."""
    nobody = pgettext("in place of a name", "nobody")
    part = f", {start}–{end}" if start else ""
    return f"{role} {giver or nobody} → {taker or nobody}{part}"


# Open seats


def vacated(shift, gap, person):
    def write():
        values = {"role": gap.get_role_display(), "watch": shift.title}
        text = _("%(name)s does not keep it. %(span)s") % {"name": person.name, "span": from_until(gap.span)}
        text += f"\n{gap.reason}" if gap.reason else ""
        return _("Open seat: %(role)s on %(watch)s") % values, text

    return write


def filled(shift, role, person, span):
    def write():
        values = {"who": person.name, "watch": shift.title, "role": role_name(role)}
        return _("%(who)s takes the open seat: %(role)s on %(watch)s") % values, neighbours(shift, role, span)

    return write


def asked_for(shift, role, person, span):
    def write():
        values = {"who": person.name, "watch": shift.title, "role": role_name(role)}
        return _("%(who)s would take the open seat: %(role)s on %(watch)s") % values, neighbours(shift, role, span)

    return write


def role_name(role: str):
    from scheduling.models import SeatRole

    return SeatRole(role).label


def neighbours(shift, role, span) -> str:
    """When it is, and who is on watch right before and right after."""
    before, after = shift.next_to(role, span)
    lines = [from_until(span)]
    if before:
        lines.append(_("Before: %(who)s, until %(when)s") % _beside(before, before.ends_at))
    if after:
        lines.append(_("After: %(who)s, from %(when)s") % _beside(after, after.starts_at))
    return "\n".join(lines)


def _beside(seat, moment) -> dict:
    number = f" {seat.person.mobile}" if seat.person.mobile else ""
    return {"who": f"{seat.person.name}{number}", "when": f"{day(moment)} {hm(moment)}"}


# Swaps


def _duty(swap) -> dict:
    return {"who": swap.giver.name, "watch": swap.shift.title, "role": swap.get_role_display()}


def particulars(swap) -> str:
    lines = [f"{swap.shift.title} {swap.get_role_display()} {from_until(swap.span)}"]
    if swap.counter_shift_id:
        counter = swap.counter_shift
        span = from_until((counter.starts_at, counter.ends_at))
        lines.append(_("In exchange: %(duty)s") % {"duty": f"{counter.title} {role_name(swap.counter_role)} {span}"})
    if swap.reason:
        lines.append(swap.reason)
    return "\n".join(lines)


def offered(swap):
    def write():
        if swap.counter_shift_id:
            title = _("%(who)s asks you to exchange duties: %(watch)s")
        elif swap.asked_id:
            title = _("%(who)s asks you to take a duty: %(watch)s")
        else:
            title = _("%(who)s looks for someone to take a duty: %(watch)s")
        until = _("Answer by %(time)s.") % {"time": f"{day(swap.expires_at)} {hm(swap.expires_at)}"}
        return title % _duty(swap), f"{particulars(swap)}\n{until}"

    return write


def taken(swap):
    def write():
        values = _duty(swap) | {"taker": swap.taker.name}
        return _("%(taker)s takes %(who)s's duty, if it is approved: %(watch)s") % values, particulars(swap)

    return write


def done(swap, reason: str = ""):
    """Both are told who is on watch now before and after them."""

    def write():
        values = _duty(swap) | {"taker": swap.taker.name}
        lines = [neighbours(swap.shift, swap.role, swap.span)]
        if swap.counter_shift_id:
            counter = swap.counter_shift
            lines.append(f"{swap.giver.name}: {counter.title} {role_name(swap.counter_role)}")
            lines.append(neighbours(counter, swap.counter_role, (counter.starts_at, counter.ends_at)))
        if reason:
            lines.append(reason)
        return _("%(taker)s keeps it now instead of %(who)s: %(role)s on %(watch)s") % values, "\n".join(lines)

    return write


def declined(swap, by, reason: str = ""):
    return lambda: (_("%(by)s declined: %(watch)s") % (_duty(swap) | {"by": by.name}), reason or particulars(swap))


def called_off(swap, why: str = ""):
    return lambda: (_("Withdrawn: %(who)s's offer of %(watch)s") % _duty(swap), why and _(why))


def expired(swap):
    return lambda: (
        _("Nobody took it in time: %(who)s's duty %(watch)s") % _duty(swap),
        _("It stays with whoever keeps it. Offer it again, or ask a planner."),
    )


# Absences


def _absence(absence) -> dict:
    return {"who": absence.person.name, "kind": absence.get_kind_display(), "span": absence.half_days()}


def asked(absence):
    return lambda: (_("%(who)s asks: %(kind)s, %(span)s") % _absence(absence), absence.place)


def filed_for(absence, by):
    return lambda: (_("%(by)s filed for you: %(kind)s, %(span)s") % (_absence(absence) | {"by": by.name}), "")


def approved(absence, by):
    def write():
        acting = f"{absence.acting.name} {absence.acting_phone}" if absence.acting_id else ""
        text = _("Acting meanwhile: %(who)s") % {"who": acting} if acting else ""
        return _("Approved by %(by)s: %(who)s, %(kind)s, %(span)s") % (_absence(absence) | {"by": by.name}), text

    return write


def not_approved(absence, by, reason: str):
    return lambda: (_("Declined by %(by)s: %(kind)s, %(span)s") % (_absence(absence) | {"by": by.name}), reason)


def absence_withdrawn(absence):
    return lambda: (_("Withdrawn: %(who)s, %(kind)s, %(span)s") % _absence(absence), "")


def refiled(absence):
    return lambda: (_("Filed anew: %(who)s, %(kind)s, %(span)s") % _absence(absence), absence.place)


def recorded(absence, by, open_seats: int):
    def write():
        text = _("Duties that are open now: %(n)s") % {"n": open_seats} if open_seats else ""
        return _("%(by)s recorded: %(who)s, %(kind)s, %(span)s") % (_absence(absence) | {"by": by.name}), text

    return write


def back(absence):
    return lambda: (_("Back: %(who)s") % _absence(absence), "")
