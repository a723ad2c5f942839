"""What the quick log shows while urgency and scope are chosen: level, the standard's words, who hears by when."""

import datetime as dt

from duty.ladders import frozen
from duty.recipients import reachable
from duty.sockets import resolvers
from duty.sweeping import Due


def verdicts(standard, person, unit, at: dt.datetime) -> dict:
    """Per cell and per level, ready for the page: {"cells": {"3-2": …}, "levels": {rank: …}}."""
    told = {level.rank: _names(level, person, unit, at) for level in standard.levels.all()}
    levels = {
        level.rank: {
            "id": level.pk,
            "name": level.name,
            "report": level.must_report,
            "minutes": int(level.report_within.total_seconds() // 60),
            "to": told[level.rank],
        }
        for level in standard.levels.all()
    }
    cells = {
        f"{urgency}-{scope}": {"rank": cell.level.rank, "words": cell.words}
        for (urgency, scope), cell in standard.matrix.items()
    }
    return {"version": standard.number, "cells": cells, "levels": levels}


def _names(level, person, unit, at) -> list[str]:
    """Whom a report made now by this person would reach."""
    ladder = frozen([level.first_rung(0)])
    due = Due(0, "", 0, unit.pk, person.pk, None, "", at, at, ladder, 0, at, "", "", at)
    ids = [pk for name in level.report_to.split("+") for pk in resolvers[name].find([due], at).get(0, [])]
    people = reachable(ids, at)
    return list(dict.fromkeys(people[pk].name for pk in ids if pk in people))
