"""What has had its time goes, and so does what is about somebody who has left."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import audit, retention

from .. import kinds
from ..models import ENDED, HELD, Heartbeat, MailBatch, MailContent, OutgoingMail

KEPT = timedelta(days=90)
UNSEEN = timedelta(days=1)  # after which a worker's heartbeat is forgotten
AT_ONCE = 10_000


class InHand(Exception):
    """A worker is handing over one of these mails; ask again in a minute."""


# --- of everybody -----------------------------------------------------------------------------------------------------
def keep_tidy() -> dict[str, int | None]:
    """Let go of what is older than 90 days. Returns how many of each went."""
    gone = retention.run("outbox")
    Heartbeat.objects.filter(seen_at__lt=timezone.now() - UNSEEN).delete()
    audit.record(actor=None, verb="outbox.tidied", **gone)
    return gone


def _ended(before):
    return OutgoingMail.objects.in_state(*ENDED).filter(created_at__lt=before)


def _unused(before):
    return MailContent.objects.filter(created_at__lt=before).unused()


def _purge(before) -> int:
    """Until nothing old is left, in transactions of ten thousand mails."""
    gone = 0
    while step := _purge_some(before):
        gone += step
    return gone


@transaction.atomic
def _purge_some(before) -> int:
    audit.letting_go()
    old = _ended(before).order_by("pk").select_for_update(skip_locked=True)
    return _delete(list(old.values_list("pk", flat=True)[:AT_ONCE]))


def _delete(ids: list[int]) -> int:
    """Delete these mails with their events; their batches keep the figures."""
    going = OutgoingMail.objects.filter(pk__in=ids)
    counts = going.filter(batch__isnull=False).order_by().values_list("batch", "state").annotate(Count("pk"))
    for batch, state, number in counts:
        kept = MailBatch.objects.select_for_update().get(pk=batch)
        kept.figures[state] = kept.figures.get(state, 0) + number
        kept.save(update_fields=["figures"])
    return going.delete()[1].get("outbox.OutgoingMail", 0)


retention.register(
    "outbox.mails",
    model="outbox.OutgoingMail",
    rule=_("Mails that were sent or given up go after 90 days. Batches keep their figures."),
    period=KEPT,
    over=_ended,
    let_go=_purge,
)
retention.register(
    "outbox.contents",
    model="outbox.MailContent",
    rule=_("Texts that no mail uses any longer go after 90 days."),
    period=KEPT,
    over=_unused,
)


# --- of one person ----------------------------------------------------------------------------------------------------
@transaction.atomic
def forget(*, person, addresses: Iterable[str], about: Mapping[str, Iterable[int]] | None = None) -> int:
    """Delete every mail to this person, and those to others that carry his words, whether sent or not.

    ``about`` names the latter: a kind, and the numbers of what its mails are about. Batches keep their figures, and
    the suppression list its hashes. Raises `InHand` while a worker has one of the mails. Returns how many went.
    """
    audit.letting_go()
    his = Q(person=person)
    for address in addresses:
        his |= Q(to__iexact=address)
    for kind, ids in (about or {}).items():
        his |= Q(kind=kind, about_id__in=list(ids))
    mails = list(OutgoingMail.objects.filter(his).order_by("pk").select_for_update().values("pk", "state", "content"))
    if any(mail["state"] in HELD for mail in mails):
        raise InHand
    gone = _delete([mail["pk"] for mail in mails])
    # What came through Django's mail functions was written to him alone.
    own = MailContent.objects.filter(pk__in={mail["content"] for mail in mails}, kind=kinds.OTHER)
    own.unused().delete()
    return gone
