"""The kinds of mail that members sends: those of an account, which allauth asks for, and a message carried over."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.outbox import kinds
from apps.outbox.kinds import WhenUncertain
from apps.outbox.models import Lane

from .models import DataExport, Message, Profile

CODES = {
    "account.email-confirmation-signup": _("Code that confirms the address of a new account"),
    "account.email-confirmation": _("Code that confirms another address"),
    "account.password-reset-code": _("Code for a new password"),
}
ANSWERS = {
    "account.unknown-account": _("New password wanted for an address without an account"),
    "account.account-already-exists": _("Registration with the address of an account"),
}
NOTICES = {
    "account.email-changed": _("Address changed"),
    "account.email-deleted": _("Address removed"),
    "account.password-changed": _("Password changed"),
    "account.password-reset": _("Password replaced with a code"),
    "account.password-set": _("Password added"),
    "mfa.recovery-codes-generated": _("New recovery codes"),
    "mfa.totp-activated": _("Authenticator app added"),
    "mfa.totp-deactivated": _("Authenticator app removed"),
    "mfa.webauthn-added": _("Passkey added"),
    "mfa.webauthn-removed": _("Passkey removed"),
}
ADDRESS = "fanta.sow@example.org"
NAMED = {"account.email-changed": {"from_email": ADDRESS}, "account.email-deleted": {"deleted_email": ADDRESS}}
CIRCUMSTANCES = {"when": "26/11/2025, 09:30", "browser": "Firefox, Android", "ip": "192.0.2.17"}


def unwanted(ids: list[int]) -> Mapping[int, str]:
    """A message that is gone, or whose reader has closed the account, is no longer told."""
    wanted = set(Message.objects.deliverable().filter(pk__in=ids).values_list("pk", flat=True))
    return dict.fromkeys(set(ids) - wanted, gettext("The message is gone, or its reader's account is closed."))


def register_account(titles: Mapping[str, str], sample: Mapping[str, str], **how) -> None:
    for name, title in titles.items():
        kinds.register(
            name,
            lane=Lane.ACCOUNT,
            when_uncertain=WhenUncertain.REPEAT,
            sample=sample | NAMED.get(name, {}),
            title=title,
            **how,
        )


register_account(CODES, {"code": "123-456-789"}, lives=timedelta(minutes=15))
register_account(ANSWERS, {"email": ADDRESS})
register_account(NOTICES, CIRCUMSTANCES)

kinds.register(
    "members.relayed-message",
    lane=Lane.NOTICE,
    when_uncertain=WhenUncertain.REPEAT,
    sample={
        "sender": "Fanta Sow",
        "subject": "A guest lesson",
        "text": "Would you come to our school in June?\n\nThe pupils have many questions.",
        "answer_url": f"{settings.SITE_URL}/me/messages/17/",
    },
    still_wanted=unwanted,
    sender=_("[[sender]] through the Diaspora Portal"),
    answerable=False,
    private=True,
    title=_("Message of a member"),
)


def fetched_or_gone(ids: list[int]) -> Mapping[int, str]:
    """A download that was replaced or deleted meanwhile is no longer told."""
    wanted = set(DataExport.objects.ready(timezone.now()).filter(pk__in=ids).values_list("pk", flat=True))
    return dict.fromkeys(set(ids) - wanted, gettext("The download is gone."))


kinds.register(
    "members.export-ready",
    lane=Lane.NOTICE,
    when_uncertain=WhenUncertain.REPEAT,
    sample={"until": "3 December 2026, 09:30", "download_url": f"{settings.SITE_URL}/en/me/privacy/download/"},
    still_wanted=fetched_or_gone,
    title=_("Copy of one's data is ready"),
)
# Its link is a secret, and it must arrive wherever account mails do.
kinds.register(
    "members.erasure-asked",
    lane=Lane.ACCOUNT,
    when_uncertain=WhenUncertain.REPEAT,
    sample={"due": "10 December 2026, 09:30", "cancel_url": f"{settings.SITE_URL}/en/me/privacy/delete/cancel/sample/"},
    title=_("Account will be deleted"),
)
kinds.register(
    "members.account-unused",
    lane=Lane.NOTICE,
    when_uncertain=WhenUncertain.REPEAT,
    sample={"due": "26 December 2026", "login_url": f"{settings.SITE_URL}/en/accounts/login/"},
    title=_("Unused account will be deleted"),
)


def not_told(ids: list[int]) -> Mapping[int, str]:
    """Who has taken the consent back, closed the account or is hidden for a time is not written to."""
    wanted = set(Profile.objects.wanting_matches().filter(pk__in=ids).values_list("pk", flat=True))
    return dict.fromkeys(set(ids) - wanted, gettext("The person no longer wants this news."))


kinds.register(
    "members.matches",
    lane=Lane.NOTICE,
    when_uncertain=WhenUncertain.DROP,
    sample={
        "matches": (
            f"Health experts for Rwanda (Call)\n{settings.SITE_URL}/en/calls/17/\n• Met: Nursing\n"
            "• Not known: English, at least B2 (Add your English level)"
        ),
        "page_url": f"{settings.SITE_URL}/en/me/matching/",
    },
    still_wanted=not_told,
    lives=timedelta(days=3),
    private=True,  # it speaks of what its reader keeps from everybody, the IOM team too
    title=_("Calls that fit a member"),
)
