"""Every mail that an account can get, in every language."""

import re

import pytest
from allauth.account import app_settings as account_settings
from django.conf import settings
from django.core import mail
from django.utils import timezone

from apps.members import emails

from ..factories import UserFactory
from .browsing import FIREFOX, NEW, code_in

pytestmark = pytest.mark.django_db

CODES = [
    "account/email/email_confirmation_signup",
    "account/email/email_confirmation",
    "account/email/password_reset_code",
]
ANSWERS = ["account/email/unknown_account", "account/email/account_already_exists"]
NOTICES = [
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
]


def context_of(template):
    context = {"email": NEW}
    if template in CODES:
        context |= {"code": "123-456-789"}
    if template in NOTICES:
        context |= {"ip": "192.0.2.1", "user_agent": FIREFOX, "timestamp": timezone.now()}
    return context | {
        "account/email/email_changed": {"from_email": "amina@example.org", "to_email": NEW},
        "account/email/email_deleted": {"deleted_email": NEW},
    }.get(template, {})


@pytest.mark.parametrize("template", CODES + ANSWERS + NOTICES)
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_mail_has_a_subject_a_text_and_a_page_in_every_language(
    django_capture_on_commit_callbacks, template, language
):
    with django_capture_on_commit_callbacks(execute=True):
        emails.account(template, to=NEW, language=language, context=context_of(template))

    [message] = mail.outbox
    [html] = message.alternatives
    assert message.to == [NEW]
    assert message.subject
    assert settings.CONTACT_ADDRESS in message.body
    assert f'<html lang="{language}">' in html.content
    assert html.content.count("<h1>") == 1
    for text in (message.subject, message.body, html.content):
        assert "{{" not in text
        assert "{%" not in text
    assert "&#x27;" not in message.body
    assert not re.search(r"<img|<link|src=|url\(", html.content)  # nothing to load, nobody is tracked
    if template in CODES:
        assert code_in(message) == "123-456-789"
        assert "123-456-789" in html.content
        assert "123-456-789" not in message.subject  # subjects show on locked screens


def test_the_mails_say_how_long_a_code_works():
    timeouts = [account_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT, account_settings.PASSWORD_RESET_BY_CODE_TIMEOUT]
    assert timeouts == [15 * 60, 15 * 60]


def test_mails_follow_the_language_of_the_account(visitor):
    UserFactory(email="amina@example.org", language="nl")
    visitor.post("account_reset_password", email="amina@example.org")
    assert '<html lang="nl">' in mail.outbox[0].alternatives[0].content
