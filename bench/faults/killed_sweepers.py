"""T1: ten thousand due in the same second, four sweepers, twenty random kill -9, one poison row: nothing lost, nothing twice."""

import random
import time

from bench.figures import note
from bench.population.waiting import wait

from .experiment import counted, crew_on_fresh_ground, until

SEEDS = (11, 12, 13)
DEADLINES, KILLS, KILLING_SECONDS = 10_000, 20, 30.0
SHORT_DEADLINES, SHORT_KILLS, SHORT_SECONDS = 400, 2, 0.5
POISON = '[{"offset": 0, "to": "bench.nobody", "action": "escalate", "min_gap": 300, "again": 0, "person": null}]'
POISONED = "UPDATE duty_deadline SET ladder = %s::jsonb WHERE id = %s"

# Each must count nothing. %(poison)s is the one deadline that cannot fire.
MUST_BE_NOTHING = {
    # No longer waiting for its instant, and nothing fired: what waits still is late, not lost.
    "lost": "SELECT count(*) FROM duty_deadline d WHERE id <> %(poison)s AND fires_at IS DISTINCT FROM due_at "
    "AND NOT EXISTS (SELECT FROM duty_firing f WHERE f.deadline_id = d.id)",
    "still_waiting": "SELECT count(*) FROM duty_deadline d WHERE id <> %(poison)s AND fires_at = due_at "
    "AND NOT EXISTS (SELECT FROM duty_firing f WHERE f.deadline_id = d.id)",
    "fired_twice": "SELECT count(*) - count(DISTINCT deadline_id) FROM duty_firing",
    "fired_early": "SELECT count(*) FROM duty_firing WHERE fired_at < planned_at",
    "told_nobody": "SELECT count(*) FROM duty_firing f WHERE outcome = 'told' "
    "AND NOT EXISTS (SELECT FROM duty_notice n WHERE n.firing_id = f.id)",
    "told_twice": "SELECT count(*) FROM (SELECT FROM duty_notice WHERE firing_id IS NOT NULL "
    "GROUP BY matter_id, recipient_id HAVING count(*) > 1) n",
    "without_delivery": "SELECT count(*) FROM duty_notice n WHERE NOT EXISTS (SELECT FROM duty_delivery d WHERE d.notice_id = n.id)",
    "not_sent": "SELECT count(*) FROM duty_notice n LEFT JOIN duty_delivery d ON d.notice_id = n.id "
    "WHERE d.state IS DISTINCT FROM 'sent'",
    "parked_but_poison": "SELECT count(*) FROM duty_deadline WHERE faults > 0 AND id <> %(poison)s",
    "poison_not_parked": "SELECT count(*) FROM duty_deadline WHERE id = %(poison)s AND (parked_at IS NULL OR fires_at IS NULL)",
    "poison_fired": "SELECT count(*) FROM duty_firing WHERE deadline_id = %(poison)s",
}
# What a mark-then-write sweep must be caught at, whatever else is slow on that day.
INTEGRITY = ("lost", "fired_twice", "told_nobody")
LATENESS = """
SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY late)::float8, max(late)::float8 FROM (
    SELECT EXTRACT(EPOCH FROM fired_at - planned_at) AS late FROM duty_firing) f
"""
HANDED = """
SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY late)::float8, max(late)::float8 FROM (
    SELECT EXTRACT(EPOCH FROM d.sent_at - f.planned_at) AS late
    FROM duty_delivery d JOIN duty_notice n ON n.id = d.notice_id JOIN duty_firing f ON f.id = n.firing_id) d
"""
# Fired, but for the poison; and handed over.
ALL_FIRED = "SELECT NOT EXISTS (SELECT FROM duty_deadline WHERE fires_at <= duty_now() AND parked_at IS NULL)"
ALL_SENT = "SELECT NOT EXISTS (SELECT FROM duty_delivery WHERE state <> 'sent')"
SENT = "SELECT array_agg(reference) FROM duty_delivery WHERE state = 'sent'"
SINCE = "SELECT EXTRACT(EPOCH FROM duty_now() - %s)::float8"


