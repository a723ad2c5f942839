"""T13: two managers publish overlapping rosters at the same moment: one is published whole, the other is told which watch.

Each pair has days of its own, and people of its own on either side, so that nothing but the days is in the way.
"""

import datetime as dt
import random
import threading
import time
import uuid

from django.db import transaction

from bench.figures import note, percentile
from bench.pages import served
from bench.visitors import Visitor, session_of
from duty.clock import DAY, day_of, duty_now
from duty.models import Grant, Person, Role
from scheduling.models import DayKind, Member, Pattern, PatternSeat, Post, Roster, SeatRole, Slot
from scheduling.models.laying import laid_out

from .experiment import counted, crew_on_fresh_ground

SEED, PAIRS, SHORT_PAIRS = 41, 500, 8
BAD_PAIRS = 60
LENGTH, OVERLAP = 3, 2  # days of a roster, and those that both have
AHEAD = 40 * DAY
APART = (0.0, 0.02)  # seconds by which the second manager presses later
# What the variant does without besides: with these the database itself would have stopped it.
GUARDS_OFF = """
ALTER TABLE scheduling_roster DROP CONSTRAINT one_published_roster_of_a_unit_at_a_time;
ALTER TABLE scheduling_shift DROP CONSTRAINT one_shift_at_a_post_at_a_time;
"""
STANDING = "status IN ('published', 'revising', 'archived')"
MUST_BE_NOTHING = {
    "both_published": "SELECT count(*) FROM scheduling_roster a JOIN scheduling_roster b ON a.matter_id < b.matter_id "
    "AND a.unit_id = b.unit_id AND daterange(a.first_on, a.last_on, '[]') && daterange(b.first_on, b.last_on, '[]') "
    "WHERE a.status = 'published' AND b.status = 'published'",
    "neither_published": f"SELECT greatest(0, %(pairs)s - count(*)) FROM scheduling_roster WHERE {STANDING}",
    "watches_twice": "SELECT count(*) FROM scheduling_shift a JOIN scheduling_shift b ON a.matter_id < b.matter_id "
    "AND a.post_id = b.post_id AND a.removed_at IS NULL AND b.removed_at IS NULL "
    "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)",
    "versions_of_drafts": "SELECT count(*) FROM scheduling_rosterversion v JOIN scheduling_roster r "
    f"ON r.matter_id = v.roster_id WHERE NOT r.{STANDING}",
    "seats_missing_or_more": "SELECT abs((SELECT coalesce(sum(jsonb_array_length(duties)), 0) FROM scheduling_rosterversion) "
    "- (SELECT count(*) FROM scheduling_seat WHERE starts_at > %(first)s))",
    "drafts_lost": "SELECT count(*) FROM scheduling_roster r WHERE status = 'draft' AND "
    "(SELECT count(*) FROM scheduling_slot s WHERE s.roster_id = r.matter_id AND s.person_id IS NOT NULL) <> %(length)s",
    "told_of_a_draft": "SELECT count(*) FROM duty_notice n JOIN scheduling_roster r USING (matter_id) "
    f"WHERE n.key LIKE 'roster:%%' AND NOT r.{STANDING}",
}
INTEGRITY = ("both_published", "watches_twice")


def run(ground, sheet, *, bad: bool, short: bool) -> None:
    pairs = SHORT_PAIRS if short else BAD_PAIRS if bad else PAIRS
    dice = random.Random(SEED)
    with crew_on_fresh_ground(ground, "publishes_without_turns" if bad else "") as crew:
        managers, drafts, first = _drafted(pairs)
        if bad:
            ground.ask(GUARDS_OFF)
        web = served(crew)
        visitors = [Visitor(web.port, session_of(manager.pk)) for manager in managers]
        note(f"{pairs} pairs of rosters, both of a pair published at once")
        answers, took = [], []
        for pair in drafts:
            began = time.monotonic()
            answers.append(_at_once(visitors, pair, dice.uniform(*APART)))
            took.append(1000 * (time.monotonic() - began))
    found = counted(ground, MUST_BE_NOTHING, {"pairs": pairs, "first": first, "length": LENGTH})
    if bad:
        found = {what: found[what] for what in INTEGRITY}
    else:
        found["not_one_winner"] = sum(sorted(a.status for a in both) != [302, 409] for both in answers)
        found["not_told_which_watch"] = sum(not _told(both, pair) for both, pair in zip(answers, drafts, strict=True))
    sheet.add(
        "T13", sum(found.values()), "faults", 0, variant="publishes_without_turns" if bad else "", seed=SEED, **found,
        pairs=pairs, second_won=sum(second.status == 302 for _first, second in answers), p95=percentile(took, 95),
        sql=MUST_BE_NOTHING,
    )  # fmt: skip


def _drafted(pairs: int) -> tuple[list[Person], list[tuple[Roster, Roster]], dt.datetime]:
    """Two managers with a draft each per pair, all seats filled, and the instant from which the days are theirs."""
    now = duty_now()
    post = Post.objects.order_by("id").last()
    pattern = Pattern.objects.create(
        post=post, name="夜班", mark="夜", starts=dt.time(20), minutes=600, day_kinds=DayKind.values,
        from_on=dt.date(2020, 1, 1),
    )  # fmt: skip
    PatternSeat.objects.create(pattern=pattern, role=SeatRole.PRIMARY)
    people = list(post.unit.people.order_by("id")[:8])
    for person in people:
        Member.objects.create(unit=post.unit, person=person, roles=["primary"], from_on=dt.date(2020, 1, 1))
    managers = people[:2]
    Grant.objects.bulk_create(
        [Grant(person=person, role=Role.MANAGER, unit=post.unit) for person in managers], ignore_conflicts=True
    )
    begin, drafts = day_of(now + AHEAD), []
    with transaction.atomic():
        for pair in range(pairs):
            first = begin + pair * (2 * LENGTH - OVERLAP + 2) * DAY
            drafts.append(
                tuple(
                    _draft(post.unit, first + n * (LENGTH - OVERLAP) * DAY, people[n::2], managers[n], now)
                    for n in range(2)
                )
            )
    return managers, drafts, now + AHEAD - DAY


def _draft(unit, first: dt.date, people: list[Person], by: Person, at) -> Roster:
    roster = Roster(unit=unit, first_on=first, last_on=first + (LENGTH - 1) * DAY)
    roster.draft(by=by, at=at)
    slots = Slot.objects.filter(roster=roster)
    if len(slots) != len(laid_out(roster)):
        raise SystemExit("the days of a pair are not free")
    roster.seat({slot.pk: people[n % len(people)].pk for n, slot in enumerate(slots)}, by=by, at=at)
    return roster


def _at_once(visitors: list[Visitor], pair: tuple[Roster, Roster], later: float) -> list:
    """Both publish from the page that they looked at; the second presses a moment later."""
    got, together = [None, None], threading.Barrier(2)

    def press(n: int) -> None:
        values = {"edits": pair[n].edits, "override": "", "once": str(uuid.uuid4())}
        together.wait()
        time.sleep(n * later)
        got[n] = visitors[n].post(f"/rosters/{pair[n].pk}/check/", values)

    hands = [threading.Thread(target=press, args=(n,)) for n in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    if None in got:
        raise SystemExit("a publication got no answer")
    return got


def _told(both: list, pair: tuple[Roster, Roster]) -> bool:
    """Whoever came second reads the other's name and the first watch that is there already."""
    loser = next((n for n in range(2) if both[n].status != 302), None)
    if loser is None:
        return False
    clash = f"{pair[1].first_on:%m-%d} 20:00"
    return pair[1 - loser].title in both[loser].body and clash in both[loser].body
