"""What a rung worker does, and what the beat makes good."""

import time
from functools import cache
from itertools import count

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from apps.core import bell, leaving

from ..models import Heartbeat
from ..smtp import Connection
from . import lanes
from .claiming import claim, weed
from .handover import URGENT, hand_over, reap
from .inhand import this_worker
from .queueing import DELIVER

_batches = count(1)
A_BEAT = 5.0  # seconds between two signs of life


def deliver_due(*, worker: str = "", seconds: float = 20.0) -> int:
    """Hand over what is due, account mails first, for at most so long; returns how many mails the server took.

    While there is more than one batch, a second worker is rung. Trouble of the mail server ends in the rows' states.
    """
    worker = worker or this_worker()
    smtp = _connection(settings.EMAIL_HOST, settings.EMAIL_PORT)
    until, beat_at = time.monotonic() + seconds, time.monotonic() + A_BEAT
    in_all, taken, rung = 0, 0, False
    while time.monotonic() < until and not leaving.asked():
        # A name a batch: one that broke off with the database's connection keeps its lease, and must not stop the next.
        batch = claim(worker=f"{worker}/{next(_batches)}")
        if batch is None:
            if not (wait := lanes.next_slot_in()):
                break
            time.sleep(min(wait, URGENT))
            continue
        if len(batch.mails) == settings.OUTBOX_BATCH and not rung:
            bell.ring(DELIVER)
            rung = True
        weed(batch)
        taken += hand_over(batch, smtp)
        if time.monotonic() > beat_at:
            _beat_heart(worker, taken)
            in_all, taken, beat_at = in_all + taken, 0, time.monotonic() + A_BEAT
    _beat_heart(worker, taken)
    return in_all + taken


@cache
def _connection(host: str, port: int) -> Connection:
    """This process's one connection to the mail server, reused from batch to batch."""
    return Connection()


def _beat_heart(worker: str, taken: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_heartbeat (name, who, handed_over) VALUES (%s, 'worker', %s) ON CONFLICT (name)"
            " DO UPDATE SET seen_at = statement_timestamp(),"
            " handed_over = outbox_heartbeat.handed_over + excluded.handed_over",
            [worker, taken],
        )


def sweep() -> dict[str, int]:
    """On the beat: free what dead workers hold, and ring for what is due. Makes every lost bell harmless."""
    freed = reap()
    _beat_heart(this_worker(), 0)  # it has nothing to send, and is here
    Heartbeat.objects.update_or_create(name="beat", defaults={"who": Heartbeat.Who.BEAT, "seen_at": Now()})
    if lanes.something_is_due():
        bell.ring(DELIVER)
    return freed
