"""The mails of members, one function each, written into the outbox in the transaction that they speak of."""

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.outbox import kinds
from apps.outbox import services as outbox

from .models import Message, User
from .templatetags.browser import browser


def message_received(message: Message) -> None:
    """Tell somebody that a member wrote, with the message and the way to answer; no address of either is in it."""
    reader = message.recipient
    with override(reader.language):
        outbox.queue(
            kind="members.relayed-message",
            to=reader.email,
            language=reader.language,
            person=reader,
            about=message.pk,
            dedupe_key=f"members.message:{message.pk}",
            values={
                # A sender without a profile has no name to show.
                "sender": message.sender.profile.display_name if hasattr(message.sender, "profile") else _("A member"),
                "subject": message.subject,
                "text": message.text,
                "answer_url": settings.SITE_URL + message.get_absolute_url(),
            },
        )


def account(template: str, *, to: str, language: str, context: dict, person: User | None = None) -> None:
    """Queue one of allauth's mails: ``account/email/password_changed``, ``mfa/email/totp_activated`` and so on."""
    kind = kinds.get(template.replace("/email/", ".").replace("_", "-"))
    with override(language):
        known = {"email": to} | context
        if "timestamp" in context:
            # Brussels time, as the mail says, whatever the page's own zone is.
            when = timezone.localtime(context["timestamp"], timezone.get_default_timezone())
            known |= {"when": date_format(when, _("j F Y, H:i")), "browser": browser(context["user_agent"])}
    outbox.queue(
        kind=kind.name, to=to, language=language, person=person, values={name: known[name] for name in kind.sample}
    )
