"""A figure is one JSON line: what was measured, in which unit, against which limit, and whether that was met."""

import json
import math
import os
import sys
import time
from collections.abc import Iterable

BEGAN = time.monotonic()


def note(text: str) -> None:
    """Progress, for whoever waits."""
    print(f"{time.monotonic() - BEGAN:7.1f} s  {text}", file=sys.stderr, flush=True)


def load() -> float:
    """How many processes want the machine at the moment: what a time was measured beside."""
    return os.getloadavg()[0]


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest-rank percentile: a value that was really measured, never one between two."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


class Sheet:
    """The figures of one run, printed as they come."""

    def __init__(self, only: str = ""):
        self.only = only
        self.lines: list[dict] = []

    def wants(self, name: str) -> bool:
        """Whether this figure was asked for, or one whose name begins like it."""
        return name.startswith(self.only) or self.only.startswith(name)

    def add(
        self, name: str, value: float, unit: str, limit: float, *, at_least: bool = False, holds: bool = True, **more
    ):
        """Print a figure. `holds` is what else must be true for it to be met, told among the extras."""
        met = value >= limit if at_least else value <= limit  # false for a NaN: nothing was measured
        line = {"name": name, "value": _short(value), "unit": unit, "limit": limit, "ok": bool(met and holds)}
        line |= {key: _short(extra) for key, extra in more.items()}
        self.lines.append(line)
        print(json.dumps(line, ensure_ascii=False), flush=True)

    @property
    def all_met(self) -> bool:
        return bool(self.lines) and all(line["ok"] for line in self.lines)

    @property
    def none_met(self) -> bool:
        return bool(self.lines) and not any(line["ok"] for line in self.lines)


def _short(value):
    """Four digits say enough; a NaN is no JSON."""
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return value
