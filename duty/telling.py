"""Writing notices: in the transaction that causes them, set-wise, each person told a thing once."""

from dataclasses import dataclass

from django.db import connection
from django.utils import translation

from duty.channels import CHANNELS
from duty.clock import duty_now
from duty.models import Notice
from duty.recipients import Reached, administrators, reachable
from duty.wakeups import wake_send_lane


@dataclass(frozen=True)
class Told:
    """One notice to be written."""

    recipient: Reached
    key: str
    title: str
    text: str = ""
    matter_id: int | None = None
    firing_id: int | None = None
    urgent: bool = False
    needs_acknowledgement: bool = False


NOTICES = """
INSERT INTO duty_notice (recipient_id, key, title, text, matter_id, firing_id, urgency, needs_acknowledgement,
                         created_at, acknowledged_via)
SELECT n.*, %s::timestamptz, '' FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[],
                                            %s::bigint[], %s::text[], %s::bool[]) AS n
ON CONFLICT (recipient_id, key) DO NOTHING RETURNING id, recipient_id
"""
DELIVERIES = """
INSERT INTO duty_delivery (notice_id, channel, state, attempts, next_try_at, error, reference)
SELECT notice, channel, 'queued', 0, %s, '', '' FROM unnest(%s::bigint[], %s::text[]) AS n (notice, channel)
"""


def tell_all(notices: list[Told], at) -> int:
    """Write these notices and queue their deliveries; returns how many were new."""
    if not notices:
        return 0
    rows = [
        (n.recipient.id, n.key[:120], n.title[:240], n.text, n.matter_id, n.firing_id)
        + ("urgent" if n.urgent else "normal", n.needs_acknowledgement)
        for n in notices
    ]
    reached = {n.recipient.id: n.recipient for n in notices}
    with connection.cursor() as cursor:
        cursor.execute(NOTICES, [at, *map(list, zip(*rows, strict=True))])
        written = cursor.fetchall()
        out = [
            (notice, channel.name)
            for notice, recipient in written
            for channel in CHANNELS.values()
            if channel.address(reached[recipient])
        ]
        if out:
            cursor.execute(DELIVERIES, [at, *map(list, zip(*out, strict=True))])
    return len(written)


def tell(
    people_ids, key: str, write, *, matter_id=None, at, urgent=False, needs_acknowledgement=False
) -> list[Reached]:
    """Tell these people now. `write()` returns (title, text) and is called in each recipient's language.

    Returns who is told, deputies in place of those who cannot be reached.
    """
    people = {person.id: person for person in reachable(people_ids, at).values()}
    notices = []
    for person in people.values():
        with translation.override(person.tongue):
            title, text = write()
        notices.append(Told(person, key, str(title), str(text), matter_id, None, urgent, needs_acknowledgement))
    if tell_all(notices, at):
        wake_send_lane()
    return list(people.values())


def alarm_administrators(key: str, write, *, matter_id=None) -> None:
    """Something the engine cannot mend itself. At most once an hour per key."""
    at = duty_now()
    tell(administrators(), f"{key}:{at:%Y%m%d%H}", write, matter_id=matter_id, at=at, urgent=True)


def told_so_far(matter_id: int) -> list[int]:
    """Everyone who was told anything about this matter."""
    return list(Notice.objects.filter(matter_id=matter_id).values_list("recipient_id", flat=True).distinct())
