"""Rules on watches rather than people: filled seats, a leader on holidays, the recommended length, blocks kept whole."""

from collections import defaultdict
from collections.abc import Iterator

from .facts import LEADER, RESERVE, Break, Plan


def filled(plan: Plan) -> Iterator[Break]:
    for duty in plan.open_duties():
        yield Break("filled", None, (duty.key,))


def led_on_holidays(plan: Plan) -> Iterator[Break]:
    """On a statutory holiday every post has a leader on some watch of the day."""
    days = defaultdict(list)
    for duty in plan.duties.values():
        if duty.day_kind == "holiday":
            days[duty.date, duty.post].append(duty)
    for duties in days.values():
        if not any(duty.role == LEADER for duty in duties):
            yield Break("led_on_holidays", None, (duties[0].key,))


def recommended_length(plan: Plan) -> Iterator[Break]:
    """Told once for each sort of watch: a recommendation, never a block."""
    told = set()
    for duty in plan.duties.values():
        sort = duty.post, duty.name, duty.hours
        if duty.role != RESERVE and duty.hours > plan.limits.recommended_hours and sort not in told:
            told.add(sort)
            yield Break("recommended_length", None, (duty.key,), (("hours", duty.hours),))


def block_kept_whole(plan: Plan) -> Iterator[Break]:
    """Where the unit rotates by the week or by Friday to Sunday: one person per block and seat."""
    if plan.limits.rotation not in ("weekend", "weekly"):
        return
    blocks = defaultdict(list)
    for duty in sorted(plan.duties.values(), key=lambda duty: duty.start):
        if duty.role == LEADER and plan.limits.leader_daily:
            continue
        if plan.limits.rotation == "weekly" or duty.date.weekday() >= 4:
            year, week, _day = duty.date.isocalendar()
            blocks[year, week, duty.post, duty.role, duty.name].append(duty)
    for duties in blocks.values():
        for duty in duties[1:]:
            first, here = plan.who[duties[0].key], plan.who[duty.key]
            if first is not None and here is not None and first != here:
                yield Break("block_kept_whole", here, (duty.key,))


def weekend_kept_whole(plan: Plan) -> Iterator[Break]:
    """Where the unit wants whole weekends: whoever keeps a watch on Saturday keeps the same one on Sunday."""
    if not plan.limits.whole_weekends:
        return
    weekends = defaultdict(dict)
    for duty in plan.duties.values():
        if duty.date.weekday() >= 5:
            monday = duty.date.toordinal() - duty.date.weekday()
            weekends[monday, duty.post, duty.role, duty.name].setdefault(duty.date.weekday(), duty)
    for days in weekends.values():
        if len(days) == 2:
            saturday, sunday = (plan.who[days[day].key] for day in (5, 6))
            if saturday is not None and sunday is not None and saturday != sunday:
                yield Break("weekend_kept_whole", sunday, (days[6].key,))
