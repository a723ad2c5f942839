"""Ladders: what fires when, while a promise is open. Pure; times are aware datetimes, offsets seconds.

A ladder is a list of rungs in order. Rung k is planned at `due_at + offset`; it fires at the later of that
and `min_gap` after the rung before it, so that an outage ends in one level at a time and not in all at once.
A rung that reaches nobody is passed at once: the next level above follows immediately.
The last rung may come `again` every so many seconds, so that silence never wins.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass

TELL, REMIND, ESCALATE = "tell", "remind", "escalate"
MIN_GAP_SECONDS = 300


@dataclass(frozen=True)
class Rung:
    offset: int  # seconds from due_at; negative is before
    to: str  # a recipient resolver, or several joined by "+"
    action: str = REMIND
    min_gap: int = MIN_GAP_SECONDS
    again: int = 0  # last rung only: seconds until it fires again; 0 is once
    person: int | None = None  # for the resolver of one designated person
    urgent: bool = False  # this rung, even where its kind is not

    def __post_init__(self):
        if self.action not in (TELL, REMIND, ESCALATE):
            raise ValueError(f"a rung tells, reminds or escalates, it cannot {self.action!r}")
        if self.min_gap < 0 or self.again < 0:
            raise ValueError("a rung's gaps are not negative")


def frozen(rungs: Iterable[Rung]) -> list[dict]:
    """The ladder as it is kept with a deadline (JSON), in the order in which it fires."""
    return [asdict(rung) for rung in sorted(rungs, key=lambda rung: rung.offset)]


def thawed(ladder: list[dict]) -> list[Rung]:
    """Raises TypeError or ValueError for a ladder that no longer makes sense."""
    if not isinstance(ladder, list):
        raise TypeError("a ladder is a list of rungs")
    return [Rung(**rung) for rung in ladder]


def rung_at(ladder: list[Rung], number: int) -> Rung:
    """Rung `number`, counted from 0; past the end it is the last one again."""
    return ladder[min(number, len(ladder) - 1)]


def first_firing(ladder: list[Rung], opened_at: dt.datetime, due_at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """(number of the first rung to fire, when). Reminders planned before the promise existed are skipped:
    whoever they would remind hears of it when it is opened. Nothing else is ever skipped."""
    for number, rung in enumerate(ladder):
        planned = due_at + dt.timedelta(seconds=rung.offset)
        if rung.action != REMIND or planned > opened_at:
            return number, planned
    return len(ladder), None


def next_firing(
    ladder: list[Rung], fired: int, fired_at: dt.datetime, due_at: dt.datetime, reached: bool
) -> tuple[int, dt.datetime | None]:
    """(number of the next rung, when) after rung `fired` fired at `fired_at`; (…, None) at the end.

    `reached` is whether anybody was told. If not, the next escalation follows at once, past any reminders
    between: reminding the officer again would not wake a superior.
    """
    following = range(fired + 1, len(ladder))
    if not reached:
        following = [number for number in following if ladder[number].action == ESCALATE]
    if not following:
        again = ladder[-1].again
        return max(fired + 1, len(ladder)), fired_at + dt.timedelta(seconds=again) if again else None
    number = following[0]
    if not reached:
        return number, fired_at
    rung = ladder[number]
    planned = due_at + dt.timedelta(seconds=rung.offset)
    return number, max(planned, fired_at + dt.timedelta(seconds=rung.min_gap))


def latest_firing(
    ladder: list[Rung], number: int, due_at: dt.datetime, last_fired_at: dt.datetime | None
) -> dt.datetime | None:
    """The latest instant for which rung `number` can have been planned; None when nothing is left to fire.

    A promise that waits for a later one, or for none while there is one, was not left so by the engine.
    """
    if not ladder:
        return None
    if number >= len(ladder):
        again = ladder[-1].again
        return last_fired_at + dt.timedelta(seconds=again) if again and last_fired_at else None
    planned = due_at + dt.timedelta(seconds=ladder[number].offset)
    if last_fired_at is None:
        return planned
    return max(planned, last_fired_at + dt.timedelta(seconds=ladder[number].min_gap))
