"""Every mail in every language, with sample values, in a frame in which nothing runs."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from apps.outbox import kinds

from .factories import MailContentFactory, OutgoingMailFactory

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:outbox_outgoingmail_preview")
LANGUAGES = dict(settings.LANGUAGES)
EVERY = [kind.name for kind in kinds.every() if not kind.ready_made]
MAIL_POLICY = {
    "sandbox": "",
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "'self'",
    "frame-ancestors": "'self'",
}


def page(kind, language, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return reverse("admin:outbox_outgoingmail_preview_mail", args=[kind, language]) + f"?{query}"


def html(kind, language):
    return reverse("admin:outbox_outgoingmail_preview_html", args=[kind, language])


def policy(response):
    parts = [part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {name: value for name, _space, value in parts}


def test_the_portal_has_mails_to_show():
    assert len(EVERY) > 10


def test_the_index_leads_to_every_kind_in_every_language(desk):
    text = desk.get(INDEX).text

    links = set(re.findall(r'href="([^"]*/preview/[^"]+)"', text))
    assert links == {page(kind, language).rstrip("?") for kind in EVERY for language in LANGUAGES}
    assert [kind for kind in EVERY if str(kinds.get(kind).title) not in text.replace("&#x27;", "'")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVERY)
def test_a_mail_is_shown_whole_with_its_sample_values(desk, kind, language):
    shown = desk.get(page(kind, language))
    frame = desk.get(html(kind, language))

    headers = dict(shown.context["headers"])
    assert headers["Content-Language"] == language
    assert headers["Subject"] == shown.context["filled"].subject != ""
    assert headers["From"].endswith(">")
    text = shown.context["filled"].text
    assert text.strip()
    assert "[[" not in text + frame.text + str(headers)
    for name, value in kinds.get(kind).sample.items():
        if "\n" not in value:
            assert value in text + frame.text + headers["Subject"] + headers["From"], name
    assert f'<html lang="{language}"' in frame.text


def test_a_kind_says_in_the_staff_s_language_which_mail_it_is(desk):
    kind = EVERY[0]

    shown = desk.get(page(kind, "fr"))

    assert f"<h1>{kinds.get(kind).title}</h1>" in shown.text
    assert '<p class="subtitle">French</p>' in shown.text
    assert 'lang="fr"' in shown.text.partition("mail-text")[2]


# --- the frame --------------------------------------------------------------------------------------------------------
def test_the_frame_has_the_mails_own_policy_and_no_other(desk):
    frame = desk.get(html(EVERY[0], "en"))

    assert policy(frame) == MAIL_POLICY
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert frame["Content-Type"] == "text/html; charset=utf-8"


def test_the_frame_of_a_mail_that_was_sent_has_the_same_policy(desk, some_kinds):
    address = reverse("admin:outbox_outgoingmail_body", args=[OutgoingMailFactory().pk])
    desk.post(address, {"then": "open", "purpose": "The member asks what we wrote"})

    frame = desk.get(address)

    assert frame.text == "<p>Hello Amina</p>"
    assert policy(frame) == MAIL_POLICY
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_a_script_that_came_into_a_mail_is_held_by_the_policy_and_the_frame(desk, some_kinds):
    mail = OutgoingMailFactory(content=MailContentFactory(html="<script>alert(1)</script>"))
    address = reverse("admin:outbox_outgoingmail_body", args=[mail.pk])
    desk.post(address, {"then": "open", "purpose": "The member asks what we wrote"})

    story = desk.get(reverse("admin:outbox_outgoingmail_change", args=[mail.pk]))

    assert "alert(1)" not in story.text
    assert re.search(r'<iframe sandbox src="[^"]*/body/"', story.text)
    assert policy(desk.get(address)).keys() == MAIL_POLICY.keys()


def test_the_page_round_the_frame_lets_a_frame_of_ours_in_and_nothing_else(desk):
    shown = desk.get(page(EVERY[0], "en"))

    usual = {name: " ".join(sources) for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()}
    assert policy(shown) == usual | {"frame-src": "'self'"}
    assert shown["X-Frame-Options"] == "DENY"
    assert f'<iframe sandbox src="{html(EVERY[0], "en")}"' in shown.text
    assert "frame-src" not in policy(desk.get(INDEX))


# --- moving about -----------------------------------------------------------------------------------------------------
def test_one_goes_from_mail_to_mail_in_the_same_language_width_and_ground(desk):
    first, second = EVERY[:2]

    shown = desk.get(page(first, "nl", width=375, scheme="dark"))

    assert shown.context["previous"] is None
    assert f'href="{page(second, "nl", width=375)}&amp;scheme=dark" rel="next"' in shown.text
    for language in LANGUAGES:
        current = ' aria-current="page"' if language == "nl" else ""
        link = f'href="{page(first, language, width=375)}&amp;scheme=dark" hreflang="{language}"{current}>'
        assert link in shown.text
    assert desk.get(page(EVERY[-1], "nl")).context["next"] is None


@pytest.mark.parametrize(
    ("asked", "width", "scheme"),
    [
        ({}, 600, "light"),
        ({"width": 375}, 375, "light"),
        ({"width": 375, "scheme": "dark"}, 375, "dark"),
        ({"width": "1e9", "scheme": "x"}, 600, "light"),
    ],
)
def test_the_frame_is_as_wide_and_as_dark_as_asked(desk, asked, width, scheme):
    assert f'width="{width}" height="720" class="mail-{scheme}"' in desk.get(page(EVERY[0], "en", **asked)).text


@pytest.mark.parametrize(("kind", "language"), [("tests.nothing", "en"), (EVERY[0], "es"), (kinds.OTHER, "en")])
def test_what_is_no_mail_of_the_portal_is_not_found(desk, kind, language):
    assert desk.get(page(kind, language)).status_code == 404
    assert desk.get(html(kind, language)).status_code == 404


def test_the_previews_ask_nothing_of_the_outbox(desk, django_assert_num_queries):
    desk.get(html(EVERY[0], "en"))

    # The session, the account, its own rights and its roles'.
    with django_assert_num_queries(3):
        desk.get(html(EVERY[0], "en"))
