"""Data of a member shared with a host institution, ministry or partner. Apps that share something call `share`."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from apps.core import audit

from ..models import DataGrant, User
from ..signals import grant_withdrawn


@transaction.atomic
def share(
    *, user: User, to: str, parts: Iterable[str], purpose: str, wording: str, language: str = "",
    until: date | None = None,
) -> DataGrant:  # fmt: skip
    """Write down that a person agreed to share these parts with somebody, in exactly the words that he read.

    The same act again, while it holds, is the one that is there.
    """
    User.objects.locked().get(pk=user.pk)
    parts = sorted(parts)
    same = DataGrant.objects.in_force().filter(user=user, to=to, purpose=purpose, parts=parts, until=until).first()
    if same:
        return same
    grant = DataGrant.objects.create(
        user=user,
        to=to,
        parts=parts,
        purpose=purpose,
        wording=wording,
        language=language or get_language() or user.language,
        until=until,
    )
    audit.record(actor=user, verb="members.data_shared", target=grant, person=user.pk)
    return grant


@transaction.atomic
def withdraw(*, grant: DataGrant) -> None:
    """Take a sharing back; whoever passed the data on hears of it in this transaction. Twice changes nothing."""
    grant = DataGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if grant.withdrawn_at:
        return
    grant.withdrawn_at = timezone.now()
    grant.save(update_fields=["withdrawn_at"])
    grant_withdrawn.send(sender=DataGrant, grant=grant)
    audit.record(actor=grant.user, verb="members.data_no_longer_shared", target=grant, person=grant.user_id)
