"""The outbox on its way out: claimed, handed to a channel outside of any transaction, and its outcome noted.

Celery workers do it, woken by the send lane; what a dead worker or a stopped Redis leaves, the lane does itself.
Certainly not sent is tried again; a sender that died in the act leaves "not known", and only a cheap channel
(mail, which carries the same Message-ID) tries that again.
"""

import contextlib
import logging
import time

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from duty.channels import CHANNELS, Parcel
from duty.channels.errors import NotSent, Refused
from duty.links import answer_link

log = logging.getLogger("duty.sending")

BATCH = 20
RETRY_SECONDS = (10, 20, 40, 60, 120, 300, 600)
ATTEMPTS = 60  # about nine hours at the longest interval
LEFT_OVER_SECONDS = 5
SENDER_DIED_SECONDS = 30  # so that what a dead sender held still leaves within the minute
SURE_SECONDS = 10  # a claim older than this is asked about again before it is used: a message has twice as long to go
BROKER_PAUSE_SECONDS = 30

CLAIM = """
WITH mine AS (
    SELECT id FROM duty_delivery WHERE state = 'queued' AND channel = %s AND next_try_at <= duty_now()
    ORDER BY next_try_at, id LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE duty_delivery d SET state = 'sending', attempts = attempts + 1, claimed_at = duty_now(), next_try_at = NULL
    FROM mine WHERE d.id = mine.id RETURNING d.id, d.notice_id, d.attempts
)
SELECT c.id, c.attempts, n.id, n.key, p.name, p.mail, p.language, n.title, n.text, n.recipient_id, m.kind, n.urgency = 'urgent'
FROM claimed c JOIN duty_notice n ON n.id = c.notice_id JOIN duty_person p ON p.id = n.recipient_id
LEFT JOIN duty_matter m ON m.id = n.matter_id ORDER BY c.id
"""
STILL_MINE = """
UPDATE duty_delivery SET claimed_at = duty_now() WHERE id = %s AND state = 'sending' AND attempts = %s
"""
SENT = """
UPDATE duty_delivery SET state = 'sent', sent_at = duty_now(), reference = %s, error = ''
WHERE id = %s AND state IN ('sending', 'unknown')
"""
AGAIN = """
UPDATE duty_delivery SET error = %s,
    state = CASE WHEN attempts >= %s THEN 'failed' ELSE 'queued' END,
    next_try_at = CASE WHEN attempts >= %s THEN NULL
        ELSE duty_now() + make_interval(secs => (%s::int[])[least(attempts, %s)]) END
WHERE id = ANY(%s) AND state = 'sending'
"""
FAILED = "UPDATE duty_delivery SET state = 'failed', error = %s WHERE id = %s AND state = 'sending'"
LOST = """
UPDATE duty_delivery SET error = 'the sender died in the act',
    state = CASE WHEN channel = ANY(%s) THEN 'queued' ELSE 'unknown' END,
    next_try_at = CASE WHEN channel = ANY(%s) THEN duty_now() END
WHERE state = 'sending' AND claimed_at < duty_now() - make_interval(secs => %s)
"""
WAITING = """
SELECT count(*), coalesce(EXTRACT(EPOCH FROM duty_now() - min(next_try_at)), 0)::float8
FROM (SELECT next_try_at FROM duty_delivery WHERE state = 'queued' AND next_try_at <= duty_now()
      ORDER BY next_try_at LIMIT 200) w
"""