def run(ground, sheet, *, bad: bool, short: bool) -> None:
    for seed in SEEDS[:1] if short else SEEDS:
        _once(ground, sheet, seed, bad, short)


def _once(ground, sheet, seed: int, bad: bool, short: bool) -> None:
    dice = random.Random(seed)
    count, kills, span = (SHORT_DEADLINES, SHORT_KILLS, SHORT_SECONDS) if short else (DEADLINES, KILLS, KILLING_SECONDS)
    with crew_on_fresh_ground(ground, "marks_then_writes" if bad else "", batch=50 if short else 1) as crew:
        _receiver, received = crew.receiver()
        sweepers = [crew.beat(1), crew.beat(2)] + ([] if short else [crew.worker(1), crew.worker(2)])
        crew.wait_for_lanes(ground, len(sweepers))
        due = ground.ask("SELECT duty_now() + %s * interval '1 second'", [1.5 if short else 6])[0]
        deadlines = wait(count, "%(due)s + mod(g, 100) * interval '1 millisecond'", {"due": due})
        poison = dice.choice(deadlines)
        ground.ask(POISONED, [POISON, poison])
        in_time = ground.ask(SINCE, [due])[0] < 0
        moments = sorted(
            span * dice.random() ** 2 for _ in range(kills)
        )  # more of them while it fires, some while it sends
        killed_while_due = _kill(ground, dice, sweepers, due, moments)
        fired = until(lambda: ground.ask(ALL_FIRED)[0], 10 if bad else 60)
        note(f"seed {seed}: fired after {ground.ask(SINCE, [due])[0]:.0f} s")
        # A mail whose sender was killed is given back after half a minute: the short form does not wait for that.
        sent = bad or short or until(lambda: ground.ask(ALL_SENT)[0], 150, every=0.5)
        note(f"seed {seed}: sent after {ground.ask(SINCE, [due])[0]:.0f} s")
    found = counted(ground, MUST_BE_NOTHING, {"poison": poison})
    fired_p99, fired_max = ground.ask(LATENESS)
    handed_p99, handed_max = ground.ask(HANDED)
    mails = received.read_text().split()
    if short:
        del found["not_sent"]
    found["sent_but_not_received"] = len(set(ground.ask(SENT)[0] or ()) - set(mails))
    if bad:
        found = {what: found[what] for what in INTEGRITY}
    in_good_time = bad or (fired_p99 <= 10 and fired_max <= 30 and (short or handed_p99 <= 60))
    sheet.add(
        "T1", sum(found.values()), "faults", 0, holds=bad or (in_time and fired and sent and in_good_time),
        variant="marks_then_writes" if bad else "", seed=seed, **found, deadlines=count, sweepers=len(sweepers),
        kills=kills, kills_while_due=killed_while_due, fired_p99=fired_p99, fired_max=fired_max, fired_p99_limit=10,
        fired_max_limit=30, handed_p99=handed_p99, handed_max=handed_max, handed_p99_limit=60, mails=len(mails),
        mails_again=len(mails) - len(set(mails)), sql={**MUST_BE_NOTHING, "fired": LATENESS, "handed": HANDED},
    )  # fmt: skip


def _kill(ground, dice: random.Random, sweepers: list, due, moments: list[float]) -> int:
    """Kill a random sweeper at each moment and start it anew at once, as a supervisor does."""
    while_due = 0
    until(lambda: ground.ask(SINCE, [due])[0] >= 0, 60, every=0.01)
    began = time.monotonic()
    for moment in moments:
        time.sleep(max(0, began + moment - time.monotonic()))
        victim = dice.choice(sweepers)
        while_due += not ground.ask(ALL_FIRED)[0]
        victim.kill()
        victim.start()
    return while_due
