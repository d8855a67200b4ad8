"""The two providers whose webhooks we understand: our id on its way out, and what their settings need."""

import json

from django.conf import settings

PROVIDERS = {
    # What a webhook's sender proves itself with; without it anybody could tell us that a mail came back.
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "postmark": "WEBHOOK_SECRET",
}
METADATA = "outbox"  # the name under which a provider keeps a mail's key and tells it again


def metadata_header(provider: str, message_key: str) -> tuple[str, str] | None:
    """Return the header by which a provider gives our id back; it may replace our Message-ID by its own."""
    match provider:
        case "mailgun":
            return "X-Mailgun-Variables", json.dumps({METADATA: message_key})
        case "postmark":
            return f"X-PM-Metadata-{METADATA}", message_key
    return None


def answers(provider: str) -> bool:
    """Is this the provider that the settings name, and can its webhooks be told from anybody's?"""
    return provider == settings.MAIL_PROVIDER and bool(settings.ANYMAIL.get(PROVIDERS[provider]))
