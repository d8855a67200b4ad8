"""A batch on its way to the mail server, so that a kill at any moment loses nothing and sends nothing twice.

The batch enters handover with one synchronous commit, together with a `Handover`: the row that is its lease, and a
pointer to the mail whose own handover has begun. The pointer moves before the first byte of each mail, and nobody
waits for that commit: a killed worker leaves it visible. So the mails before it are sent, the one it points to is
uncertain, those behind it go back. Only a crash of PostgreSQL itself may take the last moves back, which the reaper
knows from the server's start time: then the whole open batch is uncertain.

Times are the database's, so that workers on several machines have one clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop as noop

from apps.core import leaving

from .. import kinds
from ..models import Lane, MailContent, State, Suppression
from ..replies import Verdict
from ..smtp import Connection
from ..wire import Wire
from . import lanes
from .inhand import Batch, Mail, record
from .settling import blank
from .suppressing import suppress

log = structlog.get_logger(__name__)

A_BATCH = 20.0  # seconds after which a worker gives back what it has not begun
URGENT = 0.5  # seconds between two looks whether an account mail waits
RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 640)]  # a day in all, then it has failed

BEGIN_BATCH = """
    WITH lease AS (
        INSERT INTO outbox_handover (worker, lease_until, server_started_at)
        VALUES (%(worker)s, clock_timestamp() + make_interval(secs => %(lease)s), pg_postmaster_start_time())
        RETURNING lease_until)
    UPDATE outbox_outgoingmail SET state = 'handover', handover_at = clock_timestamp(), started_at = NULL,
        lease_until = lease.lease_until
    FROM lease
    WHERE id = ANY (%(ids)s) AND state = 'claimed' AND worker = %(worker)s
        AND outbox_outgoingmail.lease_until > clock_timestamp()
    RETURNING id
"""
# Prepared, because it is said once a mail. Whoever lost his lease moves nothing, and stops.
PREPARE = """
    SET synchronous_commit = off;
    PREPARE outbox_begin (bigint, text) AS UPDATE outbox_handover
        SET started_id = $1, started_at = clock_timestamp()
        WHERE worker = $2 AND lease_until > clock_timestamp()
"""
ORDINARY = "DEALLOCATE outbox_begin; RESET synchronous_commit"
END_LEASE = "DELETE FROM outbox_handover WHERE worker = %s"
SENT = """
    UPDATE outbox_outgoingmail SET state = 'sent', worker = '', lease_until = NULL, attempts = attempts + 1,
        sent_at = clock_timestamp() - make_interval(secs => done.age), smtp_code = done.code, smtp_text = done.words,
        values = CASE WHEN lane = 1 THEN '{}' ELSE values END
    FROM unnest(%s::bigint[], %s::float[], %s::smallint[], %s::text[]) AS done (id, age, code, words)
    WHERE outbox_outgoingmail.id = done.id AND state = 'handover' AND worker = %s
"""
GIVE_BACK = """
    UPDATE outbox_outgoingmail SET state = 'queued', worker = '', lease_until = NULL
    WHERE id = ANY (%s) AND state = 'handover' AND worker = %s
"""


def hand_over(batch: Batch, smtp: Connection) -> int:
    """Hand the claimed mails to the mail server, one by one; returns how many it took.

    Ends early where the server wants a rest, the lease is over, the portal stops or an account mail waits; what was
    not begun goes back.
    """
    mails = _begin_batch(batch)
    letters = _letters(batch, mails)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    sent: list[tuple[Mail, Verdict, float]] = []
    go_on, trouble = _patience(batch.lane), None
    with begins_are_not_waited_for(batch.worker) as begin:
        letter = next(letters, None)
        while letter and go_on():
            (mail, message), letter = letter, next(letters, None)
            if batch.slots:
                lanes.wait_for(next(batch.slots))
            if not begin(mail):
                break  # the lease is over: somebody else has these mails
            following = letter[0].to if letter and not batch.slots else ""
            verdict = smtp.send(sender=sender, to=mail.to, message=message, following=following)
            if verdict.state == State.SENT:
                sent.append((mail, verdict, time.monotonic()))
                continue
            _judge(batch, mail, verdict)
            if verdict.rests:
                trouble = verdict
                break
        smtp.pause()
        _end_batch(batch, mails, sent)
    if sent:
        lanes.recovered(batch.lane)
    if trouble:
        lanes.rest(batch.lane, trouble)
    return len(sent)


def _begin_batch(batch: Batch) -> list[Mail]:
    how = {"worker": batch.worker, "lease": settings.OUTBOX_LEASE, "ids": [mail.id for mail in batch.mails]}
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_BATCH, how)
        ours = {pk for (pk,) in cursor.fetchall()}
    return [mail for mail in batch.mails if mail.id in ours]


@contextmanager
def begins_are_not_waited_for(worker: str) -> Iterator[Callable[[Mail], bool]]:
    """Give a function that points the handover at a mail, and says whether the batch is still ours."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)

        driver = cursor.cursor  # once a mail, Django's wrapping would cost as much as the statement

        def begin(mail: Mail) -> bool:
            driver.execute("EXECUTE outbox_begin (%s, %s)", [mail.id, worker])
            return driver.rowcount == 1

        try:
            yield begin
        finally:
            if connection.is_usable():
                cursor.execute(ORDINARY)


