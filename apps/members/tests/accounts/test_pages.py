"""Every page of an account, in every language."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from .browsing import add_app, here

OPEN = ["account_login", "account_signup", "account_reset_password", "account_inactive"]
CLOSED = [
    "account_index", "account_email", "account_change_password", "account_logout", "account_reauthenticate",
    "mfa_index", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "usersessions_list",
]  # fmt: skip


def assert_is_one_of_ours(page):
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert "<main" in text
    assert re.search(r"<title>\S.* – \S", text)
    assert " style=" not in text
    assert "data:image" not in text


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_open_page_in_every_language(visitor, language):
    with override(language):
        for name in OPEN:
            assert_is_one_of_ours(visitor.read(name))


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_every_page_of_ones_account_in_every_language(member, user, language):
    add_app(user)
    with override(language):
        for name in CLOSED:
            page = member.read(name)
            assert here(page) == reverse(name)
            assert_is_one_of_ours(page)


def test_fields_tell_password_managers_and_phones_what_they_are(visitor, member, user):
    def attributes(page, name):
        return page.context["form"][name].field.widget.attrs

    assert attributes(visitor.read("account_login"), "password")["autocomplete"] == "current-password"
    assert attributes(visitor.read("account_signup"), "password1")["autocomplete"] == "new-password"
    assert attributes(member.read("account_change_password"), "password1")["autocomplete"] == "new-password"
    code = attributes(member.read("mfa_activate_totp"), "code")
    assert (code["autocomplete"], code["inputmode"]) == ("one-time-code", "numeric")
