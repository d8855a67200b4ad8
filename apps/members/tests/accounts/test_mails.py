"""Every mail that an account can get, in every language."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from apps.members import emails
from apps.members.kinds import ANSWERS, CODES, NOTICES
from apps.outbox import services as outbox
from apps.outbox.models import Lane, OutgoingMail, Suppression
from apps.outbox.tests.letters import letters

from ..factories import UserFactory
from .browsing import FIREFOX, NEW, code_in

pytestmark = pytest.mark.django_db

EVERY = {kind: kind.replace(".", "/email/").replace("-", "_") for kind in [*CODES, *ANSWERS, *NOTICES]}
FORMER = "amina@example.org"


def context_of(kind):
    """What allauth says with it."""
    context = {"request": None, "user": None, "signup_url": "/"}
    if kind in CODES:
        context |= {"code": "123-456-789"}
    if kind in NOTICES:
        moment = datetime(2026, 6, 3, 12, 5, tzinfo=UTC)
        context |= {"ip": "192.0.2.1", "user_agent": FIREFOX, "timestamp": moment}
    if kind == "account.email-changed":
        context |= {"from_email": FORMER, "to_email": NEW}
    if kind == "account.email-deleted":
        context |= {"deleted_email": FORMER}
    return context


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_mail_of_an_account_has_a_subject_a_text_and_a_page_in_every_language(kind, language):
    emails.account(EVERY[kind], to="amina.new@example.org", language=language, context=context_of(kind))

    [letter] = letters()
    assert (letter.kind, letter.language, letter.to) == (kind, language, "amina.new@example.org")
    assert letter.subject
    assert letter.raw["Reply-To"] == settings.CONTACT_ADDRESS
    assert f'<html lang="{language}"' in letter.html
    assert "[[" not in letter.subject + letter.body + letter.html
    assert NEW not in letter.body + letter.html
    if kind in CODES:
        assert code_in(letter) == "123-456-789"
        assert "123-456-789" in letter.html
    if kind in ANSWERS:
        assert "amina.new@example.org" in letter.body
    if kind in NOTICES:
        assert "14:05" in letter.body
        assert "192.0.2.1" in letter.body


def test_a_notice_tells_the_moment_in_its_readers_words_by_brussels_time():
    emails.account(
        "account/email/password_changed", to=NEW, language="fr", context=context_of("account.password-changed")
    )

    [letter] = letters()
    assert "3 juin 2026 à 14:05 (heure de Bruxelles)\n" in letter.body


def test_account_mails_go_first_and_codes_are_not_sent_when_they_are_dead(visitor):
    visitor.register()

    mail = OutgoingMail.objects.get()
    assert mail.lane == Lane.ACCOUNT
    assert timedelta(minutes=14) < mail.expires_at - timezone.now() <= timedelta(minutes=15)
    timeouts = [account_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT, account_settings.PASSWORD_RESET_BY_CODE_TIMEOUT]
    assert timeouts == [15 * 60, 15 * 60]


def test_a_mail_to_somebody_unknown_is_nobodys_and_the_others_are_their_owners(visitor, user):
    visitor.post("account_reset_password", email=NEW)
    visitor.post("account_reset_password", email=user.email)

    assert [(mail.to, mail.person) for mail in OutgoingMail.objects.order_by("pk")] == [(NEW, None), (user.email, user)]


def test_mails_follow_the_language_of_the_account_to_its_former_address_too(member, user):
    member.post("account_email", action_add="", email=NEW)
    type(user).objects.filter(pk=user.pk).update(language="nl")
    member.post("account_email_verification_sent", code=code_in(letters()[0]))

    told = letters()[1]
    assert (told.to, told.language) == (FORMER, "nl")
    assert OutgoingMail.objects.get(kind=told.kind).person == user


def test_a_forgotten_password_is_answered_in_the_language_of_the_account(visitor):
    UserFactory(email=FORMER, language="nl")
    visitor.post("account_reset_password", email=FORMER)

    [letter] = letters()
    assert '<html lang="nl"' in letter.html


def test_an_address_that_confirmed_itself_is_written_to_again(visitor):
    outbox.suppress(address=NEW, reason=Suppression.Reason.BOUNCED)
    visitor.register()
    assert Suppression.objects.count() == 1

    visitor.post("account_email_verification_sent", code=code_in(letters()[0]))
    assert EmailAddress.objects.get(email=NEW).verified
    assert Suppression.objects.count() == 0
