"""Mails: in the reader's language, in plain text and HTML, with links to the portal's own address, after the commit."""

import re

import pytest
from django.core import mail
from django.db import transaction
from django.test import override_settings

from apps.members import emails
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    def send(function, *args, **kwargs):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            function(*args, **kwargs)
        (letter,) = mail.outbox
        return letter

    return send


def html_of(letter):
    ((html, kind),) = [(part.content, part.mimetype) for part in letter.alternatives]
    assert kind == "text/html"
    return html


def test_a_message_is_told_in_text_and_html_with_one_way_to_answer(sent):
    message = MessageFactory(subject="Talk in June", text="Would you come?\n\nGreetings")

    letter = sent(emails.message_received, message)

    assert letter.to == [message.recipient.email]
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    for version in (letter.body, html_of(letter)):
        assert "Would you come?" in version
        assert f"http://testserver{message.get_absolute_url()}" in version
    assert "<" not in letter.body
    assert message.sender.email not in str(letter.message())


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_a_mail_leads_to_the_page_in_its_readers_language(sent, language):
    message = MessageFactory(recipient=ProfileFactory(user__language=language).user)

    letter = sent(emails.message_received, message)

    assert f"http://testserver/{language}/me/messages/{message.pk}/" in letter.body
    assert f'lang="{language}"' in html_of(letter)


def test_whatever_a_member_writes_stays_text(sent):
    message = MessageFactory(
        subject="Hi\r\nBcc: everybody@example.org", text="<script>alert(1)</script> <b>x</b> {{ secret }}"
    )

    letter = sent(emails.message_received, message)

    assert "\n" not in letter.subject
    assert list(letter.message().keys()).count("Bcc") == 0
    assert letter.recipients() == [message.recipient.email]
    assert "<script>" not in html_of(letter)
    assert "<b>x</b>" not in html_of(letter)
    assert "<script>alert(1)</script>" in letter.body


def test_a_mail_shows_nothing_from_another_host(sent):
    html = html_of(sent(emails.message_received, MessageFactory()))

    assert re.findall(r"""(?:src|background)=["']?(?!cid:)""", html) == []
    assert re.findall(r"url\(", html) == []
    assert {link.split("/")[2] for link in re.findall(r'href="(https?://[^"]+)"', html)} <= {"testserver"}


def test_no_mail_leaves_for_what_was_taken_back(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        emails.message_received(MessageFactory())
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_logged_without_an_address(caplog, django_capture_on_commit_callbacks):
    message = MessageFactory()
    away = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 1}

    with override_settings(**away), django_capture_on_commit_callbacks(execute=True):
        emails.message_received(message)

    assert "mail.refused" in caplog.text
    assert "@" not in caplog.text


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_an_account_mail_is_written_in_the_language_of_the_account(sent, language):
    user = UserFactory(language=language)
    context = {"user": user, "code": "123456", "email": user.email}

    letter = sent(
        emails.account, "account/email/email_confirmation_signup", to=user.email, language=language, context=context
    )

    assert letter.to == [user.email]
    assert "123456" in letter.body
    assert "123456" in html_of(letter)
    assert f'lang="{language}"' in html_of(letter)
