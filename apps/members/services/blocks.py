"""Shutting somebody out, and letting him in again. The other is told of neither."""

from django.db import transaction

from apps.core import audit

from ..models import Block, User

MOST = 200


class TooManyBlocks(Exception):
    """Somebody has shut out as many people as a member may: whoever needs more is served by being listed for fewer."""


@transaction.atomic
def block(*, blocker: User, blocked: User) -> Block:
    """Neither sees the other from this commit on; a second time changes nothing."""
    User.objects.locked().get(pk=blocker.pk)
    own = Block.objects.made_by(blocker)
    if known := own.filter(blocked=blocked).first():
        return known
    if own.count() >= MOST:
        raise TooManyBlocks
    made = Block.objects.create(blocker=blocker, blocked=blocked)
    # The entry is the blocker's: it names the other nowhere, and so tells him nothing in his own download.
    audit.record(actor=blocker, verb="members.blocked", target=made, person=blocker.pk)
    return made


@transaction.atomic
def unblock(*, block: Block) -> None:
    audit.record(actor=block.blocker, verb="members.unblocked", target=block, person=block.blocker_id)
    block.delete()
