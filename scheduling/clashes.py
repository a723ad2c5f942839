"""What speaks against an absence: duties inside it, others away at that time. Told before it is sent, asked again later."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from scheduling import wording
from scheduling.models import Absence, AbsenceStatus, Seat
from scheduling.models.leaving import head_and_deputy


@dataclass(frozen=True)
class Clash:
    """One thing in the way. `stops`: it is not approved as long as this stands."""

    text: str
    stops: bool = False
    seat: Seat | None = None  # the duty that needs a substitute


def clashes(absence: Absence, at) -> list[Clash]:
    found = [Clash(_in_words(absence, seat), True, seat) for seat in absence.duties(at)]
    stopped = {row.pk for _other, row in absence.counterparts()}
    pairs = Absence.objects.standing().between(absence.starts_at, absence.ends_at).exclude(pk=absence.pk)
    for row in pairs.filter(person__in=head_and_deputy(absence.person)).select_related("person"):
        if row.pk in stopped:
            words = _(
                "%(name)s is away too: %(span)s. Head and deputy are not both away, unless who stands above lets them, with a reason."
            )
        else:
            words = _("%(name)s means to be away too: %(span)s.")
        found.append(Clash(words % {"name": row.person.name, "span": row.half_days()}, row.pk in stopped))
    if absence.acting_id:
        found += _of_acting(absence, at)
    return found


def _in_words(absence: Absence, seat: Seat) -> str:
    values = {"watch": seat.shift.title, "role": seat.get_role_display()}
    return _("On duty: %(watch)s %(role)s, %(span)s") % (values | {"span": wording.from_until(absence.part_of(seat))})


def _of_acting(absence: Absence, at) -> list[Clash]:
    name, span = absence.acting.name, (absence.starts_at, absence.ends_at)
    away = Absence.objects.standing().between(*span).filter(person=absence.acting).exclude(pk=absence.pk)
    found = [
        Clash(_("%(name)s, who is to act, is away at that time too: %(span)s.") % {"name": name, "span": row.half_days()},
              row.status != AbsenceStatus.ASKED)
        for row in away
    ]  # fmt: skip
    duties = Seat.objects.filter(person=absence.acting).between(max(span[0], at), span[1]).select_related("shift__post")
    for seat in duties[:3]:
        words = _("%(name)s, who is to act, is on duty: %(watch)s, %(span)s.")
        when = wording.from_until((seat.starts_at, seat.ends_at))
        found.append(Clash(words % {"name": name, "watch": seat.shift.title, "span": when}))
    return found
