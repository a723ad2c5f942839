"""What the quick log shows while urgency and scope are chosen: level, the standard's words, who hears by when."""

import datetime as dt

from duty.ladders import frozen
from duty.recipients import reachable
from duty.sockets import resolvers
from duty.sweeping import Due


def verdicts(standard, person, unit, at: dt.datetime) -> dict:
    """Per cell and per level, ready for the page: {"cells": {"3-2": …}, "levels": {rank: …}}."""
    told = _told(standard.by_rank.values(), person, unit, at)
    levels = {
        level.rank: {
            "id": level.pk,
            "name": level.name,
            "report": level.must_report,
            "minutes": int(level.report_within.total_seconds() // 60),
            "to": told[level.rank],
        }
        for level in standard.by_rank.values()
    }
    cells = {
        f"{urgency}-{scope}": {"rank": cell.level.rank, "words": cell.words}
        for (urgency, scope), cell in standard.matrix.items()
    }
    return {"version": standard.number, "cells": cells, "levels": levels}


def _told(levels, person, unit, at) -> dict[int, list[str]]:
    """{rank: names}: whom a report made now by this person would reach, each resolver asked once for all levels."""
    dues = {}
    for level in levels:
        ladder = frozen([level.first_rung(0)])
        due = Due(level.rank, "", 0, unit.pk, person.pk, None, "", at, at, ladder, 0, at, "", "", at)
        for name in level.report_to.split("+"):
            dues.setdefault(name, []).append(due)
    found = {name: resolvers[name].find(asked, at) for name, asked in dues.items()}
    people = reachable({pk for ids in found.values() for some in ids.values() for pk in some}, at)
    return {
        level.rank: list(
            dict.fromkeys(
                people[pk].name
                for name in level.report_to.split("+")
                for pk in found[name].get(level.rank, [])
                if pk in people
            )
        )
        for level in levels
    }
