"""The mails of members. The only place that hands a mail to Django until the outbox takes over."""

from functools import partial

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Message

log = structlog.get_logger(__name__)


def message_received(message: Message) -> None:
    """Tell somebody that a member wrote, with the message and the way to answer; no address of either is in it."""
    with override(message.recipient.language):
        _queue(
            "members/relayed_message",
            to=message.recipient.email,
            context={
                "sender": message.sender.profile.display_name if hasattr(message.sender, "profile") else "",
                "subject": message.subject,
                "text": message.text,
                "answer_url": settings.SITE_URL + message.get_absolute_url(),
            },
        )


def account(template: str, *, to: str, language: str, context: dict) -> None:
    """Send one of allauth's mails: ``account/email/password_changed``, ``mfa/email/totp_activated`` and so on."""
    with override(language):
        _queue(template.replace("/email/", "/"), to=to, context={"email": to} | context)


def _queue(name: str, *, to: str, context: dict) -> None:
    """Render a mail now, in the reader's language, and hand it over after the commit; a refusal is logged."""
    context = context | {
        "site_name": _("Diaspora Portal"),
        "site_url": settings.SITE_URL,
        "contact_address": settings.CONTACT_ADDRESS,
    }
    subject = " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())
    mail = EmailMultiAlternatives(
        subject, render_to_string(f"emails/{name}.txt", context), to=[to], headers={"Auto-Submitted": "auto-generated"}
    )
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    transaction.on_commit(partial(_hand_over, mail, name), robust=True)


def _hand_over(mail: EmailMultiAlternatives, name: str) -> None:
    try:
        mail.send()
    except OSError as error:  # SMTP errors are OSErrors: the page must not fail for them
        log.error("mail.refused", mail=name, error=type(error).__name__)
