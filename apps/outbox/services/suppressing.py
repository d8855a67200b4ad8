"""Addresses that notices and newsletters no longer go to, known by a keyed hash only."""

import hmac

from django.conf import settings
from django.db import transaction

from apps.core import audit

from ..models import Suppression
from ..replies import without_addresses


def key_of(address: str) -> str:
    """Return the keyed hash of an address (HMAC-SHA256, hexadecimal): the same for every way of writing its case."""
    secret = settings.SUPPRESSION_KEY or settings.SECRET_KEY
    return hmac.digest(f"suppression {secret}".encode(), address.strip().casefold().encode(), "sha256").hex()


@transaction.atomic
def suppress(*, address: str, reason: Suppression.Reason, detail: str = "", actor=None) -> None:
    """Send this address no notice and no newsletter any more. The first reason stays."""
    found, new = Suppression.objects.get_or_create(
        key=key_of(address), defaults={"reason": reason, "detail": without_addresses(detail)[:300]}
    )
    if new:
        audit.record(actor=actor, verb="outbox.suppressed", target=found, reason=str(reason))


@transaction.atomic
def lift(*, address: str, actor=None) -> bool:
    """Write to this address again: it has proven to work, or staff say so. Returns whether it was suppressed."""
    found = Suppression.objects.select_for_update().filter(key=key_of(address)).first()
    if found is None:
        return False
    audit.record(actor=actor, verb="outbox.suppression_lifted", target=found, reason=found.reason)
    found.delete()
    return True
