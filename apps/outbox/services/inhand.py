"""The mails that one worker has in hand: what he needs of each, and how one of them leaves his hands before the end."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from uuid import uuid4

from django.db import connection, transaction

from ..models import Lane, MailEvent, State


@dataclass
class Mail:
    """What a worker needs of a row."""

    id: int
    kind: str
    content_id: int
    to: str
    values: dict
    about_id: int | None
    message_key: str
    attempts: int
    overdue: bool


@dataclass
class Batch:
    lane: Lane
    worker: str
    mails: list[Mail] = field(default_factory=list)
    slots: Iterator[float] | None = None  # moments (time.monotonic) at which the pace lets the next one go


@cache
def this_worker() -> str:
    """A name for this process that no other ever has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


MOVE = """
    UPDATE outbox_outgoingmail SET state = %(state)s, worker = '', lease_until = NULL,
        attempts = attempts + (state = 'handover')::int,
        started_at = CASE WHEN %(state)s = 'uncertain' THEN clock_timestamp() END,
        smtp_code = %(code)s, smtp_text = %(reason)s,
        next_attempt_at = coalesce(
            clock_timestamp() + %(again)s::interval * (1 + 0.2 * (random() - 0.5)),  -- not all of a bad minute at once
            next_attempt_at)
    WHERE id = %(id)s AND state IN ('claimed', 'handover') AND worker = %(worker)s
"""


@transaction.atomic
def record(
    worker: str, pk: int, state: State, *, reason: str, code: int | None = None, again: timedelta | None = None
) -> None:
    """Move one mail in hand to another state, with the event that says why; nothing if the lease was lost."""
    reason = reason[:300]
    words = {"id": pk, "state": state.value, "worker": worker, "reason": reason, "code": code, "again": again}
    with connection.cursor() as cursor:
        cursor.execute(MOVE, words)
        if cursor.rowcount:
            what = MailEvent.What(state.value)
            MailEvent.objects.create(mail_id=pk, what=what, reason=reason, smtp_code=code, cause=worker)
