"""The story of one mail, put together from its row and its events: what happened when, and who or what caused it."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy

from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import kinds
from ..models import WAITING, Lane, OutgoingMail
from ..wire import Filled, Wire


@dataclass
class Moment:
    at: datetime
    what: str
    detail: str = ""
    by: str = ""


def time_line(mail: OutgoingMail) -> list[Moment]:
    """Every moment known of a mail, the oldest first; the row's own are those of its last attempt."""
    columns = [
        ("created_at", "", ""),
        ("claimed_at", "", mail.worker),
        ("handover_at", "", mail.worker),
        ("started_at", "", mail.worker),
        ("sent_at", answer(mail), ""),
        *([("next_attempt_at", "", "")] if mail.state in WAITING else []),
    ]
    moments = [
        Moment(at, capfirst(str(mail._meta.get_field(name).verbose_name)), detail, by)
        for name, detail, by in columns
        if (at := getattr(mail, name))
    ]
    events = list(mail.events.order_by("pk"))
    staff = get_user_model().objects.in_bulk({event.actor_id for event in events if event.actor_id})
    for event in events:
        detail = _answer(event.smtp_code, event.reason)
        by = event.cause
        if event.actor_id:
            by = str(staff.get(event.actor_id) or _("Account %(number)s") % {"number": event.actor_id})
        moments.append(Moment(event.at, event.get_what_display(), detail, by))
    return sorted(moments, key=lambda moment: moment.at)


def answer(mail: OutgoingMail) -> str:
    """What the mail server said last."""
    return _answer(mail.smtp_code, mail.smtp_text)


def _answer(code: int | None, words: str) -> str:
    # What the portal itself says is kept in English, and put into the reader's language here.
    return " ".join([*([str(code)] if code else []), *([_(words)] if words else [])])


# --- what it says -----------------------------------------------------------------------------------------------------
def may_be_read(mail: OutgoingMail) -> bool:
    """Staff read what the portal itself writes: no code of an account, and no word from one person to another."""
    try:
        return mail.lane != Lane.ACCOUNT and not kinds.get(mail.kind).closed
    except kinds.UnknownKind:
        return False


def filled(mail: OutgoingMail) -> Filled | None:
    """The mail as its reader has it; None where that is not for staff, was let go of, or cannot be put together."""
    if not may_be_read(mail) or mail.content.blanked_at:
        return None
    try:
        return Wire(mail.content).filled(mail.values)
    except KeyError:  # a value is wanting: that is why it failed
        return None


def headers(mail: OutgoingMail) -> list[tuple[str, str]]:
    """Its head, but for the date, which is made at the handover and would be today's here."""
    head = headers_of(Wire(mail.content).message(to=mail.to, key=mail.message_key, values=mail.values))
    return [(name, value) for name, value in head if name != "Date"]


def headers_of(message: bytes) -> list[tuple[str, str]]:
    """The head of a message, decoded, in its order."""
    head = message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return [(name, str(value)) for name, value in message_from_bytes(head, policy=policy.default).items()]