def _patience(lane: Lane) -> Callable[[], bool]:
    """A function that says whether to begin another mail of this lane."""
    until, look_at = time.monotonic() + A_BATCH, time.monotonic() + URGENT

    def go_on() -> bool:
        nonlocal look_at
        moment = time.monotonic()
        if moment > until or leaving.asked():
            return False
        if moment < look_at or lane == Lane.ACCOUNT:
            return True
        look_at = moment + URGENT
        return not lanes.somebody_waits()

    return go_on


@transaction.atomic
def _end_batch(batch: Batch, mails: list[Mail], sent: list[tuple[Mail, Verdict, float]]) -> None:
    """Write down what the server took, give back what was not begun; nothing where the lease was lost."""
    now, ids = time.monotonic(), [mail.id for mail, *_ in sent]
    with connection.cursor() as cursor:
        cursor.execute(END_LEASE, [batch.worker])
        if not cursor.rowcount:
            return
        ages, codes = [now - at for *_, at in sent], [verdict.code for _, verdict, _ in sent]
        cursor.execute(SENT, [ids, ages, codes, [verdict.text for _, verdict, _ in sent], batch.worker])
        if len(ids) < len(mails):
            cursor.execute(GIVE_BACK, [[mail.id for mail in mails if mail.id not in set(ids)], batch.worker])
    blank([mail.id for mail in mails if mail.kind == kinds.OTHER])


def _letters(batch: Batch, mails: list[Mail]) -> Iterator[tuple[Mail, bytes]]:
    """Each mail with its bytes. One that cannot be put together fails by itself and holds nobody up."""
    for mail in mails:
        try:
            wire = _wire.__wrapped__(mail.content_id) if mail.kind == kinds.OTHER else _wire(mail.content_id)
            message = wire.message(to=mail.to, key=mail.message_key, values=mail.values)
        except Exception as error:  # noqa: BLE001 - a poisoned row must not block the others
            log.error("outbox.unwritable", mail=mail.id, error=type(error).__name__)
            reason = f"{type(error).__name__}: its content and its values do not fit."
            record(batch.worker, mail.id, State.FAILED, reason=reason)
            blank([mail.id])
        else:
            yield mail, message


@lru_cache(maxsize=16)
def _wire(content_id: int) -> Wire:
    """A content, ready to be sent; shared ones stay in memory, for they never change."""
    return Wire(MailContent.objects.get(pk=content_id))


def _judge(batch: Batch, mail: Mail, verdict: Verdict) -> None:
    """Write down a refusal: to be tried again, failed, or uncertain; a wrong address is not written to again."""
    state, again = verdict.state, None
    if state == State.RETRY:
        if mail.attempts < len(RETRY_AFTER):
            again = RETRY_AFTER[mail.attempts]
        else:
            state = State.FAILED
    record(batch.worker, mail.id, state, reason=verdict.text, code=verdict.code, again=again)
    if verdict.wrong_address:
        detail = f"{verdict.code} {verdict.text}"
        suppress(address=mail.to, reason=Suppression.Reason.BOUNCED, detail=detail)
    if state == State.FAILED:
        blank([mail.id])


# --- after a death ----------------------------------------------------------------------------------------------------
REAP = """
    WITH dead AS (
        DELETE FROM outbox_handover WHERE lease_until < clock_timestamp()
        RETURNING worker, started_id, started_at, server_started_at = pg_postmaster_start_time() AS same_server),
    handed AS (
        UPDATE outbox_outgoingmail AS mail SET worker = '', lease_until = NULL,
            started_at = CASE WHEN mail.id = started_id THEN dead.started_at END,
            sent_at = CASE WHEN same_server AND mail.id < started_id THEN dead.started_at END,
            attempts = attempts + coalesce(mail.id <= started_id, false)::int,
            state = CASE
                WHEN mail.id = started_id OR NOT same_server THEN 'uncertain'
                WHEN mail.id < started_id THEN 'sent'
                ELSE 'queued' END
        FROM dead WHERE mail.worker = dead.worker AND mail.state = 'handover'
        RETURNING mail.id, mail.state),
    claimed AS (
        UPDATE outbox_outgoingmail SET worker = '', lease_until = NULL, state = 'queued'
        WHERE state = 'claimed' AND lease_until < clock_timestamp()
        RETURNING id, state),
    told AS (
        INSERT INTO outbox_mailevent (mail_id, what, reason, cause, provider_event)
        SELECT id, 'uncertain', %s, 'reaper', '' FROM handed WHERE state = 'uncertain')
    SELECT state, array_agg(id) FROM (SELECT * FROM handed UNION ALL SELECT * FROM claimed) AS freed GROUP BY state
"""


def reap() -> dict[str, int]:
    """Free the mails whose worker's lease is over; the one it was handing over is uncertain. Counts by new state.

    By lease and never by the death of a process: the server may still commit a dead worker's last statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(REAP, [noop("Its worker was lost while it was handed over.")])
        freed = dict(cursor.fetchall())
    blank(freed.get(State.SENT, []))
    return {state: len(ids) for state, ids in freed.items()}
