"""What has had its time goes."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from apps.core import audit

from ..models import ENDED, Heartbeat, MailBatch, MailContent, OutgoingMail

KEPT = timedelta(days=90)
UNSEEN = timedelta(days=1)  # after which a worker's heartbeat is forgotten
AT_ONCE = 10_000


@transaction.atomic
def purge(*, before=None) -> dict[str, int]:
    """Delete mails that ended more than 90 days ago, and texts that no mail uses. Batches keep their figures."""
    audit.letting_go()
    moment = before or timezone.now() - KEPT
    old = OutgoingMail.objects.in_state(*ENDED).filter(created_at__lt=moment).order_by("pk")
    ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
    going = OutgoingMail.objects.filter(pk__in=ids)
    counts = going.filter(batch__isnull=False).order_by().values_list("batch", "state").annotate(Count("pk"))
    for batch, state, number in counts:
        kept = MailBatch.objects.select_for_update().get(pk=batch)
        kept.figures[state] = kept.figures.get(state, 0) + number
        kept.save(update_fields=["figures"])
    _all, deleted = going.delete()
    contents = MailContent.objects.filter(created_at__lt=moment).unused().delete()[0]
    return {"mails": deleted.get("outbox.OutgoingMail", 0), "contents": contents}


def keep_tidy() -> dict[str, int]:
    """Purge until nothing old is left, in transactions of ten thousand mails. Returns how many of each went."""
    gone = {"mails": 0, "contents": 0}
    while any((step := purge()).values()):
        gone = {name: gone[name] + number for name, number in step.items()}
    Heartbeat.objects.filter(seen_at__lt=timezone.now() - UNSEEN).delete()
    audit.record(actor=None, verb="outbox.tidied", **gone)
    return gone
