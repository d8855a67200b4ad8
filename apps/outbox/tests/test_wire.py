"""A mail as bytes: whatever a value holds, the structure stays, and every reader sees what was meant."""

import re
from base64 import b64encode
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.outbox.models import MailContent
from apps.outbox.wire import Wire, clean_name

KEY = "0123456789abcdef0123456789abcdef"
TO = "amina@example.org"
ORDINARY = {
    "kind": "tests.notice",
    "language": "fr",
    "subject": "Bonjour [[name]]",
    "text": "Bonjour [[name]],\n\n.Un point au début\nÀ bientôt.\n",
    "html": "<p>Bonjour [[name]], <a href='[[link]]'>ici</a></p>",
    "placeholders": ["name", "link", "unsubscribe_url"],
    "digest": "d" * 64,
}
VALUES = {"name": "Émilie", "link": "https://portal.example/fr/", "unsubscribe_url": "https://portal.example/stop/1"}


def written(values=None, **fields):
    content = MailContent(**(ORDINARY | fields))
    return Wire(content).message(to=TO, key=KEY, values=VALUES | (values or {}))


def read(data):
    return message_from_bytes(data, policy=policy.default)


def test_a_mail_says_the_same_in_text_and_html_and_each_value_in_its_place():
    letter = read(written())

    assert letter["Subject"] == "Bonjour Émilie"
    assert letter["To"] == TO
    assert letter["Message-ID"].startswith(f"<{KEY}@")
    assert letter["Content-Language"] == "fr"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["From"].addresses[0].display_name == "Diaspora Portal"
    assert letter.get_content_type() == "multipart/alternative"
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.replace("\r\n", "\n") == "Bonjour Émilie,\n\n.Un point au début\nÀ bientôt.\n"
    assert html.strip() == "<p>Bonjour Émilie, <a href='https://portal.example/fr/'>ici</a></p>"


def test_the_bytes_are_fit_for_any_mail_server():
    data = written({"name": "Ω" * 200 + "\n.\n..x"}, subject="Salut", html="<p>" + "long " * 1000 + "[[name]]</p>")

    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 200
    body = data.partition(b"\r\n\r\n")[2]
    assert not re.search(rb"^\.", body, re.MULTILINE)  # nothing to stuff, and no final dot too early


HOSTILE = st.text(
    alphabet=st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=300
) | st.sampled_from(
    [
        "x\r\nBcc: everybody@example.org",
        "\r\n.\r\nMAIL FROM:<x@example.org>",
        "\n\n--=_alternative_dddddddddddddddd--",
        "[[link]]",
        "<script>alert(1)</script>",
        "=?utf-8?q?x?=",
        "a" * 2000,
    ]
)


@given(name=HOSTILE)
def test_no_value_changes_the_structure(name):
    data = written({"name": name})
    letter = read(data)

    assert sorted(letter.keys()) == sorted(read(written()).keys())
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert b"\r\n.\r\n" not in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    same_ends = name.replace("\r\n", "\n").replace("\r", "\n")
    assert text == f"Bonjour {same_ends},\n\n.Un point au début\nÀ bientôt.\n"
    html = letter.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert html.count("<a ") == 1


@given(name=HOSTILE)
def test_a_senders_name_is_never_more_than_a_name(name):
    letter = read(written({"name": name}, sender="[[name]] through the portal"))

    [sender] = letter["From"].addresses
    assert sender.addr_spec == "no-reply@iom-belux.example"
    assert "@" not in sender.display_name
    assert "\u202e" not in sender.display_name


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("Amina K", "Amina K"),
        ("Amina\r\nBcc: x", "Amina Bcc: x"),
        ('"Bank" <help@bank.example>', "Bank help bank.example"),
        ("\u202eanima", "anima"),
        ("x" * 300, "x" * 80),
        ("Ngũgĩ wa Thiong'o", "Ngũgĩ wa Thiong'o"),
    ],
)
def test_senders_names_are_cleaned(given_name, clean):
    assert clean_name(given_name) == clean


def test_a_newsletter_can_be_left_with_one_click_and_a_notice_has_no_list():
    letter = read(written(list_id="diaspora.iom-belux.example"))

    assert letter["List-Id"] == "<diaspora.iom-belux.example>"
    assert letter["List-Unsubscribe"] == "<https://portal.example/stop/1>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] is None
    assert read(written())["List-Unsubscribe"] is None


def test_answers_go_where_the_content_says():
    assert read(written(reply_to="team@iom-belux.example"))["Reply-To"] == "team@iom-belux.example"
    assert read(written())["Reply-To"] is None


@pytest.mark.parametrize(
    ("provider", "header", "value"),
    [("mailgun", "X-Mailgun-Variables", f'{{"outbox": "{KEY}"}}'), ("postmark", "X-PM-Metadata-outbox", KEY)],
)
def test_our_number_travels_in_the_providers_own_header_too(settings, provider, header, value):
    settings.MAIL_PROVIDER = provider

    assert read(written())[header] == value


def test_an_attachment_comes_whole_under_a_harmless_name():
    calendar = {"name": "../in vité.ics", "type": "text/calendar", "base64": b64encode(b"BEGIN:VCALENDAR").decode()}
    letter = read(written(attachments=[calendar]))

    [attachment] = letter.iter_attachments()
    assert attachment.get_filename() == "-in-vit-.ics"
    assert attachment.get_payload(decode=True) == b"BEGIN:VCALENDAR"


def test_somebodys_own_double_brackets_stay():
    letter = read(written(text="[[unknown]] and [[name]]"))

    assert letter.get_body(("plain",)).get_content().strip() == "[[unknown]] and Émilie"


def test_a_missing_value_is_an_error_and_never_half_a_mail():
    content = MailContent(**ORDINARY)
    with pytest.raises(KeyError):
        Wire(content).message(to=TO, key=KEY, values={})
