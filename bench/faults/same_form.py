"""T10: the same form twice, and twenty times in parallel: one record, and everyone gets the same answer."""

import random
import threading
import uuid
from collections import Counter

from bench.cast import asked
from bench.figures import note
from bench.visitors import Visitor, session_of
from bench.writing import LOG, TYPED

from .experiment import counted, crew_on_fresh_ground

SEED, FORMS, SHORT_FORMS, AT_ONCE = 21, 100, 4, 20
OFFICER = "SELECT person_id FROM duty_grant WHERE role = 'officer' ORDER BY person_id LIMIT 1"
NOW = "SELECT to_char(duty_now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')"
MUST_BE_NOTHING = {
    "written_again": "SELECT count(*) - count(DISTINCT scene) FROM incidents_incident",
    "not_written": "SELECT %(forms)s - count(DISTINCT scene) FROM incidents_incident",
    "promised_twice": "SELECT count(*) - count(DISTINCT i.scene) FROM duty_deadline d JOIN incidents_incident i USING (matter_id)",
    "reported_twice": "SELECT count(*) - count(DISTINCT i.scene) FROM incidents_report r "
    "JOIN incidents_incident i ON i.matter_id = r.incident_id",
    "logged_twice": "SELECT count(*) - count(DISTINCT i.scene) FROM duty_line l JOIN incidents_incident i USING (matter_id) "
    "WHERE l.verb = 'incidents.incident.log'",
    "serial_gaps": "SELECT coalesce(max(serial), 0) - count(*) FROM incidents_incident",
}
INTEGRITY = ("written_again",)


def run(ground, sheet, *, bad: bool, short: bool) -> None:
    dice, forms = random.Random(SEED), SHORT_FORMS if short else FORMS
    with crew_on_fresh_ground(ground, "looks_before_it_writes" if bad else "") as crew:
        web = crew.web().wait()
        visitor = Visitor(web.port, session_of(asked(OFFICER)[0][0]))
        answers: Counter = Counter()
        others = refused = 0
        note(f"{forms} forms, half of them twice, half {AT_ONCE} times at once")
        for n in range(forms):
            values = TYPED | {
                "once": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                "received_at": asked(NOW)[0][0],
                "scene": f"第 {n} 张表",
            }
            got = _at_once(visitor, values, AT_ONCE) if n % 2 else [visitor.post(LOG, values) for _ in range(2)]
            answers["sent"] += len(got)
            refused += sum(answer.status != 302 for answer in got)
            others += len({answer.location for answer in got}) - 1
    found = counted(ground, MUST_BE_NOTHING, {"forms": forms})
    if bad:
        found = {what: found[what] for what in INTEGRITY}
    else:
        found |= {"other_answers": others, "refused": refused}
    sheet.add(
        "T10", sum(found.values()), "faults", 0, variant="looks_before_it_writes" if bad else "", seed=SEED, **found,
        forms=forms, sent=answers["sent"], at_once=AT_ONCE, incidents=ground.ask("SELECT count(*) FROM incidents_incident")[0],
        sql=MUST_BE_NOTHING,
    )  # fmt: skip


def _at_once(visitor: Visitor, values: dict, times: int) -> list:
    got, together = [], threading.Barrier(times)

    def send() -> None:
        together.wait()
        got.append(visitor.post(LOG, values))

    senders = [threading.Thread(target=send) for _ in range(times)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    if len(got) != times:
        raise SystemExit(f"{times - len(got)} of {times} forms got no answer")
    return got
