"""Shift checks, as the apps above lend them, and where the watch stands with each."""

from scheduling.models.shifts import Shift, my_watch
from scheduling.sockets import handover_sections, shift_checks


def findings(shift: Shift, at, when: str) -> list[dict]:
    """Every check before or after a watch, with what is still open for it."""
    return [{"check": check, "open": check.findings(shift, at)} for check in shift_checks if check.when == when]


def sections(shift: Shift, at) -> list[dict]:
    """What the next watch must be told, section by section."""
    ordered = sorted(handover_sections, key=lambda section: section.order)
    return [{"section": section, "items": section.items(shift, at)} for section in ordered]


def checks(person, at):
    """The desk's panel: what is in order on this watch, and what is not yet."""
    shift = my_watch(person, at)
    if shift is None or shift.unit_id not in person.sight.units():
        return None
    return {"shift": shift, "checks": findings(shift, at, "before") + findings(shift, at, "after")}
