"""Authenticator apps, recovery codes and passkeys."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from apps.outbox.tests.letters import letters

from .browsing import ANOTHER_PASSWORD, add_app, code_in, code_of_app, here


@pytest.fixture(autouse=True)
def the_app_shows_a_fresh_code(time_machine):
    """Otherwise it might change between reading and typing it."""
    time_machine.move_to(time.time() // 30 * 30)


def test_adding_an_authenticator_app_gives_recovery_codes_and_is_told(member, user):
    page = member.read("mfa_activate_totp")
    assert page.content.decode().count("<svg width=") == 1  # the picture is in the page: no data: address
    secret = page.context["form"].secret

    response = member.post("mfa_activate_totp", code=code_of_app(secret))
    assert here(response) == reverse("mfa_view_recovery_codes")
    assert len(response.context["unused_codes"]) == 10
    assert [m.subject for m in letters()] == ["Your authenticator app was added"]


def test_a_wrong_code_adds_no_app(member, user):
    secret = member.read("mfa_activate_totp").context["form"].secret
    response = member.post("mfa_activate_totp", code=f"{(int(code_of_app(secret)) + 1) % 10**6:06}")
    assert "code" in response.context["form"].errors
    assert not Authenticator.objects.filter(user=user).exists()


def test_with_an_app_the_password_alone_does_not_sign_in(visitor, user):
    add_app(user)
    response = visitor.sign_in(user)
    assert here(response) == reverse("mfa_authenticate")
    assert not visitor.is_signed_in

    visitor.post("mfa_authenticate", code=code_of_app())
    assert visitor.is_signed_in


def test_a_code_of_the_app_works_once(browser, user):
    add_app(user)
    code = code_of_app()
    first, second = browser(), browser()
    for visitor in (first, second):
        visitor.sign_in(user)
        visitor.post("mfa_authenticate", code=code)
    assert first.is_signed_in
    assert not second.is_signed_in


def test_a_recovery_code_stands_in_for_the_app_and_works_once(browser, user):
    code = add_app(user).get_unused_codes()[0]
    first, second = browser(), browser()
    for visitor in (first, second):
        visitor.sign_in(user)
        visitor.post("mfa_authenticate", code=code)
    assert first.is_signed_in
    assert not second.is_signed_in


def test_a_new_password_does_not_get_round_the_second_step(visitor, user):
    add_app(user)
    visitor.post("account_reset_password", email=user.email)
    visitor.post("account_confirm_password_reset_code", code=code_in(letters()[0]))
    visitor.post("account_complete_password_reset", password1=ANOTHER_PASSWORD)
    response = visitor.sign_in(user, ANOTHER_PASSWORD)
    assert here(response) == reverse("mfa_authenticate")


def test_removing_the_app_is_told(member, user):
    add_app(user)
    member.post("mfa_deactivate_totp")
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert [m.subject for m in letters()] == ["Your authenticator app was removed"]


def test_new_recovery_codes_replace_the_former_ones(member, user):
    former = add_app(user).get_unused_codes()
    response = member.post("mfa_generate_recovery_codes")
    assert not set(former) & set(response.context["unused_codes"])
    assert [m.subject for m in letters()] == ["You have new recovery codes"]

    downloaded = member.read("mfa_download_recovery_codes")
    assert "attachment" in downloaded["Content-Disposition"]
    assert set(response.context["unused_codes"]) <= set(downloaded.content.decode().split())


def test_the_browser_gets_its_options_for_a_passkey(visitor, member):
    login = visitor.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert login.json()["request_options"]["publicKey"]["challenge"]
    page = member.read("mfa_add_webauthn")
    assert 'id="passkey-options" type="application/json"' in page.content.decode()
