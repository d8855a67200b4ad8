"""A message carried over by mail: in its reader's language, in text and HTML, with no address of either."""

import re

import pytest

from apps.members import emails
from apps.members.kinds import unwanted
from apps.members.models import Message
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.models import Lane, OutgoingMail
from apps.outbox.tests.letters import letters

pytestmark = pytest.mark.django_db


def told(message):
    emails.message_received(message)
    (letter,) = letters()
    return letter


def test_a_message_is_told_in_text_and_html_with_one_way_to_answer():
    message = MessageFactory(subject="Talk in June", text="Would you come?\n\nGreetings")

    letter = told(message)

    assert letter.to == message.recipient.email
    assert letter.raw["Auto-Submitted"] == "auto-generated"
    assert letter.raw["Reply-To"] is None
    assert "Would you come?\n\nGreetings" in letter.body
    assert re.search(r"Would you come\?<br>\s*<br>\s*Greetings", letter.html)
    for version in (letter.body, letter.html):
        assert f"http://testserver{message.get_absolute_url()}" in version
        assert message.sender.email not in version
    assert message.sender.email not in str(letter.raw)


def test_the_name_in_the_list_of_mails_is_the_writers_and_says_how_it_came():
    letter = told(MessageFactory(sender=ProfileFactory(display_name="Fanta Sow").user))

    assert str(letter.raw["From"]).startswith("Fanta Sow through the Diaspora Portal <")
    assert "Fanta Sow has written to you through the Diaspora Portal." in letter.body


def test_who_has_no_profile_writes_as_a_member():
    letter = told(MessageFactory(sender=UserFactory(), subject="A question"))

    assert letter.subject == "A member writes to you: A question"
    assert letter.body.startswith("A member has written to you through the Diaspora Portal.\n")


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_a_mail_leads_to_the_page_in_its_readers_language(language):
    message = MessageFactory(recipient=ProfileFactory(user__language=language).user)

    letter = told(message)

    assert letter.language == letter.raw["Content-Language"] == language
    assert f"\nhttp://testserver/{language}/me/messages/{message.pk}/\n" in letter.body
    assert f'<html lang="{language}"' in letter.html


def test_whatever_a_member_writes_stays_text():
    message = MessageFactory(
        subject="Hi\r\nBcc: everybody@example.org",
        text="<script>alert(1)</script> <b>x</b> {{ secret }} [[answer_url]]",
    )

    letter = told(message)

    assert letter.raw.keys().count("Bcc") == 0
    assert letter.raw["To"] == message.recipient.email
    assert letter.subject.endswith("Hi Bcc: everybody@example.org")
    assert "<script>" not in letter.html
    assert "<b>x</b>" not in letter.html
    for version in (letter.body, letter.html):
        assert "{{ secret }} [[answer_url]]" in version
    assert "<script>alert(1)</script>" in letter.body


def test_the_mail_of_a_message_is_its_readers_and_the_same_message_is_told_once():
    message = MessageFactory()

    emails.message_received(message)
    emails.message_received(message)

    (mail,) = OutgoingMail.objects.all()
    assert (mail.lane, mail.person, mail.about_id) == (Lane.NOTICE, message.recipient, message.pk)


def test_a_message_that_is_gone_or_whose_reader_left_is_no_longer_told():
    kept, gone, left = MessageFactory.create_batch(3)
    Message.objects.filter(pk=gone.pk).delete()
    left.recipient.is_active = False
    left.recipient.save()

    why = "The message is gone, or its reader's account is closed."
    assert unwanted([kept.pk, gone.pk, left.pk]) == {gone.pk: why, left.pk: why}
