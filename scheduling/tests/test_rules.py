"""Each rule on its border: kept just so, and broken by the least that breaks it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules import RULES, Away, Membership, Validity, breaks_of, fits
from scheduling.rules.wording import reasons
from scheduling.tests.planning import ALWAYS, day, duty, kept, plan, someone

HOUR = dt.timedelta(hours=1)


def names(made, hard=None) -> list[str]:
    return sorted(b.rule for b in breaks_of(made) if hard is None or RULES[b.rule].hard == hard)


def at(n, hour=0):
    return dt.datetime.combine(day(n), dt.time(), dt.UTC) + hour * HOUR


def test_rest_is_kept_to_the_hour_and_not_a_minute_less():
    assert "rest" not in names(kept([duty(1, 8, 8), duty(2, 3, 8)]))  # 16:00 → 03:00
    assert "rest" in names(kept([duty(1, 8, 8), duty(2, 2.9, 8)]))


def test_rest_crosses_the_border_of_the_period():
    before = duty(0, 18, 14)  # the night before the first
    person = someone()
    made = plan([first := duty(1, 18, 14)], [person], {first.key: 1}, fixed={1: [before]}, rest=11 * HOUR)
    assert any(b.rule == "rest" for b in breaks_of(made))


def test_one_duty_at_a_time_reaches_over_a_short_watch_inside_a_long_one():
    long, short, late = duty(1, 0, 48), duty(1, 8, 2, post=2), duty(2, 8, 2, post=3)
    made = plan([long, short, late], [someone()], {long.key: 1, short.key: 1})
    assert [b.rule for b in fits(made, 1, late) if b.rule == "one_at_a_time"]


def test_touching_duties_do_not_overlap():
    assert "one_at_a_time" not in names(kept([duty(1, 8, 8), duty(1, 16, 8)]))


@pytest.mark.parametrize(("rule", "limit"), [("days_in_row", 3), ("nights_in_row", 3)])
def test_rows_are_counted_over_the_border_and_end_with_a_free_day(rule, limit):
    nights = [duty(n, 20, 10) for n in (0, 1, 2, 3)]
    limits = {rule: limit, "rest": 11 * HOUR}
    person = someone()
    made = plan(nights[1:], [person], {d.key: 1 for d in nights[1:]}, fixed={1: nights[:1]}, **limits)
    broken = [b for b in breaks_of(made) if b.rule == rule]
    assert [b.duties for b in broken] == [(nights[3].key,)]
    assert rule not in names(kept([nights[1], nights[3]], **limits))


def test_leave_to_the_half_day():
    person = someone(away=(Away(at(5), at(5, 12), "leave"),))
    assert "present" not in names(kept([duty(5, 12, 8)], person))
    assert "present" in names(kept([duty(5, 11, 8)], person))
    assert "present" in names(kept([duty(4, 18, 14)], person))


def test_a_qualification_counts_on_its_last_day_and_not_after():
    person = someone(qualified={7: (Validity(day(1), day(10)),)})
    assert "qualified" not in names(kept([duty(10, qualification=7)], person))
    assert "qualified" in names(kept([duty(11, qualification=7)], person))
    assert "qualified" in names(kept([duty(10, qualification=8)], person))


def test_exemptions_name_what_they_are_from():
    person = someone(exempt=(("nights", Validity(day(1), day(10))),))
    assert "exempt" in names(kept([duty(10, 18, 14)], person))
    assert "exempt" not in names(kept([duty(10, 8, 8)], person))
    assert "exempt" not in names(kept([duty(11, 18, 14)], person))
    weekends = someone(exempt=(("weekends", ALWAYS),))
    assert "exempt" in names(kept([duty(5, 8, 8)], weekends)) and "exempt" not in names(kept([duty(4, 8, 8)], weekends))


def test_who_is_not_in_the_pool_or_no_longer_works_here_does_not_fit():
    reserve_only = someone(memberships=(Membership(frozenset({"reserve"}), 1.0, ALWAYS),))
    assert "in_pool" in names(kept([duty(1)], reserve_only))
    assert "in_pool" not in names(kept([duty(1, role="reserve")], reserve_only))
    leaver = someone(employed=Validity(dt.date(2020, 1, 1), day(9)))
    assert "employed" not in names(kept([duty(9)], leaver)) and "employed" in names(kept([duty(10)], leaver))
    assert "employed" in names(kept([duty(1)], someone(is_active=False)))


def test_the_only_stand_in_of_an_absent_leader_leads_but_keeps_no_other_seat():
    person = someone(acting=((at(5), at(8), "高远"),))
    assert "not_acting" in names(kept([duty(6)], person))
    assert "not_acting" not in names(kept([duty(6, role="leader")], person))
    assert "not_acting" not in names(kept([duty(9)], person))


def test_an_open_seat_and_a_holiday_without_a_leader_are_hard():
    held = duty(1, role="primary", day_kind="holiday", holiday="元旦")
    assert names(plan([held], [someone()]), hard=True) == ["filled", "led_on_holidays"]
    led = duty(1, 8, 8, role="leader", day_kind="holiday", holiday="元旦")
    made = plan([held, led], [someone(1), someone(2)], {held.key: 1, led.key: 2})
    assert names(made, hard=True) == []


def test_a_long_watch_is_told_once_and_softly():
    made = kept([duty(n, 18, 14) for n in (1, 4, 7)])
    assert names(made).count("recommended_length") == 1 and not RULES["recommended_length"].hard


def test_the_same_person_from_friday_to_sunday_where_the_unit_rotates_so():
    block = [duty(n, 0, 24) for n in (4, 5, 6)]  # Friday to Sunday, round the clock
    assert "rest" not in names(kept(block, rotation="weekend"))
    assert names(kept([duty(3, 18, 14), duty(4, 10, 8)], rotation="weekend"), hard=True) == [
        "rest"
    ]  # Thursday is no block
    two = plan(block, [someone(1), someone(2)], {block[0].key: 1, block[1].key: 2, block[2].key: 1}, rotation="weekend")
    assert [b.duties for b in breaks_of(two) if b.rule == "block_kept_whole"] == [(block[1].key,)]


def test_history_is_not_told_but_counts():
    nights = [duty(n, 20, 10) for n in (-3, -2, -1, 0)]
    made = plan([], [someone()], fixed={1: nights}, nights_in_row=2)
    assert breaks_of(made) == []


def test_a_seat_given_anew_to_whoever_has_it_is_judged_as_if_it_were_open():
    one, other = duty(1), duty(2)
    made = kept([one, other], rest=11 * HOUR)
    assert {b.rule for b in fits(made, 1, other)} >= {"rest"}
    assert made.who[other.key] == 1


@given(st.data())
def test_what_fits_breaks_nothing_hard_and_what_does_not_breaks_what_was_said(data):
    """The one question asked in two ways: judging a duty before it is given, and the plan after."""
    people = [someone(n) for n in (1, 2)]
    slots = [duty(n, start, hours) for n in range(1, 9) for start, hours in ((8, 10), (18, 14))]
    made = plan(slots, people, days_in_row=3, nights_in_row=2, spacing_days=data.draw(st.integers(0, 3)))
    for slot in slots:
        person = data.draw(st.sampled_from([None, 1, 2]))
        if person is None:
            continue
        before = {b.key for b in breaks_of(made) if RULES[b.rule].scope != "watch"}
        told = {b.key for b in fits(made, person, slot)}
        made.put(slot.key, person)
        after = {b.key for b in breaks_of(made) if RULES[b.rule].scope != "watch"}
        assert after - before == told
        if told:
            made.put(slot.key, None)


def test_every_rule_has_a_sentence():
    from scheduling.rules.wording import WORDS

    assert set(WORDS) == set(RULES)


def test_each_rule_on_a_row_says_how_far_it_looks():
    from scheduling.rules.book import OF_ROW, REACH

    assert set(REACH) == {rule.name for rule in OF_ROW}


def test_what_speaks_against_a_seat_names_the_other_duty_and_not_the_seat_itself():
    held, asked = duty(5, 8, 8, name="白班"), duty(5, 16, 8, name="夜班", role="reserve")
    made = plan([held, asked], [someone()], {held.key: 1})
    (words,) = reasons(made, fits(made, 1, asked), asked)
    assert "12-05 白班" in words
    assert "夜班" not in words


def test_remarks_of_one_seat_are_its_own_each_once_and_say_the_other_day():
    saturdays = [duty(n, 8, 8, name="白班") for n in (5, 12, 19, 26)]
    made = plan(saturdays, [someone()], {d.key: 1 for d in saturdays})
    own = reasons(made, fits(made, 1, saturdays[2]), saturdays[2])
    assert len([words for words in own if "3" in words]) == len(own) == 1
    (later,) = reasons(made, fits(made, 1, saturdays[0]), saturdays[0])
    assert later.startswith("12-19")

    two = [duty(8, 8, 8, name="早"), duty(10, 8, 8, name="中"), duty(12, 8, 8, name="晚")]
    made = plan(two, [someone()], {d.key: 1 for d in two}, spacing_days=2)
    before, after = reasons(made, fits(made, 1, two[1]), two[1])
    assert "12-08 早" in before
    assert "12-12 晚" in after
