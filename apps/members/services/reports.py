"""A message that its reader reported, and what staff did about it. Neither of the two people gets a mail."""

from django.db import transaction
from django.utils import timezone

from apps.core import audit

from ..models import Message, MessageReport, User


@transaction.atomic
def report(*, reader: User, message: Message, reason: str = "") -> MessageReport:
    """Put a message on the staff's desk; a second click is the same wish."""
    made, new = MessageReport.objects.get_or_create(message=message, defaults={"reason": reason})
    if new:
        audit.record(actor=reader, verb="members.message_reported", target=made, person=reader.pk)
    return made


@transaction.atomic
def close(*, report: MessageReport, actor: User, answer: str) -> None:
    """Write what was done. Closed once: who comes second changes nothing."""
    report = MessageReport.objects.select_for_update(of=("self",)).select_related("message").get(pk=report.pk)
    if report.state == MessageReport.State.CLOSED:
        return
    report.state, report.answer = MessageReport.State.CLOSED, answer
    report.closed_by, report.closed_at = actor, timezone.now()
    report.save()
    audit.record(actor=actor, verb="members.report_closed", target=report, person=report.message.recipient_id)
