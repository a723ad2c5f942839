"""The sample organisation's rosters: this month's published and read, the next one begun with two seats still open."""

import datetime as dt

from django.db import connection

from duty.clock import DAY, day_of, last_of_month, month_of, next_month
from duty.models import Notice
from duty.sample import House
from scheduling.fairness import balance
from scheduling.gathering import tallies
from scheduling.models import Roster, Seat, Terms
from scheduling.publishing import draft_plan, publish
from scheduling.rules import Plan
from scheduling.substitutes import ranked

WHY = "沿用此前的轮值顺序，自下月起按公平排班"
UNREAD = 3  # people who have not confirmed yet
MARGIN = 4  # days that the draft has left at least before it is due

# What was told before the sample was loaded has long arrived.
ALREADY_SENT = """
UPDATE duty_delivery d SET state = 'sent', sent_at = n.created_at, attempts = 1 FROM duty_notice n
JOIN duty_matter m ON m.id = n.matter_id WHERE n.id = d.notice_id AND d.state = 'queued' AND m.kind = 'scheduling.roster'
"""


def load(house: House) -> None:
    """Months in a row from this one, published; the first that is not due yet is the draft."""
    manager, first = house.people["谢婷"], month_of(day_of(house.at))
    ahead = Terms.of(house.top.pk).publish_days_ahead
    while first - ahead * DAY <= day_of(house.at) + MARGIN * DAY:
        _publish(_drafted(house, first, manager), manager, house.at - 12 * DAY)
        first = next_month(first)
    draft = _drafted(house, first, manager)
    people = _fairly(draft_plan(draft))
    last = sorted(draft.slots.filter(role="secondary").values_list("pk", flat=True))[-2:]
    draft.seat({slot: person for slot, person in people.items() if slot not in last}, by=manager, at=house.at - DAY)
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT)


def _drafted(house: House, first: dt.date, by) -> Roster:
    roster = Roster(unit=house.top, first_on=first, last_on=last_of_month(first))
    roster.draft(by=by, at=house.at - 13 * DAY)
    return roster


def _fairly(plan: Plan) -> dict:
    """Each open duty, in order of time, to whoever it fits best then: what a careful planner does by hand."""
    fair, given = balance(plan, tallies(plan.people, plan.first)), {}
    for duty in sorted(plan.open_duties(), key=lambda duty: (duty.start, duty.post, duty.key)):
        best = ranked(plan, duty, fair)[0]
        given[duty.key] = best.person.id if best.ok else None
        if best.ok:
            plan.put(duty.key, best.person.id)
            fair.load.update((best.person.id, category) for category in duty.burdens())
    return given


def _publish(roster: Roster, by, at) -> None:
    people = _fairly(draft_plan(roster))
    roster.seat({slot: person for slot, person in people.items() if person}, by=by, at=at)
    publish(roster, override=WHY, by=by, at=at)
    sitting = Seat.objects.filter(shift__unit=roster.unit_id).values("person")
    told = Notice.objects.filter(matter_id=roster.pk, recipient__in=sitting).order_by("recipient__name_sort")
    read = list(told.values_list("pk", flat=True))[UNREAD:]
    Notice.objects.filter(pk__in=read).acknowledge(at + DAY, "page")
