"""Something that a worker builds for somebody, under a lease: whoever is killed half-way is followed by the next one.

The model has ``state`` (its ``State`` with ASKED and FAILED), ``done`` in per cent and ``lease_until``; its queryset
knows what is ``to_be_built(moment)``.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import models, transaction
from django.utils import timezone

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)


class LostLease(Exception):
    """Somebody else builds this one by now, or it is no longer wanted."""


def build_all(model: type[models.Model], build: Callable[[models.Model], None]) -> int:
    """Build whatever was asked for and is in nobody's hands, from its beginning. Returns how many were."""
    done = 0
    while row := _take(model):
        try:
            build(row)
            done += 1
        except LostLease:
            log.info("background.lost", model=model._meta.label, number=row.pk)
        except Exception:  # noqa: BLE001 - one that cannot be built holds up no other
            log.exception("background.failed", model=model._meta.label, number=row.pk)
            model.objects.filter(pk=row.pk, state=model.State.ASKED).update(state=model.State.FAILED)
    return done


@transaction.atomic
def come_to(row: models.Model, per_cent: int) -> None:
    """Say how far it is, and that somebody is still at it."""
    own = mine(row)
    own.done, own.lease_until = per_cent, timezone.now() + LEASE
    own.save(update_fields=["done", "lease_until"])
    row.lease_until = own.lease_until


def mine(row: models.Model) -> models.Model:
    """Lock it; raise ``LostLease`` if the lease is no longer ours."""
    own = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if own is None or own.state != own.State.ASKED or own.lease_until != row.lease_until:
        raise LostLease
    return own


@transaction.atomic
def _take(model) -> models.Model | None:
    free = model.objects.to_be_built(timezone.now()).order_by("pk")
    row = free.select_for_update(skip_locked=True, of=("self",)).first()
    if row:
        row.lease_until = timezone.now() + LEASE
        row.save(update_fields=["lease_until"])
    return row
