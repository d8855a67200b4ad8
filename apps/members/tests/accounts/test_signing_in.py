"""Signing in and out, where one is signed in, and being asked once more."""

import pytest
from django.urls import reverse

from apps.outbox.tests.letters import letters

from ..factories import UserFactory
from .browsing import NEW, add_app, code_in, here, without_what_differs


def test_signing_in_and_out(visitor, user):
    visitor.sign_in(user)
    assert visitor.is_signed_in
    visitor.read("account_logout")
    assert visitor.is_signed_in  # opening the page changes nothing
    visitor.post("account_logout")
    assert not visitor.is_signed_in


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser, user):
    def attempt(address):
        response = browser().post("account_login", login=address, password="wrong")
        return without_what_differs(response, address)

    assert attempt(user.email) == attempt(NEW)
    assert "This address and this password do not belong together." in attempt(NEW)


def test_who_never_confirmed_is_sent_a_code_when_signing_in(visitor):
    user = UserFactory(address__verified=False)
    response = visitor.sign_in(user)
    assert here(response) == reverse("account_email_verification_sent")
    visitor.post("account_email_verification_sent", code=code_in(letters()[0]))
    assert visitor.is_signed_in


def test_a_closed_account_stays_out(visitor):
    response = visitor.sign_in(UserFactory(is_active=False))
    assert here(response) == reverse("account_inactive")
    assert not visitor.is_signed_in


def test_the_list_of_browsers_and_signing_out_of_the_others(browser, member, user):
    phone = browser()
    phone.sign_in(user)
    page = member.read("usersessions_list")
    assert page.content.decode().count("Firefox, Windows") == 2
    assert page.content.decode().count("this browser") == 1

    member.post("usersessions_list")
    assert here(member.read("portal:me")) == reverse("portal:me")
    assert here(phone.read("portal:me")) == reverse("account_login")


@pytest.mark.parametrize(
    "name",
    ["mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
     "mfa_download_recovery_codes", "mfa_add_webauthn"],
)  # fmt: skip
def test_what_protects_an_account_asks_who_it_is_even_of_those_who_are_signed_in(browser, user, name):
    if name != "mfa_activate_totp":
        add_app(user)
    visitor = browser()
    visitor.force_login(user)
    assert here(visitor.read(name)) == reverse("account_reauthenticate")

    visitor.show_it_is_me()
    assert here(visitor.read(name)) == reverse(name)


def test_a_new_address_asks_who_it_is_and_then_goes_on(browser, user):
    visitor = browser()
    visitor.force_login(user)
    response = visitor.post("account_email", action_add="", email=NEW)
    assert here(response) == reverse("account_reauthenticate")
    assert letters() == []


def test_showing_who_it_is_needs_the_right_password(browser, user):
    visitor = browser()
    visitor.force_login(user)
    response = visitor.post("account_reauthenticate", password="wrong")
    assert "password" in response.context["form"].errors
    assert here(visitor.read("mfa_add_webauthn")) == reverse("account_reauthenticate")
