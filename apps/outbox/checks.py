"""A webhook that cannot tell its provider from a stranger does not open; the deploy check says why."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from .provider import PROVIDERS


@register(Tags.security, deploy=True)
def mail_provider_can_be_told_from_anybody(app_configs, **kwargs):
    name = settings.MAIL_PROVIDER
    if not name:
        return []
    if name not in PROVIDERS:
        known = " or ".join(f'"{known}"' for known in PROVIDERS)
        return [Error(f'MAIL_PROVIDER is "{name}"; known are {known}.', id="outbox.E001")]
    secret = settings.ANYMAIL.get(PROVIDERS[name], "")
    if not secret:
        return [
            Error(
                f"The webhook of {name} stays shut: ANYMAIL has no {PROVIDERS[name]}.",
                hint="Set it in the environment, as .env.example has it.",
                id="outbox.E002",
            )
        ]
    if name == "postmark" and ":" not in secret:
        return [Error('MAIL_WEBHOOK_SECRET is not of the form "name:password".', id="outbox.E003")]
    return []
