"""What a mail provider tells through its webhook; anymail has read it and made sure that it comes from there."""

import re
from hashlib import sha256

from anymail.signals import EventType, RejectReason, tracking
from django.conf import settings
from django.dispatch import receiver

from . import services
from .models import MailEvent, Suppression
from .provider import METADATA

WHAT = {
    EventType.SENT: MailEvent.What.DELIVERED,
    EventType.DELIVERED: MailEvent.What.DELIVERED,
    EventType.DEFERRED: MailEvent.What.DEFERRED,
    EventType.BOUNCED: MailEvent.What.BOUNCED,
    EventType.REJECTED: MailEvent.What.BOUNCED,
    EventType.FAILED: MailEvent.What.BOUNCED,
    EventType.COMPLAINED: MailEvent.What.COMPLAINED,
}  # what is not here, opening and clicking before all, we do not want to know
# Postmark's names for a mailbox that is full, and for a mail that a filter (and no reader) took for spam.
SAYS_NOTHING_OF_THE_ADDRESS = {"SoftBounce", "SpamNotification"}
KEY = re.compile(r"[0-9a-f]{32}")
CODE = re.compile(r"(?:smtp;\s*)?([245]\d\d)\b")


@receiver(tracking)
def write_down(event, esp_name, **kwargs):
    what, key = WHAT.get(event.event_type), _message_key(event)
    if not what or not key:
        return
    soft = str(event.esp_event.get("Type")) in SAYS_NOTHING_OF_THE_ADDRESS
    if soft:
        what = MailEvent.What.BOUNCED
    words = _one_line(event.mta_response or event.description or "")
    services.report(
        message_key=key,
        what=what,
        reason=words,
        smtp_code=_code(event, words),
        cause=esp_name.lower(),
        provider_event=_number(event),
        suppress_for=None if soft else _suppression(event, what),
    )


def _message_key(event) -> str:
    """Our id, from the provider's own metadata, else from a Message-ID that it left as it was."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    name, _at, domain = str(event.message_id or "").strip("<>").rpartition("@")
    for key in (metadata.get(METADATA), name if domain == settings.MAIL_DOMAIN else ""):
        if isinstance(key, str) and KEY.fullmatch(key):
            return key
    return ""


def _number(event) -> str:
    """The same for the same event, however often it is told.

    Mailgun signs anew each time it tells an event, so anymail's number for it changes; its own is unique for a day.
    Postmark numbers only some, and may tell a hard bounce twice, the second time as a change of its subscription.
    """
    told = event.esp_event
    if data := told.get("event-data"):
        parts = [data.get("id") or event.event_id, data.get("timestamp")]
    elif "MessageID" in told:
        parts = [told["MessageID"], told.get("Type") or told.get("SuppressionReason") or told.get("RecordType")]
    else:
        parts = [event.event_id]
    number = ":".join(str(part) for part in parts)
    return number if number.isprintable() and len(number) <= 120 else sha256(repr(number).encode()).hexdigest()


def _code(event, words: str) -> int | None:
    status = (event.esp_event.get("event-data") or {}).get("delivery-status")
    code = status.get("code") if isinstance(status, dict) else None
    found = CODE.match(str(code or words))
    return int(found[1]) if found else None


def _one_line(words) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())


def _suppression(event, what) -> Suppression.Reason | None:
    if what == MailEvent.What.COMPLAINED:
        return Suppression.Reason.COMPLAINED
    hard = event.reject_reason in {RejectReason.BOUNCED, RejectReason.INVALID}
    return Suppression.Reason.BOUNCED if hard and what == MailEvent.What.BOUNCED else None
