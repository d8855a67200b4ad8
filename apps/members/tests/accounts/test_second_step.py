"""Authenticator apps, recovery codes and passkeys."""

import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.members.services import second_step
from apps.outbox.models import OutgoingMail
from apps.outbox.tests.letters import letters

from .browsing import ANOTHER_PASSWORD, SECRET, add_app, code_in, code_of_app, here


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


def test_what_an_app_and_recovery_codes_are_made_from_is_not_to_be_read_in_the_database(user):
    add_app(user)
    kept = dict(Authenticator.objects.filter(user=user).values_list("type", "data"))
    secrets = [second_step.decrypted(kept["totp"]["secret"]), second_step.decrypted(kept["recovery_codes"]["seed"])]

    assert secrets[0] == SECRET
    assert not [secret for secret in secrets if secret in str(kept)]
    assert second_step.encrypted(SECRET) != second_step.encrypted(SECRET)  # two people with one secret do not show


def test_a_new_key_takes_over_and_the_old_one_may_go(browser, user, settings):
    code = add_app(user).get_unused_codes()[0]

    def gets_in(code):
        visitor = browser()
        visitor.sign_in(user)
        visitor.post("mfa_authenticate", code=code)
        return visitor.is_signed_in

    settings.MFA_KEYS = ["the new key", *settings.MFA_KEYS]
    assert gets_in(code_of_app())
    out = StringIO()
    call_command("rotate_mfa_key", stdout=out)
    assert out.getvalue() == "2 encrypted under the first key\n"
    settings.MFA_KEYS = ["the new key"]
    assert gets_in(code)
    settings.MFA_KEYS = ["another"]
    with pytest.raises(InvalidToken):
        gets_in(code)


@pytest.mark.parametrize(
    ("page", "notice"),
    [
        ("mfa_activate_totp", "mfa.totp-activated"),
        ("mfa_generate_recovery_codes", "mfa.recovery-codes-generated"),
    ],
)
def test_a_notice_is_in_the_outbox_before_the_commit_and_stays_the_only_one(member, user, page, notice):
    if page == "mfa_activate_totp":
        typed = {"code": code_of_app(member.read(page).context["form"].secret)}
    else:
        add_app(user)
        typed = {}
    with member.committing() as told_after:
        Client.post(member, reverse(page), typed)

    assert [mail.kind for mail in OutgoingMail.objects.all()] == [notice]
    for tell in told_after:
        tell()
    assert [mail.kind for mail in OutgoingMail.objects.all()] == [notice]


def test_the_browser_gets_its_options_for_a_passkey(visitor, member):
    login = visitor.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert login.json()["request_options"]["publicKey"]["challenge"]
    page = member.read("mfa_add_webauthn")
    assert 'id="passkey-options" type="application/json"' in page.content.decode()
