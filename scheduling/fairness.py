"""What a fair share is: targets from exposure and ledger, and how far a roster lies from them. No database here.

For each burden category c and person p, with days counted in days and duties counted in duties:

* exposure e[p,c]: the days, weighted by working share, on which p could have been given a duty of c, in the twelve
  months before the period and the period itself; leave and counted sickness are taken out. Where duties are known
  for less than twelve months, from the first known one;
* ledger h[p,c]: duties of c done in the twelve months before the period. Someone who joined in that time is credited
  with what others on the same seats, with the same qualifications, bore on average per day of exposure, for the days
  before;
* target t[p,c]: the share of (all ledgers + the period's demand) that e gives, less h, not below nought; shares are
  filled like water inside each pool of people who may sit on the same seats, so that the only holder of a rare
  qualification does not look unfairly treated;
* deviation d = x - t. The objective is the sum of w_c d², convex: it asks most for whoever is worst off.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduling.exposure import Key, credited, days_there, demand_by_pool, exposures
from scheduling.rules.facts import Plan

WEIGHTS = {"total": 1.0, "night": 1.0, "weekend": 1.0, "holiday": 1.5, "reserve": 0.5}
NAMED_WEIGHT = 0.5
CATCH_UP = 2.0  # in one period nobody is asked for more than twice an even share, whatever the ledger says
SWEEPS = 200
CLOSE = 1e-9


def weight(category: str) -> float:
    return WEIGHTS.get(category, NAMED_WEIGHT)


@dataclass
class Balance:
    """Targets and loads of one period, and what they say. Keys are (person, category)."""

    target: dict[Key, float] = field(default_factory=dict)
    load: Counter = field(default_factory=Counter)
    ledger: dict[Key, float] = field(default_factory=dict)
    exposure: dict[Key, float] = field(default_factory=dict)
    people: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()

    def deviation(self, person: int, category: str) -> float:
        """Duties above (or, negative, below) the target."""
        return self.load[person, category] - self.target.get((person, category), 0.0)

    def eligible(self, category: str) -> list[int]:
        """The people who have a share in the category at all."""
        return [p for p in self.people if self.exposure.get((p, category), 0) > 0]

    @property
    def objective(self) -> float:
        """Σ w_c Σ_p d²."""
        return sum(
            weight(category) * sum(self.deviation(person, category) ** 2 for person in self.people)
            for category in self.categories
        )

    def within_one(self, category: str) -> float:
        """The share of those concerned, 0 to 1, whose load lies within one duty of the target."""
        concerned = self.eligible(category)
        if not concerned:
            return 1.0
        return sum(abs(self.deviation(p, category)) <= 1 + CLOSE for p in concerned) / len(concerned)

    def misplaced(self, category: str) -> float:
        """How many duties would have to change hands: ½ Σ|d| less what rounding to whole duties costs anyway."""
        off = sum(abs(self.deviation(person, category)) for person in self.people) / 2
        return max(0.0, off - self.rounding_floor(category))

    def rounding_floor(self, category: str) -> float:
        """½ Σ|d| of the best whole numbers: targets rounded down, the rest to those who lack most."""
        targets = [self.target.get((person, category), 0.0) for person in self.people]
        demand = sum(self.load[person, category] for person in self.people)
        whole = [math.floor(t + CLOSE) for t in targets]
        lacking = sorted((t - w for t, w in zip(targets, whole, strict=True)), reverse=True)
        more = round(demand - sum(whole))
        if more < 0:
            return 0.0
        ups = [lacking[n % len(lacking)] if n < len(lacking) else 0.0 for n in range(more)] if lacking else []
        return (sum(1 - lack for lack in ups) + sum(lacking[len(ups) :])) / 2

    @property
    def duties(self) -> int:
        return sum(self.load[person, "total"] + self.load[person, "reserve"] for person in self.people)

    @property
    def score(self) -> float:
        """100·(1 - misplaced/duties), over the duties and the reserve; 100 where nothing would have to change hands."""
        if not self.duties:
            return 100.0
        off = sum(self.misplaced(category) for category in ("total", "reserve") if category in self.categories)
        off = max([off, *(self.misplaced(c) for c in self.categories if c in WEIGHTS)])
        return 100 * (1 - min(1.0, off / self.duties))


def balance(plan: Plan, past: Mapping[Key, float]) -> Balance:
    """The balance of a plan, given the duties done before it as {(person, category): duties} (see `tally`)."""
    people = tuple(plan.people)
    demand = demand_by_pool(plan)
    categories = tuple(sorted({category for wanted in demand.values() for category in wanted}, key=_order))
    exposure = exposures(plan, categories)
    ledger = credited(plan, past, categories)
    there = days_there(plan, categories)
    target: dict[Key, float] = {}
    for category in categories:
        wanted = {pool: counts[category] for pool, counts in demand.items() if counts[category]}
        e = {p: exposure.get((p, category), 0.0) for p in people}
        h = {p: ledger.get((p, category), 0.0) for p in people}
        most = _most(plan, wanted, {p: there[p, category] for p in people})
        for person, share in shares(wanted, e, h, most).items():
            target[person, category] = share
    return Balance(target, loads(plan), ledger, exposure, people, categories)


def _most(plan: Plan, wanted: Mapping[frozenset[int], float], there: Mapping[int, float]) -> dict[int, float]:
    """The most that each is asked for: no more than the days, and catching up no faster than at twice an even share.

    Even is what this period alone would ask, pools filled together: whoever may sit on few seats takes more of these.
    """
    even, span = shares(wanted, there, {}), (plan.last - plan.first).days + 1
    return {p: min(span, CATCH_UP * even.get(p, 0.0) + 1) if days else 0.0 for p, days in there.items()}


def share_of(
    plan: Plan, demand: Mapping[frozenset[int], Mapping[str, float]], load: Counter, exposure: dict[Key, float]
) -> Balance:
    """The balance of a period by itself, whatever was done before it: the shares of its duties by exposure."""
    people = tuple(plan.people)
    categories = tuple(sorted({category for wanted in demand.values() for category in wanted}, key=_order))
    target: dict[Key, float] = {}
    for category in categories:
        wanted = {pool: counts[category] for pool, counts in demand.items() if counts[category]}
        e = {p: exposure.get((p, category), 0.0) for p in people}
        for person, share in shares(wanted, e, {}).items():
            target[person, category] = share
    return Balance(target, load, {}, exposure, people, categories)


def _order(category: str) -> tuple:
    known = list(WEIGHTS)
    return (known.index(category) if category in known else len(known), category)


def loads(plan: Plan) -> Counter:
    """{(person, category): duties} of the plan as it stands."""
    found: Counter = Counter()
    for key, person in plan.who.items():
        if person is not None:
            for category in plan.duties[key].burdens():
                found[person, category] += 1
    return found


def shares(
    wanted: Mapping[frozenset[int], float],
    exposure: Mapping[int, float],
    ledger: Mapping[int, float],
    cap: Mapping[int, float] | None = None,
) -> dict[int, float]:
    """Each person's target of one category: water-filling inside each pool, pools in turn until nothing moves.

    `wanted` is duties per pool, `exposure` days per person, `ledger` duties per person, `cap` the most a person is
    asked for in all. Minimises Σ (h+x)²/e over all ways to hand out the demand: each pool's filling is exact given the
    others', and the objective is convex, so the turns converge to the optimum.
    """
    given: dict[frozenset[int], dict[int, float]] = {pool: {} for pool in wanted}
    total: dict[int, float] = defaultdict(float)
    for _sweep in range(SWEEPS if len(wanted) > 1 else 1):
        moved = 0.0
        for pool, duties in wanted.items():
            able = sorted(p for p in pool if exposure.get(p, 0) > 0)
            base = {p: ledger.get(p, 0.0) + total[p] - given[pool].get(p, 0.0) for p in able}
            room = {p: (cap[p] - total[p] + given[pool].get(p, 0.0)) if cap else math.inf for p in able}
            filled = _fill(duties, {p: exposure[p] for p in able}, base, room)
            for p, amount in filled.items():
                change = amount - given[pool].get(p, 0.0)
                moved = max(moved, abs(change))
                total[p] += change
            given[pool] = filled
        if moved < CLOSE:
            break
    return dict(total)


def _fill(duties: float, e: Mapping[int, float], base: Mapping[int, float], room: Mapping[int, float]) -> dict:
    """Raise the level λ until Σ min(room, max(0, λ·e - base)) is what is to be handed out."""
    if not e:
        return {}
    if sum(max(0.0, r) for r in room.values()) <= duties:  # more than the caps hold: shared evenly beyond them
        over = (duties - sum(max(0.0, r) for r in room.values())) / sum(e.values())
        return {p: max(0.0, room[p]) + over * e[p] for p in e}

    level = _level(duties, e, base, room)
    return {p: min(max(0.0, room[p]), max(0.0, level * e[p] - base[p])) for p in e}


def _level(duties: float, e: Mapping[int, float], base: Mapping[int, float], room: Mapping[int, float]) -> float:
    """Where what is handed out, which rises in straight lines from bend to bend, reaches the duties."""
    bends = []
    for p, days in e.items():
        if room[p] > 0:
            bends.append((base[p] / days, days))
            if math.isfinite(room[p]):
                bends.append(((base[p] + room[p]) / days, -days))
    bends.sort()
    level, slope, given = bends[0][0] if bends else 0.0, 0.0, 0.0
    for bend, change in bends:
        step = slope * (bend - level)
        if slope > CLOSE and given + step >= duties:
            break
        given, slope, level = given + step, slope + change, bend
    return level + (duties - given) / slope if slope > CLOSE else level
