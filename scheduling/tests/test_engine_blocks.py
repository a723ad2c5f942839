"""Long periods are begun some weeks at a time."""

import numpy as np

from scheduling.engine.blocks import AHEAD, BLOCK, cuts, in_blocks, part_of
from scheduling.engine.checking import judge
from scheduling.engine.problem import NEVER, OFF, Kind, Limit, Person, Problem
from scheduling.engine.solving import solve

WEEKS = 13


def quarter(people: int = 5) -> Problem:
    """Thirteen weeks, one seat by day and one by night, every limit over the whole period in use."""
    days = 7 * WEEKS
    shape = (days, 2)
    kinds = [Kind("D", 480, 480), Kind("N", 1320, 480, frozenset({"night"}))]
    staff = [
        Person(
            f"P{n}", np.zeros(shape), max_run=5, min_run=2, min_off=2, limits=(Limit((1,), 4 * WEEKS, "N"),),
            min_minutes=480 * 2 * WEEKS, max_minutes=480 * 4 * WEEKS, max_weekends=WEEKS * 2 // 3,
        )
        for n in range(people)
    ]  # fmt: skip
    weekends = tuple((7 * week + 5, 7 * week + 6) for week in range(WEEKS))
    return Problem(
        days, kinds, staff, np.ones(shape, dtype=int), np.full(shape, 100.0), np.full(shape, 1.0),
        forbidden_next=frozenset({(1, 0)}), weekends=weekends,
    )  # fmt: skip


def test_the_parts_follow_each_other_and_cut_no_weekend():
    parts = cuts(quarter())
    assert [first for first, *_rest in parts] == [0, *(last for _first, last, _end in parts[:-1])]
    assert parts[-1][1] == parts[-1][2] == 7 * WEEKS
    assert all(last - first >= BLOCK // 2 and end <= last + AHEAD + 1 for first, last, end in parts)
    assert not {last for _first, last, _end in parts} & {7 * week + 6 for week in range(WEEKS)}
    assert cuts(Problem(0, [], [], np.zeros((0, 0)), np.zeros((0, 0)), np.zeros((0, 0)))) == []


def test_a_part_may_use_what_its_days_allow_less_what_was_used():
    problem = quarter()
    roster = np.full(problem.shape, OFF, dtype=np.int16)
    roster[0, :10] = [1, 1, OFF, OFF, 0, 0, 0, OFF, OFF, 1]
    problem.people[0].pinned[30] = 0
    problem.people[0].cost[29, 1] = NEVER
    part = part_of(problem, roster, 28, 56)
    person, share = part.people[0], 56 / problem.days
    assert person.history[:10] == (1, 1, OFF, OFF, 0, 0, 0, OFF, OFF, 1) and len(person.history) == 28
    assert person.limits[0].most == np.ceil(4 * WEEKS * share) - 3
    assert person.max_minutes == np.ceil(480 * 4 * WEEKS * share) - 6 * 480
    assert person.max_weekends == np.ceil((WEEKS * 2 // 3) * 8 / WEEKS) - 1
    assert person.pinned == {2: 0} and person.cost[1, 1] == NEVER
    assert part.weekends[0] == (5, 6) and part.days == 28


def test_the_last_part_keeps_the_limits_of_the_whole():
    problem = quarter()
    roster = in_blocks(problem, 8.0, lambda part, seconds: solve(part, seconds, workers=1).roster)
    said = judge(problem, roster)
    assert not said.broken and not said.uncovered


def test_a_long_period_is_solved_within_its_time_and_stops_when_asked():
    asked = []
    result = solve(quarter(), 6.0, workers=1, should_stop=lambda: len(asked) > 40 or asked.append(1))
    assert result.seconds < 7 and not result.broken
