"""Messages between members, carried by the portal so that no address is shown."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.core import audit

from .. import emails
from ..models import Message, Profile, User

A_DAY = 10


class TooManyMessages(Exception):
    """The sender has written as many messages in the last 24 hours as a member may."""


@transaction.atomic
def write(*, sender: User, to: Profile, subject: str, text: str) -> Message:
    return _send(sender=sender, recipient=to.user, subject=subject, text=text, answers=None)


@transaction.atomic
def answer(*, sender: User, message: Message, text: str) -> Message:
    """Answer a message that somebody received; the other need not be listed for that."""
    subject = message.subject if message.answers_id else f"Re: {message.subject}"[:120]
    return _send(sender=sender, recipient=message.sender, subject=subject, text=text, answers=message)


def _send(*, sender, recipient, subject, text, answers) -> Message:
    User.objects.locked().get(pk=sender.pk)
    since = timezone.now() - timedelta(days=1)
    if Message.objects.sent_since(sender, since).count() >= A_DAY:
        raise TooManyMessages
    # A second click on the button is the same message.
    minute = timezone.now() - timedelta(minutes=1)
    same = Message.objects.sent_since(sender, minute).filter(recipient=recipient, subject=subject, text=text).first()
    if same:
        return same
    message = Message.objects.create(sender=sender, recipient=recipient, subject=subject, text=text, answers=answers)
    audit.record(actor=sender, verb="members.message_sent", target=message, person=recipient.pk)
    emails.message_received(message)
    return message
