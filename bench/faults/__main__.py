"""python -m bench.faults [--only T1] [--bad] [--short]: exit 0 when all hold, or with --bad when all are seen to fail."""

import argparse
import importlib
import signal
import sys

from bench.figures import Sheet, note
from bench.ground import Ground

FAULTS = {
    "T1": "killed_sweepers", "T8": "exact_minutes", "T10": "same_form", "T12": "due_instant", "T13": "two_publications",
}  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    asked.add_argument("--only", choices=FAULTS, help="one of them")
    asked.add_argument("--bad", action="store_true", help="run the known-bad variants: every line must say false")
    asked.add_argument("--short", action="store_true", help="a few hundred rows of each, for the test suite")
    chosen = asked.parse_args()
    sheet = Sheet()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with it all the same
    # Only power failing would need what `durable` costs; processes die here, the short form is in a hurry.
    with Ground(durable=not chosen.short) as ground:
        for name, module in FAULTS.items():
            if chosen.only in (None, name):
                note(f"{name}{' known-bad' if chosen.bad else ''}{' short' if chosen.short else ''}")
                fault = importlib.import_module(f"bench.faults.{module}")
                fault.run(ground, sheet, bad=chosen.bad, short=chosen.short)
    return 0 if (sheet.none_met if chosen.bad else sheet.all_met) else 1


if __name__ == "__main__":
    sys.exit(main())
