"""python -m bench [--only NAME]: print every figure, or those whose name begins with NAME."""

import argparse
import contextlib
import importlib
import os
import signal
import sys

from .figures import Sheet, note
from .ground import Ground

# What is measured together: (module, function, names of the figures)
EXPERIMENTS = (
    ("empty", "empty_database", ("empty_database_filled",)),
    ("engine", "idle", ("due_to_fired_idle_p99",)),
    ("engine", "burst", ("ten_thousand_due_at_once",)),
    ("engine", "rate", ("firings_per_second",)),
    ("pages", "pages", ("page", "growth")),
    ("searching", "searches", ("search",)),
    ("writing", "log_posts", ("log_incident_post_p95",)),
    ("serials", "serial_numbers", ("serial_numbers_per_second",)),
    (
        "duties",
        "duties",
        (
            "rosters_page_draft_p95",
            "rosters_page_published_p95",
            "rosters_publish",
            "rosters_substitutes_p95",
            "rosters_infeasible_explained",
        ),
    ),
    ("rounds", "rounds", ("equipment",)),
    ("walkers", "walkers", ("walkers_answers_lost", "walkers_answers_doubled", "walkers_parcel_p95")),
    ("year", "year_of_conflicts", ("rosters_year_of_conflicts",)),
    ("year", "a_year", ("rosters_simulated_year",)),
    (
        "month_figures",
        "months",
        ("rosters_month_first_complete", "rosters_month_gap_after_60_s", "rosters_month_within_one"),
    ),
    ("month_figures", "large", ("rosters_large_complete",)),
    ("month_figures", "sick_calls", ("rosters_sick_call_p95",)),
    ("month_figures", "too_few", ("rosters_relax_seconds",)),
)

WITHOUT_SERVERS = {"month_figures"}  # pure calculation


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--only", default="", metavar="NAME", help="one figure, or those that begin like this")
    sheet = Sheet(asked.parse_args().only)
    chosen = [(module, function) for module, function, names in EXPERIMENTS if any(map(sheet.wants, names))]
    if not chosen:
        names = ", ".join(name for *_rest, names in EXPERIMENTS for name in names)
        print(f"There is no figure called {sheet.only}. There are: {names}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with it all the same
    bare = all(module in WITHOUT_SERVERS for module, _function in chosen)
    with contextlib.nullcontext() if bare else Ground(os.environ.get("BENCH_VAR")) as ground:
        for module, function in chosen:
            note(f"— {function}")
            getattr(importlib.import_module(f"bench.{module}"), function)(ground, sheet)
    return 0 if sheet.all_met else 1


if __name__ == "__main__":
    sys.exit(main())
