"""Reads rostering instances in the public text format of Curtois & Qu (2014), forgivingly.

Whatever is missing or odd is noted in `Instance.warnings` and read in the most natural way: no limit, no request, no cover.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .problem import NEVER, Kind, Limit, Person, Problem

STAFF = ("max_minutes", "min_minutes", "max_run", "min_run", "min_off", "max_weekends")


class Unreadable(ValueError):
    """The file is not an instance at all."""


@dataclass
class Instance:
    name: str
    problem: Problem
    warnings: list[str] = field(default_factory=list)


def read(path: str | Path) -> Instance:
    path = Path(path)
    return parse(path.read_bytes().decode("utf-8-sig", errors="replace"), path.stem)


def parse(text: str, name: str = "") -> Instance:
    """The problem an instance file describes; raises Unreadable when it has no horizon or no shifts."""
    return _Reader(text, name).instance()


class _Reader:
    def __init__(self, text: str, name: str):
        self.name, self.warnings = name, []
        self.sections: dict[str, list[list[str]]] = {}
        current = None
        for line in text.splitlines():
            line = line.split("#", 1)[0].strip()
            if not line:
                continue
            if line.upper().startswith("SECTION_"):
                current = self.sections.setdefault(line.upper().split()[0].removeprefix("SECTION_"), [])
            elif current is None:
                self.warn(f"before any section: {line}")
            else:
                current.append([cell.strip() for cell in line.split(",")])

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def rows(self, section: str, cells: int):
        """The section's rows, padded with empty cells; rows that raise are told and left out."""
        if section not in self.sections:
            self.warn(f"no SECTION_{section}")
        for row in self.sections.get(section, []):
            yield row + [""] * (cells - len(row))

    def number(self, text: str, default=None):
        if text in ("", "-", "*"):
            return default
        try:
            return int(text)
        except ValueError:
            try:
                value = float(text)
            except ValueError:
                self.warn(f"not a number: {text}")
                return default
            return int(value) if value == int(value) else value

    def instance(self) -> Instance:
        horizon = [self.number(row[0]) for row in self.rows("HORIZON", 1)]
        self.days = horizon[0] if horizon and horizon[0] else 0
        shifts = [row for row in self.rows("SHIFTS", 3) if row[0]]
        if self.days <= 0 or not shifts:
            raise Unreadable(f"{self.name}: no horizon or no shifts in it; is it an instance of this format?")
        self.kinds = [Kind(row[0], 0, self.number(row[1], 0) or 0) for row in shifts]
        self.kind_of = {kind.name: number for number, kind in enumerate(self.kinds)}
        following = set()
        for number, row in enumerate(shifts):
            for later in filter(None, (cell.strip() for cell in "|".join(row[2:]).split("|"))):
                if later in self.kind_of:
                    following.add((number, self.kind_of[later]))
                else:
                    self.warn(f"unknown shift {later} after {row[0]}")
        self.people = [self.person(row) for row in self.rows("STAFF", 8) if row[0]]
        self.person_of = {person.name: number for number, person in enumerate(self.people)}
        constant = self.requests()
        return Instance(self.name, self.problem(frozenset(following), constant), self.warnings)

    def person(self, row: list[str]) -> Person:
        limits = []
        for part in filter(None, (part.strip() for part in row[1].split("|"))):
            shift, _, most = part.partition("=")
            most = self.number(most.strip())
            if shift.strip() not in self.kind_of:
                self.warn(f"{row[0]}: unknown shift {shift}")
            elif most is not None and most < self.days:
                limits.append(Limit((self.kind_of[shift.strip()],), most, shift.strip()))
        values = dict(zip(STAFF, (self.number(cell) for cell in row[2:8]), strict=True))
        values |= {name: values[name] or least for name, least in (("min_minutes", 0), ("min_run", 1), ("min_off", 1))}
        cost = np.zeros((self.days, len(self.kinds)))
        for limit in limits:
            if limit.most <= 0:
                cost[:, limit.kinds[0]] = NEVER
        limits = tuple(limit for limit in limits if limit.most > 0)
        return Person(row[0], cost, limits=limits, **values)

    def requests(self) -> float:
        """Days off and requests go into the people's costs; returns what unmet on-requests cost beforehand."""
        for row in self.rows("DAYS_OFF", 2):
            for day in map(self.number, filter(None, row[1:])):
                if row[0] in self.person_of and day is not None and 0 <= day < self.days:
                    self.people[self.person_of[row[0]]].cost[day, :] = NEVER
                else:
                    self.warn(f"day off of nobody or on no day: {row}")
        constant = 0.0
        for section, sign in (("SHIFT_ON_REQUESTS", -1), ("SHIFT_OFF_REQUESTS", 1)):
            for who, day, shift, weight in (row[:4] for row in self.rows(section, 4)):
                day, weight = self.number(day), self.number(weight, 1)
                if who not in self.person_of or shift not in self.kind_of or day is None or not 0 <= day < self.days:
                    self.warn(f"request of nobody, no shift or no day: {who},{day},{shift}")
                    continue
                self.people[self.person_of[who]].cost[day, self.kind_of[shift]] += sign * weight
                constant += weight if sign < 0 else 0
        return constant

    def problem(self, following: frozenset, constant: float) -> Problem:
        shape = (self.days, len(self.kinds))
        demand, under, over = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape)
        for row in self.rows("COVER", 5):
            day, kind = self.number(row[0]), self.kind_of.get(row[1])
            if kind is None or day is None or not 0 <= day < self.days:
                self.warn(f"cover of no shift or no day: {row}")
                continue
            demand[day, kind] = self.number(row[2], 0)
            under[day, kind], over[day, kind] = self.number(row[3], 100), self.number(row[4], 1)
        weekends = tuple(
            tuple(day for day in (first, first + 1) if day < self.days) for first in range(5, self.days, 7)
        )
        return Problem(
            self.days, self.kinds, self.people, demand, under, over,
            forbidden_next=following, weekends=weekends, constant=constant,
        )  # fmt: skip
