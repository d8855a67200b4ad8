"""Ring a worker: "go and look". The only caller of ``send_task``."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
STALE = 30  # seconds after which a ring is nothing to anybody: whoever came meanwhile has looked


def ring(name: str) -> None:
    """Ask for the task of this name after the commit.

    Without a broker the ring is logged and lost: the sweeper on the beat comes anyway, because PostgreSQL holds
    what is to be done.
    """
    transaction.on_commit(partial(_send, name), robust=True)


def _send(name: str) -> None:
    try:
        current_app.send_task(name, retry=False, expires=STALE)
    except OperationalError as error:
        log.warning("bell.unheard", task=name, error=type(error).__name__)
