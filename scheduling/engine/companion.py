"""The second process: proves bounds by column generation, then looks for better rosters on its own.

Started as `python -m scheduling.engine.companion READ WRITE`; it reads ("problem", …) and ("roster", …) from one pipe and
writes ("bound", cost), ("holes", many) and ("roster", array) to the other. It ends when the pipe does.
"""

import os
import sys
import time
from multiprocessing.connection import Connection

import numpy as np

from . import search
from .closing import Closer
from .columns import Columns
from .compact import Compact, fits
from .diving import dive
from .improving import Improver, better
from .pricing import Pricer
from .problem import Problem
from .relaxed import Relaxed
from .repairing import least_holes
from .tables import build, outside
from .warming import end_with


def whole_costs(problem: Problem) -> bool:
    """Whether every roster's cost is a whole number."""
    prices = [problem.under, problem.over, *(person.cost for person in problem.people)]
    single = [problem.change, problem.split_weekend, problem.constant, *problem.spacing]
    weighty = any(weight > 0 for person in problem.people for _target, weight in person.targets.values())
    flat = all((np.floor(price[np.isfinite(price)]) == price[np.isfinite(price)]).all() for price in prices)
    return flat and not weighty and all(float(value).is_integer() for value in single)


class Companion:
    def __init__(self, receive: Connection, send: Connection):
        self.receive, self.outgoing = receive, send
        _word, self.problem, seconds, roster, seed = receive.recv()
        self.until = time.perf_counter() + seconds
        self.t = build(self.problem)
        self.whole = whole_costs(self.problem)
        self.constant = self.problem.constant
        self.s = search.begin(self.t, roster, seed)
        self.bound = -np.inf

    def tell(self, *message) -> None:
        self.outgoing.send(message)

    def listen(self) -> None:
        """Take over a better roster from the other side."""
        newest = None
        while self.receive.poll():
            newest = self.receive.recv()
        if newest is not None and newest[0] == "roster":
            theirs = search.begin(self.t, newest[1])
            if better(theirs.value, self.s.value):
                self.s.roster[:] = theirs.roster
                search.refresh(self.t, self.s)
                self.s.best[:], self.s.best_value[:] = self.s.roster, self.s.value

    def say_bound(self, bound: float) -> None:
        """Bounds are told with the constant in them, rounded up where costs are whole."""
        bound += self.constant
        if self.whole:
            bound = float(np.ceil(bound - 1e-5))
        if bound > self.bound:
            self.bound = bound
            self.tell("bound", bound)
        self.listen()

    def offer(self) -> None:
        self.tell("roster", outside(self.s.roster, self.t.kinds))

    @property
    def closed(self) -> bool:
        return self.s.value[0] < 1e-9 and self.bound >= self.s.value[1] - 1e-6

    def work(self) -> None:
        long = self.long = self.effort() > 4e8
        fair = bool((self.t.weight > 0).any())
        # Prices above what wishes and fairness can ever say only make the master restless.
        box = np.inf if self.whole else max(10.0, 5 * self.soft_scale())
        self.listen()
        begun = time.perf_counter()
        if fair and fits(self.problem, self.t):
            self.wait_for_roster(begun + 0.02 * (self.until - begun))
            self.quick_bound(box, begun + 0.05 * (self.until - begun))
            self.holes()
            self.compact()
            if self.closed:
                return
        elif fair:
            self.wait_for_roster(begun + 0.12 * (self.until - begun))
        quick = self.quick_bound(box, begun + (0.3 if fair or long else 0.1) * (self.until - begun))
        c = self.columns = Columns(self.t, self.s, box=box, room=25_000 if long else 400_000)
        c.solver.setOptionValue("solver", "ipm")
        c.solver.setOptionValue("run_crossover", "off")
        c.solver.setOptionValue("ipm_optimality_tolerance", 1e-6)
        c.prices[:, : self.t.kinds] = quick.seats
        c.own[:] = [self.quick_price(quick, c.people[place], counter["name"]) for place, counter in c.linked]
        c.bound = quick.bound - self.constant
        self.share_prices(c)
        self.holes()
        half = time.perf_counter() + (self.until - time.perf_counter()) / 2
        if not fair and not long and not self.closed:
            c.warm(15, half, self.s.value[1] - self.constant, agility=0.02, tell=self.say_bound)
            c.generate(half, gap=1e-7 if self.whole else 1e-4, tell=self.say_bound)
            self.share_prices(c)
            self.descend(c)
        self.share_prices(c)
        self.improve(c)

    def compact(self) -> None:
        """Months with fair shares: the whole as one programme, as long as there is time."""

        def told(bound: float, roster: np.ndarray | None) -> bool:
            if roster is not None:
                self.take(roster)
            self.say_bound(bound - self.constant)
            return self.closed or time.perf_counter() > self.until

        def best() -> tuple[float, np.ndarray]:
            self.listen()
            return float(self.s.value[1]) if self.s.value[0] < 1e-9 else np.inf, self.s.roster

        programme = Compact(self.problem, self.t)
        seconds = self.until - time.perf_counter()
        if seconds > 0.5:
            self.say_bound(programme.solve(best, seconds, told) - self.constant)

    def quick_bound(self, box: float, until: float) -> Relaxed:
        """Prices and a bound within seconds; the better the roster already known, the straighter the way."""
        quick = Relaxed(self.t, self.s, box)
        quick.rounds(1, self.s.value[1])
        many = 5
        while time.perf_counter() < until and not self.closed:
            now = time.perf_counter()
            quick.rounds(many, self.s.value[1])
            many = int(np.clip(many * 0.3 / max(1e-3, time.perf_counter() - now), 1, 4 * many + 1))
            self.say_bound(quick.bound - self.constant)
            if quick.tired:
                if quick.bound - self.rested < 1e-3 * abs(quick.bound):
                    break
                self.rested, quick.pace[0] = quick.bound, 0.05
        return quick

    rested = -np.inf

    @staticmethod
    def quick_price(quick: Relaxed, p: int, name) -> float:
        if name == "minutes":
            return 0.0
        sort, number = name if isinstance(name, tuple) else ("", 0)
        return float(quick.shares[p, number]) if sort == "category" else 0.0

    def share_prices(self, c: Columns) -> None:
        """The other side's neighbourhoods start from these too."""
        names = [(c.people[place], {"name": counter["name"]}) for place, counter in c.linked]
        self.tell("prices", c.prices, c.own, names)

    def effort(self) -> float:
        """How much one round of exact pricing is, roughly."""
        if not self.t.people or self.t.days <= 44:
            return 0.0
        some = [Pricer(self.t, p, room=400_000) for p in range(0, self.t.people, max(1, self.t.people // 5))]
        each = [float(self.t.days * np.prod(one.layers.shape[1:]) * one.plan.many) for one in some if one.possible]
        return self.t.people * max(each, default=0.0)

    def soft_scale(self) -> float:
        finite = [np.abs(person.cost[np.isfinite(person.cost)]).max(initial=0.0) for person in self.problem.people]
        weights = [weight for person in self.problem.people for _t, weight in person.targets.values()]
        return max(
            [
                self.problem.change,
                self.problem.split_weekend,
                *finite,
                *(2 * w for w in weights),
                *self.problem.spacing,
                1.0,
            ]
        )

    def wait_for_roster(self, until: float) -> None:
        """The other side's first good roster suggests prices."""
        while time.perf_counter() < until:
            time.sleep(0.05)
            self.listen()

    def descend(self, c: Columns) -> None:
        """A roster straight from the mixture."""
        if time.perf_counter() > self.until - 1 or self.closed:
            return
        rows = dive(c, min(self.until - 0.5, time.perf_counter() + (self.until - time.perf_counter()) / 3), share=0.05)
        self.listen()
        if rows is None:
            return
        self.take(rows)

    def improve(self, c: Columns) -> None:
        """Neighbourhoods until the end; now and then an attempt to prove that nothing better is left."""
        # the dive has fixed columns in this master: bounds stay, its solver is not used again
        better_rows = Improver(
            self.t, self.s, self.whole, seed=7, pricers=c.pricers, prices=c.prices, own=c.own, box=c.box
        )
        better_rows.own_of = tuple((c.people[place], counter) for place, counter in c.linked)
        if better_rows.short:
            better_rows.remember((c.people[place], row, cost) for place, row, cost in c.columns)
        else:
            better_rows.pricers = None
        closer = Closer(c) if self.whole and better_rows.short and not self.elastic(c) else None
        idle = 0
        while time.perf_counter() < self.until and not self.closed:
            if closer and closer.worth(self.s.value[1] - self.constant, idle) and self.s.value[0] < 1e-9:
                idle = 0
                self.attempt(closer)
            elif better_rows.once(self.until):
                idle = 0
                self.offer()
            else:
                idle += 1
            self.listen()

    def elastic(self, c: Columns) -> bool:
        return any(pricer.elastic for pricer in c.pricers)

    def attempt(self, closer: Closer) -> None:
        def best() -> float:
            self.listen()
            return self.s.value[1] - self.constant

        self.say_bound(closer.attempt(best, [row.copy() for row in self.s.roster], self.until, self.take))

    def take(self, rows) -> None:
        """A roster as rows, kept and offered if it is better."""
        theirs = search.begin(self.t, outside(np.array(rows), self.t.kinds))
        if better(theirs.value, self.s.value):
            self.s.roster[:] = theirs.roster
            search.refresh(self.t, self.s)
            self.s.best[:], self.s.best_value[:] = self.s.roster, self.s.value
            self.offer()

    def holes(self) -> None:
        """A proven least number of holes, when the best roster still has some."""
        self.listen()
        kinds = self.t.kinds
        missing = np.maximum(0, self.t.demand - self.s.cover[:, :kinds]).sum()
        if not missing or time.perf_counter() > self.until - 1 or self.long:
            return
        now = time.perf_counter()
        self.tell("holes", least_holes(self.problem, self.s.roster.copy(), 0, now + (self.until - now) / 4))


def main() -> None:
    receive, send = Connection(int(sys.argv[1]), writable=False), Connection(int(sys.argv[2]), readable=False)
    end_with(os.getppid())
    try:
        Companion(receive, send).work()
        send.send(("done",))
        time.sleep(0.2)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass


if __name__ == "__main__":
    main()
