"""Solve public rostering instances: python -m bench.rosters --instances DIR [--seconds N] [--solutions OUT].

One JSON line per instance: what was reached, what is proven, and what a checker of its own says.
"""

import argparse
import csv
import json
import sys
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.roster_check import check
from scheduling.engine import public
from scheduling.engine.problem import OFF


def run(path: Path, seconds: float, solutions: Path | None) -> dict:
    """One instance, its line; reading the file counts as part of its time."""
    from scheduling.engine.solving import solve

    began = time.perf_counter()
    try:
        instance = public.read(path)
    except (public.Unreadable, OSError) as wrong:
        return {"name": path.stem, "ok": False, "error": str(wrong)}
    problem = instance.problem
    result = solve(problem, max(0.2, seconds - (time.perf_counter() - began)))
    duties = {
        (problem.people[p].name, day): problem.kinds[kind].name
        for (p, day), kind in _cells(result.roster) if kind != OFF
    }  # fmt: skip
    cost, broken = check(path.read_bytes().decode("utf-8-sig", errors="replace"), duties)
    line = {
        "name": path.stem, "objective": _whole(result.objective), "bound": _whole(result.bound),
        "gap": round(result.gap, 6), "optimal": result.proven and not broken,
        "seconds": round(time.perf_counter() - began, 2),
        "verified": not broken and abs(cost - result.objective) < 1e-6, "ok": not broken, "holes": result.holes,
    }  # fmt: skip
    if broken:
        line["broken"] = [
            f"{problem.people[one.person].name}: {one.rule}" + (f" on day {one.day}" if one.day >= 0 else "") + f" by {one.amount:g}"
            for one in result.broken
        ] or broken  # fmt: skip
        line["note"] = "These rules cannot all be kept; this roster breaks as little as was found."
    if instance.warnings:
        line["warnings"] = instance.warnings[:10]
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
        with open(solutions / f"{path.stem}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["person", "day", "shift"])
            writer.writerows(
                [who, day, shift] for (who, day), shift in sorted(duties.items(), key=lambda item: item[0])
            )
    return line


def _cells(roster):
    return (((p, day), int(roster[p, day])) for p in range(roster.shape[0]) for day in range(roster.shape[1]))


def _whole(value: float):
    return int(value) if float(value).is_integer() else round(value, 4)


def _order(path: Path) -> tuple:
    digits = "".join(filter(str.isdigit, path.stem))
    return (len(digits), digits, path.stem)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.rosters", description=__doc__)
    asked.add_argument("--instances", type=Path, required=True, help="a folder of instances, or one file")
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--solutions", type=Path)
    said = asked.parse_args()
    paths = [said.instances] if said.instances.is_file() else sorted(said.instances.glob("*.txt"), key=_order)
    if not paths:
        print(f"There is no instance (*.txt) in {said.instances}", file=sys.stderr)
        return 2
    from scheduling.engine.warming import warm_up

    warm_up()
    good = True
    for path in paths:
        line = run(path, said.seconds, said.solutions)
        good &= bool(line["ok"])
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
