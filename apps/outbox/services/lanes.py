"""The pace of each lane, shared by all workers through one row, and its rests after the mail server asked for one."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from ..models import Lane, LanePace, OutgoingMail
from ..replies import Verdict

log = structlog.get_logger(__name__)

FIRST_REST = 5  # seconds; each further one without a success between is twice as long
LONGEST_REST = {Lane.ACCOUNT: 60, Lane.NOTICE: 600, Lane.BULK: 600}
# In the order of the index, whatever the statistics say: of an edition planned a moment ago they know nothing, and each
# claim of the transaction that begins here would read the whole table.
PACE = """
    SELECT coalesce(rests_until > clock_timestamp(), false),
        greatest(extract(epoch FROM next_slot_at - clock_timestamp()), 0)::float,
        set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
    FROM outbox_lanepace WHERE lane = %s
"""
LOCKED_PACE = PACE + " FOR UPDATE"
AHEAD = 1.0  # seconds of a lane's pace that a worker takes at once


def rate_of(lane: Lane) -> float:
    """Mails a second; 0: no limit."""
    return settings.OUTBOX_RATES[lane.name.lower()]


@dataclass
class Pace:
    lane: Lane
    limit: int
    wait: float  # seconds until the first free moment

    def take(self, number: int) -> Iterator[float] | None:
        """Reserve so many moments, in the claim's transaction, by this process's clock; None for no limit."""
        rate = rate_of(self.lane)
        if not rate or not number:
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outbox_lanepace SET next_slot_at = greatest(next_slot_at, clock_timestamp())"
                " + make_interval(secs => %s) WHERE lane = %s",
                [number / rate, self.lane.value],
            )
        first = time.monotonic() + self.wait
        return itertools.islice(itertools.count(first, 1 / rate), number)


def open_for(lane: Lane, limit: int) -> Pace | None:
    """How many mails may be claimed of a lane now; None while it rests or its next second is somebody else's."""
    rate = rate_of(lane)
    with connection.cursor() as cursor:
        cursor.execute(LOCKED_PACE if rate else PACE, [lane.value])
        rests, wait, *_settings = cursor.fetchone() or (False, 0.0)
    if rests or (rate and wait > AHEAD):
        return None
    return Pace(lane, min(limit, max(1, int(rate * AHEAD))) if rate else limit, wait)


def wait_for(moment: float | None) -> None:
    if moment is not None:
        time.sleep(max(0.0, moment - time.monotonic()))


def rest(lane: Lane, verdict: Verdict) -> None:
    """Let a lane rest: 5 seconds, then twice as long each time, until a mail gets through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_lanepace SET rest_seconds = least(greatest(rest_seconds * 2, %s), %s),"
            " rests_until = clock_timestamp()"
            "  + make_interval(secs => least(greatest(rest_seconds * 2, %s), %s)), rests_because = %s"
            # Two workers that meet the same trouble are one rest.
            " WHERE lane = %s AND coalesce(rests_until < clock_timestamp(), true)",
            [*[FIRST_REST, LONGEST_REST[lane]] * 2, f"{verdict.code or ''} {verdict.text}".strip()[:300], lane.value],
        )
    log.warning("outbox.lane_rests", lane=lane.name.lower(), code=verdict.code)


def recovered(lane: Lane) -> None:
    """After a rest a mail got through: the next one is short again. A rest that goes on is another worker's."""
    rested = LanePace.objects.filter(lane=lane, rest_seconds__gt=0, rests_until__lt=Now())
    rested.update(rest_seconds=0, rests_until=None, rests_because="")


def somebody_waits() -> bool:
    """Is there an account mail that a worker could take now?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM outbox_outgoingmail WHERE lane = 1 AND state IN ('queued', 'retry')"
            " AND next_attempt_at <= statement_timestamp()) AND EXISTS (SELECT FROM outbox_lanepace"
            " WHERE lane = 1 AND coalesce(rests_until < clock_timestamp(), true))"
        )
        return cursor.fetchone()[0]


def something_is_due() -> bool:
    return OutgoingMail.objects.due().exists()


def next_slot_in() -> float:
    """Seconds until a lane whose mails wait only for its pace is free again; 0 when none does."""
    waits = []
    for lane in Lane:
        if rate_of(lane) and OutgoingMail.objects.due().filter(lane=lane).exists():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT extract(epoch FROM next_slot_at - clock_timestamp())::float FROM outbox_lanepace"
                    " WHERE lane = %s AND coalesce(rests_until < clock_timestamp(), true)",
                    [lane.value],
                )
                waits += [max(row[0] - AHEAD, 0.01) for row in cursor.fetchall()]
    return min(waits, default=0.0)
