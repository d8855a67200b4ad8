"""What other apps say to the outbox: `from apps.outbox import services as outbox`, then `outbox.queue(…)`."""

from .claiming import claim, weed
from .delivery import deliver_due, sweep
from .handover import hand_over, reap
from .keeping import InHand, forget, keep_tidy
from .queueing import (
    batch,
    content,
    contents,
    own_content,
    pause,
    plan_due,
    queue,
    queue_ready_made,
    resume,
    supersede,
)
from .settling import NotAllowed, arrived, not_arrived, report, retry, settle, withhold
from .suppressing import key_of, lift, suppress

__all__ = [
    "InHand",
    "NotAllowed",
    "arrived",
    "batch",
    "content",
    "contents",
    "deliver_due",
    "forget",
    "claim",
    "hand_over",
    "reap",
    "weed",
    "keep_tidy",
    "key_of",
    "lift",
    "not_arrived",
    "own_content",
    "pause",
    "plan_due",
    "queue",
    "queue_ready_made",
    "report",
    "resume",
    "retry",
    "settle",
    "supersede",
    "suppress",
    "sweep",
    "withhold",
]
