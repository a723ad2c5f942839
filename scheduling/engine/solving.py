"""solve(): the best roster within a time limit, with a proven lower bound; may be stopped at any moment.

This process searches (annealing, then neighbourhoods); a second one proves bounds and searches on its own with other
means; better rosters are exchanged. See `problem.Result` for what comes back.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from . import search
from .blocks import cuts, in_blocks
from .checking import judge
from .companion import whole_costs
from .constructing import mend, respond
from .heat import heats
from .improving import Improver, better
from .problem import Problem, Result, empty_roster
from .tables import build, outside

LONG = 44  # days beyond which rows are not priced whole
BLOCKS = 0.6  # of the time, for the first roster of a long period
PER_PERSON = 0.15  # seconds that each person takes in a part of some weeks
SLICE = 0.2  # seconds between looks at the clock, the other process and whoever waits


def solve(
    problem: Problem,
    seconds: float,
    *,
    start: np.ndarray | None = None,
    on_progress: Callable[[float, float, int, float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int = 2,
) -> Result:
    """`on_progress(objective, bound, uncovered, seconds)` about twice a second; `should_stop()` ends early."""
    return _Solving(problem, seconds, start, on_progress, should_stop, workers).run()


class _Partner:
    """The second process and the pipes to it."""

    def __init__(self, problem: Problem, seconds: float, roster: np.ndarray):
        theirs, mine_out = os.pipe()
        mine, theirs_out = os.pipe()
        root = str(Path(__file__).resolve().parents[2])
        environment = os.environ | {"PYTHONPATH": root + os.pathsep + os.environ.get("PYTHONPATH", "")}
        command = [sys.executable, "-m", f"{__package__}.companion", str(theirs), str(theirs_out)]
        self.process = subprocess.Popen(command, pass_fds=(theirs, theirs_out), env=environment)
        os.close(theirs)
        os.close(theirs_out)
        self.receive, self.outgoing = Connection(mine, writable=False), Connection(mine_out, readable=False)
        self.alive = True
        self.send("problem", problem, seconds, roster, 7)

    def send(self, *message) -> None:
        if self.alive:
            try:
                self.outgoing.send(message)
            except OSError:
                self.alive = False

    def messages(self):
        try:
            while self.alive and self.receive.poll():
                yield self.receive.recv()
        except (EOFError, OSError):
            self.alive = False

    def end(self) -> None:
        self.alive = False
        self.process.kill()
        self.process.wait()
        self.receive.close()
        self.outgoing.close()


class _Solving:
    def __init__(self, problem, seconds, start, on_progress, should_stop, workers):
        self.problem, self.seconds = problem, seconds
        self.began = time.perf_counter()
        self.until = self.began + seconds
        self.on_progress, self.should_stop = on_progress, should_stop or (lambda: False)
        self.t = build(problem)
        self.s = search.begin(self.t, empty_roster(problem) if start is None else start)
        self.whole = whole_costs(problem)
        self.bound, self.holes_bound = -np.inf, 0
        self.log: list[tuple[float, float, float]] = []
        self.told, self.first_complete, self.sent = 0.0, None, self.s.value.copy()
        self.stopped = False
        self.workers = workers
        self.partner = None
        self.pool: dict = {}
        self.prices = (None, None, ())

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.began

    @property
    def over(self) -> bool:
        closed = self.s.best_value[0] < 1e-9 and self.bound >= self.s.best_value[1] - 1e-6
        return self.stopped or closed or time.perf_counter() >= self.until

    def run(self) -> Result:
        try:
            if self.t.people and self.t.days:
                fair, long = (self.t.weight > 0).any(), self.t.days > LONG
                if long and not fair and self._in_parts:
                    self._in_blocks()
                left = self.until - time.perf_counter()
                if self.workers > 1 and left > 0.5:
                    self.partner = _Partner(self.problem, left - 0.15, outside(self.s.best, self.t.kinds))
                self._begin()
                self._anneal(max(0.3, (0.7 if fair else 0.05 if long else 0.1) * self.seconds))
                self._mend()
                self._improve()
                self._mend()
        finally:
            if self.partner:
                self.partner.end()
        roster = outside(self.s.best, self.t.kinds)
        said = judge(self.problem, roster)
        if not said.uncovered:
            self.holes_bound = 0
        self._note(force=True)
        if said.broken:  # bounds count broken rules at a price of their own
            self.bound = -np.inf
        return Result(
            roster, said.objective, min(self._simple_bound(), said.objective), said.uncovered, said.broken, self.elapsed,
            self.holes_bound, self.log, self.first_complete,
        )  # fmt: skip

    @property
    def _in_parts(self) -> bool:
        """Whether there is time enough for each part that its mixture of rows comes to something."""
        return BLOCKS * self.seconds / len(cuts(self.problem)) >= PER_PERSON * self.t.people

    def _in_blocks(self) -> None:
        """A long period some weeks at a time: whole rows of it are more than pricing can take in."""

        def part(problem: Problem, seconds: float) -> np.ndarray:
            if self.stopped or self.should_stop():
                self.stopped, seconds = True, 0.0
            return solve(problem, seconds, should_stop=self.should_stop, workers=self.workers).roster

        theirs = search.begin(self.t, in_blocks(self.problem, BLOCKS * self.seconds, part))
        if better(theirs.value, self.s.best_value):
            self.s = theirs
        self._note()

    def _begin(self) -> None:
        """Legal rows first where the rules are such that chance would hardly find them."""
        if better(np.array([1e-6, 0.0]), self.s.value) or len(self.t.least_minutes[self.t.least_minutes > 0]):
            order = np.random.default_rng(1).permutation(self.t.people)
            for p in order:
                if time.perf_counter() > self.began + 0.3 * self.seconds or self.over:
                    break
                respond(self.t, self.s, int(p), self.pool, patient=False)
                self._exchange()
            self._keep()

    def _mend(self) -> None:
        """Rows of the best roster that break a rule are made legal, if they can be."""
        if self.s.best_value[0] > 1e-9:
            self._back_to_best()
            now = time.perf_counter()
            mend(self.t, self.s, min(max(self.until, now + 0.5), now + 0.1 * self.seconds + 0.5))
            self._keep()

    def _keep(self) -> None:
        if better(self.s.value, self.s.best_value):
            self.s.best[:] = self.s.roster
            self.s.best_value[:] = self.s.value

    def _simple_bound(self) -> float:
        """Everybody's cheapest cell each day: weak, but there from the first moment."""
        if self.bound > -np.inf:
            return self.bound
        finite = np.where(np.isfinite(self.t.cost), self.t.cost, np.inf).min(axis=2, initial=np.inf)
        return self.t.constant + float(np.minimum(finite, 0.0).sum())

    def _exchange(self) -> None:
        """News from the other process, news to it, and to whoever waits."""
        if self.partner:
            for message in self.partner.messages():
                if message[0] == "bound":
                    self.bound = max(self.bound, message[1])
                elif message[0] == "holes":
                    self.holes_bound = max(self.holes_bound, message[1])
                elif message[0] == "prices":
                    self.prices = message[1:]
                elif message[0] == "roster":
                    theirs = search.begin(self.t, message[1])
                    if better(theirs.value, self.s.best_value):
                        self.s.best[:], self.s.best_value[:] = theirs.roster, theirs.value
                        self.sent = theirs.value.copy()
            if better(self.s.best_value, self.sent):
                self.sent = self.s.best_value.copy()
                self.partner.send("roster", outside(self.s.best, self.t.kinds))
        self._note()
        self.stopped = self.stopped or self.should_stop()

    def _note(self, force: bool = False) -> None:
        if self.first_complete is None and self.s.best_value[0] < 1e-9:
            cover = search.cover_of(self.t, self.s.best)
            if (cover >= self.t.demand).all():
                self.first_complete = self.elapsed
                force = True
        if force or self.elapsed - self.told >= 0.5:
            self.told = self.elapsed
            self.log.append((self.elapsed, float(self.s.best_value[1]), self.bound))
            if self.on_progress:
                missing = int(np.maximum(0, self.t.demand - search.cover_of(self.t, self.s.best)).sum())
                self.on_progress(float(self.s.best_value[1]), self.bound, missing, self.elapsed)

    def _anneal(self, seconds: float) -> None:
        """Cool down once over so many seconds; what a slice may do is measured as it goes."""
        hot, cold = heats(self.t, seconds)
        begun, steps = time.perf_counter(), 2_000
        end = min(self.until, begun + seconds)
        while not self.over:
            now = time.perf_counter()
            if now >= end:
                break
            heat = hot * (cold / hot) ** ((now - begun) / seconds)
            search.anneal(self.t, self.s, steps, heat, heat)
            took = time.perf_counter() - now
            steps = int(min(steps * 2, max(500, steps * SLICE / max(took, 1e-6))))
            self._exchange()

    def _back_to_best(self) -> None:
        self.s.roster[:] = self.s.best
        search.refresh(self.t, self.s)

    def _improve(self) -> None:
        """Neighbourhoods and warm annealing in turn, more of what paid."""
        hot, cold = heats(self.t, 0.1 * self.seconds)
        neighbours = Improver(self.t, self.s, self.whole, seed=3, box=np.inf)
        gained = {"anneal": 1e-9, "part": 1e-9}
        spent = {"anneal": 1e-9, "part": 1e-9}
        turns = 0
        while not self.over:
            rates = {name: gained[name] / spent[name] for name in gained}
            turn = max(rates, key=rates.get)
            if turns % 8 == 0:
                turn = "anneal"
            elif turns % 8 == 4:
                turn = "part"
            turns += 1
            before, now = self.s.best_value.copy(), time.perf_counter()
            if turn == "part":
                self._back_to_best()
                done = time.perf_counter() + 1.0
                while not self.over and time.perf_counter() < done:
                    neighbours.prices, neighbours.own, neighbours.own_of = self.prices
                    neighbours.once(min(self.until, time.perf_counter() + 4))
                    self._exchange()
            else:
                self._back_to_best()
                warm = cold * (hot / cold) ** (0.15 + 0.35 * (turns % 3) / 2)
                self._warm_again(warm, cold, max(1.0, 0.04 * self.seconds))
            spent[turn] = 0.7 * spent[turn] + time.perf_counter() - now
            gain = max(0.0, before[1] - self.s.best_value[1]) + (before[0] > self.s.best_value[0] + 1e-9)
            gained[turn] = 0.7 * gained[turn] + gain

    def _warm_again(self, hot: float, cold: float, seconds: float) -> None:
        begun, steps = time.perf_counter(), 20_000
        while not self.over:
            now = time.perf_counter()
            if now >= begun + seconds:
                return
            heat = hot * (cold / hot) ** ((now - begun) / seconds)
            search.anneal(self.t, self.s, steps, heat, heat)
            took = time.perf_counter() - now
            steps = int(min(steps * 2, max(500, steps * SLICE / max(took, 1e-6))))
            self._exchange()
