"""The book of rules, and the two questions it answers: what is broken in a plan, and what would be."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from . import entitled, rows, watches
from .facts import LEADER, Break, Duty, Plan


@dataclass(frozen=True)
class Rule:
    """A rule with its name and one checker, of one of three scopes: `duty`, `row` or `watch`.

    A hard one keeps a roster from being published unless someone says why; a soft one is told.
    """

    name: str
    title: str
    hard: bool
    scope: str
    check: Callable[..., Iterable[Break]]
    absolute: bool = False  # no reason excuses it: the watch could not be kept


RULES = {
    rule.name: rule
    for rule in (
        Rule("employed", _("works here on that day"), True, "duty", entitled.employed, True),
        Rule("in_pool", _("belongs to the people for this seat"), True, "duty", entitled.in_pool),
        Rule("qualified", _("holds the qualification in date"), True, "duty", entitled.qualified),
        Rule("present", _("is not on leave or away"), True, "duty", entitled.present),
        Rule("exempt", _("is not exempt"), True, "duty", entitled.exempt),
        Rule("not_acting", _("does not stand in for an absent leader"), True, "duty", entitled.not_acting),
        Rule("one_at_a_time", _("one duty at a time"), True, "row", rows.one_at_a_time, True),
        Rule("rest", _("rest between duties"), True, "row", rows.rest),
        Rule("days_in_row", _("days in a row"), True, "row", rows.days_in_row),
        Rule("nights_in_row", _("nights in a row"), True, "row", rows.nights_in_row),
        Rule("filled", _("every seat is filled"), True, "watch", watches.filled),
        Rule("led_on_holidays", _("a leader on statutory holidays"), True, "watch", watches.led_on_holidays),
        Rule("wish", _("wishes"), False, "duty", entitled.wish),
        Rule("spacing", _("days between duties"), False, "row", rows.spacing),
        Rule("leader_changes_daily", _("the leader changes daily"), False, "row", rows.leader_changes_daily),
        Rule("weekends_in_row", _("weekends in a row"), False, "row", rows.weekends_in_row),
        Rule("recommended_length", _("the recommended length"), False, "watch", watches.recommended_length),
        Rule("block_kept_whole", _("one person per block"), False, "watch", watches.block_kept_whole),
        Rule("weekend_kept_whole", _("whole weekends"), False, "watch", watches.weekend_kept_whole),
    )
}
OF_DUTY = [rule for rule in RULES.values() if rule.scope == "duty"]
OF_ROW = [rule for rule in RULES.values() if rule.scope == "row"]
OF_WATCH = [rule for rule in RULES.values() if rule.scope == "watch"]
SATURDAY = 5
FAR = 35  # days around a duty beyond which no row rule looks
NOT_AT_ALL = 0
# How many days around a duty each of them looks: a watch lasts two days, a rest three at most.
REACH = {
    "one_at_a_time": lambda limits, duty: 4,
    "rest": lambda limits, duty: 7,
    "days_in_row": lambda limits, duty: limits.days_in_row + 2,
    "nights_in_row": lambda limits, duty: limits.nights_in_row + 2 if duty.is_night else NOT_AT_ALL,
    "spacing": lambda limits, duty: limits.spacing_days + 2 if limits.spacing_days else NOT_AT_ALL,
    "leader_changes_daily": lambda limits, duty: 2 if duty.role == LEADER else NOT_AT_ALL,
    "weekends_in_row": lambda limits, duty: 28 if duty.date.weekday() >= SATURDAY else NOT_AT_ALL,
}


def breaks_of(plan: Plan, people: Iterable[int] | None = None) -> list[Break]:
    """Everything broken in a plan; with `people`, what these break and what concerns nobody in particular.

    What lies wholly outside of the planned duties is history and is not told.
    """
    found: list[Break] = []
    for person_id in plan.people if people is None else people:
        person = plan.people[person_id]
        row = plan.held(person_id)
        for duty in row:
            if duty.key in plan.duties:
                for rule in OF_DUTY:
                    found += rule.check(plan, person, duty)
        for rule in OF_ROW:
            found += (broken for broken in rule.check(plan, person, row) if _concerns(plan, broken))
    for rule in OF_WATCH:
        found += rule.check(plan)
    return found


def fits(plan: Plan, person_id: int, duty: Duty) -> list[Break]:
    """What would be broken that is not yet, if this person kept this duty; nothing is moved.

    A duty the person keeps already is judged as if it were to be given to them anew.
    """
    person = plan.people[person_id]
    found: list[Break] = []
    for rule in OF_DUTY:
        found += rule.check(plan, person, duty)
    near = [
        (days, other)
        for other in plan.held(person_id)
        if other.key != duty.key and (days := abs((other.date - duty.date).days)) <= FAR
    ]
    place = bisect_left(near, (duty.start, duty.end), key=lambda one: (one[1].start, one[1].end))
    with_it = [*near[:place], (0, duty), *near[place:]]
    for rule in OF_ROW:
        reach = min(FAR, REACH[rule.name](plan.limits, duty))
        if reach == NOT_AT_ALL:
            continue
        after = list(rule.check(plan, person, [one for days, one in with_it if days <= reach]))
        if after:
            others = [other for days, other in near if days <= reach]
            before = {broken.key for broken in rule.check(plan, person, others)}
            found += (broken for broken in after if broken.key not in before)
    return found


def hard(breaks: Iterable[Break]) -> Iterator[Break]:
    return (broken for broken in breaks if RULES[broken.rule].hard)


def _concerns(plan: Plan, broken: Break) -> bool:
    return any(key in plan.duties for key in broken.duties)
