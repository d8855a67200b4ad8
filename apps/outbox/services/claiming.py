"""A worker takes the next mails of the first lane that has any, and leaves out what nobody wants any longer."""

import json
from collections import defaultdict
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop as noop

from .. import kinds
from ..models import Lane, State, Suppression
from . import lanes
from .inhand import Batch, Mail, record
from .settling import blank
from .suppressing import key_of

log = structlog.get_logger(__name__)

ASKED_AGAIN = timedelta(minutes=5)  # after a kind could not say whether its mails are wanted

# statement_timestamp() and not now(): the same within a statement, so that an index serves it, and never older.
# A CTE and not a subquery: it runs once. A subquery may be run anew for each row, and then its LIMIT limits nothing.
CLAIM = """
    WITH next AS MATERIALIZED (
        SELECT id AS next_id FROM outbox_outgoingmail
        WHERE lane = %(lane)s AND state IN ('queued', 'retry') AND next_attempt_at <= statement_timestamp()
            AND (batch_id IS NULL OR batch_id <> ALL (ARRAY(
                SELECT id FROM outbox_mailbatch WHERE paused_at IS NOT NULL)))
        ORDER BY next_attempt_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE outbox_outgoingmail SET state = 'claimed', worker = %(worker)s, claimed_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    FROM next WHERE id = next_id
    RETURNING id, kind, content_id, "to", values, about_id, message_key, attempts,
        coalesce(expires_at <= statement_timestamp(), false)
"""


def claim(*, worker: str, limit: int = 0) -> Batch | None:
    """Take the next mails, in the order of their numbers; None when nothing is due, or every such lane rests."""
    for lane in Lane:
        with transaction.atomic(), connection.cursor() as cursor:
            pace = lanes.open_for(lane, limit or settings.OUTBOX_BATCH)
            if pace is None:
                continue
            how = {"worker": worker, "lease": settings.OUTBOX_LEASE, "lane": lane.value, "limit": pace.limit}
            cursor.execute(CLAIM, how)
            rows = sorted(cursor.fetchall())
            slots = pace.take(len(rows))
        if rows:
            mails = [Mail(*row[:4], json.loads(row[4]), *row[5:]) for row in rows]
            return Batch(lane, worker, mails, slots)
    return None


def weed(batch: Batch) -> None:
    """Leave in the batch what is still to be sent; write down why not of the rest."""
    unwanted: dict[int, tuple[State, str]] = {
        mail.id: (State.EXPIRED, noop("It came too late to be of use.")) for mail in batch.mails if mail.overdue
    }
    if batch.lane != Lane.ACCOUNT:  # an account mail was asked for a moment ago
        keys = {mail.id: key_of(mail.to) for mail in batch.mails}
        suppressed = Suppression.objects.among(keys.values())
        reason = noop("The address is suppressed.")
        unwanted |= {pk: (State.WITHHELD, reason) for pk, key in keys.items() if key in suppressed}
    by_kind = defaultdict(list)
    for mail in batch.mails:
        if mail.id not in unwanted:
            by_kind[mail.kind].append(mail)
    for name, mails in by_kind.items():
        unwanted |= _asked(name, mails)
    if unwanted:
        with transaction.atomic():
            for pk, (state, reason) in unwanted.items():
                again = ASKED_AGAIN if state == State.RETRY else None
                record(batch.worker, pk, state, reason=reason, again=again)
        blank(list(unwanted))
        batch.mails = [mail for mail in batch.mails if mail.id not in unwanted]


def _asked(name: str, mails: list[Mail]) -> dict[int, tuple[State, str]]:
    """Ask the kind which of its mails are still wanted. A fault of one kind holds up that kind only."""
    try:
        ids = [mail.about_id for mail in mails if mail.about_id is not None]
        reasons = kinds.get(name).unwanted(ids) if ids else {}
    except Exception as error:  # noqa: BLE001 - whatever an app's answer raises, the others' mails go
        log.exception("outbox.kind_failed", kind=name)
        return {mail.id: (State.RETRY, f"{name}: {type(error).__name__}") for mail in mails}
    return {mail.id: (State.WITHHELD, reasons[mail.about_id]) for mail in mails if mail.about_id in reasons}
