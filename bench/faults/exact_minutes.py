"""T8: nights on which the clocks change, leap days, year's and month ends: the minutes sum exactly, none twice, none lost."""

import datetime as dt
import random
import zoneinfo
from collections import defaultdict
from types import SimpleNamespace

from django.test import override_settings

from bench.figures import note
from scheduling.rights import Duty, parts, rests, tallies

SEED, PEOPLE, SHORT_PEOPLE, AT_A_TIME = 8, 400, 20, 60
ZONES = ("Europe/Berlin", "Asia/Shanghai")
# Around each of these: a change of the clocks there or here, a leap day, a year's end, a month's end.
MOMENTS = (
    "2026-03-29",
    "2026-10-25",
    "2028-02-29",
    "2027-03-01",
    "2026-12-31",
    "2026-04-30",
    "1991-09-15",
    "1986-05-04",
)
HOUR, NOTHING = dt.timedelta(hours=1), dt.timedelta()


def run(ground, sheet, *, bad: bool, short: bool) -> None:
    """`ground` is not touched: what is tested keeps nothing."""
    cut, people = wall_clock_parts if bad else parts, SHORT_PEOPLE if short else PEOPLE
    found = dict.fromkeys(("wrong_sum", "gap", "overlap", "wrong_day", "wrong_ledger"), 0)
    dice, watches, minutes = random.Random(SEED), 0, 0
    for zone in ZONES:
        with override_settings(TIME_ZONE=zone):
            for moment in MOMENTS:
                note(f"{zone} around {moment}")
                for _person in range(people):
                    row = turns(zoneinfo.ZoneInfo(zone), dt.date.fromisoformat(moment), dice)
                    watches += len(row)
                    minutes += sum((duty.span for duty in row), NOTHING) // dt.timedelta(minutes=1)
                    judge(row, zoneinfo.ZoneInfo(zone), cut, found)
    sheet.add(
        "T8", sum(found.values()), "faults", 0, variant="wall_clock" if bad else "", seed=SEED, **found,
        watches=watches, minutes=minutes, zones=list(ZONES), moments=list(MOMENTS),
    )  # fmt: skip


def turns(zone, moment: dt.date, dice) -> list[Duty]:
    """Watch after watch through that day, of any length to the minute, from five days before it on."""
    here = dt.datetime.combine(moment - dt.timedelta(days=5), dt.time(dice.randrange(24)), zone).astimezone(dt.UTC)
    row = []
    for key in range(AT_A_TIME):
        until = here + dt.timedelta(minutes=dice.choice((dice.randrange(1, 600), 480, 840, 1440)))
        row.append(Duty(key, 1, dice.choice(("leader", "primary", "secondary")), here, until))
        here = until
    return row


def judge(row: list[Duty], zone, cut, found: dict[str, int]) -> None:
    by_month: dict[dt.date, dt.timedelta] = defaultdict(lambda: NOTHING)
    for duty in row:
        pieces = cut(duty.starts_at, duty.ends_at)
        found["wrong_sum"] += sum((piece.span for piece in pieces), NOTHING) != duty.span
        here = duty.starts_at
        for piece in pieces:
            last_instant = here + piece.span - dt.timedelta(microseconds=1)
            found["wrong_day"] += {here.astimezone(zone).date(), last_instant.astimezone(zone).date()} != {piece.date}
            here += piece.span
            by_month[piece.date.replace(day=1)] += piece.span
        found["gap"] += here < duty.ends_at
        found["overlap"] += here > duty.ends_at
    found["gap"] += sum(rest.span > NOTHING for rest in rests(row))
    found["overlap"] += sum(rest.span < NOTHING for rest in rests(row))
    months = tallies(row, defaultdict(lambda: SimpleNamespace(kind="workday", name="")))
    found["wrong_ledger"] += {month: tally.span for month, tally in months.items() if tally.span} != dict(by_month)


def wall_clock_parts(starts_at: dt.datetime, ends_at: dt.datetime) -> list:
    """Known-bad: cuts and subtracts what the clock on the wall shows."""
    from duty.clock import local
    from scheduling.rights import Part

    here, end, found = local(starts_at).replace(tzinfo=None), local(ends_at).replace(tzinfo=None), []
    while here < end:
        midnight = dt.datetime.combine(here.date() + dt.timedelta(days=1), dt.time())
        found.append(Part(here.date(), min(end, midnight) - here))
        here = min(end, midnight)
    return found
