"""Compiles what is compiled, or loads it from the disk: a process's first search does not have to.

`python -m scheduling.engine.warming` fills the store on the disk; a worker starts that beside itself when it starts.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from .problem import OFF, Category, Kind, Limit, Person, Problem


def warm_up() -> None:
    """Everything compiled is called once on a toy, however long that takes."""
    from . import search
    from .columns import Columns
    from .improving import Improver
    from .network import reduced_costs
    from .proving import TooMany, list_rows
    from .relaxed import Relaxed
    from .repairing import repair
    from .solving import solve
    from .tables import build

    problem = toy()
    result = solve(problem, 0.2, workers=1)
    t = build(problem)
    state = search.begin(t, result.roster)
    search.anneal(t, state, 50, 1.0, 0.5)
    search.row_cost(t, 0, state.roster[0])
    Relaxed(t, state).rounds(2, state.value[1])
    columns = Columns(t, state)
    for pricer in columns.pricers:
        price = columns.price_of(pricer.p, columns.prices, columns.own)
        reduced_costs(pricer, price)
        with contextlib.suppress(TooMany):
            list_rows(pricer, price, 1.0, 50, np.inf)
    improver = Improver(t, state, False)
    pricer = improver.pricer(0, 2, 7, False)
    pricer.best(pricer.cost)
    repair(problem, result.roster, np.zeros(result.roster.shape, dtype=bool), 0.5)


def in_background() -> subprocess.Popen:
    """A process of the lowest priority that compiles to the disk and ends with this one."""
    root = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"PYTHONPATH": root + os.pathsep + os.environ.get("PYTHONPATH", "")}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(os.getpid())], env=environment, stdin=subprocess.DEVNULL
    )


def end_with(parent: int) -> None:
    """This process ends when its parent is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def toy() -> Problem:
    """A month in small that touches every compiled function once."""
    kinds = [Kind("D", 480), Kind("N", 1320, 480, frozenset({"night"}))]
    cost = np.zeros((9, 2))
    people = [
        Person(
            f"P{number}", cost + 0.5 * number, 5, 1, 1, {"night": 2}, (Limit((1,), 4),), 960, 3360, 1,
            {"night": (2.0, 1.0)} if number % 2 else {}, (OFF, 0),
        )
        for number in range(4)
    ]  # fmt: skip
    shape = (9, 2)
    counts = np.zeros(shape, dtype=np.int64)
    counts[:, 1] = 1
    return Problem(
        9, kinds, people, np.ones(shape, dtype=np.int64), np.full(shape, 50.0), np.ones(shape),
        [Category("night", counts)], frozenset({(1, 0)}), frozenset(), ((5, 6),),
    )  # fmt: skip


if __name__ == "__main__":
    end_with(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid())
    os.nice(19)
    warm_up()
