"""Whether someone may take a duty, in the words of the rules; whom an offer to everyone goes to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from scheduling.models import SeatRole
from scheduling.substitutes import Candidate, candidates

# What no planner can let pass.
NEVER = frozenset({"employed", "present", "one_at_a_time"})
SHOWN = 12


@dataclass(frozen=True)
class Fit:
    """Someone as the taker of a duty: `ok` where no rule stands in the way, `never` where nobody can let it pass."""

    ok: bool
    never: bool
    reasons: tuple[str, ...]
    forbids: tuple[str, ...] = ()  # those of the reasons that are no mere wishes


def fit(person, shift, role: str, at, span) -> Fit:
    if shift.seats.filter(person=person).between(*span).exists():
        words = _("%(name)s has a seat on this watch already.") % {"name": person.name}
        return Fit(False, True, (words,), (words,))
    for candidate in candidates(shift, role, at, span):
        if candidate.person.id == person.pk:
            return as_fit(candidate)
    values = {"name": person.name, "role": SeatRole(role).label}
    words = _("%(name)s is not among the people for this seat: %(role)s.") % values
    return Fit(False, False, (words,), (words,))


def as_fit(candidate: Candidate) -> Fit:
    never = any(broken.rule in NEVER for broken in candidate.breaks)
    return Fit(candidate.ok, never, candidate.reasons, candidate.forbids)


def eligible(shift, role: str, at, span) -> list[int]:
    return [one.person.id for one in candidates(shift, role, at, span) if one.ok]


def offered(shift, role: str, at, span, besides=()) -> list[dict]:
    """Ranked for a choice: those it fits first, then those a planner might let pass, with what speaks against them."""
    rows = []
    for one in candidates(shift, role, at, span):
        known = as_fit(one)
        if one.person.id not in besides and not known.never:
            rows.append(
                {"pk": one.person.id, "name": one.person.name, "fit": known, "load": one.load, "rest": one.rest_hours}
            )
    return rows[:SHOWN]