def _write(sql: str, values: list) -> int:
    """One statement, committed by itself."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def _claim(channel) -> list[tuple]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [channel.name, BATCH])
        return cursor.fetchall()


def _parcels(rows: list[tuple]) -> list[Parcel]:
    """What was claimed, ready to be carried. One that cannot be made is put off alone."""
    made = []
    for pk, attempt, notice, key, name, mail, language, title, text, recipient, kind, urgent in rows:
        try:
            link = answer_link(notice, recipient, key, kind)
        except (OperationalError, InterfaceError):
            raise
        except Exception as why:
            log.exception("delivery %s cannot be made", pk)
            _try_again([pk], why)
            continue
        tongue = language or settings.LANGUAGE_CODE
        made.append(Parcel(pk, attempt, notice, key, name, mail, tongue, title, text, link, urgent))
    return made


def send_waiting(limit: int = 500) -> int:
    """Send what waits, in batches over one connection each; returns how many left the house."""
    done = 0
    for channel in CHANNELS.values():
        there = True
        while there and done < limit and (rows := _claim(channel)):
            sent, there = _send(channel, _parcels(rows))
            done += sent
    return done


def _send(channel, parcels: list[Parcel]) -> tuple[int, bool]:
    """(how many left the house, whether the other side answers at all)."""
    sent, claimed = 0, time.monotonic()
    while parcels:
        try:
            line = channel.open()
        except NotSent as why:
            _try_again([parcel.id for parcel in parcels], why)
            return sent, False
        try:
            gone, parcels = _hand_over(channel, line, parcels, claimed)
        finally:
            with contextlib.suppress(Exception):
                channel.close(line)
        sent += gone
    return sent, True


def _hand_over(channel, line, parcels: list[Parcel], claimed: float) -> tuple[int, list[Parcel]]:
    """Over this one line; (how many went, those left for a fresh line if it breaks)."""
    sent = 0
    for place, parcel in enumerate(parcels):
        slow = time.monotonic() - claimed > SURE_SECONDS
        if slow and not _write(STILL_MINE, [parcel.id, parcel.attempt]):
            continue  # given back meanwhile, and perhaps under way from elsewhere
        try:
            reference = channel.send(line, parcel)
        except NotSent as why:
            _try_again([parcel.id], why)
        except Refused as why:
            _write(FAILED, [str(why), parcel.id])
            log.warning("delivery %s was refused: %s", parcel.id, why)
        except Exception as why:
            # The line broke in the act: this one may have gone out, those after it certainly not.
            log.warning("delivery %s: %s: %s", parcel.id, type(why).__name__, why)
            _try_again([parcel.id], why, unknown=not channel.cheap)
            return sent, parcels[place + 1 :]
        else:
            sent += _write(SENT, [reference, parcel.id])
    return sent, []


def _try_again(ids: list[int], why: Exception, unknown: bool = False) -> None:
    error = f"{type(why).__name__}: {why}"[:1000]
    if unknown:
        _write("UPDATE duty_delivery SET state = 'unknown', error = %s WHERE id = ANY(%s)", [error, ids])
    elif ids:
        _write(AGAIN, [error, ATTEMPTS, ATTEMPTS, list(RETRY_SECONDS), len(RETRY_SECONDS), ids])


def recover_lost() -> int:
    """Give back what a dead sender had claimed."""
    cheap = [channel.name for channel in CHANNELS.values() if channel.cheap]
    return _write(LOST, [cheap, cheap, SENDER_DIED_SECONDS])


class Broker:
    """Hands the outbox to the Celery workers; after a failure it is left alone for a while."""

    paused_until = 0.0

    @classmethod
    def asks_a_worker(cls) -> bool:
        from duty.tasks import deliver

        if time.monotonic() < cls.paused_until:
            return False
        try:
            deliver.apply_async(retry=False, ignore_result=True, expires=60)
        except Exception as why:
            log.warning("the broker is away, sending from the lane: %s", why)
            cls.paused_until = time.monotonic() + BROKER_PAUSE_SECONDS
            return False
        return True


def see_to_outbox() -> int:
    """The send lane's look: ask a worker for what is fresh, do what was left over; returns what it sent itself."""
    recover_lost()
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting, oldest = cursor.fetchone()
    if not waiting:
        return 0
    if oldest < LEFT_OVER_SECONDS and Broker.asks_a_worker():
        return 0
    return send_waiting()
