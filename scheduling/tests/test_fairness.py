"""Fair shares: what is handed out sums up, equals get equal, the rare holder does not look wronged."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.exposure import tally
from scheduling.fairness import balance, shares
from scheduling.rules import Away, Membership, Validity
from scheduling.tests.planning import ALWAYS, FIRST, day, duty, plan, someone

everyone = frozenset({1, 2, 3, 4})
full = dict.fromkeys(everyone, 396.0)


def test_equals_get_equal_shares():
    assert shares({everyone: 8}, full, {}) == pytest.approx(dict.fromkeys(everyone, 2.0))


def test_whoever_bore_more_so_far_is_asked_for_less_and_never_for_less_than_nothing():
    found = shares({everyone: 6}, full, {1: 10, 2: 3, 3: 3, 4: 3})
    assert found[1] == 0 and found[2] == pytest.approx(2)


def test_a_part_timer_has_a_part_of_the_whole_load():
    found = shares({everyone: 7}, full | {1: 198.0}, {})
    assert found[1] == pytest.approx(1) and found[2] == pytest.approx(2)


def test_the_only_holder_of_a_rare_qualification_owes_what_only_they_can_do():
    found = shares({frozenset({1}): 5, everyone: 3}, full, {})
    assert found[1] == pytest.approx(5)
    assert [found[p] for p in (2, 3, 4)] == pytest.approx([1, 1, 1])


def test_two_pools_that_share_people_are_filled_together():
    found = shares({frozenset({1, 2}): 6, frozenset({2, 3}): 0.0001, frozenset({2, 3, 4}): 6}, full, {})
    assert [found[p] for p in (1, 2, 3, 4)] == pytest.approx([3, 3, 3, 3], abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    pools=st.dictionaries(st.frozensets(st.integers(1, 6), min_size=1), st.integers(1, 30), min_size=1, max_size=4),
    ledger=st.dictionaries(st.integers(1, 6), st.integers(0, 40)),
    part=st.dictionaries(st.integers(1, 6), st.floats(0.2, 1)),
)
def test_all_that_is_wanted_is_handed_out_and_nothing_could_be_shared_better(pools, ledger, part):
    exposure = {p: 400 * part.get(p, 1.0) for p in range(1, 7)}
    found = shares(pools, exposure, ledger)
    assert sum(found.values()) == pytest.approx(sum(pools.values()))
    assert min(found.values()) >= -1e-6
    # Where two people share a pool alone, the one with something to give stands no higher than the other.
    if len(pools) == 1:
        (pool,) = pools
        level = {p: (ledger.get(p, 0) + found[p]) / exposure[p] for p in pool}
        for one, other in itertools.permutations(pool, 2):
            assert found[one] < 1e-6 or level[one] <= level[other] + 1e-6


def test_targets_are_shared_by_days_there_leave_taken_out():
    nights = [duty(n) for n in range(1, 31)]
    there, away = someone(1), someone(2, away=(Away(at(1), at(31), "leave"),))
    found = balance(plan(nights, [there, away]), {})
    days = 365 + 31
    assert found.exposure[1, "total"] == days and found.exposure[2, "total"] == days - 30
    assert found.target[1, "total"] + found.target[2, "total"] == pytest.approx(30)
    assert found.target[2, "total"] <= 1 + 2 * 30 / 31  # there for one day of the period only


def at(n, hour=0):
    return dt.datetime.combine(day(n), dt.time(), dt.UTC) + hour * dt.timedelta(hours=1)


def test_a_short_sickness_takes_nothing_out_and_a_half_day_the_day():
    short = someone(1, away=(Away(at(1), at(3), "sick", counts=False), Away(at(5, 12), at(6), "leave")))
    found = balance(plan([duty(n) for n in range(1, 31)], [short, someone(2)]), {})
    assert found.exposure[1, "total"] == found.exposure[2, "total"] - 1


def past_nights(nights, *people, back=100):
    return tally([(p, duty(1 - back + n)) for p in people for n in range(nights)], FIRST)


def test_a_joiner_is_credited_with_the_average_and_not_asked_to_catch_up():
    joined = Membership(frozenset({"primary"}), 1.0, Validity(FIRST))
    people = [someone(1), someone(2), someone(3, memberships=(joined,))]
    done = past_nights(30, 1, 2)
    found = balance(plan([duty(n) for n in range(1, 31)], people), done)
    assert found.target[3, "total"] == pytest.approx(10, abs=0.2)
    assert found.target[1, "total"] == pytest.approx(10, abs=0.2)


def test_whoever_was_behind_catches_up_at_no_more_than_twice_an_even_share():
    done = past_nights(90, 2, 3, back=300)
    found = balance(plan([duty(n) for n in range(1, 31)], [someone(n) for n in (1, 2, 3)]), done)
    assert found.target[1, "total"] == pytest.approx(21)


def test_exemption_from_nights_lowers_the_share_of_nights_and_not_of_days():
    exempt = someone(1, exempt=(("nights", ALWAYS),))
    slots = [duty(n, hour, 8) for n in range(1, 31) for hour in (8, 22)]
    found = balance(plan(slots, [exempt, someone(2), someone(3)]), {})
    assert found.target.get((1, "night"), 0) == 0 and found.target[2, "night"] == pytest.approx(15)
    assert found.target[1, "total"] == pytest.approx(20)
    assert found.eligible("night") == [2, 3]


def test_reserve_is_a_burden_of_its_own_and_holidays_count_by_name_over_three_years():
    reserve = duty(1, role="reserve")
    spring = duty(2, day_kind="holiday", holiday="春节")
    assert reserve.burdens() == ("reserve",)
    assert set(spring.burdens()) == {"total", "night", "holiday", "holiday:春节"}
    ago = duty(2 - 700, day_kind="holiday", holiday="春节")
    found = balance(plan([spring], [someone(1), someone(2)]), tally([(1, ago)], FIRST))
    assert found.target[1, "holiday:春节"] == pytest.approx(0, abs=1e-6) and found.target[
        2, "holiday:春节"
    ] == pytest.approx(1)
    assert found.target[1, "total"] == pytest.approx(0.5)


def test_certificate_figures_of_a_known_month():
    slots = [duty(n) for n in range(1, 11)]
    people = [someone(1), someone(2)]
    even = plan(slots, people, {s.key: 1 + n % 2 for n, s in enumerate(slots)})
    found = balance(even, {})
    assert found.score == 100 and found.misplaced("total") == 0 and found.within_one("total") == 1
    uneven = balance(plan(slots, people, {s.key: 1 if n < 8 else 2 for n, s in enumerate(slots)}), {})
    assert uneven.deviation(1, "total") == pytest.approx(3) and uneven.misplaced("total") == pytest.approx(3)
    assert uneven.score == pytest.approx(70) and uneven.within_one("total") == 0
    assert uneven.objective > found.objective


def test_rounding_costs_no_score():
    slots = [duty(n) for n in range(1, 11)]
    people = [someone(n) for n in (1, 2, 3)]
    found = balance(plan(slots, people, {s.key: 1 + n % 3 for n, s in enumerate(slots)}), {})
    assert found.score == 100


def test_where_duties_are_known_for_a_month_only_a_months_leave_weighs_as_a_month():
    away = someone(2, away=(Away(at(1), at(16), "leave"),))
    nights = [duty(n) for n in range(1, 31)]
    new = plan(nights, [someone(1), away], last=30)
    new.since = FIRST
    found = balance(new, {})
    assert found.exposure[1, "total"] == 30 and found.exposure[2, "total"] == 15
    assert found.target[1, "total"] == pytest.approx(20) and found.target[2, "total"] == pytest.approx(10)


def test_who_joins_within_the_period_is_asked_for_the_days_after_only():
    joined = Membership(frozenset({"primary"}), 1.0, Validity(day(16)))
    people = [someone(1), someone(2), someone(3, memberships=(joined,))]
    nights = [duty(n) for n in range(1, 31)]
    new = plan(nights, people, last=30)
    new.since = FIRST
    assert balance(new, {}).target[3, "total"] == pytest.approx(6)  # 30 · 15/75
    steady = balance(plan(nights, people, last=30), past_nights(146, 1, 2, back=365))  # 12 a month, as now
    assert steady.target[3, "total"] == pytest.approx(6, abs=0.1)


def test_a_joiner_is_credited_with_what_others_on_the_same_seats_bore():
    leads, keeps = (Membership(frozenset({role}), 1.0, ALWAYS) for role in ("leader", "primary"))
    joined = Membership(frozenset({"primary"}), 1.0, Validity(FIRST))
    people = [someone(1, memberships=(leads,)), *(someone(n, memberships=(keeps,)) for n in (2, 3))]
    people.append(someone(4, memberships=(joined,)))
    slots = [duty(n) for n in range(1, 31)]
    past = past_nights(90, 2, 3, back=300) + past_nights(10, 1, back=300)
    found = balance(plan(slots, people, last=30), past)
    assert found.ledger[4, "total"] == pytest.approx(90)
    assert [found.target[p, "total"] for p in (2, 3, 4)] == pytest.approx([10, 10, 10])


def qualified_nights(*joiners):
    """A hundred days behind us and thirty ahead, a day watch and a night watch on each; nights ask for qualification 7.

    1 and 2 hold it and kept the nights, fifty each; 3 and 4 do not and kept the days, fifty each.
    """
    nights = [duty(n, 18, 14, qualification=7) for n in range(1, 31)]
    days = [duty(n, 8, 10) for n in range(1, 31)]
    holders = [someone(n, qualified={7: (ALWAYS,)}) for n in (1, 2)]
    coming = plan([*nights, *days], [*holders, someone(3), someone(4), *joiners], last=30)
    coming.since = day(1 - 100)
    done = [(1 + n % 2, duty(n - 99, 18, 14)) for n in range(100)] + [
        (3 + n % 2, duty(n - 99, 8, 10)) for n in range(100)
    ]
    return balance(coming, tally(done, FIRST))


JOINED = Membership(frozenset({"primary"}), 1.0, Validity(FIRST))


def test_a_joiner_is_credited_with_what_those_of_the_same_qualification_bore():
    """All who hold it stand at 50 nights: 30 more make 10 for each of the three. By the seat alone the credit would be
    100 nights / 4 people = 25, and the target (50 + 50 + 25 + 30) / 3 - 25 = 27 less what the cap takes off."""
    found = qualified_nights(someone(5, memberships=(JOINED,), qualified={7: (ALWAYS,)}))
    assert found.ledger[5, "night"] == pytest.approx(50) and found.ledger[5, "total"] == pytest.approx(50)
    assert [found.target[p, "night"] for p in (1, 2, 5)] == pytest.approx([10, 10, 10])
    # All five stand at 50 duties, and 60 are to come: 12 for each.
    assert [found.target[p, "total"] for p in (1, 2, 3, 4, 5)] == pytest.approx([12] * 5, abs=1e-3)


def test_a_joiner_without_the_qualification_is_credited_with_no_nights():
    found = qualified_nights(someone(5, memberships=(JOINED,)))
    assert found.ledger[5, "night"] == 0 and found.ledger[5, "total"] == pytest.approx(50)
    assert (5, "night") not in found.target and found.target[1, "night"] == pytest.approx(15)


def test_a_joiner_who_alone_holds_a_qualification_is_credited_by_the_seat():
    """Nobody else holds 8, so those on the same seats count: 200 duties of four people in a hundred days make 50."""
    rare = someone(5, memberships=(JOINED,), qualified={7: (ALWAYS,), 8: (ALWAYS,)})
    nights = [duty(n, 18, 14, qualification=8) for n in range(1, 31)]
    coming = plan(nights, [*(someone(n) for n in (1, 2, 3, 4)), rare], last=30)
    coming.since = day(1 - 100)
    done = [(1 + n % 4, duty(n // 2 - 99, 18, 14)) for n in range(200)]
    assert balance(coming, tally(done, FIRST)).ledger[5, "night"] == pytest.approx(50)


def test_who_is_exempt_from_nights_owes_nothing_of_seats_that_are_all_nights():
    exempt = someone(1, exempt=(("nights", ALWAYS),))
    reserve = [duty(n, 8, 24, role="reserve") for n in range(1, 31)]
    found = balance(plan(reserve, [exempt, someone(2), someone(3)]), {})
    assert found.target.get((1, "reserve"), 0) == 0 and found.target[2, "reserve"] == pytest.approx(15)


def test_whoever_holds_nothing_takes_more_of_the_plain_seats_and_the_cap_does_not_mind():
    """Two who hold the qualification are full with what asks for it: the other keeps all of the rest."""
    rare = [duty(n, 8, 8, qualification=7) for n in range(1, 31) for _twice in range(2)]
    plain = [duty(n, 18, 14) for n in range(1, 31)]
    holders = [someone(n, qualified={7: (ALWAYS,)}) for n in (1, 2)]
    found = balance(plan([*rare, *plain], [*holders, someone(3)]), {})
    assert [found.target[p, "total"] for p in (1, 2, 3)] == pytest.approx([30, 30, 30], abs=0.01)
